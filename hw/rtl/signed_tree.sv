// Sum of Lanes values, each with a sign: the dot product with weights 1 and -1, plus a constant
// that depends on the signs alone. Pipelined, without valid.
//
// lane_pairs makes a+b and a-b of every pair of lanes, once for all PEs. (A last lane without a
// partner has 0 as the other one, with its own sign.) The signed sum of a pair is one of these or
// its negative: a multiplexer and an inversion, of four inputs a bit. Two pairs are added on one
// carry chain, whose LUTs hold the second pair's multiplexer; adder_tree adds the rest.
//
// An inversion is not quite a negation, so the sum differs by a constant:
//   sum_o = sum(signs * lanes) + sum over negative lanes of
//     unsigned  2**Bits for an even lane, 2**Bits - 1 for an odd one,
//               2**(Bits+1) - 1 for a last one without partner
//     signed    0 for an even lane, -1 for an odd one and a last one without partner
// Whoever knows the signs takes it into account (mvau: in the thresholds).
//
// Latency = 1 + Latency of adder_tree over (Lanes + 3) / 4 lanes, or 1 if Lanes <= 4
module signed_tree #(
  // Values
  parameter int unsigned Lanes = 8,
  // Bits of a value, and whether it is two's complement
  parameter int unsigned Bits = 2,
  parameter bit IsSigned = 1'b0,
  // Levels of nodes of the adder_tree between registers
  parameter int unsigned LevelsPerStage = 1,
  // Pairs and fours of lanes; not to be set
  parameter int unsigned Pairs = (Lanes + 1) / 2,
  parameter int unsigned Fours = (Lanes + 3) / 4,
  // Bits of the sum, and clocks from input to sum; the parent's idea of them, checked
  parameter int unsigned OutBits =
      IsSigned ? Bits + 2 + $clog2(Fours) : $clog2(Fours * ((32'd4 << Bits) - 1) + 1),
  parameter int unsigned Latency =
      (Fours == 1) ? 1 : 1 + (($clog2(Fours) + 1) / 2 + LevelsPerStage - 1) / LevelsPerStage
) (
  input  logic                      clk_i,
  // The lanes (lane 0 in the least significant bits), and lane_pairs of them, all of one clock
  input  logic [Lanes*Bits-1:0]     data_i,
  input  logic [Pairs*(Bits+1)-1:0] sums_i,
  input  logic [Pairs*(Bits+1)-1:0] diffs_i,
  // Of each lane: 1 = positive
  input  logic [Lanes-1:0]          signs_i,
  output logic [OutBits-1:0]        sum_o
);

  // Bits of a pair's sum, and of four lanes'
  localparam int unsigned PairBits = Bits + 1;
  localparam int unsigned FourBits = Bits + 2;
  localparam int unsigned NeededOutBits =
      IsSigned ? FourBits + $clog2(Fours) : $clog2(Fours * ((32'd1 << FourBits) - 1) + 1);
  localparam int unsigned TreeLatency =
      (Fours == 1) ? 0 : (($clog2(Fours) + 1) / 2 + LevelsPerStage - 1) / LevelsPerStage;
  // The first pair of four is a LUT6 a bit of the lanes themselves
  localparam bit FromLanes = (Bits == 2) && !IsSigned;

  if ((Lanes == 0) || (Bits == 0) || (LevelsPerStage == 0)) begin : gen_check_zero
    $error("signed_tree: Lanes, Bits and LevelsPerStage must be at least 1");
  end
  if (OutBits != NeededOutBits) begin : gen_check_out
    $error("signed_tree: OutBits is not what the sum needs");
  end
  if (Latency != TreeLatency + 1) begin : gen_check_latency
    $error("signed_tree: Latency is not the tree's");
  end

  // Not every form uses every lane, sum and difference
  logic unused_inputs;
  assign unused_inputs = ^{data_i, sums_i, diffs_i};

  logic [2*Fours*PairBits-1:0] pairs;
  logic [Fours*FourBits-1:0] fours_d, fours_q;

  for (genvar p = 0; p < 2*Fours; p++) begin : gen_pair
    if (p >= Pairs) begin : gen_none
      assign pairs[p*PairBits +: PairBits] = '0;
    end else if (2*p + 1 == Lanes) begin : gen_single
      assign pairs[p*PairBits +: PairBits] =
          sums_i[p*PairBits +: PairBits] ^ {PairBits{!signs_i[2*p]}};
    end else begin : gen_two
      logic [PairBits-1:0] sum, diff;
      logic minus, differ;
      assign minus = !signs_i[2*p];
      assign differ = signs_i[2*p] ^ signs_i[2*p+1];

      if (FromLanes && (p % 2 == 0)) begin : gen_lanes
        logic a0, a1, b0, b1;
        assign {b1, b0, a1, a0} = data_i[2*p*Bits +: 4];
        assign sum = {(a1 && b1) || (a0 && b0 && (a1 || b1)), a1 ^ b1 ^ (a0 && b0), a0 ^ b0};
        assign diff =
            {(a1 && !b1) || (a0 && !b0 && (a1 || !b1)), a1 ^ !b1 ^ (a0 && !b0), a0 ^ !b0};
      end else begin : gen_made
        assign sum = sums_i[p*PairBits +: PairBits];
        assign diff = diffs_i[p*PairBits +: PairBits];
      end
      assign pairs[p*PairBits +: PairBits] = (differ ? diff : sum) ^ {PairBits{minus}};
    end
  end

  for (genvar f = 0; f < Fours; f++) begin : gen_four
    logic [PairBits-1:0] first, second;
    assign first = pairs[2*f*PairBits +: PairBits];
    assign second = pairs[(2*f+1)*PairBits +: PairBits];
    carry_add #(
      .Width(FourBits)
    ) i_four (
      .a_i({IsSigned && first[PairBits-1], first}),
      .b_i({IsSigned && second[PairBits-1], second}),
      .sum_o(fours_d[f*FourBits +: FourBits])
    );
  end

  always_ff @(posedge clk_i) fours_q <= fours_d;

  if (Fours == 1) begin : gen_one
    assign sum_o = fours_q;
  end else begin : gen_tree
    adder_tree #(
      .Lanes(Fours),
      .Bits(FourBits),
      .IsSigned(IsSigned),
      .LevelsPerStage(LevelsPerStage),
      .OutBits(OutBits),
      .Latency(TreeLatency)
    ) i_tree (
      .clk_i(clk_i),
      .data_i(fours_q),
      .sum_o(sum_o)
    );
  end

endmodule
