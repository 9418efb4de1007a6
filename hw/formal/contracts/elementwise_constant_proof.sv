// elementwise_constant: each beat's results in order, of the constants of its place. The constants
// are those of a file; the harness has them as Table, row 0 lowest, laid out as in the memory.
module elementwise_constant_proof #(
  parameter Operation = "add",
  parameter int unsigned Lanes = 1,
  parameter int unsigned InBits = 1,
  parameter bit InSigned = 1'b0,
  parameter int unsigned ConstantBits = 1,
  parameter bit ConstantSigned = 1'b0,
  parameter int Factor = 1,
  parameter int unsigned OutBits = 2,
  parameter bit OutSigned = 1'b0,
  parameter int unsigned Depth = 3,
  parameter logic [Depth*Lanes*ConstantBits-1:0] Table = '0,
  parameter MemFile = "rows.mem",
  parameter bit Cover = 1'b0
) (
  input logic                    clk_i,
  input logic                    rst_ni,
  input logic                    choose,
  input logic                    in_valid,
  input logic [Lanes*InBits-1:0] in_data,
  input logic                    out_ready
);

  localparam int unsigned RowBits = Lanes * ConstantBits;
  localparam bit IsProduct = (128'(Operation) == 128'("mul"));
  // Places of both FIFOs
  localparam int unsigned Most = 6;

  logic in_ready, out_valid, take;
  logic [Lanes*OutBits-1:0] out_data, expected;
  assign take = in_valid && in_ready;

  elementwise_constant #(
    .Operation(Operation),
    .Lanes(Lanes),
    .InBits(InBits),
    .InSigned(InSigned),
    .ConstantBits(ConstantBits),
    .ConstantSigned(ConstantSigned),
    .Factor(Factor),
    .OutBits(OutBits),
    .OutSigned(OutSigned),
    .Depth(Depth),
    .MemFile(MemFile)
  ) i_dut (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(in_valid),
    .in_ready_o(in_ready),
    .in_data_i(in_data),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready),
    .out_data_o(out_data)
  );

  // Beats taken since the first row
  logic [7:0] taken_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) taken_q <= '0;
    else if (take) taken_q <= (32'(taken_q) == Depth - 1) ? '0 : taken_q + 8'd1;
  end

  logic [RowBits-1:0] row;
  logic signed [31:0] value, constant, result;
  always_comb begin
    row = '0;
    for (int unsigned i = 0; i < Depth; i++) begin
      if (32'(taken_q) == i) row = Table[i*RowBits +: RowBits];
    end
    expected = '0;
    value = 0;
    constant = 0;
    result = 0;
    for (int unsigned l = 0; l < Lanes; l++) begin
      value = {{(32-InBits){InSigned && in_data[l*InBits + InBits - 1]}}, in_data[l*InBits +: InBits]};
      constant = {{(32-ConstantBits){ConstantSigned && row[l*ConstantBits + ConstantBits - 1]}},
                  row[l*ConstantBits +: ConstantBits]};
      value = value * Factor;
      result = IsProduct ? value * constant : value + constant;
      expected[l*OutBits +: OutBits] = result[OutBits-1:0];
    end
  end

  logic [$clog2(Most+2)-1:0] unused_inside;

  stream_proof #(
    .UnitBits(Lanes * OutBits),
    .Most(Most),
    .Clocks(6),
    .Cover(Cover)
  ) i_proof (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .choose_i(choose),
    .in_valid_i(in_valid),
    .in_ready_i(in_ready),
    .push_i(take),
    .push_data_i(expected),
    .out_valid_i(out_valid),
    .out_ready_i(out_ready),
    .out_data_i(out_data),
    .inside_o(unused_inside)
  );

endmodule
