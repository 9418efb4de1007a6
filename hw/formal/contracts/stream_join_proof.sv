// stream_join: a beat of every input in one clock, side by side, in order.
module stream_join_proof #(
  parameter int unsigned Inputs = 2,
  parameter int unsigned Width = 4,
  parameter bit Cover = 1'b0
) (
  input logic              clk_i,
  input logic              rst_ni,
  input logic              choose,
  input logic [Inputs-1:0] in_valid,
  input logic [Width-1:0]  in_data,
  input logic              out_ready
);

  logic [Inputs-1:0] in_ready, take;
  logic [Width-1:0] out_data;
  logic out_valid;

  stream_join #(
    .Inputs(Inputs),
    .Width(Width)
  ) i_dut (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(in_valid),
    .in_ready_o(in_ready),
    .in_data_i(in_data),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready),
    .out_data_o(out_data)
  );

  assign take = in_valid & in_ready;
  always_comb together: assert (take == '0 || take == '1);

  logic [1:0] unused_inside;

  stream_proof #(
    .UnitBits(Width),
    .Most(2),
    .Clocks(3),
    .Cover(Cover)
  ) i_proof (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .choose_i(choose),
    .in_valid_i(&in_valid),
    .in_ready_i(in_ready[0]),
    .push_i(take[0]),
    .push_data_i(in_data),
    .out_valid_i(out_valid),
    .out_ready_i(out_ready),
    .out_data_i(out_data),
    .inside_o(unused_inside)
  );

endmodule
