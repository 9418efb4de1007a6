// Product of a vector with a constant matrix: a pipelined graph of adders that the rows share.
//
// There is no valid: a new vector enters every clock. Its sums come as many clocks later as there
// are registers on a path through the graph, which is the same number on every path.
//
// The graph is in CellTable, which hw/matrix makes from the matrix. Values 0 to Inputs-1 are the
// inputs; cell k makes value Inputs + k from values before it. The CellBits bits of a cell are,
// from the lowest:
//   kind (2 bits), carry (1), the value is two's complement (1), bits of the value (12),
//   operands a, b, c, d (24 each): source (16), shift to the left (6), inverted (1), given (1)
// Its kinds are
//   0  a register of a
//   1  a + (b ^ c ^ d) + carry
//   2  a + 2 * maj(b, c, d) + 2 * carry
// An operand that is not given is 0. Kinds 1 and 2 together add four values on two carry chains, as
// adder_tree does; an inverted operand and a carry subtract. RowTable has the value of each row, in
// the operands' format, never inverted.
module constant_matrix #(
  // Elements of the vector, rows of the matrix
  parameter int unsigned Inputs = 2,
  parameter int unsigned Rows = 1,
  // Bits of an element, and whether it is two's complement
  parameter int unsigned InBits = 2,
  parameter bit InSigned = 1'b0,
  // Bits of a sum, two's complement
  parameter int unsigned OutBits = 4,
  // Most bits of a value, an input's and a sum's among them
  parameter int unsigned ValueBits = 4,
  // The graph; here a register of input 0 - input 1
  parameter int unsigned Cells = 2,
  parameter logic [Cells*112-1:0] CellTable = {
      112'h0000000000000000008000020038,
      112'h000000000000c00001800000003d},
  parameter logic [Rows*24-1:0] RowTable = {24'h800003}
) (
  input  logic                     clk_i,
  // Element 0 in the least significant bits, and row 0
  input  logic [Inputs*InBits-1:0] data_i,
  output logic [Rows*OutBits-1:0]  sums_o
);

  localparam int unsigned CellBits = 112;
  localparam int unsigned TermBits = 24;

  if ((Inputs == 0) || (Rows == 0) || (Cells == 0)) begin : gen_check_zero
    $error("constant_matrix: Inputs, Rows and Cells must be at least 1");
  end
  if ((ValueBits < InBits) || (ValueBits < OutBits)) begin : gen_check_bits
    $error("constant_matrix: ValueBits must be at least InBits and OutBits");
  end

  for (genvar i = 0; i < Inputs; i++) begin : gen_input
    logic [InBits-1:0] element;
    logic [ValueBits-1:0] value;
    assign element = data_i[i*InBits +: InBits];
    if (InSigned) begin : gen_signed
      assign value = ValueBits'($signed(element));
    end else begin : gen_unsigned
      assign value = ValueBits'(element);
    end
  end

  for (genvar k = 0; k < Cells; k++) begin : gen_cell
    localparam logic [CellBits-1:0] Cell = CellTable[k*CellBits +: CellBits];
    localparam logic [1:0] Kind = Cell[1:0];
    localparam bit Carry = Cell[2];
    localparam bit Signed = Cell[3];
    localparam int unsigned Bits = 32'(Cell[15:4]);
    logic [4*Bits-1:0] terms;
    logic [Bits-1:0] a, b, c, d, sum;
    logic [ValueBits-1:0] value;
    logic [4:0] unused_bits;

    if ((Bits == 0) || (Bits > ValueBits) || (Kind == 2'd3)) begin : gen_check_cell
      $error("constant_matrix: a cell's kind must be 0 to 2, its bits 1 to ValueBits");
    end

    for (genvar j = 0; j < 4; j++) begin : gen_term
      localparam logic [TermBits-1:0] Term = Cell[16 + j*TermBits +: TermBits];
      localparam int unsigned Source = 32'(Term[15:0]);
      localparam int unsigned Shift = 32'(Term[21:16]);
      localparam bit Inverted = Term[22];
      logic [ValueBits-1:0] term;

      if (!Term[23]) begin : gen_none
        assign term = '0;
      end else if (Source < Inputs) begin : gen_of_input
        assign term = gen_input[Source].value << Shift;
      end else begin : gen_of_cell
        assign term = gen_cell[Source-Inputs].value << Shift;
      end
      assign terms[j*Bits +: Bits] = term[Bits-1:0] ^ {Bits{Inverted}};
      assign unused_bits[j] = ^term;
    end
    assign {d, c, b, a} = terms;
    assign unused_bits[4] = ^{b, c, d};

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
      assign carries = (b & c) | (d & (b | c));
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
      assign value = ValueBits'($signed(sum));
    end else begin : gen_unsigned
      assign value = ValueBits'(sum);
    end
  end

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    localparam logic [TermBits-1:0] Term = RowTable[r*TermBits +: TermBits];
    localparam int unsigned Source = 32'(Term[15:0]);
    localparam int unsigned Shift = 32'(Term[21:16]);
    logic [ValueBits-1:0] row;

    if (!Term[23]) begin : gen_none
      assign row = '0;
    end else begin : gen_value
      assign row = gen_cell[Source-Inputs].value << Shift;
    end
    assign sums_o[r*OutBits +: OutBits] = row[OutBits-1:0];
    logic unused_bits;
    assign unused_bits = ^row;
  end

endmodule
