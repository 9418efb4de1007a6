// Resize down the columns of a picture, for any two heights: weighted sums of lines.
//
// A configuration (cfg) is taken before each picture: beats of a line, lines before and after. Then
// old lines come in, Lanes pixels a beat, and sums of weight * pixel go out, line by line, a beat
// for each; what is behind the last pixel of a line's last beat is treated as pixels. The sum of
// the weights goes out beside it, once for each new line, not later than its first beat.
// resize_step has the steps: each is one pass over the line that is held, at a beat a clock, and
// two clocks more.
module resize_rows #(
  // Pixels of a beat, channels of a pixel, bits of a channel
  parameter int unsigned Lanes = 2,
  parameter int unsigned Channels = 3,
  parameter int unsigned Bits = 8,
  // Beats of a line, lines before and after, at most
  parameter int unsigned MaxBeats = 960,
  parameter int unsigned MaxOld = 1920,
  parameter int unsigned MaxNew = 512,
  // Bits of a sum of weights
  parameter int unsigned TotalBits = 14,
  // Not to be set
  parameter int unsigned SizeBits = $clog2(((MaxOld > MaxNew) ? MaxOld : MaxNew) + 1),
  parameter int unsigned BeatBits = $clog2(MaxBeats + 1),
  parameter int unsigned Elements = Lanes * Channels,
  parameter int unsigned SumBits = Bits + TotalBits
) (
  input  logic                        clk_i,
  input  logic                        rst_ni,
  input  logic                        cfg_valid_i,
  output logic                        cfg_ready_o,
  input  logic [BeatBits-1:0]         cfg_beats_i,
  input  logic [SizeBits-1:0]         cfg_old_i,
  input  logic [SizeBits-1:0]         cfg_new_i,
  input  logic                        in_valid_i,
  output logic                        in_ready_o,
  input  logic [Elements*Bits-1:0]    in_data_i,
  output logic                        total_valid_o,
  input  logic                        total_ready_i,
  output logic [TotalBits-1:0]        total_data_o,
  output logic                        out_valid_o,
  input  logic                        out_ready_i,
  output logic [Elements*SumBits-1:0] out_data_o
);

  localparam int unsigned WeightBits = $clog2(2 * ((MaxOld > MaxNew) ? MaxOld : MaxNew) + 1);
  localparam int unsigned AddressBits = (MaxBeats > 1) ? $clog2(MaxBeats) : 1;
  localparam int unsigned ProductBits = Bits + WeightBits;

  if (Lanes == 0 || Channels == 0 || Bits == 0 || MaxBeats == 0) begin : gen_check_zero
    $error("resize_rows: no parameter may be 0");
  end

  // --- steps

  typedef enum logic [1:0] {Idle, Look, Wait, Run} state_e;
  state_e state_q;
  logic start, step, down, take, give, shift, first, low_fresh, high_fresh, advance, last;
  logic [WeightBits-1:0] low_weight, high_weight;
  logic [TotalBits-1:0] total;

  assign cfg_ready_o = (state_q == Idle);
  assign start = cfg_valid_i && cfg_ready_o;

  resize_step #(
    .MaxOld(MaxOld),
    .MaxNew(MaxNew),
    .TotalBits(TotalBits)
  ) i_step (
    .clk_i(clk_i),
    .start_i(start),
    .old_i(cfg_old_i),
    .new_i(cfg_new_i),
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

  // The pass' step, from registers
  logic down_q, take_q, give_q, shift_q, first_q, low_fresh_q, high_fresh_q, advance_q, last_q;
  logic [WeightBits-1:0] low_weight_q, high_weight_q;
  logic [TotalBits-1:0] total_q;

  always_ff @(posedge clk_i) begin
    if (state_q == Look) begin
      down_q <= down;
      take_q <= take;
      give_q <= give;
      shift_q <= shift;
      first_q <= first;
      low_fresh_q <= low_fresh;
      high_fresh_q <= high_fresh;
      advance_q <= advance;
      last_q <= last;
      low_weight_q <= low_weight;
      high_weight_q <= high_weight;
      total_q <= total;
    end
  end

  // --- a pass: beats of the line that is held, one a clock

  logic [BeatBits-1:0] beats_q, beat_q;
  logic may, issue, last_beat, free, total_free;

  assign last_beat = (beat_q == beats_q - BeatBits'(1));
  assign may = (state_q == Run) && (!give_q || (free && ((beat_q != '0) || total_free)));
  assign in_ready_o = may && take_q;
  assign issue = may && (!take_q || in_valid_i);
  assign step = issue && last_beat;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= Idle;
      beat_q <= '0;
    end else begin
      unique case (state_q)
        Idle: if (start) state_q <= Look;
        Look: state_q <= Wait;
        Wait: state_q <= Run;
        default: if (step) state_q <= last_q ? Idle : Look;
      endcase
      if (issue) beat_q <= last_beat ? '0 : beat_q + BeatBits'(1);
    end
    if (start) beats_q <= cfg_beats_i;
  end

  // --- first clock behind: the line's sums (going down) or pixels (going up) of both neighbours

  (* ram_style = "block" *)
  logic [2*Elements*SumBits-1:0] line [MaxBeats];
  logic [2*Elements*SumBits-1:0] held_q, written;
  logic [AddressBits-1:0] address1_q, address2_q;
  logic valid1_q, valid2_q, valid3_q, give1_q, give2_q, advance2_q;
  logic [Elements*Bits-1:0] pixels_q;

  always_ff @(posedge clk_i) begin
    held_q <= line[AddressBits'(beat_q)];
  end

  always_ff @(posedge clk_i) begin
    if (valid2_q) line[address2_q] <= written;
  end

  always_ff @(posedge clk_i) begin
    valid1_q <= rst_ni && issue;
    valid2_q <= rst_ni && valid1_q;
    valid3_q <= rst_ni && valid2_q && give2_q;
    give1_q <= give_q;
    give2_q <= give1_q;
    advance2_q <= advance_q;
    address1_q <= AddressBits'(beat_q);
    address2_q <= address1_q;
    pixels_q <= in_data_i;
  end

  // The step's other flags hold for as long as its beats need them here
  logic [Elements*SumBits-1:0] sums_q;

  for (genvar i = 0; i < Elements; i++) begin : gen_element
    logic [SumBits-1:0] held_low, held_high, low_q, high_q, low_sum, high_sum;
    logic [Bits-1:0] pixel, low_pixel, high_pixel, low_pixel_q, high_pixel_q;
    logic [ProductBits-1:0] low_product_q, high_product_q;

    assign held_low = held_q[(2*i)*SumBits +: SumBits];
    assign held_high = held_q[(2*i+1)*SumBits +: SumBits];
    assign pixel = pixels_q[i*Bits +: Bits];
    // Going up: the neighbours' pixels; in front of the first and behind the last they repeat. Going
    // down both are the pixel itself, which each step takes
    assign low_pixel = (down_q || first_q) ? pixel : shift_q ? held_high[Bits-1:0] : held_low[Bits-1:0];
    assign high_pixel = take_q ? pixel : held_high[Bits-1:0];

    always_ff @(posedge clk_i) begin
      low_product_q <= ProductBits'(low_weight_q) * ProductBits'(low_pixel);
      high_product_q <= ProductBits'(high_weight_q) * ProductBits'(high_pixel);
      // Sums of 0 going up
      if (!down_q || low_fresh_q) low_q <= '0;
      else low_q <= held_low;
      if (!down_q || high_fresh_q) high_q <= '0;
      else high_q <= held_high;
      low_pixel_q <= low_pixel;
      high_pixel_q <= high_pixel;
    end

    carry_add #(
      .Width(SumBits)
    ) i_low (
      .a_i(SumBits'(low_product_q)),
      .b_i(down_q ? low_q : SumBits'(high_product_q)),
      .sum_o(low_sum)
    );

    assign high_sum = SumBits'(high_product_q) + high_q;
    // Going up only the lowest bits are read: what lies above them is of no account
    assign written[(2*i)*SumBits +: Bits] =
        !down_q ? low_pixel_q : advance2_q ? high_sum[Bits-1:0] : low_sum[Bits-1:0];
    assign written[(2*i)*SumBits+Bits +: SumBits-Bits] =
        advance2_q ? high_sum[SumBits-1:Bits] : low_sum[SumBits-1:Bits];
    assign written[(2*i+1)*SumBits +: Bits] = down_q ? high_sum[Bits-1:0] : high_pixel_q;
    assign written[(2*i+1)*SumBits+Bits +: SumBits-Bits] = high_sum[SumBits-1:Bits];

    always_ff @(posedge clk_i) begin
      sums_q[i*SumBits +: SumBits] <= low_sum;
    end
  end

  credit_fifo #(
    .Width(Elements * SumBits),
    .Depth(6)
  ) i_out (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .free_o(free),
    .take_i(issue && give_q),
    .push_i(valid3_q),
    .data_i(sums_q),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

  stream_fifo #(
    .Width(TotalBits),
    .Depth(2)
  ) i_total (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(issue && give_q && (beat_q == '0)),
    .in_ready_o(total_free),
    .in_data_i(total_q),
    .out_valid_o(total_valid_o),
    .out_ready_i(total_ready_i),
    .out_data_o(total_data_o)
  );

endmodule
