// stream_async_fifo between two clocks that are any sequences of levels: handshake, order, nothing
// lost or doubled. All is watched in steps of time, of which each clock's edges are some; what a
// clock's edge sees are the levels of the step before. A register that is written and read at one
// time gives its old or its new value, never another.
module stream_async_fifo_proof #(
  parameter int unsigned Width = 1,
  parameter int unsigned Depth = 4,
  parameter bit Cover = 1'b0
) (
  input logic             in_clk,
  input logic             in_rst_n,
  input logic             choose,
  input logic             in_valid,
  input logic [Width-1:0] in_data,
  input logic             out_clk,
  input logic             out_rst_n,
  input logic             out_ready
);

  (* gclk *) logic step;
  logic in_ready, out_valid;
  logic [Width-1:0] out_data;

  stream_async_fifo #(
    .Width(Width),
    .Depth(Depth)
  ) i_dut (
    .in_clk_i(in_clk),
    .in_rst_ni(in_rst_n),
    .in_valid_i(in_valid),
    .in_ready_o(in_ready),
    .in_data_i(in_data),
    .out_clk_i(out_clk),
    .out_rst_ni(out_rst_n),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready),
    .out_data_o(out_data)
  );

  // The step before. Reset once, in the beginning, until each clock has had three edges in it
  logic in_clk_q, out_clk_q, run_q, in_valid_q, in_ready_q, choose_q, out_valid_q, out_ready_q;
  logic [Width-1:0] in_data_q, out_data_q;
  logic [1:0] in_edges_q, out_edges_q;
  logic in_edge, out_edge, in_done_q, out_done_q;
  assign in_edge = in_clk && !in_clk_q;
  assign out_edge = out_clk && !out_clk_q;
  initial {run_q, in_edges_q, out_edges_q, in_done_q, out_done_q} = '0;
  initial {in_clk_q, out_clk_q} = '1;

  always_ff @(posedge step) begin
    {in_clk_q, out_clk_q} <= {in_clk, out_clk};
    {in_valid_q, in_ready_q, choose_q} <= {in_valid, in_ready, choose};
    {out_valid_q, out_ready_q} <= {out_valid, out_ready};
    {in_data_q, out_data_q} <= {in_data, out_data};
    if (in_edge && in_edges_q != 2'd3) in_edges_q <= in_edges_q + 2'd1;
    if (out_edge && out_edges_q != 2'd3) out_edges_q <= out_edges_q + 2'd1;
    run_q <= run_q || (in_edges_q == 2'd3 && out_edges_q == 2'd3);
    in_done_q <= in_rst_n;
    out_done_q <= out_rst_n;
  end
  always_comb begin
    assume (in_rst_n == run_q);
    assume (out_rst_n == run_q);
  end

  logic push, shown, pop, seen;
  assign push = in_edge && in_done_q && in_valid_q && in_ready_q;
  assign shown = out_edge && out_done_q && out_valid_q;
  assign pop = shown && out_ready_q;

  // A beat that an edge saw and did not take
  logic waits_q;
  logic [Width-1:0] wait_data_q;
  initial waits_q = 1'b0;
  always_ff @(posedge step) begin
    if (out_edge) waits_q <= shown && !out_ready_q;
    if (out_edge) wait_data_q <= out_data_q;
  end
  always_comb begin
    if (waits_q && out_edge) valid_stays: assert (shown);
    if (waits_q && out_edge) data_stays: assert (out_data_q == wait_data_q);
  end

  logic [$clog2(Depth+2)-1:0] unused_inside;

  stream_tracker #(
    .UnitBits(Width),
    .Most(Depth)
  ) i_tracker (
    .clk_i(step),
    .rst_ni(run_q),
    .choose_i(choose_q),
    .push_i(push),
    .push_data_i(in_data_q),
    .push_units_i(($clog2(Depth+2))'(1)),
    .valid_i(shown),
    .pop_i(pop),
    .data_i(out_data_q),
    .units_i(($clog2(Depth+2))'(1)),
    .inside_o(unused_inside),
    .seen_o(seen)
  );

  if (Cover) begin : gen_cover
    always_comb reach: assert (!seen);
  end

endmodule
