// How many of a row's thresholds a value reaches (threshold <= value), by binary search in memory.
//
// Stage j has a memory of its own, with the 2**j thresholds of each row that can come next once j
// bits of the count are known; it finds the next bit. A new value may enter every clock, and
// `count_o` comes CountBits clocks after it. There is no valid.
//
// The thresholds of a row are 2**CountBits - 1, ascending, t[0] first; who has fewer fills up with
// ones that no value reaches. Row r*2**j + k of memory j holds t[k*2**(CountBits-j) +
// 2**(CountBits-j-1) - 1] of row r, two's complement.
module threshold_search #(
  // Bits of a value and of a threshold, two's complement
  parameter int unsigned ValueBits = 8,
  parameter int unsigned ThresholdBits = 8,
  // Bits of the count: stages
  parameter int unsigned CountBits = 4,
  // Rows of thresholds
  parameter int unsigned Rows = 4,
  // Bits of a file's name, and the $readmemh files of the memories, that of stage 0 in the least
  // significant bits; 0 leaves all thresholds zero
  parameter int unsigned FileBits = 8,
  parameter logic [CountBits*FileBits-1:0] Files = '0,
  // "auto", "block", "distributed" or "logic"
  parameter Style = "auto",
  // Not to be set
  parameter int unsigned RowBits = (Rows > 1) ? $clog2(Rows) : 1
) (
  input  logic                 clk_i,
  // Of the value that comes a clock later
  input  logic [RowBits-1:0]   row_i,
  input  logic [ValueBits-1:0] value_i,
  output logic [CountBits-1:0] count_o
);

  localparam int unsigned CmpBits = (ValueBits > ThresholdBits) ? ValueBits : ThresholdBits;

  if ((ValueBits == 0) || (ThresholdBits == 0) || (CountBits == 0) || (Rows == 0))
  begin : gen_check_zero
    $error("threshold_search: ValueBits, ThresholdBits, CountBits and Rows must be at least 1");
  end
  if ((CountBits > 16) || (FileBits == 0) || (FileBits % 8 != 0)) begin : gen_check_count
    $error("threshold_search: CountBits must be at most 16, FileBits whole characters");
  end

  for (genvar j = 0; j < CountBits; j++) begin : gen_stage
    localparam int unsigned Depth = Rows << j;
    localparam int unsigned AddrBits = (Depth > 1) ? $clog2(Depth) : 1;
    localparam logic [FileBits-1:0] File = Files[j*FileBits +: FileBits];
    logic [AddrBits-1:0] addr;
    logic [ThresholdBits-1:0] threshold;
    logic [ValueBits-1:0] value;
    logic reached;
    // Of the value at this stage
    logic [RowBits-1:0] row_q;
    // Bits of the count that are known behind this stage, most significant first
    logic [j:0] count_d, count_q;

    if (j == 0) begin : gen_first
      assign addr = row_i;
      assign value = value_i;
      assign count_d = reached;
      always_ff @(posedge clk_i) row_q <= row_i;
    end else begin : gen_later
      if (Rows > 1) begin : gen_rows
        assign addr = {gen_stage[j-1].row_q, gen_stage[j-1].count_d};
      end else begin : gen_one_row
        assign addr = gen_stage[j-1].count_d;
      end
      assign value = gen_stage[j-1].gen_value.value_q;
      assign count_d = {gen_stage[j-1].count_q, reached};
      always_ff @(posedge clk_i) row_q <= gen_stage[j-1].row_q;
    end

    rom #(
      .Width(ThresholdBits),
      .Depth(Depth),
      .File(File),
      .Style(Style)
    ) i_thresholds (
      .clk_i(clk_i),
      .addr_i(addr),
      .data_o(threshold)
    );

    assign reached = CmpBits'($signed(threshold)) <= CmpBits'($signed(value));
    always_ff @(posedge clk_i) count_q <= count_d;

    if (j + 1 < CountBits) begin : gen_value
      logic [ValueBits-1:0] value_q;
      always_ff @(posedge clk_i) value_q <= value;
    end else begin : gen_last
      logic unused_row;
      assign unused_row = ^row_q;
    end
  end

  assign count_o = gen_stage[CountBits-1].count_q;

endmodule
