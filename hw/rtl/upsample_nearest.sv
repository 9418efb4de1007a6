// Repeats every pixel of an image: ScaleW times in its row, and every row ScaleH times.
//
// A pixel is Folds beats of Width bits. Images follow each other without a pause or a reset. One
// output beat a clock is sustained.
//
// A repeated pixel comes from a shift register of its beats, a repeated row from a RAM of one row,
// which is read one address ahead.
module upsample_nearest #(
  // Bits of a beat
  parameter int unsigned Width = 8,
  // Beats of a pixel
  parameter int unsigned Folds = 1,
  // Rows and columns of the image that comes in
  parameter int unsigned Height = 4,
  parameter int unsigned Cols = 4,
  // Rows and columns that become of one
  parameter int unsigned ScaleH = 2,
  parameter int unsigned ScaleW = 2,
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
    $error("upsample_nearest: RamStyle must be auto, block or distributed");
  end
  if (Width == 0 || Folds == 0 || Height == 0 || Cols == 0 || ScaleH == 0 || ScaleW == 0)
  begin : gen_check_zero
    $error("upsample_nearest: no parameter may be 0");
  end

  // Beats of a row that comes in
  localparam int unsigned Line = Cols * Folds;
  localparam int unsigned FoldBits = (Folds > 1) ? $clog2(Folds) : 1;
  localparam int unsigned LineBits = (Line > 1) ? $clog2(Line) : 1;
  localparam int unsigned CopyWBits = (ScaleW > 1) ? $clog2(ScaleW) : 1;
  localparam int unsigned CopyHBits = (ScaleH > 1) ? $clog2(ScaleH) : 1;

  // What depends on the size of the image
  localparam int unsigned LimitBits = LineBits;
  logic [LimitBits-1:0] limits;
  // The last beat of a row that comes in
  logic [LineBits-1:0] end_beat;

  if (Dynamic) begin : gen_dynamic
    if (SizeBits != LimitBits) begin : gen_check_sizes
      $error("upsample_nearest: SizeBits must be the bits of all limits");
    end
    assign limits = LimitBits'(sizes_i);
  end else begin : gen_constant
    logic unused_sizes;
    assign unused_sizes = ^sizes_i;
    assign limits = {
      LineBits'(Line - 1)
    };
  end
  assign {end_beat} = limits;

  // Position of the output beat: in its pixel, which copy of it, which copy of the row; and which
  // beat of the row that comes in it is
  logic [FoldBits-1:0] fold_q;
  logic [CopyWBits-1:0] copy_w_q;
  logic [CopyHBits-1:0] copy_h_q;
  logic [LineBits-1:0] beat_d, beat_q;
  logic last_fold, last_copy_w, last_copy_h, last_beat, is_pixel, is_row, valid, ready, step;

  assign last_fold = (fold_q == FoldBits'(Folds - 1));
  assign last_copy_w = (copy_w_q == CopyWBits'(ScaleW - 1));
  assign last_copy_h = (copy_h_q == CopyHBits'(ScaleH - 1));
  assign last_beat = (beat_q == end_beat);
  // Of a pixel's first copy, of a row's first copy: both come from the input
  assign is_pixel = (copy_w_q == '0);
  assign is_row = (copy_h_q == '0);
  assign valid = in_valid_i || !(is_pixel && is_row);
  assign in_ready_o = ready && is_pixel && is_row;
  assign step = valid && ready;

  // The next beat that is of a pixel's first copy; the others keep the place of its last
  assign beat_d = last_beat ? '0 : beat_q + LineBits'(1);

  logic pixel_done, row_done;
  assign pixel_done = last_fold && last_copy_w;
  assign row_done = pixel_done && last_beat;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      fold_q <= '0;
      copy_w_q <= '0;
      copy_h_q <= '0;
      beat_q <= '0;
    end else if (step) begin
      fold_q <= last_fold ? '0 : fold_q + FoldBits'(1);
      if (last_fold) copy_w_q <= last_copy_w ? '0 : copy_w_q + CopyWBits'(1);
      if (row_done) copy_h_q <= last_copy_h ? '0 : copy_h_q + CopyHBits'(1);
      if ((is_pixel && !last_fold) || pixel_done) beat_q <= beat_d;
    end
  end

  // The beat as it comes in or lies in the row, and the one that leaves
  logic [Width-1:0] fresh, data;

  if (ScaleH == 1) begin : gen_no_rows
    assign fresh = in_data_i;
  end else if (Line == 1) begin : gen_one
    logic [Width-1:0] row_q;
    assign fresh = is_row ? in_data_i : row_q;

    always_ff @(posedge clk_i) begin
      if (step && is_pixel) row_q <= fresh;
    end
  end else begin : gen_rows
    (* ram_style = RamStyle, no_rw_check *)
    logic [Width-1:0] mem [Line];
    logic [Width-1:0] row_q;
    assign fresh = is_row ? in_data_i : row_q;

    always_ff @(posedge clk_i) begin
      if (step && is_pixel && is_row) mem[beat_q] <= in_data_i;
    end

    always_ff @(posedge clk_i) begin
      if (step && is_pixel) row_q <= mem[beat_d];
    end
  end

  if (ScaleW == 1) begin : gen_no_pixels
    assign data = fresh;
  end else begin : gen_pixels
    // The last Folds beats, the latest least significant
    logic [Folds*Width-1:0] pixel_q;
    assign data = is_pixel ? fresh : pixel_q[(Folds-1)*Width +: Width];

    if (Folds == 1) begin : gen_register
      always_ff @(posedge clk_i) begin
        if (step) pixel_q <= data;
      end
    end else begin : gen_shift
      always_ff @(posedge clk_i) begin
        if (step) pixel_q <= {pixel_q[(Folds-1)*Width-1:0], data};
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
    .in_data_i(data),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
