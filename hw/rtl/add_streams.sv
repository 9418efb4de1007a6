// A join: the sum of two streams, lane by lane, each times a constant.
//
// A beat of each stream is taken in the same clock, as soon as both are there and the output has
// room. The ready of one input therefore depends, within the clock, on the valid of the other; it
// depends neither on its own valid nor on the output's ready. A sum that does not fit into OutBits
// wraps. One beat a clock is sustained.
module add_streams #(
  // Channels of a beat
  parameter int unsigned Lanes = 1,
  // Bits of a channel, and whether it is in two's complement, of either input
  parameter int unsigned In0Bits = 2,
  parameter bit In0Signed = 1'b0,
  parameter int unsigned In1Bits = 2,
  parameter bit In1Signed = 1'b0,
  // What either input is multiplied by
  parameter int Factor0 = 1,
  parameter int Factor1 = 1,
  // Bits of a sum
  parameter int unsigned OutBits = 3
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  // Bit i is of input i
  input  logic [1:0]               in_valid_i,
  output logic [1:0]               in_ready_o,
  input  logic [Lanes*In0Bits-1:0] in0_data_i,
  input  logic [Lanes*In1Bits-1:0] in1_data_i,
  output logic                     out_valid_o,
  input  logic                     out_ready_i,
  output logic [Lanes*OutBits-1:0] out_data_o
);

  if (Lanes == 0 || In0Bits == 0 || In1Bits == 0) begin : gen_check_zero
    $error("add_streams: no parameter may be 0");
  end
  if (OutBits < In0Bits || OutBits < In1Bits) begin : gen_check_bits
    $error("add_streams: OutBits must be at least In0Bits and In1Bits");
  end

  logic [Lanes*OutBits-1:0] sums;
  logic room;

  assign in_ready_o = {room && in_valid_i[0], room && in_valid_i[1]};

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic [OutBits-1:0] first, second, first_product, second_product;

    if (In0Signed) begin : gen_signed0
      assign first = OutBits'($signed(in0_data_i[lane*In0Bits +: In0Bits]));
    end else begin : gen_unsigned0
      assign first = OutBits'(in0_data_i[lane*In0Bits +: In0Bits]);
    end
    if (In1Signed) begin : gen_signed1
      assign second = OutBits'($signed(in1_data_i[lane*In1Bits +: In1Bits]));
    end else begin : gen_unsigned1
      assign second = OutBits'(in1_data_i[lane*In1Bits +: In1Bits]);
    end

    constant_product #(
      .Bits(OutBits),
      .Factor(Factor0)
    ) i_product0 (
      .data_i(first),
      .data_o(first_product)
    );
    constant_product #(
      .Bits(OutBits),
      .Factor(Factor1)
    ) i_product1 (
      .data_i(second),
      .data_o(second_product)
    );

    assign sums[lane*OutBits +: OutBits] = first_product + second_product;
  end

  stream_fifo #(
    .Width(Lanes * OutBits),
    .Depth(2)
  ) i_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(&in_valid_i),
    .in_ready_o(room),
    .in_data_i(sums),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
