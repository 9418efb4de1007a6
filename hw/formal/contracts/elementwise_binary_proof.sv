// elementwise_binary: the results in order, and a beat of either input taken only with one of the other.
module elementwise_binary_proof #(
  parameter Operation = "add",
  parameter int unsigned Lanes = 1,
  parameter int unsigned In0Bits = 2,
  parameter bit In0Signed = 1'b0,
  parameter int unsigned In1Bits = 2,
  parameter bit In1Signed = 1'b0,
  parameter int Factor0 = 1,
  parameter int Factor1 = 1,
  parameter int unsigned OutBits = 3,
  parameter bit OutSigned = 1'b0,
  parameter bit IsMultiplier = 1'b0,
  parameter bit Cover = 1'b0
) (
  input logic                     clk_i,
  input logic                     rst_ni,
  input logic                     choose,
  input logic [1:0]               in_valid,
  input logic [Lanes*In0Bits-1:0] in0_data,
  input logic [Lanes*In1Bits-1:0] in1_data,
  input logic                     out_ready
);

  logic [1:0] in_ready, take;
  logic out_valid;
  logic [Lanes*OutBits-1:0] out_data, results;

  elementwise_binary #(
    .Operation(Operation),
    .Lanes(Lanes),
    .In0Bits(In0Bits),
    .In0Signed(In0Signed),
    .In1Bits(In1Bits),
    .In1Signed(In1Signed),
    .Factor0(Factor0),
    .Factor1(Factor1),
    .OutBits(OutBits),
    .OutSigned(OutSigned),
    .IsMultiplier(IsMultiplier)
  ) i_dut (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(in_valid),
    .in_ready_o(in_ready),
    .in0_data_i(in0_data),
    .in1_data_i(in1_data),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready),
    .out_data_o(out_data)
  );

  assign take = in_valid & in_ready;
  always_comb together: assert (take[0] == take[1]);

  localparam logic [127:0] What = 128'(Operation);

  // Each bit of a sum by the carry of those below; of factors, and of all else, by 32 bit numbers
  always_comb begin
    for (int unsigned lane = 0; lane < Lanes; lane++) begin
      logic carry, first, second;
      carry = 1'b0;
      for (int unsigned bit_of = 0; bit_of < OutBits; bit_of++) begin
        first = (bit_of < In0Bits) ? in0_data[lane*In0Bits + bit_of]
            : (In0Signed && in0_data[lane*In0Bits + In0Bits - 1]);
        second = (bit_of < In1Bits) ? in1_data[lane*In1Bits + bit_of]
            : (In1Signed && in1_data[lane*In1Bits + In1Bits - 1]);
        results[lane*OutBits + bit_of] = first ^ second ^ carry;
        carry = (first && second) || (carry && (first || second));
      end
      if (What != 128'("add") || Factor0 != 1 || Factor1 != 1) begin
        logic signed [31:0] value0, value1;
        value0 = In0Signed ? 32'($signed(in0_data[lane*In0Bits +: In0Bits]))
            : 32'(in0_data[lane*In0Bits +: In0Bits]);
        value1 = In1Signed ? 32'($signed(in1_data[lane*In1Bits +: In1Bits]))
            : 32'(in1_data[lane*In1Bits +: In1Bits]);
        value0 = Factor0 * value0;
        value1 = Factor1 * value1;
        case (What)
          128'("add"): value0 = value0 + value1;
          128'("mul"): value0 = value0 * value1;
          128'("max"): value0 = (value0 < value1) ? value1 : value0;
          default: value0 = (value0 < value1) ? value0 : value1;
        endcase
        results[lane*OutBits +: OutBits] = OutBits'(value0);
      end
    end
  end

  logic [1:0] unused_inside;

  stream_proof #(
    .UnitBits(Lanes * OutBits),
    .Most(2),
    .Clocks(3),
    .Cover(Cover)
  ) i_proof (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .choose_i(choose),
    .in_valid_i(&in_valid),
    .in_ready_i(in_ready[0]),
    .push_i(take[0]),
    .push_data_i(results),
    .out_valid_i(out_valid),
    .out_ready_i(out_ready),
    .out_data_i(out_data),
    .inside_o(unused_inside)
  );

endmodule
