// Multi-level matrix-vector unit in masked form, thresholds inside.
//
// For every vector of MW activations a, and for each of MH rows of weights, it computes
//   acc = WStep * sum(k*a) + WMin * sum(a),
// where k are the WBits-bit unsigned codes of the weights (weight = WStep*k + WMin). sum(a) is made
// once for all PEs, and not at all if WMin = 0. The output is OutBias + number of thresholds <=
// acc, or acc itself if NumThresholds = 0.
//
// If Signs, the weights are -1 and 1 (WBits = 1, WStep = 2, WMin = -1). A lane is then inverted,
// not negated, and acc plus a constant of the row is compared with the thresholds (the header of
// signed_tree has the constant of each lane). Whoever writes the thresholds adds it to them.
//
// Folding is FINN's: a vector is SF = MW/SIMD input beats and NF = MH/PE output beats, and takes
// SF*NF clocks, without a bubble; mvau_beats has the order. Lane pe of output beat nf is row
// nf*PE + pe.
//
// In a grouped convolution each group has a vector and rows of its own. Sets groups lie side by
// side; with Sets > 1 all their rows are computed at once (NF = 1). A beat then holds SIMD
// activations of each set, the first set's lowest, and lane pe of the output is of set
// pe / (PE/Sets). Turns times as many groups come one after another, as vectors do; each turn has
// weights and thresholds of its own.
//
// Weight memory: row (turn*NF + nf)*SF + sf holds the PE*SIMD codes of that clock; the code of
// (pe, s) is at bit (pe*SIMD + s)*WBits. Threshold memory: row turn*NF + nf is that of a row fold,
// as mvau_results has it.
//
// The pipeline never stops. The last beat of a row fold enters it only when a place is reserved in
// the output FIFO (credit_fifo), so `in_ready_o` depends on registers only.
//
// The sums are made by mvau_trees. If MatrixLatency > 0 (possible with SF = NF = 1 only) they are
// made by constant_matrix, whose graph of adders has the weights in it; then WBits, WStep, WMin,
// Signs, Doubles and the weight memory have no effect.
//
// If Writable, weights and thresholds stand in memories that the load bus writes and reads
// (table_ram), also where all of them are at once. If there are thresholds, the highest bit of the
// bus's address says which: 0 the weights, 1 the thresholds. A write takes effect at once, so no
// vector may be inside.
//
// Latency from the beat that completes a row fold to its output beat, in clocks:
//   2 (memory, register) + TreeLatency + JoinLatency + 1 (accumulator) + CountLatency + 1 (FIFO)
// with TreeLatency of adder_tree (if Signs, signed_tree) over SIMD lanes, JoinLatency of
// adder_tree over WBits lanes (0 if WBits = 1), CountLatency of threshold_count (0 without
// thresholds), or 3 if ThresholdInTurn. With SumParts, TreeLatency is signed_tree's over (fours of
// lanes) / SumParts, and $clog2(SumParts) - 1. MatrixLatency, if it is not 0, takes the place of
// 2 + TreeLatency + JoinLatency.
module mvau #(
  // Elements of a vector (of one set), rows of the matrix (of all sets, in one turn)
  parameter int unsigned MW = 8,
  parameter int unsigned MH = 4,
  // Activations a beat, of each set (divides MW), rows at once, of all sets (divides MH)
  parameter int unsigned SIMD = 4,
  parameter int unsigned PE = 2,
  // Groups side by side, and times that as many come one after another
  parameter int unsigned Sets = 1,
  parameter int unsigned Turns = 1,
  // Bits of an activation, and whether it is two's complement
  parameter int unsigned ABits = 2,
  parameter bit ASigned = 1'b0,
  // Bits of a weight code, weight of its step, weight of code 0
  parameter int unsigned WBits = 1,
  parameter int WStep = 2,
  parameter int WMin = -1,
  // Weights are signs, and thresholds are of acc plus a constant of the row
  parameter bit Signs = 1'b0,
  // Codes are 0, 1 or 2 (WBits = 2): one adder tree a PE instead of two
  parameter bit Doubles = 1'b0,
  // Parts of a row's sum that DSP slices add up, and over the beats of a vector (slice_sums); less
  // than 2: none. Only if Signs, and activations are not negative
  parameter int unsigned SumParts = 0,
  // Activations are multiplied by their codes, in DSP slices (lane_products)
  parameter bit Products = 1'b0,
  // Bits of acc (if Signs, plus its constant), two's complement; enough for the result,
  // intermediate values may wrap
  parameter int unsigned AccBits = 8,
  // Thresholds a row; 0 gives acc out
  parameter int unsigned NumThresholds = 3,
  parameter int unsigned ThresholdBits = 8,
  // Thresholds are searched in memories, one a bit of the count and lane (threshold_search)
  parameter bit ThresholdSearch = 1'b0,
  // The three thresholds of a row are compared with by one comparator (threshold_in_turn); SF >= 2
  parameter bit ThresholdInTurn = 1'b0,
  // Bits of an output, and output where no threshold is reached
  parameter int unsigned OutBits = 2,
  parameter int OutBias = 0,
  // $readmemh files of the memories; "" leaves them zero
  parameter WeightFile = "",
  parameter ThresholdFile = "",
  // If ThresholdSearch, memories of a lane, bits of a file's name, and the files: those of lane 0
  // first, stage 0 in the least significant bits; 0 leaves them zero
  parameter int unsigned SearchStages = 1,
  parameter int unsigned SearchFileBits = 8,
  parameter logic [PE*SearchStages*SearchFileBits-1:0] SearchFiles = '0,
  // "auto", "block", "distributed" or, but for the last, "logic"
  parameter WeightStyle = "auto",
  parameter ThresholdStyle = "auto",
  parameter ReplayStyle = "auto",
  // Levels of an adder_tree's nodes between registers
  parameter int unsigned LevelsPerStage = 1,
  // Clocks of the graph of adders of constant weights, at least 2; 0: no such graph. Its cells,
  // most bits of a value, and tables (constant_matrix)
  parameter int unsigned MatrixLatency = 0,
  parameter int unsigned MatrixCells = 1,
  parameter int unsigned MatrixBits = AccBits,
  parameter logic [MatrixCells*112-1:0] CellTable = '0,
  parameter logic [MH*24-1:0] RowTable = '0,
  // The memories can be written; bits of the load bus's address (at least those of either memory,
  // and one if there are both); and of each memory the words of 32 bits of a row, and their files
  // (table_ram), in place of WeightFile and ThresholdFile
  parameter bit Writable = 1'b0,
  parameter int unsigned LoadBits = 2,
  parameter int unsigned LoadFileBits = 8,
  parameter int unsigned WeightWords = 1,
  parameter logic [WeightWords*LoadFileBits-1:0] WeightFiles = '0,
  parameter int unsigned ThresholdWords = 1,
  parameter logic [ThresholdWords*LoadFileBits-1:0] ThresholdFiles = '0
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic                       in_valid_i,
  output logic                       in_ready_o,
  input  logic [Sets*SIMD*ABits-1:0] in_data_i,
  output logic                       out_valid_o,
  input  logic                       out_ready_i,
  output logic [PE*OutBits-1:0]      out_data_o,
  // The load bus, if Writable
  input  logic [LoadBits+33:0]       load_i,
  output logic [31:0]                load_o
);

  localparam int unsigned SF = MW / SIMD;
  localparam int unsigned NF = MH / PE;
  localparam int unsigned Lanes = Sets * SIMD;
  localparam int unsigned OutRows = Turns * NF;
  localparam int unsigned OutRowBits = (OutRows > 1) ? $clog2(OutRows) : 1;
  localparam int unsigned Rows = SF * OutRows;
  localparam int unsigned RowBits = (Rows > 1) ? $clog2(Rows) : 1;

  // Of adder_tree over SIMD lanes, or of signed_tree
  localparam int unsigned Fours = (SIMD + 3) / 4;
  localparam int unsigned Leaves = Signs ? Fours : SIMD;
  localparam int unsigned LeafBits =
      Signs ? ABits + 2 : Products ? ABits + WBits : Doubles ? ABits + 1 : ABits;
  localparam int unsigned TreeBits =
      (ASigned || (LeafBits + $clog2(Leaves) > 31)) ? LeafBits + $clog2(Leaves) :
      $clog2(Leaves * ((32'd1 << LeafBits) - 1) + 1);
  localparam int unsigned TreeLevels = ($clog2(Leaves) + 1) / 2;
  localparam int unsigned WholeLatency =
      (TreeLevels == 0) ? 1 :
      (TreeLevels + LevelsPerStage - 1) / LevelsPerStage + (Signs ? 1 : 0);
  // Of a signed_tree over a part of the lanes, and of slice_sums up to its accumulators
  localparam bit InParts = SumParts > 1;
  localparam int unsigned PartFours = InParts ? (Fours + SumParts - 1) / SumParts : 1;
  localparam int unsigned PartLevels = ($clog2(PartFours) + 1) / 2;
  localparam int unsigned PartsLatency =
      1 + (PartLevels + LevelsPerStage - 1) / LevelsPerStage + (InParts ? $clog2(SumParts) - 1 : 0);
  localparam int unsigned TreeLatency = InParts ? PartsLatency : WholeLatency;
  // Of adder_tree over WBits lanes
  localparam int unsigned JoinLevels = ($clog2(WBits) + 1) / 2;
  localparam int unsigned JoinLatency = (JoinLevels + LevelsPerStage - 1) / LevelsPerStage;
  // Of threshold_count, of threshold_search, or of threshold_in_turn
  localparam int unsigned CountLatency =
      ThresholdInTurn ? 3 : ((NumThresholds > 15) || ThresholdSearch) ? $clog2(NumThresholds + 1) :
      (NumThresholds > 0) ? 2 : 0;

  // Clocks from a beat's taking to its sum at the accumulators, and to its push into the FIFO
  localparam int unsigned SumLatency =
      (MatrixLatency > 0) ? MatrixLatency : 2 + TreeLatency + JoinLatency;
  localparam int unsigned PushLatency = SumLatency + 1 + CountLatency;
  // Places so that a row fold every SF clocks never waits, and one for a stuttering consumer
  localparam int unsigned OutDepth = (PushLatency + 2 + SF - 1) / SF + 1;

  if ((SIMD == 0) || (MW == 0) || (MW % SIMD != 0)) begin : gen_check_simd
    $error("mvau: SIMD must divide MW");
  end
  if ((PE == 0) || (MH == 0) || (MH % PE != 0)) begin : gen_check_pe
    $error("mvau: PE must divide MH");
  end
  if ((Sets == 0) || (Turns == 0) || (PE % Sets != 0) || ((Sets > 1) && (NF > 1)))
  begin : gen_check_sets
    $error("mvau: Sets and Turns must be at least 1, and several Sets need all rows at once");
  end
  if ((ABits == 0) || (WBits == 0) || (WBits > 18)) begin : gen_check_bits
    $error("mvau: ABits must be at least 1, WBits 1 to 18");
  end
  if ((AccBits == 0) || (AccBits > 64) || (OutBits == 0) || (OutBits > 64)) begin : gen_check_acc
    $error("mvau: AccBits and OutBits must be 1 to 64");
  end
  if (ThresholdInTurn && (SF < 2)) begin : gen_check_in_turn
    $error("mvau: ThresholdInTurn needs SF of 2 or more");
  end
  if (InParts && (!Signs || ASigned || ((Fours + PartFours - 1) / PartFours != SumParts)))
  begin : gen_check_parts
    $error("mvau: SumParts needs Signs, activations without sign, and as many parts of fours");
  end
  if (LevelsPerStage == 0) begin : gen_check_stage
    $error("mvau: LevelsPerStage must be at least 1");
  end
  if ((MatrixLatency == 1) || ((MatrixLatency > 0) && (Rows > 1))) begin : gen_check_matrix
    $error("mvau: MatrixLatency must be 0, or at least 2 with SF = NF = Turns = 1");
  end
  // Bits of addresses of words in either memory
  localparam int unsigned WeightBits = RowBits + $clog2(WeightWords);
  localparam int unsigned ThresholdAddrBits = OutRowBits + $clog2(ThresholdWords);
  // Bits of the load bus's address but for the one that says which memory
  localparam int unsigned WordBits = (NumThresholds > 0) ? LoadBits - 1 : LoadBits;
  if (Writable && (ThresholdSearch || (MatrixLatency > 0))) begin : gen_check_writable
    $error("mvau: Writable goes with neither ThresholdSearch nor MatrixLatency");
  end
  if (Writable && ((WordBits < WeightBits) ||
      ((NumThresholds > 0) && (WordBits < ThresholdAddrBits)))) begin : gen_check_load
    $error("mvau: LoadBits must name every word of either memory, and which memory");
  end

  // --- Beats ------------------------------------------------------------------------------------

  logic go, last, out_free;
  logic [RowBits-1:0] row;
  logic [Lanes*ABits-1:0] act;

  mvau_beats #(
    .Width(Lanes * ABits),
    .SF(SF),
    .NF(NF),
    .Turns(Turns),
    .ReplayStyle(ReplayStyle)
  ) i_beats (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(in_valid_i),
    .in_ready_o(in_ready_o),
    .in_data_i(in_data_i),
    .free_i(out_free),
    .beat_o(go),
    .last_o(last),
    .row_o(row),
    .act_o(act)
  );

  // beat_q[i]: the beat taken i + 1 clocks ago was one; last_q[i]: and it completed a row fold
  logic [SumLatency-1:0] beat_q, last_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      beat_q <= '0;
      last_q <= '0;
    end else begin
      beat_q <= {beat_q[SumLatency-2:0], go};
      last_q <= {last_q[SumLatency-2:0], last};
    end
  end

  // --- The load bus -----------------------------------------------------------------------------

  logic [WeightBits+33:0] weight_load;
  logic [ThresholdAddrBits+33:0] threshold_load;
  logic [31:0] weight_word, threshold_word;

  if (Writable) begin : gen_load
    logic access, write, is_threshold, is_threshold_q;
    logic [LoadBits-1:0] addr;
    logic [WordBits-1:0] word;
    logic [31:0] data;

    assign {access, write, addr, data} = load_i;
    assign word = addr[WordBits-1:0];
    assign is_threshold = (NumThresholds > 0) && addr[LoadBits-1];
    // Words above a memory's own are not there
    assign weight_load = {access && !is_threshold, write && (word >> WeightBits) == '0,
                          word[WeightBits-1:0], data};
    assign threshold_load = {access && is_threshold, write && (word >> ThresholdAddrBits) == '0,
                             ThresholdAddrBits'(word), data};
    always_ff @(posedge clk_i) is_threshold_q <= is_threshold;
    assign load_o = is_threshold_q ? threshold_word : weight_word;
  end else begin : gen_no_load
    logic unused_load;
    assign unused_load = ^{load_i, weight_word, threshold_word};
    assign weight_load = '0;
    assign threshold_load = '0;
    assign load_o = '0;
  end

  // --- Sums -------------------------------------------------------------------------------------

  logic [PE*AccBits-1:0] acc;

  if (MatrixLatency > 0) begin : gen_matrix
    logic unused_parts;
    assign unused_parts = ^{row, beat_q, weight_load};
    assign weight_word = '0;

    constant_matrix #(
      .Inputs(Sets * MW),
      .Rows(MH),
      .InBits(ABits),
      .InSigned(ASigned),
      .OutBits(AccBits),
      .ValueBits(MatrixBits),
      .Cells(MatrixCells),
      .CellTable(CellTable),
      .RowTable(RowTable)
    ) i_matrix (
      .clk_i(clk_i),
      .data_i(act),
      .sums_o(acc)
    );
  end else begin : gen_trees
    mvau_trees #(
      .SIMD(SIMD),
      .PE(PE),
      .Sets(Sets),
      .ABits(ABits),
      .ASigned(ASigned),
      .WBits(WBits),
      .WStep(WStep),
      .WMin(WMin),
      .Signs(Signs),
      .Doubles(Doubles),
      .SumParts(SumParts),
      .PartFours(PartFours),
      .Products(Products),
      .AccBits(AccBits),
      .Rows(Rows),
      .Beats(SF),
      .SingleBeat(SF == 1),
      .WeightFile(WeightFile),
      .WeightStyle(WeightStyle),
      .Writable(Writable),
      .LoadFileBits(LoadFileBits),
      .WeightWords(WeightWords),
      .WeightFiles(WeightFiles),
      .LevelsPerStage(LevelsPerStage),
      .TreeBits(TreeBits),
      .TreeLatency(TreeLatency),
      .JoinLatency(JoinLatency)
    ) i_trees (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .row_i(row),
      .act_i(act),
      .valid_i(beat_q[SumLatency-1]),
      .last_i(last_q[SumLatency-1]),
      .acc_o(acc),
      .load_i(weight_load),
      .load_o(weight_word)
    );
  end

  // --- Results ----------------------------------------------------------------------------------

  logic push;
  logic [PE*OutBits-1:0] results;

  mvau_results #(
    .PE(PE),
    .AccBits(AccBits),
    .Rows(OutRows),
    .NumThresholds(NumThresholds),
    .ThresholdBits(ThresholdBits),
    .ThresholdSearch(ThresholdSearch),
    .ThresholdInTurn(ThresholdInTurn),
    .OutBits(OutBits),
    .OutBias(OutBias),
    .Latency(CountLatency),
    .ThresholdFile(ThresholdFile),
    .ThresholdStyle(ThresholdStyle),
    .SearchStages(SearchStages),
    .SearchFileBits(SearchFileBits),
    .SearchFiles(SearchFiles),
    .Writable(Writable),
    .LoadFileBits(LoadFileBits),
    .ThresholdWords(ThresholdWords),
    .ThresholdFiles(ThresholdFiles)
  ) i_results (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .early_i(last_q[SumLatency-2]),
    .last_i(last_q[SumLatency-1]),
    .acc_i(acc),
    .push_o(push),
    .results_o(results),
    .load_i(threshold_load),
    .load_o(threshold_word)
  );

  credit_fifo #(
    .Width(PE * OutBits),
    .Depth(OutDepth)
  ) i_out (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .free_o(out_free),
    .take_i(last),
    .push_i(push),
    .data_i(results),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
