// The results of an mvau: its sums, or how many thresholds of its row each of them reaches.
//
// The PE sums of a row fold are at `acc_i` one clock after its `last_i`; `early_i` is `last_i` a
// clock ahead of it. A result is OutBias + number of thresholds <= sum, or the sum itself if
// NumThresholds = 0. The row folds come in order, Rows of them (those of all turns), again and
// again.
//
// Threshold memory: row r holds the PE*NumThresholds values of row fold r, each of ThresholdBits
// bits, two's complement, ascending; (pe, i) is at bit (pe*NumThresholds + i)*ThresholdBits. If
// they are searched, there are the memories of threshold_search in its place.
//
// Latency: `push_o` is high, and the results at `results_o`, Latency + 1 clocks after `last_i`:
// 1 for the accumulators, and CountLatency of threshold_count, threshold_search (both: its header)
// or threshold_in_turn (3); 0 without thresholds.
module mvau_results #(
  // Sums at once, and their bits, two's complement
  parameter int unsigned PE = 2,
  parameter int unsigned AccBits = 8,
  // Row folds of all turns
  parameter int unsigned Rows = 2,
  // Thresholds a row; 0 gives sums out
  parameter int unsigned NumThresholds = 3,
  parameter int unsigned ThresholdBits = 8,
  // Thresholds are searched (threshold_search)
  parameter bit ThresholdSearch = 1'b0,
  // A row's three thresholds take one comparator (threshold_in_turn); no two sums in two clocks
  parameter bit ThresholdInTurn = 1'b0,
  // Bits of a result, and result where no threshold is reached
  parameter int unsigned OutBits = 2,
  parameter int OutBias = 0,
  // Clocks from sums to results; the parent's idea of it, checked
  parameter int unsigned Latency = 2,
  // $readmemh file of the memory, "" leaves it zero; and its style (rom)
  parameter ThresholdFile = "",
  parameter ThresholdStyle = "auto",
  // If ThresholdSearch, see mvau
  parameter int unsigned SearchStages = 1,
  parameter int unsigned SearchFileBits = 8,
  parameter logic [PE*SearchStages*SearchFileBits-1:0] SearchFiles = '0,
  // The memory can be written (table_ram); its files, in place of ThresholdFile
  parameter bit Writable = 1'b0,
  parameter int unsigned LoadFileBits = 8,
  parameter int unsigned ThresholdWords = 1,
  parameter logic [ThresholdWords*LoadFileBits-1:0] ThresholdFiles = '0,
  // Not to be set
  parameter int unsigned RowBits = (Rows > 1) ? $clog2(Rows) : 1,
  parameter int unsigned LoadBits = RowBits + $clog2(ThresholdWords)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  early_i,
  input  logic                  last_i,
  // PE 0 in the least significant bits, both
  input  logic [PE*AccBits-1:0] acc_i,
  output logic                  push_o,
  output logic [PE*OutBits-1:0] results_o,
  // The load bus of the memory, if Writable (table_ram)
  input  logic [LoadBits+33:0]  load_i,
  output logic [31:0]           load_o
);

  localparam int unsigned CountBits = $clog2(NumThresholds + 1);
  localparam int unsigned CountLatency =
      ThresholdInTurn ? 3 :
      ((NumThresholds > 15) || ThresholdSearch) ? CountBits : (NumThresholds > 0) ? 2 : 0;

  if (Latency != CountLatency) begin : gen_check_latency
    $error("mvau_results: Latency is not that of the thresholds' count");
  end
  if (ThresholdSearch && (SearchStages != CountBits)) begin : gen_check_search
    $error("mvau_results: ThresholdSearch needs SearchStages, the bits of NumThresholds");
  end
  if (ThresholdInTurn && ((NumThresholds != 3) || ThresholdSearch)) begin : gen_check_in_turn
    $error("mvau_results: ThresholdInTurn needs three thresholds, and no ThresholdSearch");
  end
  if (Writable && (NumThresholds > 0) &&
      (ThresholdWords != (PE * NumThresholds * ThresholdBits + 31) / 32)) begin : gen_check_words
    $error("mvau_results: ThresholdWords must be the words of 32 bits of a row");
  end

  // done_q[i]: sums were complete i clocks ago
  logic [CountLatency:0] done_q;

  assign push_o = done_q[CountLatency];

  if (NumThresholds == 0) begin : gen_acc_out
    logic unused_thresholds;
    assign unused_thresholds = ^{early_i, load_i};
    assign load_o = '0;
    always_ff @(posedge clk_i) begin
      if (!rst_ni) done_q <= '0;
      else done_q <= last_i;
    end
    for (genvar p = 0; p < PE; p++) begin : gen_result
      assign results_o[p*OutBits +: OutBits] = OutBits'($signed(acc_i[p*AccBits +: AccBits]));
    end
  end else begin : gen_thresholds
    localparam int unsigned PeBits = NumThresholds * ThresholdBits;
    // Row of the row fold whose sum comes next, a clock ahead of it: the row goes through the
    // memory's register and one more, for a block RAM's own is slow
    logic [RowBits-1:0] row_q;

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        done_q <= '0;
        row_q <= '0;
      end else begin
        done_q <= {done_q[CountLatency-1:0], last_i};
        if (early_i) row_q <= (row_q == RowBits'(Rows - 1)) ? '0 : row_q + RowBits'(1);
      end
    end

    if (ThresholdSearch) begin : gen_search
      // A search takes its row a clock ahead of the sum
      logic [RowBits-1:0] search_row_q;
      logic unused_table;
      assign unused_table = ^load_i;
      assign load_o = '0;
      always_ff @(posedge clk_i) search_row_q <= row_q;

      for (genvar p = 0; p < PE; p++) begin : gen_result
        logic [SearchStages-1:0] count;

        threshold_search #(
          .ValueBits(AccBits),
          .ThresholdBits(ThresholdBits),
          .CountBits(SearchStages),
          .Rows(Rows),
          .FileBits(SearchFileBits),
          .Files(SearchFiles[p*SearchStages*SearchFileBits +: SearchStages*SearchFileBits]),
          .Style(ThresholdStyle)
        ) i_search (
          .clk_i(clk_i),
          .row_i(search_row_q),
          .value_i(acc_i[p*AccBits +: AccBits]),
          .count_o(count)
        );

        assign results_o[p*OutBits +: OutBits] = OutBits'(OutBias + 32'(count));
      end
    end else begin : gen_count
      logic [PE*PeBits-1:0] values, thresholds;
      logic [RowBits-1:0] addr;

      // One comparator takes its row a clock and two clocks after the sum
      if (ThresholdInTurn) begin : gen_late
        logic [2*RowBits-1:0] late_q;
        always_ff @(posedge clk_i) late_q <= {late_q[RowBits-1:0], row_q};
        assign addr = late_q[RowBits +: RowBits];
      end else begin : gen_in_time
        assign addr = row_q;
      end

      if (Writable) begin : gen_table
        table_ram #(
          .Width(PE * PeBits),
          .Depth(Rows),
          .FileBits(LoadFileBits),
          .Files(ThresholdFiles),
          .Style(ThresholdStyle)
        ) i_thresholds (
          .clk_i(clk_i),
          .addr_i(addr),
          .data_o(values),
          .load_i(load_i),
          .load_o(load_o)
        );
      end else begin : gen_rom
        logic unused_table;
        assign unused_table = ^load_i;
        assign load_o = '0;

