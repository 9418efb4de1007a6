// resize_step: from a start to the last step as many steps take an old element as there are old ones,
// and as many give a new one as there are new ones; every step does one or the other.
module resize_step_proof #(
  parameter int unsigned MaxOld = 3,
  parameter int unsigned MaxNew = 3,
  parameter bit Cover = 1'b0
) (
  input logic       clk_i,
  input logic       rst_ni,
  input logic       start,
  input logic [1:0] old_size,
  input logic [1:0] new_size,
  input logic       step
);

  localparam int unsigned Most = (MaxOld > MaxNew) ? MaxOld : MaxNew;
  localparam int unsigned WeightBits = $clog2(2 * Most + 1);

  logic down, take, give, low_fresh, high_fresh, advance, last;
  logic [WeightBits-1:0] low_weight, high_weight;
  logic [4:0] total;

  resize_step #(
    .MaxOld(MaxOld),
    .MaxNew(MaxNew),
    .TotalBits(5)
  ) i_dut (
    .clk_i(clk_i),
    .start_i(start),
    .old_i(old_size),
    .new_i(new_size),
    .step_i(step),
    .down_o(down),
    .take_o(take),
    .give_o(give),
    .low_fresh_o(low_fresh),
    .high_fresh_o(high_fresh),
    .advance_o(advance),
    .last_o(last),
    .low_weight_o(low_weight),
    .high_weight_o(high_weight),
    .total_o(total)
  );

  // Elements that are still due, while steps are
  logic first_q, run_q, seen_q;
  logic [1:0] olds_q, news_q, size_q;
  initial first_q = 1'b1;
  initial run_q = 1'b0;
  initial seen_q = 1'b0;

  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    seen_q <= rst_ni && (seen_q || (run_q && step && last));
    if (!rst_ni) begin
      run_q <= 1'b0;
    end else if (start) begin
      run_q <= 1'b1;
      olds_q <= old_size;
      news_q <= new_size;
      size_q <= (old_size >= new_size) ? old_size : new_size;
    end else if (step) begin
      run_q <= run_q && !last;
      olds_q <= olds_q - 2'(take);
      news_q <= news_q - 2'(give);
    end
  end

  always_comb begin
    if (first_q) assume (!rst_ni);
    assume (old_size != '0 && 32'(old_size) <= MaxOld);
    assume (new_size != '0 && 32'(new_size) <= MaxNew);
    assume (!step || run_q);
    if (run_q) begin
      one_of_both: assert (take || give);
      no_old_too_many: assert (!take || olds_q != '0);
      no_new_too_many: assert (!give || news_q != '0);
      all_at_the_end: assert (!last || (olds_q == 2'(take) && news_q == 2'(give)));
      weights: assert (32'(low_weight) + 32'(high_weight) == 2 * 32'(size_q));
      divisor: assert (!give || total != '0);
    end
  end

  if (Cover) begin : gen_cover
    always_comb reach: assert (!seen_q);
  end

endmodule
