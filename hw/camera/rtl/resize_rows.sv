// Resize down the columns of a picture, for any two heights: weighted sums of lines.
//
// A configuration (cfg) is taken before each picture: beats of a line, lines before and after. Then
// old lines come in, Lanes pixels a beat, and sums of weight * pixel go out, line by line, a beat
// for each; what is behind the last pixel of a line's last beat is treated as pixels. The sum of
// the weights goes out beside it, once for each new line, not later than its first beat. A beat
// that goes out is reserved (`out_reserve_o`) while there is room (`out_free_i`), and is there
// (`out_push_o`) four clocks later, for pixel_lanes.
// resize_step has the steps: each is one pass over the line that is held, at a beat a clock, and
// two clocks more; three more where a line is one beat.
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
  input  logic                        out_free_i,
  output logic                        out_reserve_o,
  output logic                        out_push_o,
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
  logic start, step, down, take, give, low_fresh, high_fresh, advance, last;
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
    .low_fresh_o(low_fresh),
    .high_fresh_o(high_fresh),
    .advance_o(advance),
    .last_o(last),
    .low_weight_o(low_weight),
    .high_weight_o(high_weight),
    .total_o(total)
  );

  // A line is held as two slots, a and b: one is `low`, the other `high`, and they change places
  // where the steps advance. Then nothing moves from one to the other.
  logic swapped_q;

  // The pass' step, from registers; of each slot its weight, whether it takes the pixel, and whether
  // nothing is added to what it holds
  logic down_q, take_q, give_q, advance_q, last_q;
  logic a_new_q, b_new_q, a_fresh_q, b_fresh_q, a_given_q, b_given_q;
  logic [WeightBits-1:0] a_weight_q, b_weight_q;
  logic [TotalBits-1:0] total_q;

  always_ff @(posedge clk_i) begin
    if (start) swapped_q <= 1'b0;
    else if (step) swapped_q <= swapped_q ^ advance_q;
    if (state_q == Look) begin
      down_q <= down;
      take_q <= take;
      give_q <= give;
      advance_q <= advance;
      last_q <= last;
      a_weight_q <= swapped_q ? high_weight : low_weight;
      b_weight_q <= swapped_q ? low_weight : high_weight;
      // Going down both are of the pixel itself, which each step takes
      a_new_q <= down || (take && swapped_q);
      b_new_q <= down || (take && !swapped_q);
      a_fresh_q <= !down || (swapped_q ? high_fresh : low_fresh);
      b_fresh_q <= !down || (swapped_q ? low_fresh : high_fresh);
      // Going up a new line is the sum of both, going down that of `low`
      a_given_q <= !down || !swapped_q;
      b_given_q <= !down || swapped_q;
      total_q <= total;
    end
  end

  // --- a pass: beats of the line that is held, one a clock

  localparam logic [BeatBits-1:0] One = BeatBits'(1);
  // Beats of the line that are still to come, as a complement, which counts up, and the line's first
  logic [BeatBits-1:0] begin_q, beat_q;
  logic first_beat;
  logic may, issue, last_beat, total_free;
  // A line of one beat is read again only when it has been written
  logic short_q, waited_q;

  assign last_beat = (beat_q == ~One);
  assign may = (state_q == Run) && (!give_q || (out_free_i && (!first_beat || total_free)));
  assign first_beat = (beat_q == begin_q);
  assign in_ready_o = may && take_q;
  assign issue = may && (!take_q || in_valid_i);
  assign step = issue && last_beat;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= Idle;
    end else begin
      unique case (state_q)
        Idle: if (start) state_q <= Look;
        Look: state_q <= Wait;
        Wait: if (!short_q || waited_q) state_q <= Run;
        default: if (step) state_q <= last_q ? Idle : Look;
      endcase
    end
    waited_q <= (state_q == Wait);
    if (start) begin
      short_q <= (cfg_beats_i == One);
      begin_q <= ~cfg_beats_i;
      beat_q <= ~cfg_beats_i;
    end else if (issue) begin
      beat_q <= last_beat ? begin_q : beat_q + BeatBits'(1);
    end
  end

  assign out_reserve_o = issue && give_q;

  // --- behind a beat: the line's sums (going down) or pixels (going up) of both neighbours, and the
  // pixel of each; products; sums

  (* ram_style = "block" *)
  logic [2*Elements*SumBits-1:0] line [1 << AddressBits];
  logic [2*Elements*SumBits-1:0] held_q, written;
  logic [AddressBits-1:0] address1_q, address2_q, address3_q;
  logic [3:1] valid_q, gives_q;
  logic push_q, down2_q, down3_q;
  logic [3:2] a_givens_q, b_givens_q;
  logic [WeightBits-1:0] a_weight2_q, b_weight2_q;
  logic [Elements*Bits-1:0] pixels_q;

  always_ff @(posedge clk_i) begin
    held_q <= line[AddressBits'(beat_q)];
  end

  always_ff @(posedge clk_i) begin
    if (valid_q[3]) line[address3_q] <= written;
  end

  always_ff @(posedge clk_i) begin
    valid_q <= rst_ni ? {valid_q[2:1], issue} : '0;
    push_q <= rst_ni && valid_q[3] && gives_q[3];
    gives_q <= {gives_q[2:1], give_q};
    // The next step's flags are there with the second clock behind the last beat
    a_givens_q <= {a_givens_q[2], a_given_q};
    b_givens_q <= {b_givens_q[2], b_given_q};
    a_weight2_q <= a_weight_q;
    b_weight2_q <= b_weight_q;
    down2_q <= down_q;
    down3_q <= down2_q;
    address1_q <= AddressBits'(beat_q);
    address2_q <= address1_q;
    address3_q <= address2_q;
    pixels_q <= in_data_i;
  end

  assign out_push_o = push_q;

  for (genvar i = 0; i < 2 * Elements; i++) begin : gen_slot
    localparam bit IsB = (i % 2 == 1);
    logic [SumBits-1:0] held, more2_q, more_q, sum, given_q;
    logic [Bits-1:0] pixel, pixel2_q, pixel_q;
    logic [ProductBits-1:0] product_q;

    assign held = held_q[i*SumBits +: SumBits];
    assign pixel = (IsB ? b_new_q : a_new_q) ? pixels_q[(i/2)*Bits +: Bits] : held[Bits-1:0];

    always_ff @(posedge clk_i) begin
      // Behind the memory first a register, as it takes longest to answer
      pixel2_q <= pixel;
      if (IsB ? b_fresh_q : a_fresh_q) more2_q <= '0;
      else more2_q <= held;
      product_q <= ProductBits'(IsB ? b_weight2_q : a_weight2_q) * ProductBits'(pixel2_q);
      more_q <= more2_q;
      pixel_q <= pixel2_q;
    end

    // A DSP slice's product and sum
    assign sum = SumBits'(product_q) + more_q;
    // Going up only the lowest bits are read: what lies above them is of no account
    assign written[i*SumBits +: SumBits] = {sum[SumBits-1:Bits], down3_q ? sum[Bits-1:0] : pixel_q};

    always_ff @(posedge clk_i) begin
      if (!(IsB ? b_givens_q[3] : a_givens_q[3])) given_q <= '0;
      else given_q <= sum;
    end
  end

  for (genvar i = 0; i < Elements; i++) begin : gen_element
    assign out_data_o[i*SumBits +: SumBits] = gen_slot[2*i].given_q + gen_slot[2*i+1].given_q;
  end

  stream_fifo #(
    .Width(TotalBits),
    .Depth(2)
  ) i_total (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(issue && give_q && first_beat),
    .in_ready_o(total_free),
    .in_data_i(total_q),
    .out_valid_o(total_valid_o),
    .out_ready_i(total_ready_i),
    .out_data_o(total_data_o)
  );

endmodule
