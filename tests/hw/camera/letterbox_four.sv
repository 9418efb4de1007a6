// letterbox at its own parameters, but of four lanes.
module letterbox_four (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        cfg_valid_i,
  output logic        cfg_ready_o,
  input  logic [10:0] cfg_width_i,
  input  logic [10:0] cfg_height_i,
  input  logic        in_valid_i,
  output logic        in_ready_o,
  input  logic [95:0] in_data_i,
  output logic        out_valid_o,
  input  logic        out_ready_i,
  output logic [23:0] out_data_o
);

  letterbox #(.Lanes(4)) i_letterbox (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .cfg_valid_i(cfg_valid_i), .cfg_ready_o(cfg_ready_o),
    .cfg_width_i(cfg_width_i), .cfg_height_i(cfg_height_i),
    .in_valid_i(in_valid_i), .in_ready_o(in_ready_o), .in_data_i(in_data_i),
    .out_valid_o(out_valid_o), .out_ready_i(out_ready_i), .out_data_o(out_data_o)
  );

endmodule
