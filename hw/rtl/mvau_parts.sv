// The rows of an mvau whose weights are signs: each has a signed_tree over every part of its lanes,
// and slice_sums adds up the parts, and the beats of a vector, of all rows in DSP slices.
//
// Activations and codes enter together. `valid_i` and `last_i` belong to their sum and come
// TreeLatency clocks after them; `acc_o` is right one clock after `last_i`.
module mvau_parts #(
  // Activations a clock of each set, rows at once of all
  parameter int unsigned SIMD = 16,
  parameter int unsigned PE = 2,
  parameter int unsigned Sets = 1,
  // Bits of an activation, which is not negative
  parameter int unsigned ABits = 2,
  // Parts of a row's lanes, at least 2, and fours of lanes of each, the last of which may have fewer
  parameter int unsigned SumParts = 2,
  parameter int unsigned PartFours = 2,
  // Bits of a sum, two's complement
  parameter int unsigned AccBits = 9,
  // Beats of a vector
  parameter int unsigned Beats = 1,
  parameter int unsigned LevelsPerStage = 1,
  // Clocks from activations to the accumulators; the parent's idea of it, checked
  parameter int unsigned TreeLatency = 2,
  // Bits of lane_pairs' outputs of a set; not to be set
  parameter int unsigned PairsBits = ((SIMD + 1) / 2) * (ABits + 1)
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  // Lane 0 in the least significant bits, and set 0, PE 0; of lane_pairs too
  input  logic [Sets*SIMD*ABits-1:0] act_i,
  input  logic [Sets*PairsBits-1:0]  sums_i,
  input  logic [Sets*PairsBits-1:0]  diffs_i,
  // 1 = positive
  input  logic [PE*SIMD-1:0]         codes_i,
  input  logic                       valid_i,
  input  logic                       last_i,
  output logic [PE*AccBits-1:0]      acc_o
);

  // Most that four lanes sum up to; bits of a part's sum, and of a vector's
  localparam int unsigned MostOfFour = (32'd4 << ABits) - 1;
  localparam int unsigned Fours = (SIMD + 3) / 4;
  localparam int unsigned PartBits = $clog2(PartFours * MostOfFour + 1);
  localparam int unsigned Stages = $clog2(SumParts);
  localparam int unsigned VectorBits = $clog2(Beats * Fours * MostOfFour + 1);
  localparam int unsigned SumBits =
      (VectorBits > PartBits + Stages) ? VectorBits : PartBits + Stages;
  localparam int unsigned PartLevels = ($clog2(PartFours) + 1) / 2;
  localparam int unsigned PartLatency = 1 + (PartLevels + LevelsPerStage - 1) / LevelsPerStage;

  if ((SumParts < 2) || (PartFours == 0) || ((Fours + PartFours - 1) / PartFours != SumParts))
  begin : gen_check_parts
    $error("mvau_parts: SumParts must be 2 or more, and as many as parts of PartFours there are");
  end
  if (TreeLatency != PartLatency + Stages - 1) begin : gen_check_latency
    $error("mvau_parts: TreeLatency is not the trees' and sums'");
  end

  logic [PE*SumParts*PartBits-1:0] parts;

  for (genvar p = 0; p < PE; p++) begin : gen_row
    localparam int unsigned Set = p / (PE / Sets);

    for (genvar i = 0; i < SumParts; i++) begin : gen_part
      // The last part may have fewer lanes, and be done sooner
      localparam int unsigned First = i * 4 * PartFours;
      localparam int unsigned Lanes = (SIMD - First < 4 * PartFours) ? SIMD - First : 4 * PartFours;
      localparam int unsigned Pairs = (Lanes + 1) / 2;
      localparam int unsigned MyFours = (Lanes + 3) / 4;
      localparam int unsigned MyBits = $clog2(MyFours * MostOfFour + 1);
      localparam int unsigned MyLatency =
          (MyFours == 1) ? 1
          : 1 + (($clog2(MyFours) + 1) / 2 + LevelsPerStage - 1) / LevelsPerStage;
      localparam int unsigned MyPairs = Set * PairsBits + (First / 2) * (ABits + 1);
      logic [MyBits-1:0] sum;

      signed_tree #(
        .Lanes(Lanes),
        .Bits(ABits),
        .IsSigned(1'b0),
        .LevelsPerStage(LevelsPerStage),
        .OutBits(MyBits),
        .Latency(MyLatency)
      ) i_tree (
        .clk_i(clk_i),
        .data_i(act_i[(Set*SIMD + First)*ABits +: Lanes*ABits]),
        .sums_i(sums_i[MyPairs +: Pairs*(ABits+1)]),
        .diffs_i(diffs_i[MyPairs +: Pairs*(ABits+1)]),
        .signs_i(codes_i[p*SIMD + First +: Lanes]),
        .sum_o(sum)
      );

      if (MyLatency == PartLatency) begin : gen_now
        assign parts[(p*SumParts + i)*PartBits +: PartBits] = PartBits'(sum);
      end else begin : gen_later
        localparam int unsigned Wait = PartLatency - MyLatency;
        logic [Wait*MyBits-1:0] sums_q;
        always_ff @(posedge clk_i) sums_q <= (Wait*MyBits)'({sums_q, sum});
        assign parts[(p*SumParts + i)*PartBits +: PartBits] =
            PartBits'(sums_q[(Wait-1)*MyBits +: MyBits]);
      end
    end
  end

  slice_sums #(
    .Rows(PE),
    .Parts(SumParts),
    .Bits(PartBits),
    .SumBits(SumBits),
    .AccBits(AccBits),
    .SingleBeat(Beats == 1)
  ) i_sums (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .parts_i(parts),
    .valid_i(valid_i),
    .last_i(last_i),
    .acc_o(acc_o)
  );

endmodule
