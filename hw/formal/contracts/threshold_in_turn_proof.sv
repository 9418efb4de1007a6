// threshold_in_turn: three clocks after a value, how many of its thresholds it reaches. Values come at
// least two clocks apart, the thresholds of one stand one and two clocks after it, in ascending
// order: assumed.
module threshold_in_turn_proof #(
  parameter int unsigned ValueBits = 3,
  parameter int unsigned ThresholdBits = 3,
  parameter bit Cover = 1'b0
) (
  input logic                       clk_i,
  input logic                       is_new,
  input logic [ValueBits-1:0]       value,
  input logic [3*ThresholdBits-1:0] thresholds
);

  logic [1:0] count;
  // Two clocks of reset, then whatever comes
  logic [1:0] age_q;
  logic running;
  initial age_q = '0;
  always_ff @(posedge clk_i) if (!running) age_q <= age_q + 1'b1;
  assign running = age_q == 2'd2;

  threshold_in_turn #(
    .ValueBits(ValueBits),
    .ThresholdBits(ThresholdBits)
  ) i_dut (
    .clk_i(clk_i),
    .rst_ni(running),
    .new_i(is_new),
    .value_i(value),
    .thresholds_i(thresholds),
    .count_o(count)
  );

  // What came one, two and three clocks ago; thresholds one clock ago
  logic [2:0] new_q;
  logic [ValueBits-1:0] value_q, value_q2;
  logic [3*ThresholdBits-1:0] thresholds_q;
  initial new_q = '0;
  always_ff @(posedge clk_i) begin
    new_q <= {new_q[1:0], is_new && running};
    value_q <= value;
    value_q2 <= value_q;
    thresholds_q <= thresholds;
  end

  localparam int unsigned Bits = ((ValueBits > ThresholdBits) ? ValueBits : ThresholdBits);
  logic signed [Bits-1:0] number, limit, before;
  logic [1:0] reached, expected_q;
  logic ascending;
  always_comb begin
    number = {{(Bits-ValueBits+1){value_q2[ValueBits-1]}}, value_q2[ValueBits-2:0]};
    reached = '0;
    ascending = 1'b1;
    before = '0;
    limit = '0;
    for (int unsigned i = 0; i < 3; i++) begin
      before = limit;
      limit = {{(Bits-ThresholdBits+1){thresholds[i*ThresholdBits + ThresholdBits - 1]}},
               thresholds[i*ThresholdBits +: ThresholdBits-1]};
      if (limit <= number) reached = reached + 1'b1;
      if (i != 0 && limit < before) ascending = 1'b0;
    end
    assume (ascending);
    assume (!(is_new && new_q[0]));
    if (new_q[1]) assume (thresholds == thresholds_q);
  end
  always_ff @(posedge clk_i) expected_q <= reached;

  always_comb begin
    if (new_q[2]) right_count: assert (count == expected_q);
  end

  if (Cover) begin : gen_cover
    always_comb reach: assert (!(new_q[2] && count == 2'd2));
  end

endmodule
