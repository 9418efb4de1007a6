// Sum or difference of two words in a register: what the adder of one DSP slice does.
//
// With SLICE_DSP48E1 defined it is that cell (yosys has no way to be asked for it), without it a
// sum that any tool maps as it likes.
//
// Latency: 1
module slice_add_sub #(
  parameter int unsigned Width = 48
) (
  input  logic             clk_i,
  // b_i is taken off
  input  logic             less_i,
  input  logic [Width-1:0] a_i,
  input  logic [Width-1:0] b_i,
  output logic [Width-1:0] sum_o
);

  if ((Width == 0) || (Width > 48)) begin : gen_check_width
    $error("slice_add_sub: Width must be 1 to 48");
  end

`ifdef SLICE_DSP48E1
  logic [47:0] word, sum;
  assign word = 48'(b_i);
  assign sum_o = sum[Width-1:0];

  // Z = C, Y = 0, X = A:B; Z + X or Z - X
  DSP48E1 #(
    .ACASCREG(0), .ADREG(0), .ALUMODEREG(0), .AREG(0), .BCASCREG(0), .BREG(0), .CARRYINREG(0),
    .CARRYINSELREG(0), .CREG(0), .DREG(0), .INMODEREG(0), .MREG(0), .OPMODEREG(0), .PREG(1),
    .USE_MULT("NONE"), .USE_SIMD("ONE48"), .USE_DPORT("FALSE")
  ) i_slice (
    .CLK(clk_i),
    .A(word[47:18]),
    .B(word[17:0]),
    .C(48'(a_i)),
    .D(25'b0),
    .P(sum),
    .OPMODE(7'b0110011),
    .ALUMODE({2'b00, less_i, less_i}),
    .INMODE(5'b0),
    .CARRYIN(1'b0),
    .CARRYINSEL(3'b0),
    .CEP(1'b1),
    .CEA1(1'b0), .CEA2(1'b0), .CEAD(1'b0), .CEALUMODE(1'b0), .CEB1(1'b0), .CEB2(1'b0),
    .CEC(1'b0), .CECARRYIN(1'b0), .CECTRL(1'b0), .CED(1'b0), .CEINMODE(1'b0), .CEM(1'b0),
    .RSTA(1'b0), .RSTALLCARRYIN(1'b0), .RSTALUMODE(1'b0), .RSTB(1'b0), .RSTC(1'b0),
    .RSTCTRL(1'b0), .RSTD(1'b0), .RSTINMODE(1'b0), .RSTM(1'b0), .RSTP(1'b0)
  );
`else
  (* use_dsp = "yes" *)
  logic [Width-1:0] sum_q;

  always_ff @(posedge clk_i) begin
    sum_q <= a_i + (b_i ^ {Width{less_i}}) + Width'(less_i);
  end
  assign sum_o = sum_q;
`endif

endmodule
