// Thresholds of a stream: out = OutBias + number of the channel's thresholds <= in.
//
// A pixel is Channels / Lanes beats; lane l of fold f is channel f*Lanes + l. Row f of the
// threshold memory holds the thresholds of fold f, threshold i of lane l at
// (l*NumThresholds + i)*ThresholdBits, two's complement and ascending.
//
// One beat a clock. The pipeline runs free behind credits: `in_ready_o` is a register.
// Latency from a beat taken to its result: 1 + RowLatency + CountLatency clocks, where RowLatency
// is 2 (the memory's register and one behind it), or 1 with thresholds of one row, which are
// constants, or if they are searched; CountLatency = 2, or clog2(NumThresholds + 1) with more than
// 15 thresholds (threshold_count) or a search (threshold_search).
//
// If Writable, the thresholds stand in a memory that the load bus writes and reads (table_ram), also
// where there is one row of them. A write takes effect at once, so no pixel may be inside.
module thresholding #(
  // Channels a beat
  parameter int unsigned Lanes = 2,
  // Bits of an input, and whether it is two's complement
  parameter int unsigned InBits = 8,
  parameter bit InSigned = 1'b0,
  // Bits of an output
  parameter int unsigned OutBits = 2,
  // Output where no threshold is reached
  parameter int OutBias = 0,
  parameter int unsigned Channels = 4,
  parameter int unsigned NumThresholds = 3,
  parameter int unsigned ThresholdBits = 9,
  // $readmemh file of the threshold memory; "" leaves all thresholds zero
  parameter MemFile = "",
  // "auto", "block", "distributed" or "logic"
  parameter RamStyle = "auto",
  // Thresholds are searched in memories, one a bit of the count and lane (threshold_search)
  parameter bit ThresholdSearch = 1'b0,
  // If so, memories of a lane, bits of a file's name, and the files: those of lane 0 first, stage 0
  // in the least significant bits; 0 leaves them zero
  parameter int unsigned SearchStages = 1,
  parameter int unsigned SearchFileBits = 8,
  parameter logic [Lanes*SearchStages*SearchFileBits-1:0] SearchFiles = '0,
  // The memory can be written; bits of the load bus's address, the words of 32 bits of a row, and
  // their files (table_ram), in place of MemFile
  parameter bit Writable = 1'b0,
  parameter int unsigned LoadBits = 1,
  parameter int unsigned LoadFileBits = 8,
  parameter int unsigned ThresholdWords = 1,
  parameter logic [ThresholdWords*LoadFileBits-1:0] ThresholdFiles = '0
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  input  logic                     in_valid_i,
  output logic                     in_ready_o,
  input  logic [Lanes*InBits-1:0]  in_data_i,
  output logic                     out_valid_o,
  input  logic                     out_ready_i,
  output logic [Lanes*OutBits-1:0] out_data_o,
  // The load bus, if Writable
  input  logic [LoadBits+33:0]     load_i,
  output logic [31:0]              load_o
);

  localparam int unsigned Folds = Channels / Lanes;
  localparam int unsigned FoldBits = (Folds > 1) ? $clog2(Folds) : 1;
  localparam int unsigned CountBits = $clog2(NumThresholds + 1);
  localparam int unsigned CountLatency =
      ((NumThresholds > 15) || ThresholdSearch) ? CountBits : 2;
  localparam int unsigned RowLatency = ((Folds > 1) && !ThresholdSearch) ? 2 : 1;
  localparam int unsigned PushLatency = RowLatency + CountLatency;
  localparam int unsigned RowBits = Lanes * NumThresholds * ThresholdBits;

  if ((Lanes == 0) || (Channels % Lanes != 0)) begin : gen_check_lanes
    $error("thresholding: Lanes must divide Channels");
  end
  if ((InBits == 0) || (OutBits == 0) || (OutBits > 32)) begin : gen_check_bits
    $error("thresholding: InBits must be at least 1, OutBits 1 to 32");
  end
  if (NumThresholds == 0) begin : gen_check_thresholds
    $error("thresholding: NumThresholds must be at least 1");
  end

  if (ThresholdSearch && (SearchStages != CountBits)) begin : gen_check_search
    $error("thresholding: SearchStages must be the bits of NumThresholds");
  end
  if (Writable && (ThresholdSearch || (ThresholdWords != (RowBits + 31) / 32) ||
      (LoadBits != FoldBits + $clog2(ThresholdWords)))) begin : gen_check_writable
    $error("thresholding: Writable goes without ThresholdSearch, with the bits of its table_ram");
  end

  logic take;
  logic [FoldBits-1:0] fold_q;
  logic [Lanes*InBits-1:0] input_q;
  logic [Lanes*CountBits-1:0] counts;
  logic [Lanes*OutBits-1:0] results;
  // valid_q[i]: a beat is i + 1 clocks in the pipeline
  logic [PushLatency-1:0] valid_q;

  assign take = in_valid_i && in_ready_o;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      fold_q <= '0;
      valid_q <= '0;
    end else begin
      if (take) fold_q <= (fold_q == FoldBits'(Folds - 1)) ? '0 : fold_q + FoldBits'(1);
      valid_q <= {valid_q[PushLatency-2:0], take};
    end
  end

  always_ff @(posedge clk_i) input_q <= in_data_i;

  if (!Writable) begin : gen_no_load
    logic unused_load;
    assign unused_load = ^load_i;
    assign load_o = '0;
  end

  if (ThresholdSearch) begin : gen_search
    // A search takes its row a clock ahead of the value
    for (genvar l = 0; l < Lanes; l++) begin : gen_lane
      logic [InBits:0] lane;
      logic [SearchStages-1:0] count;

      assign lane = {InSigned && input_q[l*InBits + InBits - 1], input_q[l*InBits +: InBits]};

      threshold_search #(
        .ValueBits(InBits + 1),
        .ThresholdBits(ThresholdBits),
        .CountBits(SearchStages),
        .Rows(Folds),
        .FileBits(SearchFileBits),
        .Files(SearchFiles[l*SearchStages*SearchFileBits +: SearchStages*SearchFileBits]),
        .Style(RamStyle)
      ) i_search (
        .clk_i(clk_i),
        .row_i(fold_q),
        .value_i(lane),
        .count_o(count)
      );

      assign counts[l*CountBits +: CountBits] = CountBits'(count);
    end
  end else begin : gen_count
    logic [Lanes*InBits-1:0] value;
    logic [RowBits-1:0] row, thresholds;

    if (Writable) begin : gen_table
      table_ram #(
        .Width(RowBits),
        .Depth(Folds),
        .FileBits(LoadFileBits),
        .Files(ThresholdFiles),
        .Style(RamStyle)
      ) i_thresholds (
        .clk_i(clk_i),
        .addr_i(fold_q),
        .data_o(row),
        .load_i(load_i),
        .load_o(load_o)
      );
    end else begin : gen_rom
