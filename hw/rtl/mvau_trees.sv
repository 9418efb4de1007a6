// The sums of an mvau with a weight memory. Each of PE rows has adder trees over SIMD activations,
// which the weight codes of the clock mask or sign, and an accumulator.
//
// This module has what the rows share: the weight memory (its row r holds the PE*SIMD codes of one
// clock, the code of (pe, s) at bit (pe*SIMD + s)*WBits). The rows of a set share its SIMD
// activations, and of them lane_pairs, if Signs; WMin * sum(a) (mvau_offset), if not Signs and WMin
// is not 0. The rows themselves are mvau_pe, whose header has their forms.
//
// There is no valid beside the activations: `act_i` comes one clock after its `row_i`. `valid_i`
// (it was a beat) and `last_i` (it completed a row fold) come 2 + TreeLatency + JoinLatency clocks
// after `row_i`, and `acc_o` is right one clock after `last_i`.
module mvau_trees #(
  // Activations a clock of each set, rows at once of all
  parameter int unsigned SIMD = 4,
  parameter int unsigned PE = 2,
  parameter int unsigned Sets = 1,
  // Bits of an activation, and whether it is two's complement
  parameter int unsigned ABits = 2,
  parameter bit ASigned = 1'b0,
  // Bits of a weight code, weight of its step, weight of code 0
  parameter int unsigned WBits = 1,
  parameter int WStep = 2,
  parameter int WMin = -1,
  // Codes are signs; or 0, 1 or 2 (mvau)
  parameter bit Signs = 1'b0,
  parameter bit Doubles = 1'b0,
  // Parts of a row's sum that DSP slices add up, less than 2: none; fours of lanes of a part
  parameter int unsigned SumParts = 0,
  parameter int unsigned PartFours = 1,
  // Lanes are multiplied by their codes (lane_products), in place of a tree for each bit of them
  parameter bit Products = 1'b0,
  // Bits of a sum, two's complement
  parameter int unsigned AccBits = 8,
  // Rows of the weight memory; beats of a vector, and whether it is one
  parameter int unsigned Rows = 4,
  parameter int unsigned Beats = 1,
  parameter bit SingleBeat = 1'b0,
  // $readmemh file of the weights, "" leaves them zero; and its style (rom)
  parameter WeightFile = "",
  parameter WeightStyle = "auto",
  // The weight memory can be written (table_ram); its files, in place of WeightFile
  parameter bit Writable = 1'b0,
  parameter int unsigned LoadFileBits = 8,
  parameter int unsigned WeightWords = 1,
  parameter logic [WeightWords*LoadFileBits-1:0] WeightFiles = '0,
  parameter int unsigned LevelsPerStage = 1,
  // Bits of a tree's sum and latencies of the trees, stated by the parent, checked by the trees
  parameter int unsigned TreeBits = 4,
  parameter int unsigned TreeLatency = 1,
  parameter int unsigned JoinLatency = 0,
  // Not to be set
  parameter int unsigned RowBits = (Rows > 1) ? $clog2(Rows) : 1,
  parameter int unsigned LoadBits = RowBits + $clog2(WeightWords)
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic [RowBits-1:0]         row_i,
  // Lane 0 in the least significant bits, and set 0, PE 0
  input  logic [Sets*SIMD*ABits-1:0] act_i,
  input  logic                       valid_i,
  input  logic                       last_i,
  output logic [PE*AccBits-1:0]      acc_o,
  // The load bus of the weight memory, if Writable (table_ram)
  input  logic [LoadBits+33:0]       load_i,
  output logic [31:0]                load_o
);

  if (WStep < 1) begin : gen_check_step
    $error("mvau_trees: WStep must be at least 1");
  end
  if (Signs && ((WBits != 1) || (WStep != 2) || (WMin != -1))) begin : gen_check_signs
    $error("mvau_trees: Signs needs WBits 1, WStep 2 and WMin -1");
  end
  if (Products && (Signs || Doubles || (WBits < 2))) begin : gen_check_products
    $error("mvau_trees: Products needs WBits of 2 or more, neither Signs nor Doubles");
  end
  if (Writable && (WeightWords != (PE * SIMD * WBits + 31) / 32)) begin : gen_check_words
    $error("mvau_trees: WeightWords must be the words of 32 bits of a row");
  end
  if (Doubles && (WBits != 2)) begin : gen_check_doubles
    $error("mvau_trees: Doubles needs WBits 2");
  end

  // --- Activations and weights ------------------------------------------------------------------

  logic [Sets*SIMD*ABits-1:0] act_q;
  logic [PE*SIMD*WBits-1:0] codes_d, codes;

  always_ff @(posedge clk_i) act_q <= act_i;

  if (Writable) begin : gen_table
    table_ram #(
      .Width(PE * SIMD * WBits),
      .Depth(Rows),
      .FileBits(LoadFileBits),
      .Files(WeightFiles),
      .Style(WeightStyle)
    ) i_weights (
      .clk_i(clk_i),
      .addr_i(row_i),
      .data_o(codes_d),
      .load_i(load_i),
      .load_o(load_o)
    );
  end else begin : gen_rom
    logic unused_load;
    assign unused_load = ^load_i;
    assign load_o = '0;

