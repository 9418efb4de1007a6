// The steps of a resize along one axis, for any two sizes: which step takes an old element, which
// gives a new one, and the weights of both neighbours. camera_path/resize.py has the meaning.
//
// In units of half an element of a grid that both share, the centre of old element i lies at (2i +
// 1) * new, that of new element o at (2o + 1) * old. Going down (new <= old) a step is an old
// element: it counts in the new one `low` at or before its centre and in the next one, `high`.
// Going up a step is a new element: it is made of the old one `low` at or before its centre and of
// the next one, `high`. Either way `phase` is how far the step's centre is behind that of `low`; it
// grows by twice the smaller size, and where it reaches twice the larger one, the span, the next
// element becomes `low` (`advance_o`). Weights: span - phase and phase; going up, all of the span
// is `high`'s in front of the first old element, and `low`'s behind the last, where there is no other.
//
// `start_i` takes the sizes; from the next clock on the outputs are those of step 0, and each
// `step_i` makes them those of the next step. No reset is needed.
module resize_step #(
  // Elements that an axis may have before and after
  parameter int unsigned MaxOld = 1920,
  parameter int unsigned MaxNew = 512,
  // Bits of a sum of weights
  parameter int unsigned TotalBits = 14,
  // Not to be set
  parameter int unsigned Most = (MaxOld > MaxNew) ? MaxOld : MaxNew,
  parameter int unsigned SizeBits = $clog2(Most + 1),
  parameter int unsigned WeightBits = $clog2(2 * Most + 1)
) (
  input  logic                  clk_i,
  input  logic                  start_i,
  input  logic [SizeBits-1:0]   old_i,
  input  logic [SizeBits-1:0]   new_i,
  input  logic                  step_i,
  // Going down, or equal sizes; the same for all steps
  output logic                  down_o,
  // The step takes an old element; gives a new one
  output logic                  take_o,
  output logic                  give_o,
  // Going down: nothing has been added to the sums of `low` and `high` yet
  output logic                  low_fresh_o,
  output logic                  high_fresh_o,
  // What was `high` is `low` from the next step on
  output logic                  advance_o,
  output logic                  last_o,
  output logic [WeightBits-1:0] low_weight_o,
  output logic [WeightBits-1:0] high_weight_o,
  // Sum of the weights of the new element that the step gives
  output logic [TotalBits-1:0]  total_o
);

  if (MaxOld == 0 || MaxNew == 0) begin : gen_check_sizes
    $error("resize_step: no size may be 0");
  end
  if (TotalBits < WeightBits) begin : gen_check_total
    $error("resize_step: TotalBits must be enough for a weight");
  end

  localparam logic [SizeBits-1:0] One = SizeBits'(1);
  logic down_q, has_low_q, past_q, low_fresh_q, high_fresh_q, shift_q, first_q;
  logic [WeightBits-1:0] span_q, stride_q, phase_q;
  // Steps from this one on, and old elements from the one taken last on: complements, which count up
  logic [SizeBits-1:0] steps_q, olds_q;
  logic [TotalBits-1:0] low_total_q, high_total_q, low_total, high_total;

  logic down_d;
  logic [SizeBits-1:0] larger, smaller;
  assign down_d = (new_i <= old_i);
  assign larger = down_d ? old_i : new_i;
  assign smaller = down_d ? new_i : old_i;

  // One bit more than a weight: phase and stride are both below the span or equal to it
  logic [WeightBits:0] phase_sum, phase_less;
  logic advance, past;
  assign phase_sum = {1'b0, phase_q} + {1'b0, stride_q};
  assign phase_less = phase_sum - {1'b0, span_q};
  assign advance = !phase_less[WeightBits];

  assign down_o = down_q;
  assign last_o = (steps_q == ~One);
  assign take_o = down_q || first_q || (shift_q && (olds_q != ~One));
  assign give_o = !down_q || (has_low_q && (advance || last_o));
  assign low_fresh_o = low_fresh_q;
  assign high_fresh_o = high_fresh_q;
  assign advance_o = advance;
  // Going up: behind the centre of the last old element
  assign past = past_q || (shift_q && (olds_q == ~One));
  assign high_weight_o = down_q ? phase_q : !has_low_q ? span_q : past ? '0 : phase_q;
  assign low_weight_o = span_q - high_weight_o;
  assign low_total = low_total_q + TotalBits'(span_q - phase_q);
  assign high_total = high_total_q + TotalBits'(phase_q);
  assign total_o = down_q ? low_total : TotalBits'(span_q);

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      down_q <= down_d;
      span_q <= WeightBits'({larger, 1'b0});
      stride_q <= WeightBits'({smaller, 1'b0});
      // Behind the centre of element -1; of equal sizes the first step is at that of element 0
      phase_q <= (old_i == new_i) ? '0 : WeightBits'(old_i) + WeightBits'(new_i);
      has_low_q <= (old_i == new_i);
      low_fresh_q <= 1'b1;
      high_fresh_q <= 1'b1;
      past_q <= 1'b0;
      shift_q <= 1'b0;
      first_q <= 1'b1;
      steps_q <= ~larger;
      olds_q <= ~old_i;
      low_total_q <= '0;
      high_total_q <= '0;
    end else if (step_i) begin
      phase_q <= advance ? phase_less[WeightBits-1:0] : phase_sum[WeightBits-1:0];
      has_low_q <= has_low_q || advance;
      low_fresh_q <= 1'b0;
      high_fresh_q <= advance;
      past_q <= past;
      shift_q <= advance;
      first_q <= 1'b0;
      steps_q <= steps_q + SizeBits'(1);
      if (shift_q && (olds_q != ~One)) olds_q <= olds_q + SizeBits'(1);
      low_total_q <= advance ? high_total : low_total;
      high_total_q <= advance ? '0 : high_total;
    end
  end

endmodule
