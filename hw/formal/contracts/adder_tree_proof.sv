// adder_tree: Latency clocks after the lanes, their sum in full.
module adder_tree_proof #(
  parameter int unsigned Lanes = 5,
  parameter int unsigned Bits = 2,
  parameter bit IsSigned = 1'b0,
  parameter int unsigned LevelsPerStage = 1,
  parameter bit Cover = 1'b0
) (
  input logic                  clk_i,
  input logic [Lanes*Bits-1:0] lanes
);

  localparam int unsigned OutBits =
      IsSigned ? Bits + $clog2(Lanes) : $clog2(Lanes * ((32'd1 << Bits) - 1) + 1);
  localparam int unsigned Levels = ($clog2(Lanes) + 1) / 2;
  localparam int unsigned Latency =
      (Levels == 0) ? 1 : (Levels + LevelsPerStage - 1) / LevelsPerStage;

  logic [OutBits-1:0] sum, expected;

  adder_tree #(
    .Lanes(Lanes),
    .Bits(Bits),
    .IsSigned(IsSigned),
    .LevelsPerStage(LevelsPerStage)
  ) i_dut (
    .clk_i(clk_i),
    .data_i(lanes),
    .sum_o(sum)
  );

  always_comb begin
    expected = '0;
    for (int unsigned i = 0; i < Lanes; i++) begin
      expected = expected + {{OutBits{IsSigned && lanes[i*Bits + Bits - 1]}}, lanes[i*Bits +: Bits]};
    end
  end

  logic [Latency*OutBits-1:0] expected_q;
  logic [Latency-1:0] valid_q;
  initial valid_q = '0;
  always_ff @(posedge clk_i) begin
    expected_q <= {expected_q, expected};
    valid_q <= {valid_q, 1'b1};
  end

  always_comb begin
    if (valid_q[Latency-1]) right_sum: assert (sum == expected_q[(Latency-1)*OutBits +: OutBits]);
  end

  if (Cover) begin : gen_cover
    always_comb reach: assert (!(valid_q[Latency-1] && sum == OutBits'(Lanes)));
  end

endmodule
