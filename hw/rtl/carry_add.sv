// Sum of two numbers and CarryIn on a carry chain, modulo 2**Width.
//
// `a_i` enters the chain as it is. The logic that makes `b_i` may be placed into the chain's own
// LUTs, where it costs nothing.
//
// Vivado does so by itself. yosys chooses one of the operands at random, unless it is given its own
// cell: with CARRY_ADD_ALU defined and `read_verilog -sv -icells`.
module carry_add #(
  parameter int unsigned Width = 8,
  parameter bit CarryIn = 1'b0
) (
  input  logic [Width-1:0] a_i,
  input  logic [Width-1:0] b_i,
  output logic [Width-1:0] sum_o
);

  if (Width == 0) begin : gen_check_width
    $error("carry_add: Width must be at least 1");
  end

`ifdef CARRY_ADD_ALU
  logic [Width-1:0] unused_xor, unused_carries;
  \$alu #(
    .A_SIGNED(0),
    .B_SIGNED(0),
    .A_WIDTH(Width),
    .B_WIDTH(Width),
    .Y_WIDTH(Width)
  ) i_alu (
    .A(a_i),
    .B(b_i),
    .CI(CarryIn),
    .BI(1'b0),
    .X(unused_xor),
    .Y(sum_o),
    .CO(unused_carries)
  );
`else
  assign sum_o = a_i + b_i + Width'(CarryIn);
`endif

endmodule
