// Windows of an image, all taps of one fold in one beat.
//
// A pixel is Folds beats of Width bits. For every window position, in raster order, Folds beats
// leave; each holds the KernelH * KernelW taps of one fold, tap 0 (row 0, column 0) in the least
// significant bits, then column by column, then row by row. Taps lie DilationH rows and DilationW
// columns apart. Pixels that complete no window are taken and dropped. Images follow each other
// without a pause or a reset.
//
// KernelH - 1 stretches of DilationH lines lie side by side in one RAM, read one address ahead of
// where it is written, a block RAM two, with a register behind it, for its own is slow;
// (KernelW - 1) * DilationW columns of each fold lie in shift registers. One input beat a clock is
// sustained.
module sliding_window_parallel #(
  // Bits of a beat
  parameter int unsigned Width = 8,
  // Beats of a pixel
  parameter int unsigned Folds = 1,
  // Rows and columns of the image
  parameter int unsigned Height = 8,
  parameter int unsigned Cols = 8,
  parameter int unsigned KernelH = 3,
  parameter int unsigned KernelW = 3,
  parameter int unsigned StrideH = 1,
  parameter int unsigned StrideW = 1,
  // Rows and columns from a tap to the next
  parameter int unsigned DilationH = 1,
  parameter int unsigned DilationW = 1,
  // "auto", "block" or "distributed"
  parameter RamStyle = "auto",
  // The size of the image comes by sizes_i, Height x Cols being the greatest; a change of it takes
  // effect with a reset
  parameter bit Dynamic = 1'b0,
  // Bits of sizes_i
  parameter int unsigned SizeBits = 1
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  // As `limits` below, unless Dynamic unused
  input  logic [SizeBits-1:0] sizes_i,
  input  logic                             in_valid_i,
  output logic                             in_ready_o,
  input  logic [Width-1:0]                 in_data_i,
  output logic                             out_valid_o,
  input  logic                             out_ready_i,
  output logic [KernelH*KernelW*Width-1:0] out_data_o
);

  localparam logic [127:0] Style = 128'(RamStyle);

  if ((Style != 128'("auto")) && (Style != 128'("block")) && (Style != 128'("distributed")))
  begin : gen_check_style
    $error("sliding_window_parallel: RamStyle must be auto, block or distributed");
  end
  // Rows and columns from a window's first tap to its last
  localparam int unsigned ReachH = (KernelH - 1) * DilationH + 1;
  localparam int unsigned ReachW = (KernelW - 1) * DilationW + 1;

  if (Width == 0 || Folds == 0 || KernelH == 0 || KernelW == 0 || StrideH == 0 || StrideW == 0
      || DilationH == 0 || DilationW == 0)
  begin : gen_check_zero
    $error("sliding_window_parallel: no parameter may be 0");
  end
  if (ReachH > Height || ReachW > Cols) begin : gen_check_kernel
    $error("sliding_window_parallel: the kernel must fit into the image");
  end

  // Beats from a tap to the one below; bits of a column of KernelH taps
  localparam int unsigned Line = DilationH * Cols * Folds;
  localparam int unsigned ColumnBits = KernelH * Width;
  localparam int unsigned Columns = (ReachW - 1) * Folds + 1;

  // Pixels (lines) to let pass before the first window, and between windows
  localparam int unsigned MaxWaitW = (ReachW > StrideW) ? ReachW - 1 : StrideW - 1;
  localparam int unsigned MaxWaitH = (ReachH > StrideH) ? ReachH - 1 : StrideH - 1;

  localparam int unsigned FoldBits = (Folds > 1) ? $clog2(Folds) : 1;
  localparam int unsigned ColBits = (Cols > 1) ? $clog2(Cols) : 1;
  localparam int unsigned RowBits = (Height > 1) ? $clog2(Height) : 1;
  localparam int unsigned LineBits = (Line > 1) ? $clog2(Line) : 1;
  localparam int unsigned WaitWBits = (MaxWaitW > 0) ? $clog2(MaxWaitW + 1) : 1;
  localparam int unsigned WaitHBits = (MaxWaitH > 0) ? $clog2(MaxWaitH + 1) : 1;

  // What depends on the size of the image
  localparam int unsigned LimitBits = ColBits + RowBits + LineBits;
  logic [LimitBits-1:0] limits;
  // The last column and row, and the last beat before a tap's place in the line is taken again
  logic [ColBits-1:0] end_col;
  logic [RowBits-1:0] end_row;
  logic [LineBits-1:0] end_line;

  if (Dynamic) begin : gen_dynamic
    if (SizeBits != LimitBits) begin : gen_check_sizes
      $error("sliding_window_parallel: SizeBits must be the bits of all limits");
    end
    assign limits = LimitBits'(sizes_i);
  end else begin : gen_constant
    logic unused_sizes;
    assign unused_sizes = ^sizes_i;
    assign limits = {
      ColBits'(Cols - 1),
      RowBits'(Height - 1),
      LineBits'(Line - 1)
    };
  end
  assign {end_col, end_row, end_line} = limits;

  // A FIFO of two beats keeps the ready of the input away from that of the output
  logic valid, step;
  logic [Width-1:0] data;

  stream_fifo #(
    .Width(Width),
    .Depth(2)
  ) i_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(in_valid_i),
    .in_ready_o(in_ready_o),
    .in_data_i(in_data_i),
    .out_valid_o(valid),
    .out_ready_i(step),
    .out_data_o(data)
  );

  logic out_valid_q;
  assign step = valid && (!out_valid_q || out_ready_i);

  // Position of the beat, and how many pixels (lines) until one completes a window
  logic [FoldBits-1:0] fold_q;
  logic [ColBits-1:0] col_q;
  logic [RowBits-1:0] row_q;
  logic [WaitWBits-1:0] wait_w_q;
  logic [WaitHBits-1:0] wait_h_q;
  logic last_fold, last_col, last_row, completes;

  assign last_fold = (fold_q == FoldBits'(Folds - 1));
  assign last_col = (col_q == end_col);
  assign last_row = (row_q == end_row);
  assign completes = (wait_w_q == '0) && (wait_h_q == '0);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      fold_q <= '0;
      col_q <= '0;
      row_q <= '0;
      wait_w_q <= WaitWBits'(ReachW - 1);
      wait_h_q <= WaitHBits'(ReachH - 1);
      out_valid_q <= 1'b0;
    end else begin
      if (step) out_valid_q <= completes;
      else if (out_ready_i) out_valid_q <= 1'b0;
      if (step) fold_q <= last_fold ? '0 : fold_q + FoldBits'(1);
      if (step && last_fold) begin
        col_q <= last_col ? '0 : col_q + ColBits'(1);
        if (last_col) wait_w_q <= WaitWBits'(ReachW - 1);
        else if (wait_w_q == '0) wait_w_q <= WaitWBits'(StrideW - 1);
        else wait_w_q <= wait_w_q - WaitWBits'(1);
        if (last_col) begin
          row_q <= last_row ? '0 : row_q + RowBits'(1);
          if (last_row) wait_h_q <= WaitHBits'(ReachH - 1);
          else if (wait_h_q == '0) wait_h_q <= WaitHBits'(StrideH - 1);
          else wait_h_q <= wait_h_q - WaitHBits'(1);
        end
      end
    end
  end

  // The column of KernelH pixels that ends with this beat, the uppermost least significant
  logic [ColumnBits-1:0] column;

  if (KernelH == 1) begin : gen_no_lines
    logic unused_line;
    assign unused_line = ^end_line;
    assign column = data;
  end else begin : gen_lines
    // The KernelH - 1 lines above at this beat's address
    logic [ColumnBits-Width-1:0] above_q;
    assign column = {data, above_q};

    if (Line == 1) begin : gen_one
      logic unused_line;
      assign unused_line = ^end_line;
      always_ff @(posedge clk_i) begin
        if (step) above_q <= column[ColumnBits-1:Width];
      end
    end else begin : gen_ram
      // (with two addresses the one ahead by two is being written)
      localparam bit Early = (Style == 128'("block")) && (Line > 2) && !Dynamic;

      (* ram_style = RamStyle, no_rw_check *)
      logic [ColumnBits-Width-1:0] mem [Line];
      // Of the beat, one of those that are read ahead, and what is read
      logic [LineBits-1:0] write_ptr, ptr_d, ptr_q;
      logic [ColumnBits-Width-1:0] read_q;

      assign ptr_d = (ptr_q == end_line) ? '0 : ptr_q + LineBits'(1);

      always_ff @(posedge clk_i) begin
        if (!rst_ni) ptr_q <= LineBits'(Early);
        else if (step) ptr_q <= ptr_d;
      end

      always_ff @(posedge clk_i) begin
        if (step) mem[write_ptr] <= column[ColumnBits-1:Width];
      end

      always_ff @(posedge clk_i) begin
        if (step) read_q <= mem[ptr_d];
      end

      if (Early) begin : gen_early
        logic [LineBits-1:0] write_q;
        assign write_ptr = write_q;

        always_ff @(posedge clk_i) begin
          if (!rst_ni) write_q <= '0;
          else if (step) write_q <= ptr_q;
        end

        always_ff @(posedge clk_i) begin
          if (step) above_q <= read_q;
        end
      end else begin : gen_next
        assign write_ptr = ptr_q;
        assign above_q = read_q;
      end
    end
  end

  // Columns received, the latest least significant; those of one fold lie Folds apart
  logic [Columns*ColumnBits-1:0] columns_q;

  if (Columns == 1) begin : gen_column
    always_ff @(posedge clk_i) begin
      if (step) columns_q <= column;
    end
  end else begin : gen_columns
    always_ff @(posedge clk_i) begin
      if (step) columns_q <= {columns_q[(Columns-1)*ColumnBits-1:0], column};
    end
  end

  for (genvar row = 0; row < KernelH; row++) begin : gen_row
    for (genvar col = 0; col < KernelW; col++) begin : gen_col
      assign out_data_o[(row*KernelW+col)*Width +: Width] =
          columns_q[(KernelW-1-col)*DilationW*Folds*ColumnBits + row*Width +: Width];
    end
  end

  assign out_valid_o = out_valid_q;

endmodule
