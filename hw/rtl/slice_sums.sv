// Sums of Rows rows, each of Parts values a clock, over the clocks of a vector: in DSP slices, every
// one of which adds for as many rows as fit side by side into its 48 bits (slice_add).
//
// Two values a slice, level by level: the last level has one slice for all that is left of a row,
// and accumulates. There is no valid beside the values; `valid_i` (they count) and `last_i` (and
// complete a sum) come Stages - 1 clocks after them, and `acc_o` is right one clock after `last_i`.
module slice_sums #(
  parameter int unsigned Rows = 4,
  // Values a row, at least 2
  parameter int unsigned Parts = 3,
  // Bits of a value, not negative
  parameter int unsigned Bits = 4,
  // Bits that the greatest sum of a vector needs, and bits of the output, two's complement
  parameter int unsigned SumBits = 8,
  parameter int unsigned AccBits = 9,
  // A vector is one clock
  parameter bit SingleBeat = 1'b0,
  // Not to be set
  parameter int unsigned Stages = $clog2(Parts)
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  // That of (row, part) at (row*Parts + part)*Bits
  input  logic [Rows*Parts*Bits-1:0] parts_i,
  input  logic                       valid_i,
  input  logic                       last_i,
  output logic [Rows*AccBits-1:0]    acc_o
);

  localparam int unsigned SliceBits = 48;

  if ((Rows == 0) || (Parts < 2) || (Bits == 0)) begin : gen_check_zero
    $error("slice_sums: Rows and Bits must be at least 1, Parts 2");
  end
  if ((SumBits < Bits + Stages) || (SumBits > 31)) begin : gen_check_sum
    $error("slice_sums: SumBits must hold the sum of Parts values, in 31 bits at most");
  end

  // Whether the next beat begins a vector
  logic first_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) first_q <= 1'b1;
    else if (valid_i) first_q <= last_i || SingleBeat;
  end

  for (genvar l = 0; l < Stages; l++) begin : gen_level
    localparam bit IsLast = (l + 1 == Stages);
    // Values of a row in front of this level and behind it, and bits of them
    localparam int unsigned Before = (Parts + 2 ** l - 1) / 2 ** l;
    localparam int unsigned After = (Before + 1) / 2;
    localparam int unsigned InBits = Bits + l;
    localparam int unsigned W = IsLast ? SumBits : InBits + 1;
    // Rows that share a slice
    localparam int unsigned Fit = SliceBits / W;
    localparam int unsigned Slices = (Rows + Fit - 1) / Fit;
    logic [Rows*Before*InBits-1:0] values;
    logic [Rows*After*W-1:0] sums;

    if (l == 0) begin : gen_first
      assign values = parts_i;
    end else begin : gen_later
      assign values = gen_level[l-1].sums;
    end

    for (genvar v = 0; v < After; v++) begin : gen_value
      // From either end by turns: the value without a partner is another one at every level, and its
      // registers no chain that a tool takes for a shift register
      localparam int unsigned First = (l % 2 == 0) ? 2 * v : Before - 1 - 2 * v;
      localparam int unsigned Second = (l % 2 == 0) ? First + 1 : First - 1;
      if (2 * v + 1 == Before) begin : gen_alone
        for (genvar r = 0; r < Rows; r++) begin : gen_row
          logic [InBits-1:0] value_q;
          always_ff @(posedge clk_i) value_q <= values[(r*Before + First)*InBits +: InBits];
          assign sums[(r*After + v)*W +: W] = W'(value_q);
        end
      end else begin : gen_pair
        for (genvar s = 0; s < Slices; s++) begin : gen_slice
          localparam int unsigned Mine = (Rows - s * Fit < Fit) ? Rows - s * Fit : Fit;
          logic [Mine*W-1:0] a, b, sum;

          for (genvar f = 0; f < Mine; f++) begin : gen_field
            localparam int unsigned Row = s * Fit + f;
            assign a[f*W +: W] = W'(values[(Row*Before + First)*InBits +: InBits]);
            assign b[f*W +: W] = W'(values[(Row*Before + Second)*InBits +: InBits]);
            assign sums[(Row*After + v)*W +: W] = sum[f*W +: W];
          end

          slice_add #(
            .Width(Mine * W),
            .Accumulate(IsLast && !SingleBeat)
          ) i_add (
            .clk_i(clk_i),
            .valid_i(!IsLast || valid_i),
            .first_i(first_q),
            .a_i(a),
            .b_i(b),
            .sum_o(sum)
          );
        end
      end
    end
  end

  for (genvar r = 0; r < Rows; r++) begin : gen_out
    assign acc_o[r*AccBits +: AccBits] = AccBits'(gen_level[Stages-1].sums[r*SumBits +: SumBits]);
  end

endmodule
