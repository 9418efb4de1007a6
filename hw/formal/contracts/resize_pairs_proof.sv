// resize_pairs: its beats are the steps of resize_step, one or two at a time, line after line; what was
// not taken stays; it does not stop.
module resize_pairs_proof #(
  parameter int unsigned MaxOld = 3,
  parameter int unsigned MaxNew = 3,
  parameter bit Pairs = 1'b1,
  parameter bit Cover = 1'b0
) (
  input logic       clk_i,
  input logic       rst_ni,
  input logic       cfg_valid,
  input logic [1:0] cfg_old,
  input logic [1:0] cfg_new,
  input logic [1:0] cfg_lines,
  input logic       out_ready
);

  localparam int unsigned Most = (MaxOld > MaxNew) ? MaxOld : MaxNew;
  localparam int unsigned WeightBits = $clog2(2 * Most + 1);

  logic cfg_ready, out_valid, down, take, two, give, first, last, shift, advance_a, advance_b;
  logic [WeightBits-1:0] low_a, high_a, low_b, high_b;
  logic [4:0] total;

  resize_pairs #(
    .MaxOld(MaxOld),
    .MaxNew(MaxNew),
    .TotalBits(5),
    .Pairs(Pairs)
  ) i_dut (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .cfg_valid_i(cfg_valid),
    .cfg_ready_o(cfg_ready),
    .cfg_old_i(cfg_old),
    .cfg_new_i(cfg_new),
    .cfg_lines_i(cfg_lines),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready),
    .down_o(down),
    .take_o(take),
    .two_o(two),
    .give_o(give),
    .first_o(first),
    .last_o(last),
    .shift_o(shift),
    .advance_a_o(advance_a),
    .advance_b_o(advance_b),
    .low_a_o(low_a),
    .high_a_o(high_a),
    .low_b_o(low_b),
    .high_b_o(high_b),
    .total_o(total)
  );

  // One size for all pictures, so that the line at the output is known
  (* anyconst *) logic [1:0] old_size;
  (* anyconst *) logic [1:0] new_size;
  logic first_q, seen_q, pop, asked;
  logic [5:0] lines_q;
  logic [1:0] olds_q, news_q, larger;
  initial first_q = 1'b1;
  initial seen_q = 1'b0;
  assign pop = out_valid && out_ready;
  assign asked = cfg_valid && cfg_ready;
  assign larger = (old_size >= new_size) ? old_size : new_size;

  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    seen_q <= rst_ni && (seen_q || (pop && two));
    if (!rst_ni) begin
      lines_q <= '0;
      olds_q <= old_size;
      news_q <= new_size;
    end else begin
      lines_q <= lines_q + (asked ? 6'(cfg_lines) : '0) - 6'(pop && last);
      if (pop) begin
        olds_q <= last ? old_size : olds_q - 2'(take) - 2'(two);
        news_q <= last ? new_size : news_q - 2'(give);
      end
    end
  end

  always_comb begin
    if (first_q) assume (!rst_ni);
    assume (old_size != '0 && 32'(old_size) <= MaxOld);
    assume (new_size != '0 && 32'(new_size) <= MaxNew);
    assume (cfg_old == old_size && cfg_new == new_size && cfg_lines != '0);
    if (!first_q && out_valid) begin
      of_a_line: assert (lines_q != '0);
      one_of_both: assert (take || give);
      pairs_of_two: assert (!two || (take && down && Pairs));
      no_old_too_many: assert (olds_q >= 2'(take) + 2'(two));
      no_new_too_many: assert (!give || news_q != '0);
      all_at_the_end: assert (!last || (olds_q == 2'(take) + 2'(two) && news_q == 2'(give)));
      first_is_first: assert (first == (olds_q == old_size && news_q == new_size));
      weights: assert (5'(low_a) + 5'(high_a) == {2'b00, larger, 1'b0});
      weights_two: assert (5'(low_b) + 5'(high_b) == (two ? {2'b00, larger, 1'b0} : '0));
      divisor: assert (!give || total != '0);
    end
  end

  stream_contract #(.Width(4 * WeightBits + 14)) i_stays (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(out_valid), .ready_i(out_ready),
    .data_i({down, take, two, give, first, last, shift, advance_a, advance_b, low_a, high_a, low_b,
             high_b, total})
  );
  stream_progress #(.Clocks(4)) i_comes (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(lines_q != '0), .moves_i(out_valid)
  );
  stream_progress #(.Clocks(4)) i_taken (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(lines_q == '0), .moves_i(cfg_ready)
  );

  if (Cover) begin : gen_cover
    always_comb reach: assert (!((seen_q || !Pairs || MaxOld < 3) && pop && last));
  end

endmodule
