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

  // One vector of all values, and a cell's logic in a module of its own: yosys takes a time that
  // grows with the square of the names that blocks of a loop declare (its issue 5998).
  logic [(Inputs+Cells)*ValueBits-1:0] values  /* verilator split_var */;

  for (genvar i = 0; i < Inputs; i++) begin : gen_input
    if (InSigned) begin : gen_signed
      assign values[i*ValueBits +: ValueBits] = ValueBits'($signed(data_i[i*InBits +: InBits]));
    end else begin : gen_unsigned
      assign values[i*ValueBits +: ValueBits] = ValueBits'(data_i[i*InBits +: InBits]);
    end
  end

  for (genvar k = 0; k < Cells; k++) begin : gen_cell
    localparam logic [CellBits-1:0] Cell = CellTable[k*CellBits +: CellBits];
    constant_cell #(
      .ValueBits(ValueBits),
      .Bits(32'(Cell[15:4])),
      .Signed(Cell[3]),
      .Kind(Cell[1:0]),
      .Carry(Cell[2]),
      .Inverted({Cell[38], Cell[62], Cell[86], Cell[110]}),
      .Shifts({Cell[37:32], Cell[61:56], Cell[85:80], Cell[109:104]})
    ) i_cell (
      .clk_i,
      .operands_i({
        {ValueBits{Cell[39]}} & values[32'(Cell[31:16])*ValueBits +: ValueBits],
        {ValueBits{Cell[63]}} & values[32'(Cell[55:40])*ValueBits +: ValueBits],
        {ValueBits{Cell[87]}} & values[32'(Cell[79:64])*ValueBits +: ValueBits],
        {ValueBits{Cell[111]}} & values[32'(Cell[103:88])*ValueBits +: ValueBits]
      }),
      .value_o(values[(Inputs+k)*ValueBits +: ValueBits])
    );
  end

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    localparam logic [TermBits-1:0] Term = RowTable[r*TermBits +: TermBits];
    logic [ValueBits-1:0] row;
    logic unused_bits;
    assign row = {ValueBits{Term[23]}}
        & (values[32'(Term[15:0])*ValueBits +: ValueBits] << Term[21:16]);
    assign sums_o[r*OutBits +: OutBits] = row[OutBits-1:0];
    assign unused_bits = ^{row, Term[22]};
  end

endmodule
