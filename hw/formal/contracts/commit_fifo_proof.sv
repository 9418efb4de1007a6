// commit_fifo: each word is its own number among the committed ones, so the output has to count up
// without a gap and must never run ahead of what was committed.
module commit_fifo_proof #(
  parameter int unsigned Depth = 2,
  parameter bit Cover = 1'b0
) (
  input logic clk_i,
  input logic rst_ni,
  input logic write_i,
  input logic commit_i,
  input logic rollback_i,
  input logic out_ready_i
);

  logic fits, out_valid;
  logic [3:0] out_data;
  // Numbers: of the next word, of the first that is not committed, of the next at the output
  logic [3:0] next_q, committed_q, out_q;
  logic held_q;

  commit_fifo #(
    .Width(4),
    .Depth(Depth)
  ) i_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .write_i(write_i),
    .data_i(next_q),
    .commit_i(commit_i),
    .rollback_i(rollback_i),
    .fits_o(fits),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      next_q <= '0;
      committed_q <= '0;
      out_q <= '0;
      held_q <= 1'b0;
    end else begin
      if (rollback_i) next_q <= committed_q;
      else if (write_i) next_q <= next_q + 4'd1;
      if (commit_i) committed_q <= next_q + 4'(write_i);
      if (out_valid && out_ready_i) out_q <= out_q + 4'd1;
      held_q <= out_valid && !out_ready_i;
    end
  end

  logic first_q;
  initial {first_q, held_q} = 2'b10;
  always_ff @(posedge clk_i) first_q <= 1'b0;

  always_comb begin
    if (first_q) assume (!rst_ni);
    assume (!(commit_i && rollback_i));
    // What is written after a word found no room is void, and its number with it
    assume (fits || !commit_i);
    if (!first_q && rst_ni) begin
      if (out_valid) in_order: assert (out_data == out_q);
      if (out_valid) committed: assert (out_q != committed_q);
      if (held_q) valid_stays: assert (out_valid);
    end
  end

  // A committed word comes out by itself
  stream_progress #(
    .Clocks(3)
  ) i_drains (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .may_i(out_q != committed_q),
    .moves_i(out_valid)
  );

  if (Cover) begin : gen_cover
    always_comb reach: assert (first_q || !rst_ni || !(out_valid && out_ready_i && out_q == 4'd3));
  end

endmodule
