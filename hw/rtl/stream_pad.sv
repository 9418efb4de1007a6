// Puts a border around every image of a stream, and the same between its pixels.
//
// A pixel is Folds beats of Width bits; the pixels of an image of Height x Cols come to lie StrideH
// rows and StrideW columns apart, with Top, Bottom, Left and Right pixels of border around. Images
// follow each other without a pause; the border of one is not sent before its first beat is at the
// input. One output beat a clock is sustained.
module stream_pad #(
  // Bits of a beat
  parameter int unsigned Width = 8,
  // Beats of a pixel
  parameter int unsigned Folds = 1,
  // Rows and columns of the image without its border
  parameter int unsigned Height = 4,
  parameter int unsigned Cols = 4,
  // Rows and columns from a pixel of the image to the next; there are zeros between
  parameter int unsigned StrideH = 1,
  parameter int unsigned StrideW = 1,
  // Pixels of border on each side
  parameter int unsigned Top = 1,
  parameter int unsigned Bottom = 1,
  parameter int unsigned Left = 1,
  parameter int unsigned Right = 1,
  // Beat of the border
  parameter logic [Width-1:0] Fill = '0,
  // The size of the image comes by sizes_i, Height x Cols being the greatest; a change of it takes
  // effect with a reset
  parameter bit Dynamic = 1'b0,
  // Bits of sizes_i
  parameter int unsigned SizeBits = 1
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  // As `limits` below, unless Dynamic unused
  input  logic [SizeBits-1:0] sizes_i,
  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic [Width-1:0] in_data_i,
  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o
);

  // From the first pixel to the last
  localparam int unsigned WideRows = (Height - 1) * StrideH + 1;
  localparam int unsigned WideCols = (Cols - 1) * StrideW + 1;
  localparam int unsigned PadHeight = Top + WideRows + Bottom;
  localparam int unsigned PadCols = Left + WideCols + Right;
  localparam int unsigned FoldBits = (Folds > 1) ? $clog2(Folds) : 1;
  localparam int unsigned ColBits = (PadCols > 1) ? $clog2(PadCols) : 1;
  localparam int unsigned RowBits = (PadHeight > 1) ? $clog2(PadHeight) : 1;

  if (Width == 0 || Folds == 0 || Height == 0 || Cols == 0 || StrideH == 0 || StrideW == 0)
  begin : gen_check
    $error("stream_pad: Width, Folds, Height, Cols and the strides must be at least 1");
  end

  // What depends on the size of the image
  localparam int unsigned LimitBits = 2 * ColBits + 2 * RowBits;
  logic [LimitBits-1:0] limits;
  // The last column and row, and where the border begins on the far side; without one it is the next
  // line's beginning
  logic [ColBits-1:0] end_col, right_col;
  logic [RowBits-1:0] end_row, bottom_row;

  if (Dynamic) begin : gen_dynamic
    if (SizeBits != LimitBits) begin : gen_check_sizes
      $error("stream_pad: SizeBits must be the bits of all limits");
    end
    assign limits = LimitBits'(sizes_i);
  end else begin : gen_constant
    logic unused_sizes;
    assign unused_sizes = ^sizes_i;
    assign limits = {
      ColBits'(PadCols - 1),
      ColBits'((Left + WideCols) % PadCols),
      RowBits'(PadHeight - 1),
      RowBits'((Top + WideRows) % PadHeight)
    };
  end
  assign {end_col, right_col, end_row, bottom_row} = limits;

  // Position of the output beat in the padded image, and whether it is inside the border
  logic [FoldBits-1:0] fold_q;
  logic [ColBits-1:0] col_d, col_q;
  logic [RowBits-1:0] row_d, row_q;
  logic col_inside_d, col_inside_q, row_inside_d, row_inside_q;
  // At the first beat of a padded image
  logic is_first_q;
  logic last_fold, last_col, last_row, is_col, is_row, is_image, valid, ready, step;

  assign last_fold = (fold_q == FoldBits'(Folds - 1));
  assign last_col = (col_q == end_col);
  assign last_row = (row_q == end_row);
  assign is_image = col_inside_q && row_inside_q && is_col && is_row;
  assign valid = in_valid_i || !(is_image || is_first_q);
  assign in_ready_o = ready && is_image;
  assign step = valid && ready;

  always_comb begin
    col_d = last_col ? '0 : col_q + ColBits'(1);
    row_d = row_q;
    if (last_col) row_d = last_row ? '0 : row_q + RowBits'(1);
    col_inside_d = col_inside_q;
    if (col_d == right_col) col_inside_d = 1'b0;
    if (col_d == ColBits'(Left)) col_inside_d = 1'b1;
    row_inside_d = row_inside_q;
    if (row_d == bottom_row) row_inside_d = 1'b0;
    if (row_d == RowBits'(Top)) row_inside_d = 1'b1;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      fold_q <= '0;
      col_q <= '0;
      row_q <= '0;
      is_first_q <= 1'b1;
      col_inside_q <= (Left == 0);
      row_inside_q <= (Top == 0);
    end else if (step) begin
      is_first_q <= last_fold && last_col && last_row;
      fold_q <= last_fold ? '0 : fold_q + FoldBits'(1);
      if (last_fold) begin
        col_q <= col_d;
        row_q <= row_d;
        col_inside_q <= col_inside_d;
        row_inside_q <= row_inside_d;
      end
    end
  end

  // Inside, which of StrideW columns it is, and of StrideH rows
  if (StrideW == 1) begin : gen_each_col
    assign is_col = 1'b1;
  end else begin : gen_some_cols
    localparam int unsigned Bits = $clog2(StrideW);
    logic [Bits-1:0] phase_q;
    assign is_col = (phase_q == '0);

    always_ff @(posedge clk_i) begin
      if (!rst_ni) phase_q <= '0;
      else if (step && last_fold) begin
        if (col_d == ColBits'(Left) || phase_q == Bits'(StrideW - 1)) phase_q <= '0;
        else phase_q <= phase_q + Bits'(1);
      end
    end
  end

  if (StrideH == 1) begin : gen_each_row
    assign is_row = 1'b1;
  end else begin : gen_some_rows
    localparam int unsigned Bits = $clog2(StrideH);
    logic [Bits-1:0] phase_q;
    assign is_row = (phase_q == '0);

    always_ff @(posedge clk_i) begin
      if (!rst_ni) phase_q <= '0;
      else if (step && last_fold && last_col) begin
        if (row_d == RowBits'(Top) || phase_q == Bits'(StrideH - 1)) phase_q <= '0;
        else phase_q <= phase_q + Bits'(1);
      end
    end
  end

  stream_fifo #(
    .Width(Width),
    .Depth(2)
  ) i_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(valid),
    .in_ready_o(ready),
    .in_data_i(is_image ? in_data_i : Fill),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
