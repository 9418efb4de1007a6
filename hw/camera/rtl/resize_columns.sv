// Resize along the lines of a picture, for any two widths: from sums of lines to pixels.
//
// A configuration (cfg) is taken before each picture: pixels of a line before and after, and lines.
// Of each line comes the sum of its weights (total), then its pixels as pixel_lanes gives them, each
// channel a sum of resize_rows; where the line's pixels are no multiple of Lanes, the rest of its
// last beat is dropped. New pixels go out, one a beat: sums over both axes, divided by the sums of
// the weights of both, to the nearest integer. A line takes a clock a new pixel, or half a clock an
// old one, whatever is more; of one lane a clock an old one.
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
  // Two pixels, the next and the one behind it; what is taken of them (pixel_lanes)
  input  logic [1:0]                 in_valid_i,
  input  logic [Channels*InBits-1:0] in_first_i,
  input  logic [Channels*InBits-1:0] in_second_i,
  output logic                       in_take_o,
  output logic                       in_take_two_o,
  output logic                       in_drop_o,
  output logic                       out_valid_o,
  input  logic                       out_ready_i,
  output logic [Channels*Bits-1:0]   out_data_o
);

  localparam int unsigned WeightBits = $clog2(2 * ((MaxOld > MaxNew) ? MaxOld : MaxNew) + 1);
  localparam int unsigned ProductBits = InBits + WeightBits;
  localparam int unsigned SumBits = InBits + TotalBits;
  // From a step to the pixel in the FIFO: four clocks to the sum, Bits + 1 to the quotient
  localparam int unsigned Clocks = Bits + 5;

  if (Channels == 0 || Bits == 0) begin : gen_check_zero
    $error("resize_columns: no parameter may be 0");
  end
  if (Lanes == 0 || (Lanes & (Lanes - 1)) != 0) begin : gen_check_lanes
    $error("resize_columns: Lanes must be a power of two");
  end

  // --- steps, and the pixels that they take

  logic steps_valid, step, down, take, two, give, first, last, shift, advance_a, advance_b, free;
  logic [WeightBits-1:0] low_a, high_a, low_b, high_b;
  logic [TotalBits-1:0] total;
  logic there;

  resize_pairs #(
    .MaxOld(MaxOld),
    .MaxNew(MaxNew),
    .TotalBits(TotalBits),
    .Pairs(Lanes > 1)
  ) i_steps (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .cfg_valid_i(cfg_valid_i),
    .cfg_ready_o(cfg_ready_o),
    .cfg_old_i(cfg_old_i),
    .cfg_new_i(cfg_new_i),
    .cfg_lines_i(cfg_lines_i),
    .out_valid_o(steps_valid),
    .out_ready_i(step),
    .down_o(down),
    .take_o(take),
    .two_o(two),
    .give_o(give),
    .first_o(first),
    .last_o(last),
    .shift_o(shift),
    .advance_a_o(advance_a),
    .advance_b_o(advance_b),
    .low_a_o(low_a),
    .high_a_o(high_a),
    .low_b_o(low_b),
    .high_b_o(high_b),
    .total_o(total)
  );

  assign there = two ? (in_valid_i == 2'b11) : (in_valid_i[0] || !take);
  assign step = steps_valid && total_valid_i && there && (!give || free);
  assign total_ready_o = step && last;
  assign in_take_o = step && take;
  assign in_take_two_o = step && two;
  assign in_drop_o = step && last;

  // --- the pipeline: operands; products; what a beat adds; sums

  logic [WeightBits-1:0] low_a_q, high_a_q, low_b_q, high_b_q;
  logic [3:1] valid_q, give_q, first_q, down_q, advance_a_q, advance_b_q;
  logic [TotalBits-1:0] total1_q, line_total1_q;
  logic [2*TotalBits-1:0] total2_q, total3_q, total4_q;
  logic [Channels*SumBits-1:0] sums_q;

  always_ff @(posedge clk_i) begin
    valid_q <= rst_ni ? {valid_q[2:1], step} : '0;
    give_q <= {give_q[2:1], give};
    first_q <= {first_q[2:1], first};
    down_q <= {down_q[2:1], down};
    advance_a_q <= {advance_a_q[2:1], advance_a};
    advance_b_q <= {advance_b_q[2:1], advance_b};
    low_a_q <= low_a;
    high_a_q <= high_a;
    low_b_q <= low_b;
    high_b_q <= high_b;
    total1_q <= total;
    line_total1_q <= total_data_i;
    total2_q <= (2*TotalBits)'(total1_q) * (2*TotalBits)'(line_total1_q);
    total3_q <= total2_q;
    total4_q <= total3_q;
  end

  for (genvar c = 0; c < Channels; c++) begin : gen_channel
    // Going up: the old pixels on both sides
    logic [InBits-1:0] pixel, low_pixel_q, high_pixel_q, low_pixel, high_pixel;
    logic [InBits-1:0] low_q, high_q, second_q;
    logic [ProductBits-1:0] low_a_product_q, high_a_product_q, low_b_product_q, high_b_product_q;
    logic [SumBits-1:0] low_more, high_more, low_more_q, high_more_q, next_high_q;
    // What the beat adds: resize_pairs has the cases; going up both products are of one pixel.
    // Going down: the sums so far
    logic [SumBits-1:0] low_sum_q, high_sum_q, low_sum, high_sum;

    assign pixel = in_first_i[c*InBits +: InBits];
    // Going down they are the pixel itself, which each step takes
    assign low_pixel = (down || first) ? pixel : shift ? high_pixel_q : low_pixel_q;
    assign high_pixel = take ? pixel : high_pixel_q;

    always_ff @(posedge clk_i) begin
      if (step) begin
        low_pixel_q <= low_pixel;
        high_pixel_q <= high_pixel;
      end
      low_q <= low_pixel;
      high_q <= high_pixel;
      second_q <= in_second_i[c*InBits +: InBits];
      low_a_product_q <= ProductBits'(low_a_q) * ProductBits'(low_q);
      high_a_product_q <= ProductBits'(high_a_q) * ProductBits'(high_q);
      low_b_product_q <= ProductBits'(low_b_q) * ProductBits'(second_q);
      high_b_product_q <= ProductBits'(high_b_q) * ProductBits'(second_q);
      low_more_q <= low_more;
      high_more_q <= high_more;
      next_high_q <= SumBits'(high_b_product_q);
    end

    carry_add #(
      .Width(SumBits)
    ) i_low_more (
      .a_i(SumBits'(low_a_product_q)),
      .b_i(!down_q[2] ? SumBits'(high_a_product_q)
           : advance_a_q[2] ? '0 : SumBits'(low_b_product_q)),
      .sum_o(low_more)
    );
    carry_add #(
      .Width(SumBits)
    ) i_high_more (
      .a_i(SumBits'(high_a_product_q)),
      .b_i(advance_a_q[2] ? SumBits'(low_b_product_q) : SumBits'(high_b_product_q)),
      .sum_o(high_more)
    );
    carry_add #(
      .Width(SumBits)
    ) i_low (
      .a_i(low_more_q),
      .b_i((first_q[3] || !down_q[3]) ? '0 : low_sum_q),
      .sum_o(low_sum)
    );
    carry_add #(
      .Width(SumBits)
    ) i_high (
      .a_i(high_more_q),
      .b_i(first_q[3] ? '0 : high_sum_q),
      .sum_o(high_sum)
    );


    always_ff @(posedge clk_i) begin
      if (valid_q[3]) begin
        low_sum_q <= (advance_a_q[3] || advance_b_q[3]) ? high_sum : low_sum;
        high_sum_q <= advance_a_q[3] ? next_high_q : advance_b_q[3] ? '0 : high_sum;
      end
      sums_q[c*SumBits +: SumBits] <= low_sum;
    end
  end

  // --- quotients

  logic [Bits+1:0] given_q;
  logic [Channels*Bits-1:0] pixels;

  always_ff @(posedge clk_i) begin
    given_q <= rst_ni ? {given_q[Bits:0], valid_q[3] && give_q[3]} : '0;
  end

  // Of more lanes the rest of the camera path takes more slices
  resize_quotient #(
    .Channels(Channels),
    .Bits(Bits),
    .TotalBits(2 * TotalBits),
    .Slices((Lanes <= 2) ? 22 : 4)
  ) i_quotient (
    .clk_i(clk_i),
    .sums_i(sums_q),
    .total_i(total4_q),
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