`ifdef YOSYS
        (* keep_hierarchy = Rows > 8 *)  // see mvau_trees
`endif
        rom #(
          .Width(PE * PeBits),
          .Depth(Rows),
          .File(ThresholdFile),
          .Style(ThresholdStyle)
        ) i_thresholds (
          .clk_i(clk_i),
          .addr_i(addr),
          .data_o(values)
        );
      end

      if (Rows > 1) begin : gen_row
        always_ff @(posedge clk_i) thresholds <= values;
      end else begin : gen_constant_row
        assign thresholds = values;
      end

      for (genvar p = 0; p < PE; p++) begin : gen_result
        logic [CountBits-1:0] count;

        if (ThresholdInTurn) begin : gen_in_turn
          threshold_in_turn #(
            .ValueBits(AccBits),
            .ThresholdBits(ThresholdBits)
          ) i_count (
            .clk_i(clk_i),
            .rst_ni(rst_ni),
            .new_i(done_q[0]),
            .value_i(acc_i[p*AccBits +: AccBits]),
            .thresholds_i(thresholds[p*PeBits +: PeBits]),
            .count_o(count)
          );
        end else begin : gen_at_once
          threshold_count #(
            .ValueBits(AccBits),
            .NumThresholds(NumThresholds),
            .ThresholdBits(ThresholdBits),
            .Constant((Rows == 1) && !Writable),
            .Latency(CountLatency)
          ) i_count (
            .clk_i(clk_i),
            .value_i(acc_i[p*AccBits +: AccBits]),
            .thresholds_i(thresholds[p*PeBits +: PeBits]),
            .count_o(count)
          );
        end

        assign results_o[p*OutBits +: OutBits] = OutBits'(OutBias + 32'(count));
      end
    end
  end

endmodule
