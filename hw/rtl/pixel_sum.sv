// Sums over neighbouring pixels that lie side by side in one beat.
//
// A beat holds Side pixels of Channels values each, pixel by pixel; value (pixel j, channel c) is
// lane j*Channels + c. The output beat holds one pixel, the sum of all, lane c. A sum that does not
// fit into OutBits wraps. One beat a clock; the result is registered.
module pixel_sum #(
  // Pixels of a beat, values of a pixel
  parameter int unsigned Side = 2,
  parameter int unsigned Channels = 1,
  // Bits of a value, and of a sum; both are signed or neither
  parameter int unsigned InBits = 2,
  parameter int unsigned OutBits = 3,
  parameter bit IsSigned = 1'b0
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  input  logic                            in_valid_i,
  output logic                            in_ready_o,
  input  logic [Side*Channels*InBits-1:0] in_data_i,
  output logic                            out_valid_o,
  input  logic                            out_ready_i,
  output logic [Channels*OutBits-1:0]     out_data_o
);

  if (Side == 0 || Channels == 0 || InBits == 0) begin : gen_check_zero
    $error("pixel_sum: no parameter may be 0");
  end
  if (OutBits < InBits) begin : gen_check_bits
    $error("pixel_sum: OutBits must be at least InBits");
  end

  logic [Channels*OutBits-1:0] sums;

  for (genvar c = 0; c < Channels; c++) begin : gen_channel
    logic [Side*OutBits-1:0] terms;

    for (genvar j = 0; j < Side; j++) begin : gen_term
      if (IsSigned) begin : gen_signed
        assign terms[j*OutBits +: OutBits] =
            OutBits'($signed(in_data_i[(j*Channels + c)*InBits +: InBits]));
      end else begin : gen_unsigned
        assign terms[j*OutBits +: OutBits] = OutBits'(in_data_i[(j*Channels + c)*InBits +: InBits]);
      end
    end

    always_comb begin
      sums[c*OutBits +: OutBits] = '0;
      for (int unsigned j = 0; j < Side; j++) begin
        sums[c*OutBits +: OutBits] = sums[c*OutBits +: OutBits] + terms[j*OutBits +: OutBits];
      end
    end
  end

  stream_fifo #(
    .Width(Channels * OutBits),
    .Depth(2)
  ) i_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(in_valid_i),
    .in_ready_o(in_ready_o),
    .in_data_i(sums),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
