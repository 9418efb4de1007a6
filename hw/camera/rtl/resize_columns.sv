// Resize along the lines of a picture, for any two widths: from sums of lines to pixels.
//
// A configuration (cfg) is taken before each picture: pixels of a line before and after, and lines.
// Of each line comes the sum of its weights (total), then its pixels, one a beat, each channel a
// sum of resize_rows; where the line's pixels are no multiple of Lanes, so many more that they are,
// which are dropped. New pixels go out, one a beat: sums over both axes, divided by the sums of the
// weights of both, to the nearest integer. An old pixel a clock going down, a new one going up, and
// two clocks more a line.
module resize_columns #(
  // Pixels that a line comes in multiples of: a power of two
  parameter int unsigned Lanes = 2,
  parameter int unsigned Channels = 3,
  // Bits of a channel
  parameter int unsigned Bits = 8,
  // Pixels of a line before and after, and lines, at most
  parameter int unsigned MaxOld = 1920,
  parameter int unsigned MaxNew = 512,
  // Bits of a sum of weights of one axis
  parameter int unsigned TotalBits = 14,
  // Not to be set
  parameter int unsigned SizeBits = $clog2(((MaxOld > MaxNew) ? MaxOld : MaxNew) + 1),
  parameter int unsigned InBits = Bits + TotalBits
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic                       cfg_valid_i,
  output logic                       cfg_ready_o,
  input  logic [SizeBits-1:0]        cfg_old_i,
  input  logic [SizeBits-1:0]        cfg_new_i,
  input  logic [SizeBits-1:0]        cfg_lines_i,
  input  logic                       total_valid_i,
  output logic                       total_ready_o,
  input  logic [TotalBits-1:0]       total_data_i,
  input  logic                       in_valid_i,
  output logic                       in_ready_o,
  input  logic [Channels*InBits-1:0] in_data_i,
  output logic                       out_valid_o,
  input  logic                       out_ready_i,
  output logic [Channels*Bits-1:0]   out_data_o
);

  localparam int unsigned WeightBits = $clog2(2 * ((MaxOld > MaxNew) ? MaxOld : MaxNew) + 1);
  localparam int unsigned ProductBits = InBits + WeightBits;
  localparam int unsigned SumBits = InBits + TotalBits;
  localparam int unsigned LaneBits = (Lanes > 1) ? $clog2(Lanes) : 1;
  // From a step to the pixel in the FIFO: three clocks to the sum, Bits + 1 to the quotient
  localparam int unsigned Clocks = Bits + 4;

  if (Channels == 0 || Bits == 0) begin : gen_check_zero
    $error("resize_columns: no parameter may be 0");
  end
  if (Lanes == 0 || (Lanes & (Lanes - 1)) != 0) begin : gen_check_lanes
    $error("resize_columns: Lanes must be a power of two");
  end

  // --- lines and steps

  typedef enum logic [1:0] {Idle, Line, Run, Drop} state_e;
  state_e state_q;
  logic [SizeBits-1:0] old_q, new_q, lines_q;
  logic [TotalBits-1:0] line_total_q;
  logic [LaneBits-1:0] drop_q, surplus;

  logic start, step, down, take, give, shift, first, low_fresh, high_fresh, advance, last, free;
  logic [WeightBits-1:0] low_weight, high_weight;
  logic [TotalBits-1:0] total;

  assign cfg_ready_o = (state_q == Idle);
  assign total_ready_o = (state_q == Line);
  assign start = total_valid_i && total_ready_o;
  // Pixels that make the line a multiple of Lanes
  assign surplus = (Lanes > 1) ? LaneBits'(SizeBits'(Lanes) - old_q) : '0;

  resize_step #(
    .MaxOld(MaxOld),
    .MaxNew(MaxNew),
    .TotalBits(TotalBits)
  ) i_step (
    .clk_i(clk_i),
    .start_i(start),
    .old_i(old_q),
    .new_i(new_q),
    .step_i(step),
    .down_o(down),
    .take_o(take),
    .give_o(give),
    .shift_o(shift),
    .first_o(first),
    .low_fresh_o(low_fresh),
    .high_fresh_o(high_fresh),
    .advance_o(advance),
    .last_o(last),
    .low_weight_o(low_weight),
    .high_weight_o(high_weight),
    .total_o(total)
  );

  logic may, line_done;
  assign may = (state_q == Run) && (!give || free);
  assign in_ready_o = (state_q == Drop) || (may && take);
  assign step = may && (!take || in_valid_i);
  assign line_done = (state_q == Run) ? step && last && (surplus == '0)
                                      : (state_q == Drop) && in_valid_i && (drop_q == '0);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= Idle;
    end else begin
      unique case (state_q)
        Idle: if (cfg_valid_i) state_q <= Line;
        Line: if (start) state_q <= Run;
        default: begin
          if (line_done) state_q <= (lines_q == '0) ? Idle : Line;
          else if ((state_q == Run) && step && last) state_q <= Drop;
        end
      endcase
    end
    if (cfg_valid_i && cfg_ready_o) begin
      old_q <= cfg_old_i;
      new_q <= cfg_new_i;
      lines_q <= cfg_lines_i - SizeBits'(1);
    end else if (line_done) begin
      lines_q <= lines_q - SizeBits'(1);
    end
    if (start) line_total_q <= total_data_i;
    if (state_q == Run) drop_q <= surplus - LaneBits'(1);
    else if (in_valid_i) drop_q <= drop_q - LaneBits'(1);
  end

  // --- the pipeline: operands, products, sums

  logic [WeightBits-1:0] low_weight_q, high_weight_q;
  logic down1_q, down2_q, low_fresh1_q, low_fresh2_q, high_fresh1_q, high_fresh2_q;
  logic advance1_q, advance2_q, valid1_q, valid2_q, give1_q, give2_q;
  logic [TotalBits-1:0] total1_q, line_total1_q;
  logic [2*TotalBits-1:0] total2_q, total3_q;
  logic [Channels*SumBits-1:0] sums_q;

  always_ff @(posedge clk_i) begin
    valid1_q <= rst_ni && step;
    valid2_q <= rst_ni && valid1_q;
    give1_q <= give;
    give2_q <= give1_q;
    low_weight_q <= low_weight;
    high_weight_q <= high_weight;
    down1_q <= down;
    down2_q <= down1_q;
    low_fresh1_q <= low_fresh;
    low_fresh2_q <= low_fresh1_q;
    high_fresh1_q <= high_fresh;
    high_fresh2_q <= high_fresh1_q;
    advance1_q <= advance;
    advance2_q <= advance1_q;
    total1_q <= total;
    line_total1_q <= line_total_q;
    total2_q <= (2*TotalBits)'(total1_q) * (2*TotalBits)'(line_total1_q);
    total3_q <= total2_q;
  end

  for (genvar c = 0; c < Channels; c++) begin : gen_channel
    // Going up: the old pixels on both sides
    logic [InBits-1:0] pixel, low_pixel_q, high_pixel_q, low_pixel, high_pixel, low_q, high_q;
    logic [ProductBits-1:0] low_product_q, high_product_q;
    // Going down: the sums so far
    logic [SumBits-1:0] low_sum_q, high_sum_q, low_sum, high_sum;

    assign pixel = in_data_i[c*InBits +: InBits];
    assign low_pixel = first ? pixel : shift ? high_pixel_q : low_pixel_q;
    assign high_pixel = take ? pixel : high_pixel_q;

    always_ff @(posedge clk_i) begin
      if (step) begin
        low_pixel_q <= low_pixel;
        high_pixel_q <= high_pixel;
      end
      low_q <= down ? pixel : low_pixel;
      high_q <= down ? pixel : high_pixel;
      low_product_q <= ProductBits'(low_weight_q) * ProductBits'(low_q);
      high_product_q <= ProductBits'(high_weight_q) * ProductBits'(high_q);
    end

    assign low_sum = SumBits'(low_product_q) +
        (!down2_q ? SumBits'(high_product_q) : low_fresh2_q ? '0 : low_sum_q);
    assign high_sum = SumBits'(high_product_q) + (high_fresh2_q ? '0 : high_sum_q);

    always_ff @(posedge clk_i) begin
      if (valid2_q) begin
        low_sum_q <= advance2_q ? high_sum : low_sum;
        high_sum_q <= high_sum;
      end
      sums_q[c*SumBits +: SumBits] <= low_sum;
    end
  end

  // --- quotients

  logic [Bits+1:0] given_q;
  logic [Channels*Bits-1:0] pixels;

  always_ff @(posedge clk_i) begin
    given_q <= rst_ni ? {given_q[Bits:0], valid2_q && give2_q} : '0;
  end

  resize_quotient #(
    .Channels(Channels),
    .Bits(Bits),
    .TotalBits(2 * TotalBits)
  ) i_quotient (
    .clk_i(clk_i),
    .sums_i(sums_q),
    .total_i(total3_q),
    .quotients_o(pixels)
  );

  credit_fifo #(
    .Width(Channels * Bits),
    .Depth(Clocks + 3)
  ) i_out (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .free_o(free),
    .take_i(step && give),
    .push_i(given_q[Bits+1]),
    .data_i(pixels),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