`ifdef YOSYS
      (* keep_hierarchy = Folds > 8 *)  // see mvau
`endif
      rom #(
        .Width(RowBits),
        .Depth(Folds),
        .File(MemFile),
        .Style(RamStyle)
      ) i_thresholds (
        .clk_i(clk_i),
        .addr_i(fold_q),
        .data_o(row)
      );
    end

    if (Folds > 1) begin : gen_row
      always_ff @(posedge clk_i) begin
        value <= input_q;
        thresholds <= row;
      end
    end else begin : gen_constant_row
      assign value = input_q;
      assign thresholds = row;
    end

    for (genvar l = 0; l < Lanes; l++) begin : gen_lane
      logic [InBits:0] lane;
      logic [CountBits-1:0] count;

      assign lane = {InSigned && value[l*InBits + InBits - 1], value[l*InBits +: InBits]};

      threshold_count #(
        .ValueBits(InBits + 1),
        .NumThresholds(NumThresholds),
        .ThresholdBits(ThresholdBits),
        .Latency(CountLatency)
      ) i_count (
        .clk_i(clk_i),
        .value_i(lane),
        .thresholds_i(thresholds[l*NumThresholds*ThresholdBits +: NumThresholds*ThresholdBits]),
        .count_o(count)
      );

      assign counts[l*CountBits +: CountBits] = CountBits'(count);
    end
  end

  for (genvar l = 0; l < Lanes; l++) begin : gen_result
    logic [CountBits-1:0] count;
    assign count = counts[l*CountBits +: CountBits];
    assign results[l*OutBits +: OutBits] = OutBits'(OutBias + 32'(count));
  end

  credit_fifo #(
    .Width(Lanes * OutBits),
    .Depth(PushLatency + 2)
  ) i_out (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .free_o(in_ready_o),
    .take_i(take),
    .push_i(valid_q[PushLatency-1]),
    .data_i(results),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
