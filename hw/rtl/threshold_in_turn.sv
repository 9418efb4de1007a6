// How many of a channel's three thresholds a value reaches (threshold <= value), for one lane, by
// one comparator: the middle threshold first, a clock later the one above or below it. Values come
// at least two clocks apart.
//
// The comparator is a carry chain; which threshold it takes is chosen in the chain's own LUTs.
// Thresholds have to be those of a value one and two clocks after `new_i`.
//
// Latency: 3, from `new_i` to count. Thresholds are in ascending order, threshold 0 the smallest.
module threshold_in_turn #(
  // Bits of the value, and of a threshold, two's complement
  parameter int unsigned ValueBits = 8,
  parameter int unsigned ThresholdBits = 8
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  // There is a new value
  input  logic                       new_i,
  input  logic [ValueBits-1:0]       value_i,
  // Threshold 0 in the least significant bits
  input  logic [3*ThresholdBits-1:0] thresholds_i,
  output logic [1:0]                 count_o
);

  // A bit more than either has, for the sign of the difference
  localparam int unsigned Bits = ((ValueBits > ThresholdBits) ? ValueBits : ThresholdBits) + 1;

  if ((ValueBits == 0) || (ThresholdBits == 0)) begin : gen_check_zero
    $error("threshold_in_turn: ValueBits and ThresholdBits must be at least 1");
  end

  logic [ValueBits-1:0] value_q;
  logic [ThresholdBits-1:0] limit;
  logic [Bits-1:0] value, wide_limit, difference;
  logic first_q, above_q, reached, unused_bits;
  logic [1:0] count_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) first_q <= 1'b0;
    else first_q <= new_i;
  end

  always_ff @(posedge clk_i) begin
    if (new_i) value_q <= value_i;
    above_q <= reached;
    count_q <= {above_q, reached};
  end

  assign limit = first_q ? thresholds_i[ThresholdBits +: ThresholdBits]
               : above_q ? thresholds_i[2*ThresholdBits +: ThresholdBits]
                         : thresholds_i[0 +: ThresholdBits];

  // (yosys takes no cast within a complement)
  assign value = Bits'($signed(value_q));
  assign wide_limit = Bits'($signed(limit));

  carry_add #(
    .Width(Bits),
    .CarryIn(1'b1)
  ) i_compare (
    .a_i(value),
    .b_i(~wide_limit),
    .sum_o(difference)
  );
  assign reached = !difference[Bits-1];
  assign unused_bits = ^difference[Bits-2:0];

  assign count_o = count_q;

endmodule
