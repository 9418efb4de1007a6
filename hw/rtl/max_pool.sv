// Maximum over windows of KernelH x KernelW pixels, stride = kernel, no padding.
//
// A pixel is Folds beats of Lanes values. Rows and columns that do not fill a window are dropped.
// Images follow each other without a pause or a reset. One input beat a clock is sustained.
//
// The maxima of one row of windows lie in a RAM of (Cols / KernelW) * Folds rows, read two beats
// ahead, so that a register lies between it and the comparison; a beat of the same window and fold
// as one of the two before it gets the value just written.
module max_pool #(
  // Values of a beat, and bits of each
  parameter int unsigned Lanes = 1,
  parameter int unsigned Bits = 8,
  parameter bit IsSigned = 1'b0,
  // Beats of a pixel
  parameter int unsigned Folds = 1,
  // Rows and columns of the image
  parameter int unsigned Height = 8,
  parameter int unsigned Cols = 8,
  parameter int unsigned KernelH = 2,
  parameter int unsigned KernelW = 2,
  // "auto", "block" or "distributed"
  parameter RamStyle = "auto",
  // The size of the image comes by sizes_i, Height x Cols being the greatest; a change of it takes
  // effect with a reset
  parameter bit Dynamic = 1'b0,
  // Bits of sizes_i
  parameter int unsigned SizeBits = 1
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  // As `limits` below, unless Dynamic unused
  input  logic [SizeBits-1:0] sizes_i,
  input  logic                  in_valid_i,
  output logic                  in_ready_o,
  input  logic [Lanes*Bits-1:0] in_data_i,
  output logic                  out_valid_o,
  input  logic                  out_ready_i,
  output logic [Lanes*Bits-1:0] out_data_o
);

  localparam logic [127:0] Style = 128'(RamStyle);

  if ((Style != 128'("auto")) && (Style != 128'("block")) && (Style != 128'("distributed")))
  begin : gen_check_style
    $error("max_pool: RamStyle must be auto, block or distributed");
  end
  if (Lanes == 0 || Bits == 0 || Folds == 0 || KernelH == 0 || KernelW == 0) begin : gen_check_zero
    $error("max_pool: no parameter may be 0");
  end
  if (KernelH > Height || KernelW > Cols) begin : gen_check_kernel
    $error("max_pool: the kernel must fit into the image");
  end

  localparam int unsigned Width = Lanes * Bits;
  // (a kernel of 0 must reach the check above)
  localparam int unsigned OutW = (KernelW > 0) ? Cols / KernelW : 1;
  localparam int unsigned OutH = (KernelH > 0) ? Height / KernelH : 1;
  localparam int unsigned Entries = OutW * Folds;

  localparam int unsigned FoldBits = (Folds > 1) ? $clog2(Folds) : 1;
  localparam int unsigned ColBits = (Cols > 1) ? $clog2(Cols) : 1;
  localparam int unsigned RowBits = (Height > 1) ? $clog2(Height) : 1;
  localparam int unsigned KColBits = (KernelW > 1) ? $clog2(KernelW) : 1;
  localparam int unsigned KRowBits = (KernelH > 1) ? $clog2(KernelH) : 1;
  localparam int unsigned PtrBits = (Entries > 1) ? $clog2(Entries) : 1;

  // What depends on the size of the image
  localparam int unsigned LimitBits = 2 * ColBits + 2 * RowBits + PtrBits;
  logic [LimitBits-1:0] limits;
  // The last column and row, those of the last whole window, and the last row of the RAM
  logic [ColBits-1:0] end_col, whole_col;
  logic [RowBits-1:0] end_row, whole_row;
  logic [PtrBits-1:0] end_entry;

  if (Dynamic) begin : gen_dynamic
    if (SizeBits != LimitBits) begin : gen_check_sizes
      $error("max_pool: SizeBits must be the bits of all limits");
    end
    assign limits = LimitBits'(sizes_i);
  end else begin : gen_constant
    logic unused_sizes;
    assign unused_sizes = ^sizes_i;
    assign limits = {
      ColBits'(Cols - 1),
      ColBits'(OutW * KernelW - 1),
      RowBits'(Height - 1),
      RowBits'(OutH * KernelH - 1),
      PtrBits'(Entries - 1)
    };
  end
  assign {end_col, whole_col, end_row, whole_row, end_entry} = limits;

  // Position of the beat behind the one at the input: in its pixel, in the image, in its window.
  // What it says of that beat is in registers when the beat comes.
  logic [FoldBits-1:0] fold_q;
  logic [ColBits-1:0] col_q;
  logic [RowBits-1:0] row_q;
  logic [KColBits-1:0] kcol_q;
  logic [KRowBits-1:0] krow_q;
  // In the columns (rows) at the right (bottom) that fill no window
  logic col_dropped_q, row_dropped_q;
  logic last_fold, last_col, last_row, last_kcol, last_krow;

  assign last_fold = (fold_q == FoldBits'(Folds - 1));
  assign last_col = (col_q == end_col);
  assign last_row = (row_q == end_row);
  assign last_kcol = (kcol_q == KColBits'(KernelW - 1));
  assign last_krow = (krow_q == KRowBits'(KernelH - 1));

  // Of the beat at the input: first or last of its window, or of none
  logic is_first_q, completes_q, dropped_q, fifo_ready, step;
  assign in_ready_o = !completes_q || fifo_ready;
  assign step = in_valid_i && in_ready_o;

  // Whether the second beat of all is in the second column, or in the second row
  localparam bit SecondCol = (Folds == 1) && (Cols > 1);
  localparam bit SecondRow = (Folds == 1) && (Cols == 1) && (Height > 1);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      fold_q <= FoldBits'(Folds > 1);
      col_q <= ColBits'(SecondCol);
      row_q <= RowBits'(SecondRow);
      kcol_q <= KColBits'(SecondCol && (KernelW > 1));
      krow_q <= KRowBits'(SecondRow && (KernelH > 1));
      col_dropped_q <= 1'b0;
      row_dropped_q <= 1'b0;
      is_first_q <= 1'b1;
      completes_q <= (KernelW == 1) && (KernelH == 1);
      dropped_q <= 1'b0;
    end else if (step) begin
      is_first_q <= (kcol_q == '0) && (krow_q == '0);
      completes_q <= last_kcol && last_krow && !col_dropped_q && !row_dropped_q;
      dropped_q <= col_dropped_q;
      fold_q <= last_fold ? '0 : fold_q + FoldBits'(1);
      if (last_fold) begin
        col_q <= last_col ? '0 : col_q + ColBits'(1);
        kcol_q <= (last_col || last_kcol) ? '0 : kcol_q + KColBits'(1);
        if (last_col) col_dropped_q <= 1'b0;
        else if (col_q == whole_col) col_dropped_q <= 1'b1;
      end
      if (last_fold && last_col) begin
        row_q <= last_row ? '0 : row_q + RowBits'(1);
        krow_q <= (last_row || last_krow) ? '0 : krow_q + KRowBits'(1);
        if (last_row) row_dropped_q <= 1'b0;
        else if (row_q == whole_row) row_dropped_q <= 1'b1;
      end
    end
  end

  // Maximum so far, and with this beat
  logic [Width-1:0] so_far, maximum;

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic [Bits-1:0] value, earlier;
    logic is_greater;
    assign value = in_data_i[lane*Bits +: Bits];
    assign earlier = so_far[lane*Bits +: Bits];
    if (IsSigned) begin : gen_signed
      assign is_greater = $signed(value) > $signed(earlier);
    end else begin : gen_unsigned
      assign is_greater = value > earlier;
    end
    assign maximum[lane*Bits +: Bits] = (is_first_q || is_greater) ? value : earlier;
  end

  if (Entries == 1) begin : gen_one
    logic unused_entry;
    assign unused_entry = ^end_entry;
    logic [Width-1:0] mem_q;
    assign so_far = mem_q;

    always_ff @(posedge clk_i) begin
      if (step && !dropped_q) mem_q <= maximum;
    end
  end else begin : gen_ram
    // Whether a beat may be of the same window and fold as the one before it, or as the one
    // before that: then the RAM has been read too early
    localparam bit Near = (Folds == 1) && (KernelW > 1);
    localparam bit Far =
        ((Folds == 1) && (KernelW > 2)) || ((Folds == 2) && (KernelW > 1)) || (Entries == 2)
        || Dynamic;

    (* ram_style = RamStyle, no_rw_check *)
    logic [Width-1:0] mem [Entries];
    logic [Width-1:0] rd_data_q, so_far_q;
    // Row of the RAM of this beat, of the next, and of the one behind that
    logic [PtrBits-1:0] ptr_q, next_q, next_d;

    always_comb begin
      next_d = next_q + PtrBits'(1);
      if (last_fold) begin
        if (last_col || col_dropped_q || (next_q == end_entry && last_kcol)) begin
          next_d = '0;
        end else if (!last_kcol) begin
          next_d = next_q - PtrBits'(Folds - 1);
        end
      end
    end

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        ptr_q <= '0;
        next_q <= PtrBits'(!Near);
      end else if (step) begin
        ptr_q <= next_q;
        next_q <= next_d;
      end
    end

    always_ff @(posedge clk_i) begin
      if (step && !dropped_q) mem[ptr_q] <= maximum;
    end

    always_ff @(posedge clk_i) begin
      if (step) rd_data_q <= mem[next_d];
    end

    // The next beat's maximum so far: of this beat, of the one before, or of the RAM
    logic [Width-1:0] far;

    if (Far) begin : gen_far
      logic [Width-1:0] written_q;
      logic far_q;
      assign far = far_q ? written_q : rd_data_q;

      always_ff @(posedge clk_i) begin
        if (step) written_q <= maximum;
      end

      always_ff @(posedge clk_i) begin
        if (!rst_ni) far_q <= 1'b0;
        else if (step) far_q <= (next_d == ptr_q) && !dropped_q;
      end
    end else begin : gen_not_far
      assign far = rd_data_q;
    end

    if (Near) begin : gen_near
      logic near_q;

      always_ff @(posedge clk_i) begin
        if (!rst_ni) near_q <= 1'b1;
        else if (step) near_q <= (next_d == next_q) && !col_dropped_q;
      end

      if (Far) begin : gen_chosen
        assign so_far = so_far_q;
        always_ff @(posedge clk_i) begin
          if (step) so_far_q <= near_q ? maximum : far;
        end
      end else begin : gen_choice
        // Behind the register, so that a block RAM's own register can be it
        logic [Width-1:0] maximum_q;
        logic chosen_q;
        assign so_far = chosen_q ? maximum_q : so_far_q;
        always_ff @(posedge clk_i) begin
          if (step) begin
            so_far_q <= far;
            maximum_q <= maximum;
            chosen_q <= near_q;
          end
        end
      end
    end else begin : gen_not_near
      assign so_far = so_far_q;
      always_ff @(posedge clk_i) begin
        if (step) so_far_q <= far;
      end
    end
  end

  stream_fifo #(
    .Width(Width),
    .Depth(2)
  ) i_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(in_valid_i && completes_q),
    .in_ready_o(fifo_ready),
    .in_data_i(maximum),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
