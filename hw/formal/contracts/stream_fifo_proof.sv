// stream_fifo: holds exactly Depth beats, in order.
module stream_fifo_proof #(
  parameter int unsigned Width = 2,
  parameter int unsigned Depth = 4,
  parameter RamStyle = "auto",
  parameter bit Cover = 1'b0
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             choose,
  input logic             in_valid,
  input logic [Width-1:0] in_data,
  input logic             out_ready
);

  logic in_ready, out_valid;
  logic [Width-1:0] out_data;

  stream_fifo #(
    .Width(Width),
    .Depth(Depth),
    .RamStyle(RamStyle)
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

  logic [$clog2(Depth+2)-1:0] inside;

  stream_proof #(
    .UnitBits(Width),
    .Most(Depth),
    .Clocks(3),
    .Cover(Cover)
  ) i_proof (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .choose_i(choose),
    .in_valid_i(in_valid),
    .in_ready_i(in_ready),
    .push_i(in_valid && in_ready),
    .push_data_i(in_data),
    .out_valid_i(out_valid),
    .out_ready_i(out_ready),
    .out_data_i(out_data),
    .inside_o(inside)
  );

  // Ready while there is room, from the second clock after a reset on
  logic runs_q;
  initial runs_q = 1'b0;
  always_ff @(posedge clk_i) runs_q <= rst_ni;
  logic ran_q;
  initial ran_q = 1'b0;
  always_ff @(posedge clk_i) ran_q <= runs_q && rst_ni;
  always_comb if (ran_q) ready_is_room: assert (in_ready == (32'(inside) < Depth));

endmodule
