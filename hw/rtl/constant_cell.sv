// A cell of constant_matrix: a register of one operand, or a carry chain that adds up to four.
//
// Kind, Carry and the operands a, b, c, d (d in the lowest bits of operands_i) are those of its
// table; an operand that is not given is 0.
module constant_cell #(
  // Bits of an operand and of the value as it is handed on
  parameter int unsigned ValueBits = 4,
  // Bits of the value itself, and whether it is two's complement
  parameter int unsigned Bits = 4,
  parameter bit Signed = 1'b0,
  // 0: a register of a; 1: a + (b ^ c ^ d) + Carry; 2: a + 2 * maj(b, c, d) + 2 * Carry
  parameter logic [1:0] Kind = 2'd1,
  parameter bit Carry = 1'b0,
  // Of each operand, d lowest: inverted, and shift to the left (6 bits)
  parameter logic [3:0] Inverted = '0,
  parameter logic [23:0] Shifts = '0
) (
  input  logic                   clk_i,
  input  logic [4*ValueBits-1:0] operands_i,
  output logic [ValueBits-1:0]   value_o
);

  if ((Bits == 0) || (Bits > ValueBits) || (Kind == 2'd3)) begin : gen_check_cell
    $error("constant_cell: Kind must be 0 to 2, Bits 1 to ValueBits");
  end

  logic [4*Bits-1:0] terms;
  logic [Bits-1:0] a, b, c, d, sum;
  logic [4:0] unused_bits;
  logic unused_clock;

  for (genvar j = 0; j < 4; j++) begin : gen_term
    logic [ValueBits-1:0] term;
    assign term = operands_i[j*ValueBits +: ValueBits] << Shifts[j*6 +: 6];
    assign terms[j*Bits +: Bits] = term[Bits-1:0] ^ {Bits{Inverted[j]}};
    assign unused_bits[j] = ^term;
  end
  assign {a, b, c, d} = terms;
  assign unused_bits[4] = ^{b, c, d};
  assign unused_clock = clk_i;

  if (Kind == 2'd0) begin : gen_register
    logic [Bits-1:0] sum_q;
    always_ff @(posedge clk_i) sum_q <= a;
    assign sum = sum_q;
  end else if (Kind == 2'd1) begin : gen_parity
    carry_add #(
      .Width(Bits),
      .CarryIn(Carry)
    ) i_add (
      .a_i(a),
      .b_i(b ^ c ^ d),
      .sum_o(sum)
    );
  end else begin : gen_majority
    logic [Bits-1:0] carries;
    assign carries = ((b ^ c) & d) | (b & c);
    assign sum[0] = a[0];
    carry_add #(
      .Width(Bits - 1),
      .CarryIn(Carry)
    ) i_add (
      .a_i(a[Bits-1:1]),
      .b_i(carries[Bits-2:0]),
      .sum_o(sum[Bits-1:1])
    );
  end

  if (Signed) begin : gen_signed
    assign value_o = ValueBits'($signed(sum));
  end else begin : gen_unsigned
    assign value_o = ValueBits'(sum);
  end

endmodule
