// decode_boxes at 3 x 4 cells of 2 anchors, integers of 12 bits.
module decode_units (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic [16:0] least_i,
  input  logic        in_valid_i,
  output logic        in_ready_o,
  input  logic [11:0] in_data_i,
  output logic        out_valid_o,
  input  logic        out_ready_i,
  output logic        out_end_o,
  output logic [15:0] out_score_o,
  output logic [4:0]  out_place_o,
  output logic [63:0] out_corners_o
);

  decode_boxes #(
    .Bits(12), .Rows(3), .Columns(4), .Anchors(2),
    .HeadFile("head.hex"), .SigmoidFile("sigmoid.hex"), .PowerFile("power.hex")
  ) i_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .least_i(least_i),
    .in_valid_i(in_valid_i), .in_ready_o(in_ready_o), .in_data_i(in_data_i),
    .out_valid_o(out_valid_o), .out_ready_i(out_ready_i), .out_end_o(out_end_o),
    .out_score_o(out_score_o), .out_place_o(out_place_o), .out_corners_o(out_corners_o)
  );

endmodule
