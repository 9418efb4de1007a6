// letterbox at parameters of its own: two lanes of colour that mostly go down, one of grey going up,
// four lanes of six bits.
module letterbox_units (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        a_cfg_valid_i,
  output logic        a_cfg_ready_o,
  input  logic [5:0]  a_cfg_width_i,
  input  logic [5:0]  a_cfg_height_i,
  input  logic        a_in_valid_i,
  output logic        a_in_ready_o,
  input  logic [47:0] a_in_data_i,
  output logic        a_out_valid_o,
  input  logic        a_out_ready_i,
  output logic [23:0] a_out_data_o,
  input  logic        b_cfg_valid_i,
  output logic        b_cfg_ready_o,
  input  logic [3:0]  b_cfg_width_i,
  input  logic [3:0]  b_cfg_height_i,
  input  logic        b_in_valid_i,
  output logic        b_in_ready_o,
  input  logic [7:0]  b_in_data_i,
  output logic        b_out_valid_o,
  input  logic        b_out_ready_i,
  output logic [7:0]  b_out_data_o,
  input  logic        c_cfg_valid_i,
  output logic        c_cfg_ready_o,
  input  logic [4:0]  c_cfg_width_i,
  input  logic [4:0]  c_cfg_height_i,
  input  logic        c_in_valid_i,
  output logic        c_in_ready_o,
  input  logic [23:0] c_in_data_i,
  output logic        c_out_valid_o,
  input  logic        c_out_ready_i,
  output logic [5:0]  c_out_data_o
);

  letterbox #(.MaxOld(40), .Size(16), .Depth(8)) i_a (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .cfg_valid_i(a_cfg_valid_i), .cfg_ready_o(a_cfg_ready_o),
    .cfg_width_i(a_cfg_width_i), .cfg_height_i(a_cfg_height_i),
    .in_valid_i(a_in_valid_i), .in_ready_o(a_in_ready_o), .in_data_i(a_in_data_i),
    .out_valid_o(a_out_valid_o), .out_ready_i(a_out_ready_i), .out_data_o(a_out_data_o)
  );

  letterbox #(.Lanes(1), .Channels(1), .MaxOld(9), .Size(24), .Depth(2)) i_b (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .cfg_valid_i(b_cfg_valid_i), .cfg_ready_o(b_cfg_ready_o),
    .cfg_width_i(b_cfg_width_i), .cfg_height_i(b_cfg_height_i),
    .in_valid_i(b_in_valid_i), .in_ready_o(b_in_ready_o), .in_data_i(b_in_data_i),
    .out_valid_o(b_out_valid_o), .out_ready_i(b_out_ready_i), .out_data_o(b_out_data_o)
  );

  letterbox #(
    .Lanes(4), .Channels(1), .Bits(6), .MaxOld(31), .Size(7), .Level(9), .Depth(3)
  ) i_c (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .cfg_valid_i(c_cfg_valid_i), .cfg_ready_o(c_cfg_ready_o),
    .cfg_width_i(c_cfg_width_i), .cfg_height_i(c_cfg_height_i),
    .in_valid_i(c_in_valid_i), .in_ready_o(c_in_ready_o), .in_data_i(c_in_data_i),
    .out_valid_o(c_out_valid_o), .out_ready_i(c_out_ready_i), .out_data_o(c_out_data_o)
  );

endmodule
