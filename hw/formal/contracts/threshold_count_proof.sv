// threshold_count: Latency clocks after a value and its thresholds, how many of them it reaches. More
// than ParallelLimit thresholds have to be in ascending order, which is assumed.
module threshold_count_proof #(
  parameter int unsigned ValueBits = 3,
  parameter int unsigned NumThresholds = 3,
  parameter int unsigned ThresholdBits = 3,
  parameter int unsigned ParallelLimit = 15,
  parameter bit Constant = 1'b0,
  parameter bit Cover = 1'b0
) (
  input logic                                   clk_i,
  input logic [ValueBits-1:0]                   value,
  input logic [NumThresholds*ThresholdBits-1:0] thresholds
);

  localparam int unsigned CountBits = $clog2(NumThresholds + 1);
  localparam int unsigned Latency = (NumThresholds > ParallelLimit) ? CountBits : 2;

  logic [CountBits-1:0] count;

  threshold_count #(
    .ValueBits(ValueBits),
    .NumThresholds(NumThresholds),
    .ThresholdBits(ThresholdBits),
    .ParallelLimit(ParallelLimit),
    .Constant(Constant)
  ) i_dut (
    .clk_i(clk_i),
    .value_i(value),
    .thresholds_i(thresholds),
    .count_o(count)
  );

  // Bits that hold either, with their signs
  localparam int unsigned Bits = ((ValueBits > ThresholdBits) ? ValueBits : ThresholdBits);
  logic signed [Bits-1:0] number, limit, before;
  logic [CountBits-1:0] reached;
  logic ascending;
  always_comb begin
    number = {{(Bits-ValueBits+1){value[ValueBits-1]}}, value[ValueBits-2:0]};
    reached = '0;
    ascending = 1'b1;
    before = '0;
    limit = '0;
    for (int unsigned i = 0; i < NumThresholds; i++) begin
      before = limit;
      limit = {{(Bits-ThresholdBits+1){thresholds[i*ThresholdBits + ThresholdBits - 1]}},
               thresholds[i*ThresholdBits +: ThresholdBits-1]};
      if (limit <= number) reached = reached + 1'b1;
      if (i != 0 && limit < before) ascending = 1'b0;
    end
    if (NumThresholds > ParallelLimit) assume (ascending);
  end

  // What has to come out, and whether it came in since the beginning
  logic [Latency*CountBits-1:0] expected_q;
  logic [Latency-1:0] valid_q;
  initial valid_q = '0;
  always_ff @(posedge clk_i) begin
    expected_q <= {expected_q, reached};
    valid_q <= {valid_q, 1'b1};
  end

  always_comb begin
    if (valid_q[Latency-1]) right_count: assert (count == expected_q[(Latency-1)*CountBits +: CountBits]);
  end

  if (Cover) begin : gen_cover
    always_comb reach: assert (!(valid_q[Latency-1] && count == CountBits'(NumThresholds)));
  end

endmodule
