// The part of the sums that all PEs of an mvau share: |WMin| * sum(a).
//
// An adder_tree sums the activations. The sum is scaled, and delayed to the clock in which the PEs'
// own sums are ready (TreeLatency + JoinLatency clocks).
module mvau_offset #(
  // Activations a clock, bits of one, and whether it is two's complement
  parameter int unsigned SIMD = 4,
  parameter int unsigned ABits = 2,
  parameter bit ASigned = 1'b0,
  // Factor of the sum, at least 1
  parameter int unsigned Magnitude = 1,
  // Bits of the result, two's complement
  parameter int unsigned AccBits = 8,
  parameter int unsigned LevelsPerStage = 1,
  // Latencies, stated by the parent; the tree checks its own
  parameter int unsigned TreeLatency = 1,
  parameter int unsigned JoinLatency = 0
) (
  input  logic                  clk_i,
  // Lane 0 in the least significant bits
  input  logic [SIMD*ABits-1:0] act_i,
  output logic [AccBits-1:0]    offset_o
);

  localparam int unsigned SumBits =
      (ASigned || (ABits + $clog2(SIMD) > 31)) ? ABits + $clog2(SIMD) :
      $clog2(SIMD * ((32'd1 << ABits) - 1) + 1);
  localparam int unsigned ExtBits = (AccBits > 32) ? AccBits : 32;
  logic [SumBits-1:0] sum;
  logic signed [ExtBits-1:0] sum_ext;
  logic [AccBits-1:0] offset_d;

  adder_tree #(
    .Lanes(SIMD),
    .Bits(ABits),
    .IsSigned(ASigned),
    .LevelsPerStage(LevelsPerStage),
    .OutBits(SumBits),
    .Latency(TreeLatency)
  ) i_tree (
    .clk_i(clk_i),
    .data_i(act_i),
    .sum_o(sum)
  );

  if (ASigned) begin : gen_signed
    assign sum_ext = ExtBits'($signed(sum));
  end else begin : gen_unsigned
    assign sum_ext = ExtBits'(sum);
  end
  // By shifts and adds, so that no tool takes a multiplier
  always_comb begin
    offset_d = '0;
    for (int unsigned i = 0; i < AccBits; i++) begin
      if (((Magnitude >> i) & 1) != 0) offset_d = offset_d + AccBits'(sum_ext <<< i);
    end
  end

  // As late as the sums of codes of several bits
  if (JoinLatency == 0) begin : gen_at_once
    assign offset_o = offset_d;
  end else begin : gen_delay
    logic [JoinLatency*AccBits-1:0] delay_q;
    if (JoinLatency == 1) begin : gen_one
      always_ff @(posedge clk_i) delay_q <= offset_d;
    end else begin : gen_more
      always_ff @(posedge clk_i) delay_q <= {delay_q[(JoinLatency-1)*AccBits-1:0], offset_d};
    end
    assign offset_o = delay_q[(JoinLatency-1)*AccBits +: AccBits];
  end

endmodule
