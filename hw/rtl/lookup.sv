// Rows of a table by their numbers: an embedding.
//
// Each index that comes in gives Channels elements in Channels / Lanes beats, those of its row of
// the table; lane l of beat f is element f*Lanes + l. Row index*Folds + f of the memory holds beat f,
// lane 0 in the lowest bits. An index of no row (Rows or above) gives row 0.
//
// One beat a clock. The pipeline runs free behind credits: `in_ready_o` is of registers alone. An
// index is taken with its first beat, which leaves three clocks later.
module lookup #(
  // Bits of an index, unsigned
  parameter int unsigned IndexBits = 3,
  // Rows of the table, and elements of a row
  parameter int unsigned Rows = 5,
  parameter int unsigned Channels = 4,
  // Elements a beat, and bits of an element
  parameter int unsigned Lanes = 2,
  parameter int unsigned Bits = 8,
  // $readmemh file of the memory; "" leaves it zero
  parameter MemFile = "",
  // "auto", "block" or "distributed"
  parameter RamStyle = "auto"
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  in_valid_i,
  output logic                  in_ready_o,
  input  logic [IndexBits-1:0]  in_data_i,
  output logic                  out_valid_o,
  input  logic                  out_ready_i,
  output logic [Lanes*Bits-1:0] out_data_o
);

  localparam int unsigned Folds = Channels / Lanes;
  localparam int unsigned FoldBits = (Folds > 1) ? $clog2(Folds) : 1;
  localparam int unsigned Depth = Rows * Folds;
  localparam int unsigned AddrBits = (Depth > 1) ? $clog2(Depth) : 1;
  localparam int unsigned PushLatency = 2;

  if ((IndexBits == 0) || (IndexBits > 31)) begin : gen_check_index
    $error("lookup: IndexBits must be 1 to 31");
  end
  if (Rows == 0 || Bits == 0) begin : gen_check_rows
    $error("lookup: Rows and Bits must be at least 1");
  end
  if ((Lanes == 0) || (Channels == 0) || (Channels % Lanes != 0)) begin : gen_check_lanes
    $error("lookup: Lanes must divide Channels");
  end

  logic free, take, first_fold, last_fold;
  logic [FoldBits-1:0] fold_q;
  logic [IndexBits-1:0] index_q, given;
  logic [31:0] index;
  logic [AddrBits-1:0] addr_q;
  logic [Lanes*Bits-1:0] row;
  // valid_q[i]: a beat is i + 1 clocks in the pipeline
  logic [PushLatency-1:0] valid_q;

  assign first_fold = (fold_q == '0);
  assign last_fold = (fold_q == FoldBits'(Folds - 1));
  assign in_ready_o = free && first_fold;
  assign take = (in_valid_i || !first_fold) && free;
  assign given = first_fold ? in_data_i : index_q;
  assign index = (32'(given) < Rows) ? 32'(given) : 32'd0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      fold_q <= '0;
      valid_q <= '0;
    end else begin
      if (take) fold_q <= last_fold ? '0 : fold_q + FoldBits'(1);
      valid_q <= {valid_q[PushLatency-2:0], take};
    end
  end

  always_ff @(posedge clk_i) begin
    if (first_fold) index_q <= in_data_i;
    addr_q <= AddrBits'(index * Folds + 32'(fold_q));
  end

  rom #(
    .Width(Lanes * Bits),
    .Depth(Depth),
    .File(MemFile),
    .Style(RamStyle)
  ) i_table (
    .clk_i(clk_i),
    .addr_i(addr_q),
    .data_o(row)
  );

  credit_fifo #(
    .Width(Lanes * Bits),
    .Depth(PushLatency + 2)
  ) i_out (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .free_o(free),
    .take_i(take),
    .push_i(valid_q[PushLatency-1]),
    .data_i(row),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
