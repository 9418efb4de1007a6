// The windows of a stream of images: every beat of the image at each of its places, nothing else.
//
// One beat of the image, at a place and in an image that are free, is followed: wherever a window
// covers its place, the window's tap has to be that beat. And no window leaves before the beats
// that it shows have come. Serial: the taps leave one by one, row, column, fold (if Depthwise fold,
// row, column); otherwise all those of a fold at once, tap 0 lowest.
module window_tracker #(
  parameter int unsigned Width = 1,
  parameter int unsigned Folds = 1,
  parameter int unsigned Height = 3,
  parameter int unsigned Cols = 3,
  parameter int unsigned KernelH = 2,
  parameter int unsigned KernelW = 2,
  parameter int unsigned StrideH = 1,
  parameter int unsigned StrideW = 1,
  parameter int unsigned DilationH = 1,
  parameter int unsigned DilationW = 1,
  parameter bit Serial = 1'b0,
  parameter bit Depthwise = 1'b0,
  // Not to be set
  parameter int unsigned Taps = Serial ? 1 : KernelH * KernelW
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  choose_i,
  input  logic                  push_i,
  input  logic [Width-1:0]      push_data_i,
  input  logic                  valid_i,
  input  logic                  pop_i,
  input  logic [Taps*Width-1:0] data_i,
  // The beats of the window that comes next are in
  output logic                  due_o,
  output logic                  seen_o
);

  localparam int unsigned OutH = (Height - (KernelH - 1) * DilationH - 1) / StrideH + 1;
  localparam int unsigned OutW = (Cols - (KernelW - 1) * DilationW - 1) / StrideW + 1;

  // Places: at the input, of the chosen beat, at the output; counters of few bits
  localparam int unsigned W = 5;
  (* anyconst *) logic [W-1:0] fold, row, col;
  logic [W-1:0] in_fold_q, in_row_q, in_col_q;
  logic [W-1:0] out_fold_q, out_row_q, out_col_q, tap_row_q, tap_col_q;
  logic in_last, out_last;
  // Images that went in less images that came out, plus 1, for the last window of an image may
  // leave before its last beat is in
  logic [2:0] images_q, ahead_q;
  logic follow_q, seen_q, covers, here;
  logic [Width-1:0] word_q;

  always_comb assume (32'(fold) < Folds && 32'(row) < Height && 32'(col) < Cols);

  // --- Input ---
  assign in_last = (32'(in_fold_q) == Folds - 1) && (32'(in_col_q) == Cols - 1)
                   && (32'(in_row_q) == Height - 1);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      in_fold_q <= '0;
      in_row_q <= '0;
      in_col_q <= '0;
    end else if (push_i) begin
      in_fold_q <= (32'(in_fold_q) == Folds - 1) ? '0 : in_fold_q + 5'd1;
      if (32'(in_fold_q) == Folds - 1) begin
        in_col_q <= (32'(in_col_q) == Cols - 1) ? '0 : in_col_q + 5'd1;
        if (32'(in_col_q) == Cols - 1) begin
          in_row_q <= (32'(in_row_q) == Height - 1) ? '0 : in_row_q + 5'd1;
        end
      end
    end
  end

  // --- Output ---
  logic last_tap_col, last_tap_row, last_fold, last_col, last_row, tap_done, next_tap, next_fold;
  assign last_fold = (32'(out_fold_q) == Folds - 1);
  assign last_tap_col = !Serial || (32'(tap_col_q) == KernelW - 1);
  assign last_tap_row = !Serial || (32'(tap_row_q) == KernelH - 1);
  assign last_col = (32'(out_col_q) == OutW - 1);
  assign last_row = (32'(out_row_q) == OutH - 1);
  assign tap_done = last_fold && last_tap_col && last_tap_row;
  assign next_tap = Serial && (Depthwise || last_fold);
  assign next_fold = !(Serial && Depthwise) || (last_tap_col && last_tap_row);
  assign out_last = tap_done && last_col && last_row;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      out_fold_q <= '0;
      tap_col_q <= '0;
      tap_row_q <= '0;
      out_col_q <= '0;
      out_row_q <= '0;
    end else if (pop_i) begin
      if (next_fold) out_fold_q <= last_fold ? '0 : out_fold_q + 5'd1;
      if (next_tap) tap_col_q <= last_tap_col ? '0 : tap_col_q + 5'd1;
      if (next_tap && last_tap_col) begin
        tap_row_q <= last_tap_row ? '0 : tap_row_q + 5'd1;
      end
      if (tap_done) out_col_q <= last_col ? '0 : out_col_q + 5'd1;
      if (tap_done && last_col) out_row_q <= last_row ? '0 : out_row_q + 5'd1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) images_q <= 3'd1;
    else images_q <= images_q + {2'b00, push_i && in_last} - {2'b00, pop_i && out_last};
  end

  // Of the window at the output the last row and column that it needs, and whether they are in
  logic [31:0] first_row, first_col, need, have;
  assign first_row = 32'(out_row_q) * StrideH;
  assign first_col = 32'(out_col_q) * StrideW;
  assign need = ((first_row + (Serial ? 32'(tap_row_q) : KernelH - 1) * DilationH) * Cols
                 + first_col + (Serial ? 32'(tap_col_q) : KernelW - 1) * DilationW) * Folds
                + 32'(out_fold_q) + Height * Cols * Folds;
  assign have = ((32'(images_q) * Height + 32'(in_row_q)) * Cols + 32'(in_col_q)) * Folds
                + 32'(in_fold_q);
  assign due_o = have > need;

  // --- The chosen beat ---
  logic [31:0] down, right, tap_row, tap_col, tap;
  assign down = 32'(row) - first_row;
  assign right = 32'(col) - first_col;
  assign tap_row = down / DilationH;
  assign tap_col = right / DilationW;
  assign tap = tap_row * KernelW + tap_col;
  assign covers = (32'(row) >= first_row) && (tap_row < KernelH) && (32'(col) >= first_col)
                  && (tap_col < KernelW) && (fold == out_fold_q)
                  && (tap_row * DilationH == down) && (tap_col * DilationW == right)
                  && (!Serial || (tap_row == 32'(tap_row_q) && tap_col == 32'(tap_col_q)));
  assign here = follow_q && (ahead_q == '0) && covers;
  assign seen_o = seen_q;

  logic started;
  assign started = push_i && choose_i && !follow_q && (in_fold_q == fold) && (in_row_q == row)
                   && (in_col_q == col);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      follow_q <= 1'b0;
      seen_q <= 1'b0;
    end else begin
      if (started) follow_q <= 1'b1;
      else if (pop_i && out_last && ahead_q == '0) follow_q <= 1'b0;
      if (here && pop_i) seen_q <= 1'b1;
    end
  end
  always_ff @(posedge clk_i) begin
    if (started) begin
      word_q <= push_data_i;
      ahead_q <= images_q - 3'd1 - {2'b00, pop_i && out_last};
    end else if (pop_i && out_last) begin
      ahead_q <= ahead_q - 3'd1;
    end
  end

  initial begin
    images_q = 3'd1;
    follow_q = 1'b0;
    seen_q = 1'b0;
    in_fold_q = '0;
    in_row_q = '0;
    in_col_q = '0;
    out_fold_q = '0;
    tap_col_q = '0;
    tap_row_q = '0;
    out_col_q = '0;
    out_row_q = '0;
  end
  logic started_q;
  initial started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;

  // A chosen beat that no window covers can be of an image that has left already
  logic unused_ahead;
  assign unused_ahead = ^ahead_q;
  always_comb begin
    images: assert (images_q < 3'd7);
    if (started_q && valid_i) not_too_early: assert (due_o);
    if (valid_i && here) right_tap: assert (data_i[(Serial ? 0 : tap)*Width +: Width] == word_q);
  end

endmodule
