// suppress_boxes at two sizes: as a network uses it but for 16 candidates, and tiny numbers, whose
// scores and corners are often equal.
module suppress_units (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic [16:0] a_overlap_i,
  input  logic [4:0]  a_most_i,
  input  logic        a_in_valid_i,
  output logic        a_in_ready_o,
  input  logic        a_in_end_i,
  input  logic [15:0] a_in_score_i,
  input  logic [10:0] a_in_place_i,
  input  logic [63:0] a_in_corners_i,
  output logic        a_out_valid_o,
  input  logic        a_out_ready_i,
  output logic        a_out_end_o,
  output logic [15:0] a_out_score_o,
  output logic [10:0] a_out_place_o,
  output logic [63:0] a_out_corners_o,
  input  logic [16:0] b_overlap_i,
  input  logic [2:0]  b_most_i,
  input  logic        b_in_valid_i,
  output logic        b_in_ready_o,
  input  logic        b_in_end_i,
  input  logic [1:0]  b_in_score_i,
  input  logic [4:0]  b_in_place_i,
  input  logic [19:0] b_in_corners_i,
  output logic        b_out_valid_o,
  input  logic        b_out_ready_i,
  output logic        b_out_end_o,
  output logic [1:0]  b_out_score_o,
  output logic [4:0]  b_out_place_o,
  output logic [19:0] b_out_corners_o
);

  suppress_boxes #(.Most(16)) i_a (
    .clk_i(clk_i), .rst_ni(rst_ni), .overlap_i(a_overlap_i), .most_i(a_most_i),
    .in_valid_i(a_in_valid_i), .in_ready_o(a_in_ready_o), .in_end_i(a_in_end_i),
    .in_score_i(a_in_score_i), .in_place_i(a_in_place_i), .in_corners_i(a_in_corners_i),
    .out_valid_o(a_out_valid_o), .out_ready_i(a_out_ready_i), .out_end_o(a_out_end_o),
    .out_score_o(a_out_score_o), .out_place_o(a_out_place_o), .out_corners_o(a_out_corners_o)
  );

  suppress_boxes #(.Most(5), .ScoreBits(2), .PlaceBits(5), .CornerBits(5)) i_b (
    .clk_i(clk_i), .rst_ni(rst_ni), .overlap_i(b_overlap_i), .most_i(b_most_i),
    .in_valid_i(b_in_valid_i), .in_ready_o(b_in_ready_o), .in_end_i(b_in_end_i),
    .in_score_i(b_in_score_i), .in_place_i(b_in_place_i), .in_corners_i(b_in_corners_i),
    .out_valid_o(b_out_valid_o), .out_ready_i(b_out_ready_i), .out_end_o(b_out_end_o),
    .out_score_o(b_out_score_o), .out_place_o(b_out_place_o), .out_corners_o(b_out_corners_o)
  );

endmodule
