// One processing element of the mvau: a row's dot product, SIMD activations a clock.
//
// It has one of three forms.
// - Every bit of the weight codes has an adder tree over the activations that it selects. The
//   trees' sums, shifted and added, are sum(k*a). This is scaled by WStep, corrected by the offset
//   that all PEs share, and accumulated over the beats of a vector. There is no multiplier: scaling
//   by WStep is a shift unless the coding is odd.
// - If Doubles, codes are 0, 1 and 2, and select nothing, an activation, or its double: one tree.
// - If Signs, codes are signs (1 = positive), and the sum of a signed_tree is accumulated as it is.
//
// `codes_i` and `act_i` enter together. `offset_i`, `valid_i` and `last_i` belong to their sum and
// come SumLatency clocks after them. `acc_o` is right one clock after `last_i`.
module mvau_pe #(
  // Activations a clock
  parameter int unsigned SIMD = 4,
  // Bits of an activation, and whether it is two's complement
  parameter int unsigned ABits = 2,
  parameter bit ASigned = 1'b0,
  // Bits of a weight code
  parameter int unsigned WBits = 1,
  // Weight of a code's step
  parameter int WStep = 2,
  // Codes are signs; WBits, WStep and the offset do not matter
  parameter bit Signs = 1'b0,
  // Codes are 0, 1 or 2 (WBits = 2)
  parameter bit Doubles = 1'b0,
  // The offset is subtracted, else added
  parameter bit OffsetMinus = 1'b1,
  // Bits of the result, two's complement
  parameter int unsigned AccBits = 8,
  // A vector is one beat
  parameter bit SingleBeat = 1'b0,
  parameter int unsigned LevelsPerStage = 1,
  // Bits of a tree's sum and latencies of the trees, stated by the parent, checked by the trees
  parameter int unsigned TreeBits = 4,
  parameter int unsigned TreeLatency = 1,
  parameter int unsigned JoinLatency = 0,
  // Bits of lane_pairs' outputs; not to be set
  parameter int unsigned PairsBits = ((SIMD + 1) / 2) * (ABits + 1)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  // Lane 0 in the least significant bits, both
  input  logic [SIMD*ABits-1:0] act_i,
  // lane_pairs of them, used if Signs
  input  logic [PairsBits-1:0]  sums_i,
  input  logic [PairsBits-1:0]  diffs_i,
  input  logic [SIMD*WBits-1:0] codes_i,
  input  logic [AccBits-1:0]    offset_i,
  input  logic                  valid_i,
  input  logic                  last_i,
  output logic [AccBits-1:0]    acc_o
);

  // Bits of a tree's sum at the place of the code's highest bit, and of sum(k*a)
  localparam int unsigned ShiftBits = TreeBits + WBits - 1;
  localparam int unsigned KBits =
      (WBits == 1) || Signs || Doubles ? TreeBits :
      (ASigned || (ShiftBits + $clog2(WBits) > 31)) ? ShiftBits + $clog2(WBits) :
      $clog2(WBits * ((32'd1 << ShiftBits) - 1) + 1);
  // Bits in which a sum is added up
  localparam int unsigned ExtBits = (AccBits > 32) ? AccBits : 32;

  logic [KBits-1:0] sum;

  if (Signs) begin : gen_signs
    signed_tree #(
      .Lanes(SIMD),
      .Bits(ABits),
      .IsSigned(ASigned),
      .LevelsPerStage(LevelsPerStage),
      .OutBits(TreeBits),
      .Latency(TreeLatency)
    ) i_tree (
      .clk_i(clk_i),
      .data_i(act_i),
      .sums_i(sums_i),
      .diffs_i(diffs_i),
      .signs_i(codes_i[SIMD-1:0]),
      .sum_o(sum)
    );
  end else if (Doubles) begin : gen_doubles
    localparam int unsigned LaneBits = ABits + 1;
    logic [SIMD*LaneBits-1:0] lanes;
    logic [TreeBits-1:0] lanes_sum, sum_q;
    logic unused_pairs;
    assign unused_pairs = ^{sums_i, diffs_i};

    for (genvar s = 0; s < SIMD; s++) begin : gen_lane
      logic [ABits-1:0] act;
      assign act = act_i[s*ABits +: ABits];
      assign lanes[s*LaneBits +: LaneBits] =
          ({act, 1'b0} & {LaneBits{codes_i[s*WBits + 1]}}) |
          ({ASigned && act[ABits-1], act} & {LaneBits{codes_i[s*WBits]}});
    end

    adder_tree #(
      .Lanes(SIMD),
      .Bits(LaneBits),
      .IsSigned(ASigned),
      .LevelsPerStage(LevelsPerStage),
      .OutBits(TreeBits),
      .Latency(TreeLatency)
    ) i_tree (
      .clk_i(clk_i),
      .data_i(lanes),
      .sum_o(lanes_sum)
    );

    // In the place of the join of two trees, JoinLatency = 1
    always_ff @(posedge clk_i) sum_q <= lanes_sum;
    assign sum = sum_q;
  end else begin : gen_masked
    logic [WBits*ShiftBits-1:0] shifted;
    logic unused_pairs;
    assign unused_pairs = ^{sums_i, diffs_i};

    for (genvar b = 0; b < WBits; b++) begin : gen_bit
      logic [SIMD*ABits-1:0] masked;
      logic [TreeBits-1:0] bit_sum;

      for (genvar s = 0; s < SIMD; s++) begin : gen_lane
        assign masked[s*ABits +: ABits] = act_i[s*ABits +: ABits] & {ABits{codes_i[s*WBits + b]}};
      end

      adder_tree #(
        .Lanes(SIMD),
        .Bits(ABits),
        .IsSigned(ASigned),
        .LevelsPerStage(LevelsPerStage),
        .OutBits(TreeBits),
        .Latency(TreeLatency)
      ) i_tree (
        .clk_i(clk_i),
        .data_i(masked),
        .sum_o(bit_sum)
      );

      if (ASigned) begin : gen_signed
        assign shifted[b*ShiftBits +: ShiftBits] = ShiftBits'($signed(bit_sum)) << b;
      end else begin : gen_unsigned
        assign shifted[b*ShiftBits +: ShiftBits] = ShiftBits'(bit_sum) << b;
      end
    end

    if (WBits == 1) begin : gen_one_bit
      assign sum = shifted;
    end else begin : gen_join
      adder_tree #(
        .Lanes(WBits),
        .Bits(ShiftBits),
        .IsSigned(ASigned),
        .LevelsPerStage(LevelsPerStage),
        .OutBits(KBits),
        .Latency(JoinLatency)
      ) i_join (
        .clk_i(clk_i),
        .data_i(shifted),
        .sum_o(sum)
      );
    end
  end

  // WStep * sum + WMin * sum(a) of this beat; all arithmetic is modulo 2**AccBits, which the
  // result fits
  logic signed [ExtBits-1:0] sum_ext;
  logic [AccBits-1:0] term, acc_q, acc_d, result_q;

  if (ASigned) begin : gen_ext_signed
    assign sum_ext = ExtBits'($signed(sum));
  end else begin : gen_ext_unsigned
    assign sum_ext = ExtBits'(sum);
  end
  if (Signs) begin : gen_plain
    logic unused_offset;
    assign unused_offset = ^offset_i;
    assign term = AccBits'(sum_ext);
    carry_add #(
      .Width(AccBits)
    ) i_acc (
      .a_i(acc_q),
      .b_i(term),
      .sum_o(acc_d)
    );
  end else begin : gen_scaled
    // WStep times the sum, by shifts and adds, so that no tool takes a multiplier
    always_comb begin
      term = '0;
      for (int unsigned i = 0; i < AccBits; i++) begin
        if (((WStep >> i) & 1) != 0) term = term + AccBits'(sum_ext <<< i);
      end
    end
    assign acc_d = OffsetMinus ? acc_q + term - offset_i : acc_q + term + offset_i;
  end
  assign acc_o = result_q;

  if (SingleBeat) begin : gen_single
    logic unused_control;
    assign unused_control = ^{rst_ni, valid_i, last_i};
    assign acc_q = '0;
  end else begin : gen_accumulate
    always_ff @(posedge clk_i) begin
      if (!rst_ni || last_i) acc_q <= '0;
      else if (valid_i) acc_q <= acc_d;
    end
  end

  always_ff @(posedge clk_i) result_q <= acc_d;

endmodule
