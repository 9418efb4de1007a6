// Windows of an image, one beat at a time, from a line buffer in one RAM.
//
// A pixel is Folds beats of Width bits. For every window position, in raster order, the beats of
// its pixels leave in the order kernel row, kernel column, fold; if Depthwise, in the order fold,
// kernel row, kernel column. Taps lie DilationH rows and DilationW columns apart. Pixels that no
// window covers are taken and dropped. Images follow each other without a pause or a reset.
//
// The RAM is circular. Writing runs concurrently with reading:
//   room    places that may be written before the current window's first beat is overwritten
//   avail   beats written from the one to be read next on; negative while strides skip beats that
//           have not arrived
// Both are kept less one, so that their sign bit is the test. The smallest Depth is
// ((ReachH - 1) * Cols + ReachW) * Folds, with the rows and columns ReachH and ReachW from a
// window's first tap to its last; each further place lets writing run ahead.
//
// One output beat a clock is sustained, while the input keeps up.
module sliding_window_serial #(
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
  // Order of a window's beats: fold by fold
  parameter bit Depthwise = 1'b0,
  // Beats held
  parameter int unsigned Depth = 22,
  // "auto", "block" or "distributed"
  parameter RamStyle = "auto",
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

  localparam logic [127:0] Style = 128'(RamStyle);

  if ((Style != 128'("auto")) && (Style != 128'("block")) && (Style != 128'("distributed")))
  begin : gen_check_style
    $error("sliding_window_serial: RamStyle must be auto, block or distributed");
  end
  // Rows and columns from a window's first tap to its last
  localparam int unsigned ReachH = (KernelH - 1) * DilationH + 1;
  localparam int unsigned ReachW = (KernelW - 1) * DilationW + 1;

  if (Width == 0 || Folds == 0 || KernelH == 0 || KernelW == 0 || StrideH == 0 || StrideW == 0
      || DilationH == 0 || DilationW == 0)
  begin : gen_check_zero
    $error("sliding_window_serial: no parameter may be 0");
  end
  if (ReachH > Height || ReachW > Cols) begin : gen_check_kernel
    $error("sliding_window_serial: the kernel must fit into the image");
  end
  if (Depth < ((ReachH - 1) * Cols + ReachW) * Folds) begin : gen_check_depth
    $error("sliding_window_serial: Depth must be at least ((ReachH-1)*Cols+ReachW)*Folds");
  end

  // (a stride of 0 must reach the check above)
  localparam int unsigned OutH = (StrideH > 0) ? (Height - ReachH) / StrideH + 1 : 1;
  localparam int unsigned OutW = (StrideW > 0) ? (Cols - ReachW) / StrideW + 1 : 1;

  // A window's beats leave in runs of beats that lie RunStep apart, runs in turns:
  //   kernel columns and folds, kernel rows           (without dilation of columns)
  //   folds, kernel columns, kernel rows              (with it)
  //   kernel columns, kernel rows, folds              (Depthwise)
  localparam bit ByFold = Depthwise && (Folds > 1) && (KernelH * KernelW > 1);
  localparam bit Gaps = !ByFold && (DilationW > 1) && (KernelW > 1);
  localparam int unsigned RunBeats = ByFold ? KernelW : Gaps ? Folds : KernelW * Folds;
  localparam int unsigned Runs = Gaps ? KernelW : KernelH;
  localparam int unsigned Turns = ByFold ? Folds : Gaps ? KernelH : 1;

  // Distances in beats: from the first to the last beat of a window; from one beat of a run to the
  // next, from the last beat of a run to the first of the next, and of a turn to that of the next
  // (folds: back to the window's first pixel, in the circle of Depth places); from a window to the
  // next one in its row, to the first of the next row, and from the last one to the first of the
  // next image.
  localparam int unsigned Span = ((ReachH - 1) * Cols + ReachW) * Folds - 1;
  localparam int unsigned RowJump = (DilationH * Cols - ReachW + 1) * Folds;
  localparam int unsigned RunStep = ByFold ? DilationW * Folds : 1;
  localparam int unsigned RunJump =
      ByFold ? RowJump : Gaps ? (DilationW - 1) * Folds + 1 : RowJump - Folds + 1;
  localparam int unsigned Back = Span - Folds;
  localparam int unsigned TurnJump = ByFold ? (Depth - Back % Depth) % Depth : RowJump - Folds + 1;
  localparam int unsigned NextCol = StrideW * Folds;
  localparam int unsigned NextRow = (StrideH * Cols - (OutW - 1) * StrideW) * Folds;
  localparam int unsigned NextImage =
      (Height * Cols - (OutH - 1) * StrideH * Cols - (OutW - 1) * StrideW) * Folds;

  localparam int unsigned RunBits = (RunBeats > 1) ? $clog2(RunBeats) : 1;
  localparam int unsigned KRowBits = (Runs > 1) ? $clog2(Runs) : 1;
  localparam int unsigned TurnBits = (Turns > 1) ? $clog2(Turns) : 1;
  localparam int unsigned OColBits = (OutW > 1) ? $clog2(OutW) : 1;
  localparam int unsigned ORowBits = (OutH > 1) ? $clog2(OutH) : 1;
  localparam int unsigned PtrBits = (Depth > 1) ? $clog2(Depth) : 1;
  // Signed, for Depth + the farthest step to a next window
  localparam int unsigned NextMax0 = (NextRow > NextCol) ? NextRow : NextCol;
  // (of a smaller image it may be more: there may be more rows behind the last window)
  localparam int unsigned NextMax1 =
      Dynamic ? (ReachH + StrideH - 1) * Cols * Folds : NextImage;
  localparam int unsigned NextMax = (NextMax1 > NextMax0) ? NextMax1 : NextMax0;
  localparam int unsigned LevelBits = $clog2(Depth + NextMax + 1) + 1;

  // What depends on the size of the image
  localparam int unsigned LimitBits = 2 + OColBits + ORowBits + 7 * LevelBits + 4 * (2 * PtrBits + 1);
  logic [LimitBits-1:0] limits;
  // Whether a row has one window, and the window before its last; the same of rows of windows. (Where
  // they are used, the constants stand once more: yosys makes better registers of them so.)
  logic one_col, one_row;
  logic [OColBits-1:0] before_col;
  logic [ORowBits-1:0] before_row;
  // For the way to the next run, turn, window, row of windows and image: minus how much `avail` falls,
  // the way in the circle, that less Depth, and how much `room` rises, less one
  logic signed [LevelBits-1:0] run_fall, turn_fall, col_fall, row_fall, image_fall;
  logic [PtrBits-1:0] run_ahead, turn_ahead, row_ahead, image_ahead;
  logic [PtrBits:0] run_behind, turn_behind, row_behind, image_behind;
  logic signed [LevelBits-1:0] row_freed, image_freed;
  localparam logic signed [LevelBits-1:0] TurnFall =
      ByFold ? LevelBits'(Back) : -(LevelBits'(TurnJump));

  if (Dynamic) begin : gen_dynamic
    if (SizeBits != LimitBits) begin : gen_check_sizes
      $error("sliding_window_serial: SizeBits must be the bits of all limits");
    end
    assign limits = LimitBits'(sizes_i);
  end else begin : gen_constant
    logic unused_sizes;
    assign unused_sizes = ^sizes_i;
    assign limits = {
      OutW == 1,
      OColBits'(OutW - 2),
      OutH == 1,
      ORowBits'(OutH - 2),
      -(LevelBits'(RunJump)),
      PtrBits'(RunJump % Depth),
      (PtrBits + 1)'(RunJump % Depth - Depth),
      TurnFall,
      PtrBits'(TurnJump % Depth),
      (PtrBits + 1)'(TurnJump % Depth - Depth),
      LevelBits'(Span - NextCol),
      LevelBits'(Span - NextRow),
      PtrBits'(NextRow % Depth),
      (PtrBits + 1)'(NextRow % Depth - Depth),
      LevelBits'(NextRow - 1),
      LevelBits'(Span - NextImage),
      PtrBits'(NextImage % Depth),
      (PtrBits + 1)'(NextImage % Depth - Depth),
      LevelBits'(NextImage - 1)
    };
  end
  assign {
    one_col, before_col, one_row, before_row, run_fall, run_ahead, run_behind,
    turn_fall, turn_ahead, turn_behind, col_fall, row_fall, row_ahead, row_behind, row_freed,
    image_fall, image_ahead, image_behind, image_freed
  } = limits;

  (* ram_style = RamStyle, no_rw_check *)
  logic [Width-1:0] mem [Depth];
  logic [Width-1:0] rd_data_q;
  logic rd_valid_q;

  // Positions: beat of the run, run (mostly a kernel row), turn, window in its row, row of windows;
  // and whether each is the last, in a register of its own, to be known early
  logic [RunBits-1:0] run_q;
  logic [KRowBits-1:0] krow_q;
  logic last_turn;
  logic [OColBits-1:0] ocol_q;
  logic [ORowBits-1:0] orow_q;
  logic last_run_q, last_krow_q, last_ocol_q, last_orow_q;

  logic [PtrBits-1:0] wr_ptr_q, rd_ptr_q, start_q, rd_ptr_d;
  logic signed [LevelBits-1:0] room_m1_d, room_m1_q, avail_m1_d, avail_m1_q;
  logic write, read, window_done, fifo_ready;

  assign in_ready_o = !room_m1_q[LevelBits-1];
  assign write = in_valid_i && in_ready_o;
  assign read = !avail_m1_q[LevelBits-1] && (!rd_valid_q || fifo_ready);
  assign window_done = read && last_run_q && last_krow_q && last_turn;

  // What a read changes, constants of the position: minus how much `avail` falls, the way from this
  // beat's place in the RAM to the next one's (to a next window's: from this window's start), and
  // the same less Depth
  logic signed [LevelBits-1:0] fall;
  logic [PtrBits-1:0] ahead;
  logic [PtrBits:0] behind;

  always_comb begin
    // (yosys takes the minus of -LevelBits'(..) to be the size's: hence the brackets)
    fall = -(LevelBits'(RunStep));
    ahead = PtrBits'(RunStep % Depth);
    behind = (PtrBits + 1)'(RunStep % Depth - Depth);
    if (last_run_q && !last_krow_q) begin
      fall = run_fall;
      ahead = run_ahead;
      behind = run_behind;
    end else if (last_run_q && !last_turn) begin
      fall = turn_fall;
      ahead = turn_ahead;
      behind = turn_behind;
    end else if (last_run_q && !last_ocol_q) begin
      fall = col_fall;
      ahead = PtrBits'(NextCol % Depth);
      behind = (PtrBits + 1)'(NextCol % Depth - Depth);
    end else if (last_run_q && !last_orow_q) begin
      fall = row_fall;
      ahead = row_ahead;
      behind = row_behind;
    end else if (last_run_q) begin
      fall = image_fall;
      ahead = image_ahead;
      behind = image_behind;
    end
  end

  // The place of the next beat to read
  logic [PtrBits-1:0] base, sum;
  logic [PtrBits:0] sum_wrapped;

  assign base = (last_run_q && last_krow_q && last_turn) ? start_q : rd_ptr_q;
  assign sum = base + ahead;
  assign sum_wrapped = {1'b0, base} + behind;
  assign rd_ptr_d = sum_wrapped[PtrBits] ? sum : sum_wrapped[PtrBits-1:0];

  // What is added to either level: for a window that is done, and for a read; less one, and one
  // more by the carry that comes out of a bit appended to both operands
  logic signed [LevelBits-1:0] freed, taken;
  logic unused_room, unused_avail;

  always_comb begin
    freed = '1;
    if (window_done) freed = LevelBits'(NextCol - 1);
    if (window_done && last_ocol_q) freed = row_freed;
    if (window_done && last_ocol_q && last_orow_q) freed = image_freed;
    taken = read ? fall : '0;
    {room_m1_d, unused_room} = {room_m1_q, 1'b1} + {freed, !write};
    {avail_m1_d, unused_avail} = {avail_m1_q, 1'b1} + {taken, write};
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      room_m1_q <= LevelBits'(Depth - 1);
      avail_m1_q <= '1;
      wr_ptr_q <= '0;
      rd_ptr_q <= '0;
      start_q <= '0;
      run_q <= '0;
      krow_q <= '0;
      ocol_q <= '0;
      orow_q <= '0;
      last_run_q <= (RunBeats == 1);
      last_krow_q <= (Runs == 1);
      last_ocol_q <= Dynamic ? one_col : (OutW == 1);
      last_orow_q <= Dynamic ? one_row : (OutH == 1);
      rd_valid_q <= 1'b0;
    end else begin
      room_m1_q <= room_m1_d;
      avail_m1_q <= avail_m1_d;
      if (write) wr_ptr_q <= (wr_ptr_q == PtrBits'(Depth - 1)) ? '0 : wr_ptr_q + PtrBits'(1);
      if (read) begin
        rd_ptr_q <= rd_ptr_d;
        run_q <= last_run_q ? '0 : run_q + RunBits'(1);
        last_run_q <= last_run_q ? (RunBeats == 1) : (run_q == RunBits'(RunBeats - 2));
      end
      if (read && last_run_q) begin
        krow_q <= last_krow_q ? '0 : krow_q + KRowBits'(1);
        last_krow_q <= last_krow_q ? (Runs == 1) : (krow_q == KRowBits'(Runs - 2));
      end
      if (window_done) begin
        start_q <= rd_ptr_d;
        ocol_q <= last_ocol_q ? '0 : ocol_q + OColBits'(1);
        last_ocol_q <= last_ocol_q ? (Dynamic ? one_col : (OutW == 1))
            : (ocol_q == (Dynamic ? before_col : OColBits'(OutW - 2)));
      end
      if (window_done && last_ocol_q) begin
        orow_q <= last_orow_q ? '0 : orow_q + ORowBits'(1);
        last_orow_q <= last_orow_q ? (Dynamic ? one_row : (OutH == 1))
            : (orow_q == (Dynamic ? before_row : ORowBits'(OutH - 2)));
      end
      if (read) rd_valid_q <= 1'b1;
      else if (fifo_ready) rd_valid_q <= 1'b0;
    end
  end

  if (Turns == 1) begin : gen_one_turn
    assign last_turn = 1'b1;
  end else begin : gen_turns
    logic [TurnBits-1:0] turn_q;
    logic last_turn_q;
    assign last_turn = last_turn_q;

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        turn_q <= '0;
        last_turn_q <= 1'b0;
      end else if (read && last_run_q && last_krow_q) begin
        turn_q <= last_turn_q ? '0 : turn_q + TurnBits'(1);
        last_turn_q <= !last_turn_q && (turn_q == TurnBits'(Turns - 2));
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (write) mem[wr_ptr_q] <= in_data_i;
  end

  always_ff @(posedge clk_i) begin
    if (read) rd_data_q <= mem[rd_ptr_q];
  end

  stream_fifo #(
    .Width(Width),
    .Depth(2)
  ) i_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(rd_valid_q),
    .in_ready_o(fifo_ready),
    .in_data_i(rd_data_q),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
