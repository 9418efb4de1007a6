// Sum and difference of every two neighbouring lanes, in registers. They are made once for all PEs,
// each of which takes every lane with a sign of its own (signed_tree).
//
//   sums_o  = a + b
//   diffs_o = a + ~b, with b inverted in its Bits bits: a - b - 1, and unsigned 2**Bits more
// with a the even lane of the pair and b the odd one. A last lane without a partner is its own sum;
// its difference is not used.
module lane_pairs #(
  // Lanes
  parameter int unsigned Lanes = 4,
  // Bits of a lane, and whether it is two's complement
  parameter int unsigned Bits = 2,
  parameter bit IsSigned = 1'b0,
  // Pairs; not to be set
  parameter int unsigned Pairs = (Lanes + 1) / 2
) (
  input  logic                      clk_i,
  // Lane 0 in the least significant bits
  input  logic [Lanes*Bits-1:0]     data_i,
  output logic [Pairs*(Bits+1)-1:0] sums_o,
  output logic [Pairs*(Bits+1)-1:0] diffs_o
);

  localparam int unsigned W = Bits + 1;

  if ((Lanes == 0) || (Bits == 0)) begin : gen_check_zero
    $error("lane_pairs: Lanes and Bits must be at least 1");
  end

  logic [Pairs*W-1:0] sums_d, diffs_d;

  for (genvar p = 0; p < Pairs; p++) begin : gen_pair
    logic [Bits-1:0] a, b;
    logic a_sign, b_sign, not_b_sign;

    assign a = data_i[2*p*Bits +: Bits];
    if (2*p + 1 < Lanes) begin : gen_b
      assign b = data_i[(2*p+1)*Bits +: Bits];
    end else begin : gen_no_b
      assign b = '0;
    end
    assign a_sign = IsSigned && a[Bits-1];
    assign b_sign = IsSigned && b[Bits-1];
    assign not_b_sign = IsSigned && !b[Bits-1];

    if (Bits == 2) begin : gen_luts
      // A LUT a bit, where `+` would get a carry chain
      logic carry_s, carry_d;
      assign carry_s = a[0] && b[0];
      assign carry_d = a[0] && !b[0];
      assign sums_d[p*W] = a[0] ^ b[0];
      assign diffs_d[p*W] = a[0] ^ !b[0];
      assign sums_d[p*W+1] = a[1] ^ b[1] ^ carry_s;
      assign diffs_d[p*W+1] = a[1] ^ !b[1] ^ carry_d;
      assign sums_d[p*W+2] =
          a_sign ^ b_sign ^ ((a[1] && b[1]) || (carry_s && (a[1] || b[1])));
      assign diffs_d[p*W+2] =
          a_sign ^ not_b_sign ^ ((a[1] && !b[1]) || (carry_d && (a[1] || !b[1])));
    end else begin : gen_adders
      assign sums_d[p*W +: W] = {a_sign, a} + {b_sign, b};
      assign diffs_d[p*W +: W] = {a_sign, a} + {not_b_sign, ~b};
    end
  end

  always_ff @(posedge clk_i) begin
    sums_o <= sums_d;
    diffs_o <= diffs_d;
  end

endmodule
