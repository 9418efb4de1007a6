// A join: the sum, product, maximum or minimum of two streams, lane by lane, each times a constant.
//
// A beat of each stream is taken in the same clock, as soon as both are there and the output has
// room. The ready of one input therefore depends, within the clock, on the valid of the other; it
// depends neither on its own valid nor on the output's ready. A result that does not fit into
// OutBits wraps. One beat a clock is sustained.
//
// A product is a tree of sums of one operand's copies, one for each bit of the other, which takes
// LUTs alone; or a multiplier, which tools put into a DSP slice.
module elementwise_binary #(
  // "add", "mul", "max" or "min"
  parameter Operation = "add",
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
  // Bits of a result, which hold either input times its factor too
  parameter int unsigned OutBits = 3,
  // Whether a result is in two's complement
  parameter bit OutSigned = 1'b0,
  // Whether a product is a multiplier
  parameter bit IsMultiplier = 1'b0
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

  localparam logic [127:0] What = 128'(Operation);

  if ((What != 128'("add")) && (What != 128'("mul")) && (What != 128'("max")) &&
      (What != 128'("min"))) begin : gen_check_operation
    $error("elementwise_binary: Operation must be add, mul, max or min");
  end
  if (Lanes == 0 || In0Bits == 0 || In1Bits == 0) begin : gen_check_zero
    $error("elementwise_binary: no parameter may be 0");
  end
  if (OutBits < In0Bits || OutBits < In1Bits) begin : gen_check_bits
    $error("elementwise_binary: OutBits must be at least In0Bits and In1Bits");
  end

  logic [Lanes*OutBits-1:0] results;
  logic room;

  assign in_ready_o = {room && in_valid_i[0], room && in_valid_i[1]};

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic [OutBits-1:0] first, second, second_factor, first_product, second_product, result;

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
      .data_i(second_factor),
      .data_o(second_product)
    );

    if (What == 128'("add")) begin : gen_sum
      assign second_factor = second;
      assign result = first_product + second_product;
    end else if (What == 128'("mul")) begin : gen_product
      if (IsMultiplier) begin : gen_multiplier
        assign second_factor = second;
        assign result = first_product * second_product;
      end else begin : gen_copies
        // Node 1 is the sum of all copies, node i that of nodes 2i and 2i + 1; bit b of the second
        // input, of which the highest counts less than nothing where there is a sign, is leaf b
        logic [OutBits-1:0] node [2*In1Bits];

        assign node[0] = '0;
        for (genvar b = 0; b < In1Bits; b++) begin : gen_copy
          logic [OutBits-1:0] copy;
          if (In1Signed && (b + 1 == In1Bits)) begin : gen_sign
            assign copy = -(first_product << b);
          end else begin : gen_bit
            assign copy = first_product << b;
          end
          assign node[In1Bits+b] = second[b] ? copy : '0;
        end
        for (genvar i = 1; i < In1Bits; i++) begin : gen_sum_of_two
          assign node[i] = node[2*i] + node[2*i+1];
        end

        assign second_factor = node[1];
        assign result = second_product;
      end
    end else begin : gen_choice
      logic is_less;

      assign second_factor = second;
      if (OutSigned) begin : gen_signed
        assign is_less = $signed(first_product) < $signed(second_product);
      end else begin : gen_unsigned
        assign is_less = first_product < second_product;
      end
      assign result = (is_less == (What == 128'("max"))) ? second_product : first_product;
    end

    assign results[lane*OutBits +: OutBits] = result;
  end

  stream_fifo #(
    .Width(Lanes * OutBits),
    .Depth(2)
  ) i_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(&in_valid_i),
    .in_ready_o(room),
    .in_data_i(results),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
