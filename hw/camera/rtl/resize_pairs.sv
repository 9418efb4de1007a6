// The steps of resizing the lines of a picture, two at a time where both give one new element.
//
// A configuration (cfg) is taken before each picture: elements of a line before and after, and
// lines. Then the steps of resize_step go out, line after line without a pause, in its meaning. A
// beat is one step; going down it may be two, A and B (`two_o`), which take an element each and of
// which one at most gives a new element. So a line takes a beat a new element as long as there are
// at most two old ones to it, else half a beat an old one.
//
// Sums that a beat means, of elements a and b with weights (low_a, high_a) and (low_b, high_b; 0
// unless two), from the sums L and H of the elements `low` and `high` (both 0 at `first`):
//   advance_a   gives L + low_a a; then L = H + high_a a + low_b b, H = high_b b
//   else        gives L + low_a a + low_b b; high = H + high_a a + high_b b; then L = high, H = 0
//               where advance_b, else L = what is given, H = high
module resize_pairs #(
  // Elements of a line before and after, at most
  parameter int unsigned MaxOld = 1920,
  parameter int unsigned MaxNew = 512,
  // Bits of a sum of weights
  parameter int unsigned TotalBits = 14,
  // Whether two steps may be one beat
  parameter bit Pairs = 1'b1,
  // Not to be set
  parameter int unsigned Most = (MaxOld > MaxNew) ? MaxOld : MaxNew,
  parameter int unsigned SizeBits = $clog2(Most + 1),
  parameter int unsigned WeightBits = $clog2(2 * Most + 1)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  cfg_valid_i,
  output logic                  cfg_ready_o,
  input  logic [SizeBits-1:0]   cfg_old_i,
  input  logic [SizeBits-1:0]   cfg_new_i,
  input  logic [SizeBits-1:0]   cfg_lines_i,
  output logic                  out_valid_o,
  input  logic                  out_ready_i,
  // Going down, or equal sizes
  output logic                  down_o,
  // The beat takes an old element, two of them; gives a new one; is the line's first, its last
  output logic                  take_o,
  output logic                  two_o,
  output logic                  give_o,
  output logic                  first_o,
  output logic                  last_o,
  // Going up: `high` becomes `low` at the beginning
  output logic                  shift_o,
  output logic                  advance_a_o,
  output logic                  advance_b_o,
  output logic [WeightBits-1:0] low_a_o,
  output logic [WeightBits-1:0] high_a_o,
  output logic [WeightBits-1:0] low_b_o,
  output logic [WeightBits-1:0] high_b_o,
  // Sum of the weights of the new element that the beat gives
  output logic [TotalBits-1:0]  total_o
);

  if (MaxOld == 0 || MaxNew == 0) begin : gen_check_sizes
    $error("resize_pairs: no size may be 0");
  end
  if (TotalBits < WeightBits) begin : gen_check_total
    $error("resize_pairs: TotalBits must be enough for a weight");
  end

  localparam logic [SizeBits-1:0] One = SizeBits'(1);
  localparam logic [SizeBits-1:0] Two = SizeBits'(2);
  logic run_q, down_q, has_low_q, shift_q, first_q;
  // Steps and lines from this one on, and old elements from the one taken last on: complements, which
  // count up
  logic [SizeBits-1:0] old_q, new_q, lines_q, steps_q, olds_q;
  logic [WeightBits-1:0] span_q, phase_q;

  // --- step A, and step B behind it

  // How far the phase moves: a stride, or two, and for each advance a span less. All four sums at
  // once, of which A and B choose; they are the same for all lines
  logic [WeightBits:0] one_q, one_less_q, two_q, two_less_q, two_less_two_q;
  logic [WeightBits:0] phase, one_sum, one_less, two_sum, two_less, two_less_two;
  logic advance_a, advance_b, reach_b, last_a, last_b, two, give, take, last, free, fire;
  logic [WeightBits-1:0] phase_b, phase_c, low_a, low_b, high_b;

  assign phase = {1'b0, phase_q};
  assign one_sum = phase + one_q;
  assign one_less = phase + one_less_q;
  assign two_sum = phase + two_q;
  assign two_less = phase + two_less_q;
  assign two_less_two = phase + two_less_two_q;
  // Not below 0: the span is reached
  assign advance_a = !one_less[WeightBits];
  assign reach_b = advance_a ? !two_less_two[WeightBits] : !two_less[WeightBits];
  assign phase_b = WeightBits'(advance_a ? one_less : one_sum);
  assign phase_c = WeightBits'((advance_a && reach_b) ? two_less_two
                               : (advance_a || reach_b) ? two_less : two_sum);
  assign advance_b = two && reach_b;

  assign last_a = (steps_q == ~One);
  assign last_b = (steps_q == ~Two);
  assign two = Pairs && down_q && !last_a && !(advance_a && (last_b || reach_b));
  assign last = two ? last_b : last_a;
  assign take = down_q || first_q || (shift_q && (olds_q != ~One));
  assign give = !down_q || (has_low_q && (advance_a || advance_b || last));

  assign low_a = span_q - phase_q;
  assign low_b = two ? span_q - phase_b : '0;
  assign high_b = two ? phase_b : '0;

  // --- lines

  // Sizes are taken, and what is the same for all lines is there a clock later
  logic start, load_q, next_line, down_d;
  logic [SizeBits-1:0] larger, smaller;
  assign cfg_ready_o = !run_q && !load_q;
  assign start = cfg_valid_i && cfg_ready_o;
  assign fire = run_q && free;
  assign next_line = load_q || (fire && last);
  assign down_d = (new_q <= old_q);
  assign larger = down_d ? old_q : new_q;
  assign smaller = down_d ? new_q : old_q;

  always_ff @(posedge clk_i) begin
    load_q <= rst_ni && start;
    if (!rst_ni) run_q <= 1'b0;
    else if (load_q) run_q <= 1'b1;
    else if (fire && last && (lines_q == ~One)) run_q <= 1'b0;
    if (start) begin
      old_q <= cfg_old_i;
      new_q <= cfg_new_i;
      lines_q <= ~cfg_lines_i;
    end else if (fire && last) begin
      lines_q <= lines_q + SizeBits'(1);
    end
    if (next_line) begin
      down_q <= down_d;
      span_q <= WeightBits'({larger, 1'b0});
      one_q <= (WeightBits+1)'({smaller, 1'b0});
      one_less_q <= (WeightBits+1)'({smaller, 1'b0}) - (WeightBits+1)'({larger, 1'b0});
      two_q <= (WeightBits+1)'({smaller, 2'b0});
      two_less_q <= (WeightBits+1)'({smaller, 2'b0}) - (WeightBits+1)'({larger, 1'b0});
      two_less_two_q <= (WeightBits+1)'({smaller, 2'b0}) - (WeightBits+1)'({larger, 2'b0});
      // Behind the centre of element -1; of equal sizes the first step is at that of element 0
      phase_q <= (old_q == new_q) ? '0 : WeightBits'(old_q) + WeightBits'(new_q);
      has_low_q <= (old_q == new_q);
      shift_q <= 1'b0;
      first_q <= 1'b1;
      steps_q <= ~larger;
      olds_q <= ~old_q;
    end else if (fire) begin
      phase_q <= two ? phase_c : phase_b;
      has_low_q <= has_low_q || advance_a || advance_b;
      shift_q <= advance_a;
      first_q <= 1'b0;
      steps_q <= two ? steps_q + SizeBits'(2) : steps_q + SizeBits'(1);
      if (shift_q && (olds_q != ~One)) olds_q <= olds_q + SizeBits'(1);
    end
  end

  // --- the beat at the output: one register, filled again in the clock in which it is taken

  localparam int unsigned OutBits = 9 + 4 * WeightBits;
  logic valid_q;
  logic [OutBits-1:0] out_q;
  assign free = !valid_q || out_ready_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= 1'b0;
    else if (free) valid_q <= run_q;
    if (free) begin
      out_q <= {down_q, take, two, give, first_q, last, shift_q, advance_a, advance_b, low_a,
                phase_q, low_b, high_b};
    end
  end

  assign out_valid_o = valid_q;
  assign {down_o, take_o, two_o, give_o, first_o, last_o, shift_o, advance_a_o, advance_b_o, low_a_o,
          high_a_o, low_b_o, high_b_o} = out_q;

  // --- sums of weights, as the beat's sums; going up that of both neighbours

  logic [TotalBits-1:0] low_total_q, high_total_q, low_total, high_total;
  logic adds;
  assign adds = down_o && !first_o;
  assign low_total = (adds ? low_total_q : '0) + TotalBits'(low_a_o)
                     + (!down_o ? TotalBits'(high_a_o) : advance_a_o ? '0 : TotalBits'(low_b_o));
  assign high_total = (adds ? high_total_q : '0) + TotalBits'(high_a_o)
                      + TotalBits'(advance_a_o ? low_b_o : high_b_o);
  assign total_o = low_total;

  always_ff @(posedge clk_i) begin
    if (valid_q && out_ready_i) begin
      low_total_q <= (advance_a_o || advance_b_o) ? high_total : low_total;
      high_total_q <= advance_a_o ? TotalBits'(high_b_o) : advance_b_o ? '0 : high_total;
    end
  end

endmodule