`ifdef YOSYS
    // A LUT ROM melted into a large design is mapped worse than alone; of few rows it shrinks
    (* keep_hierarchy = Rows > 8 *)
`endif
    rom #(
      .Width(PE * SIMD * WBits),
      .Depth(Rows),
      .File(WeightFile),
      .Style(WeightStyle)
    ) i_weights (
      .clk_i(clk_i),
      .addr_i(row_i),
      .data_o(codes_d)
    );
  end

  if (Rows > 1) begin : gen_codes
    logic [PE*SIMD*WBits-1:0] codes_q;
    always_ff @(posedge clk_i) codes_q <= codes_d;
    assign codes = codes_q;
  end else begin : gen_constant_codes
    assign codes = codes_d;
  end

  // --- Sums and differences of lanes, for all PEs -------------------------------------------------

  localparam int unsigned PairsBits = ((SIMD + 1) / 2) * (ABits + 1);
  logic [Sets*PairsBits-1:0] pair_sums, pair_diffs;

  if (Signs) begin : gen_pairs
    for (genvar set = 0; set < Sets; set++) begin : gen_set
      lane_pairs #(
        .Lanes(SIMD),
        .Bits(ABits),
        .IsSigned(ASigned)
      ) i_pairs (
        .clk_i(clk_i),
        .data_i(act_i[set*SIMD*ABits +: SIMD*ABits]),
        .sums_o(pair_sums[set*PairsBits +: PairsBits]),
        .diffs_o(pair_diffs[set*PairsBits +: PairsBits])
      );
    end
  end else begin : gen_no_pairs
    assign pair_sums = '0;
    assign pair_diffs = '0;
  end

  // --- WMin * sum(a), for all PEs ----------------------------------------------------------------

  // Its magnitude; the PEs add or subtract it
  localparam int Magnitude = (WMin < 0) ? -WMin : WMin;
  logic [Sets*AccBits-1:0] offset;

  if ((WMin == 0) || Signs) begin : gen_no_offset
    assign offset = '0;
  end else begin : gen_offset
    for (genvar set = 0; set < Sets; set++) begin : gen_set
      mvau_offset #(
        .SIMD(SIMD),
        .ABits(ABits),
        .ASigned(ASigned),
        .Magnitude(Magnitude),
        .AccBits(AccBits),
        .LevelsPerStage(LevelsPerStage),
        .TreeLatency(TreeLatency),
        .JoinLatency(JoinLatency)
      ) i_offset (
        .clk_i(clk_i),
        .act_i(act_q[set*SIMD*ABits +: SIMD*ABits]),
        .offset_o(offset[set*AccBits +: AccBits])
      );
    end
  end

  // --- Products -----------------------------------------------------------------------------------

  // What a PE adds up: activations, or products
  localparam int unsigned TermBits = Products ? ABits + WBits : ABits;
  logic [PE*SIMD*TermBits-1:0] terms;

  for (genvar set = 0; set < Sets; set++) begin : gen_terms
    localparam int unsigned SetRows = PE / Sets;
    if (Products) begin : gen_products
      lane_products #(
        .Lanes(SIMD),
        .Rows(SetRows),
        .ABits(ABits),
        .ASigned(ASigned),
        .WBits(WBits),
        .Latency(JoinLatency)
      ) i_products (
        .clk_i(clk_i),
        .act_i(act_q[set*SIMD*ABits +: SIMD*ABits]),
        .codes_i(codes[set*SetRows*SIMD*WBits +: SetRows*SIMD*WBits]),
        .products_o(terms[set*SetRows*SIMD*TermBits +: SetRows*SIMD*TermBits])
      );
    end else begin : gen_activations
      for (genvar p = 0; p < SetRows; p++) begin : gen_row
        assign terms[(set*SetRows + p)*SIMD*ABits +: SIMD*ABits] =
            act_q[set*SIMD*ABits +: SIMD*ABits];
      end
    end
  end

  // --- Sums of parts in DSP slices ----------------------------------------------------------------

  localparam bit InParts = SumParts > 1;

  if (InParts) begin : gen_parts
    logic unused_terms;
    assign unused_terms = ^{terms, offset};

    mvau_parts #(
      .SIMD(SIMD),
      .PE(PE),
      .Sets(Sets),
      .ABits(ABits),
      .SumParts(SumParts),
      .PartFours(PartFours),
      .AccBits(AccBits),
      .Beats(Beats),
      .LevelsPerStage(LevelsPerStage),
      .TreeLatency(TreeLatency)
    ) i_parts (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .act_i(act_q),
      .sums_i(pair_sums),
      .diffs_i(pair_diffs),
      .codes_i(codes[PE*SIMD-1:0]),
      .valid_i(valid_i),
      .last_i(last_i),
      .acc_o(acc_o)
    );
  end

  // --- Processing elements -----------------------------------------------------------------------

  for (genvar p = 0; p < (InParts ? 0 : PE); p++) begin : gen_pe
    localparam int unsigned Set = p / (PE / Sets);

    // Of products it adds up all
    localparam int unsigned CodeBits = Products ? 1 : WBits;
    localparam int unsigned PePairsBits = ((SIMD + 1) / 2) * (TermBits + 1);
    logic [SIMD*CodeBits-1:0] chosen;
    assign chosen = Products ? '1 : codes[p*SIMD*WBits +: SIMD*CodeBits];

    mvau_pe #(
      .SIMD(SIMD),
      .ABits(TermBits),
      .ASigned(ASigned),
      .WBits(CodeBits),
      .WStep(WStep),
      .Signs(Signs),
      .Doubles(Doubles),
      .OffsetMinus(WMin < 0),
      .AccBits(AccBits),
      .SingleBeat(SingleBeat),
      .LevelsPerStage(LevelsPerStage),
      .TreeBits(TreeBits),
      .TreeLatency(TreeLatency),
      .JoinLatency(Products ? 0 : JoinLatency)
    ) i_pe (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .act_i(terms[p*SIMD*TermBits +: SIMD*TermBits]),
      .sums_i(PePairsBits'(pair_sums[Set*PairsBits +: PairsBits])),
      .diffs_i(PePairsBits'(pair_diffs[Set*PairsBits +: PairsBits])),
      .codes_i(chosen),
      .offset_i(offset[Set*AccBits +: AccBits]),
      .valid_i(valid_i),
      .last_i(last_i),
      .acc_o(acc_o[p*AccBits +: AccBits])
    );
  end

endmodule
