// A picture of any size, resized into a square with a border: what camera_path/resize.py says.
//
// A configuration (cfg), width and height, 1 to MaxOld each, is taken for each picture, also while
// the one before is under way. Its pixels come in line by line, Lanes a beat; what is behind the
// last pixel of a line's last beat is dropped. The square's Size * Size pixels go out, one a beat.
// A border takes a clock a pixel; a new line takes Size clocks, or half a clock an old pixel (of one
// lane a clock), or w / Lanes + 2 for each old line of w pixels that it is made of, whatever is most.
module letterbox #(
  // Pixels of an input beat: a power of two
  parameter int unsigned Lanes = 2,
  parameter int unsigned Channels = 3,
  parameter int unsigned Bits = 8,
  // Pixels of a side of the picture at most, and of the square
  parameter int unsigned MaxOld = 1920,
  parameter int unsigned Size = 512,
  // The border's level
  parameter int unsigned Level = 128,
  // Beats held between the two axes
  parameter int unsigned Depth = 512,
  // Not to be set
  parameter int unsigned OldBits = $clog2(MaxOld + 1),
  parameter int unsigned Width = Bits * Channels
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   cfg_valid_i,
  output logic                   cfg_ready_o,
  input  logic [OldBits-1:0]     cfg_width_i,
  input  logic [OldBits-1:0]     cfg_height_i,
  input  logic                   in_valid_i,
  output logic                   in_ready_o,
  input  logic [Lanes*Width-1:0] in_data_i,
  output logic                   out_valid_o,
  input  logic                   out_ready_i,
  output logic [Width-1:0]       out_data_o
);

  if (MaxOld == 0 || Size == 0) begin : gen_check
    $error("letterbox: no size may be 0");
  end
  if (Lanes == 0 || (Lanes & (Lanes - 1)) != 0) begin : gen_check_lanes
    $error("letterbox: Lanes must be a power of two");
  end

  localparam int unsigned NewBits = $clog2(Size + 1);
  localparam int unsigned Most = (MaxOld > Size) ? MaxOld : Size;
  localparam int unsigned SizeBits = $clog2(Most + 1);
  localparam int unsigned MaxBeats = (MaxOld + Lanes - 1) / Lanes;
  localparam int unsigned BeatBits = $clog2(MaxBeats + 1);
  // Weights of a new pixel sum to twice the old size times the ratio and a quarter at most going
  // down, to twice the new size going up
  localparam int unsigned MaxDown = 2 * MaxOld * MaxOld / Size + MaxOld / 2;
  localparam int unsigned TotalBits = $clog2(((MaxOld > Size) ? MaxDown : 2 * Most) + 1);
  localparam int unsigned SumBits = Bits + TotalBits;

  // --- configurations: one for each of the three

  logic place_valid, place_ready;
  logic [OldBits-1:0] place_width, place_height;
  logic [NewBits-1:0] place_columns, place_rows, place_left, place_top;

  letterbox_place #(
    .MaxOld(MaxOld),
    .Size(Size)
  ) i_place (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(cfg_valid_i),
    .in_ready_o(cfg_ready_o),
    .in_width_i(cfg_width_i),
    .in_height_i(cfg_height_i),
    .out_valid_o(place_valid),
    .out_ready_i(place_ready),
    .out_width_o(place_width),
    .out_height_o(place_height),
    .out_columns_o(place_columns),
    .out_rows_o(place_rows),
    .out_left_o(place_left),
    .out_top_o(place_top)
  );

  // Each takes it once; what has been taken by some stays for the others
  logic [2:0] cfg_valid, cfg_ready, took_q;
  assign cfg_valid = place_valid ? ~took_q : '0;
  assign place_ready = &(took_q | cfg_ready);

  always_ff @(posedge clk_i) begin
    if (!rst_ni || (place_valid && place_ready)) took_q <= '0;
    else if (place_valid) took_q <= took_q | cfg_ready;
  end

  // --- down the columns

  logic total_valid, total_ready, sums_free, sums_reserve, sums_push;
  logic [TotalBits-1:0] total;
  logic [Lanes*Channels*SumBits-1:0] sums;

  resize_rows #(
    .Lanes(Lanes),
    .Channels(Channels),
    .Bits(Bits),
    .MaxBeats(MaxBeats),
    .MaxOld(MaxOld),
    .MaxNew(Size),
    .TotalBits(TotalBits)
  ) i_rows (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .cfg_valid_i(cfg_valid[0]),
    .cfg_ready_o(cfg_ready[0]),
    .cfg_beats_i(BeatBits'((32'(place_width) + Lanes - 1) / Lanes)),
    .cfg_old_i(SizeBits'(place_height)),
    .cfg_new_i(SizeBits'(place_rows)),
    .in_valid_i(in_valid_i),
    .in_ready_o(in_ready_o),
    .in_data_i(in_data_i),
    .total_valid_o(total_valid),
    .total_ready_i(total_ready),
    .total_data_o(total),
    .out_free_i(sums_free),
    .out_reserve_o(sums_reserve),
    .out_push_o(sums_push),
    .out_data_o(sums)
  );

  // --- along the lines

  logic new_valid, new_ready, take, take_two, drop;
  logic [1:0] pixel_valid;
  logic [Channels*SumBits-1:0] pixel, second;
  logic [Width-1:0] new_pixel;

  pixel_lanes #(
    .Lanes(Lanes),
    .Width(Channels * SumBits),
    .Depth(Depth)
  ) i_held (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .free_o(sums_free),
    .reserve_i(sums_reserve),
    .push_i(sums_push),
    .in_data_i(sums),
    .out_valid_o(pixel_valid),
    .out_first_o(pixel),
    .out_second_o(second),
    .take_i(take),
    .take_two_i(take_two),
    .drop_i(drop)
  );

  resize_columns #(
    .Lanes(Lanes),
    .Channels(Channels),
    .Bits(Bits),
    .MaxOld(MaxOld),
    .MaxNew(Size),
    .TotalBits(TotalBits)
  ) i_columns (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .cfg_valid_i(cfg_valid[1]),
    .cfg_ready_o(cfg_ready[1]),
    .cfg_old_i(SizeBits'(place_width)),
    .cfg_new_i(SizeBits'(place_columns)),
    .cfg_lines_i(SizeBits'(place_rows)),
    .total_valid_i(total_valid),
    .total_ready_o(total_ready),
    .total_data_i(total),
    .in_valid_i(pixel_valid),
    .in_first_i(pixel),
    .in_second_i(second),
    .in_take_o(take),
    .in_take_two_o(take_two),
    .in_drop_o(drop),
    .out_valid_o(new_valid),
    .out_ready_i(new_ready),
    .out_data_o(new_pixel)
  );

  letterbox_pad #(
    .Bits(Bits),
    .Channels(Channels),
    .Level(Level),
    .Size(Size)
  ) i_pad (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .cfg_valid_i(cfg_valid[2]),
    .cfg_ready_o(cfg_ready[2]),
    .cfg_columns_i(place_columns),
    .cfg_rows_i(place_rows),
    .cfg_left_i(place_left),
    .cfg_top_i(place_top),
    .in_valid_i(new_valid),
    .in_ready_o(new_ready),
    .in_data_i(new_pixel),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
