// sum / total to the nearest integer, halves up, of several sums with one total: a pipeline that
// never stops. From input to output it takes Bits + 1 clocks.
//
// (2 * sum + total) / (2 * total) is found bit by bit: the remainder of each bit is the one before
// and a further bit of the dividend, less or plus the divisor as its sign says. The first ones of
// these additions are made by DSP slices, as many as are told.
module resize_quotient #(
  // Sums at a time
  parameter int unsigned Channels = 3,
  // Bits of a quotient, which has to fit, at least 2; of a total
  parameter int unsigned Bits = 8,
  parameter int unsigned TotalBits = 28,
  // Additions of the Channels * Bits that DSP slices make
  parameter int unsigned Slices = 22,
  // Not to be set
  parameter int unsigned SumBits = Bits + TotalBits
) (
  input  logic                        clk_i,
  input  logic [Channels*SumBits-1:0] sums_i,
  input  logic [TotalBits-1:0]        total_i,
  output logic [Channels*Bits-1:0]    quotients_o
);

  if (Channels == 0 || TotalBits == 0 || Bits < 2) begin : gen_check
    $error("resize_quotient: Channels and TotalBits must be at least 1, Bits at least 2");
  end

  // Twice the total, with a sign
  localparam int unsigned RestBits = TotalBits + 2;

  // Totals beside the bits that they divide
  logic [Bits*TotalBits-1:0] totals_q;

  always_ff @(posedge clk_i) begin
    totals_q <= (Bits*TotalBits)'({totals_q, total_i});
  end

  for (genvar c = 0; c < Channels; c++) begin : gen_channel
    logic [SumBits+1:0] dividend;
    assign dividend = {1'b0, sums_i[c*SumBits +: SumBits], 1'b0} + (SumBits+2)'(total_i);

    for (genvar k = 0; k <= Bits; k++) begin : gen_bit
      // The rest, in a register; bits of the dividend that are still to come, and of the quotient
      logic [RestBits-1:0] rest_q;
      logic [Bits-1:0] bits_q;
      // A quotient's bit is the rest's sign, which is there with it
      logic [Bits-1:0] bits;

      if (k == 0) begin : gen_first
        always_ff @(posedge clk_i) begin
          rest_q <= dividend[SumBits+1:Bits];
          bits_q <= dividend[Bits-1:0];
        end
        assign bits = bits_q;
      end else begin : gen_next
        logic [RestBits-1:0] rest, divisor;
        logic less;
        // A rest of 0 or more is made less
        assign less = !gen_bit[k-1].rest_q[RestBits-1];
        assign rest = {gen_bit[k-1].rest_q[RestBits-2:0], gen_bit[k-1].bits[Bits-1]};
        assign divisor = {1'b0, totals_q[(k-1)*TotalBits +: TotalBits], 1'b0};

        if (c * Bits + k <= Slices && RestBits <= 48) begin : gen_slice
          slice_add_sub #(
            .Width(RestBits)
          ) i_add (
            .clk_i(clk_i),
            .less_i(less),
            .a_i(rest),
            .b_i(divisor),
            .sum_o(rest_q)
          );
        end else begin : gen_carry
          logic [RestBits-1:0] next;
          logic unused_carry;

          // The bit in front of the first carries it in
          carry_add #(
            .Width(RestBits + 1)
          ) i_add (
            .a_i({rest, less}),
            .b_i({divisor ^ {RestBits{less}}, less}),
            .sum_o({next, unused_carry})
          );

          always_ff @(posedge clk_i) begin
            rest_q <= next;
          end
        end

        // Dividend out at the top, quotient in at the bottom
        always_ff @(posedge clk_i) begin
          bits_q <= {gen_bit[k-1].bits[Bits-2:0], 1'b0};
        end
        assign bits = {bits_q[Bits-1:1], !rest_q[RestBits-1]};
        logic unused_bit;
        assign unused_bit = bits_q[0];
      end
    end

    assign quotients_o[c*Bits +: Bits] = gen_bit[Bits].bits;

    logic unused_rest;
    assign unused_rest = &{1'b0, gen_bit[Bits].rest_q};
  end

endmodule
