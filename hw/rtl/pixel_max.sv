// Maximum over neighbouring pixels of one beat: windows that lie inside a beat.
//
// A beat holds Windows groups of Side neighbouring pixels of Channels values each, pixel by pixel;
// value (window w, pixel j, channel c) is lane (w*Side + j)*Channels + c. The output beat holds one
// pixel a window, lane w*Channels + c. One beat a clock; the result is registered.
module pixel_max #(
  // Windows of a beat, pixels of a window, values of a pixel
  parameter int unsigned Windows = 1,
  parameter int unsigned Side = 2,
  parameter int unsigned Channels = 1,
  // Bits of a value
  parameter int unsigned Bits = 8,
  parameter bit IsSigned = 1'b0
) (
  input  logic                                  clk_i,
  input  logic                                  rst_ni,
  input  logic                                  in_valid_i,
  output logic                                  in_ready_o,
  input  logic [Windows*Side*Channels*Bits-1:0] in_data_i,
  output logic                                  out_valid_o,
  input  logic                                  out_ready_i,
  output logic [Windows*Channels*Bits-1:0]      out_data_o
);

  if (Windows == 0 || Side == 0 || Channels == 0 || Bits == 0) begin : gen_check_zero
    $error("pixel_max: no parameter may be 0");
  end

  logic [Windows*Channels*Bits-1:0] maxima;

  for (genvar w = 0; w < Windows; w++) begin : gen_window
    for (genvar c = 0; c < Channels; c++) begin : gen_channel
      // A tree: node i is the greater one of nodes 2i+1 and 2i+2, the last Side nodes are the pixels
      logic [(2*Side-1)*Bits-1:0] nodes;

      assign maxima[(w*Channels + c)*Bits +: Bits] = nodes[0 +: Bits];

      for (genvar j = 0; j < Side; j++) begin : gen_value
        assign nodes[(Side-1+j)*Bits +: Bits] =
            in_data_i[((w*Side + j)*Channels + c)*Bits +: Bits];
      end

      for (genvar i = 0; i + 1 < Side; i++) begin : gen_maximum
        logic [Bits-1:0] first, second;
        logic is_greater;
        assign first = nodes[(2*i+1)*Bits +: Bits];
        assign second = nodes[(2*i+2)*Bits +: Bits];
        if (IsSigned) begin : gen_signed
          assign is_greater = $signed(second) > $signed(first);
        end else begin : gen_unsigned
          assign is_greater = second > first;
        end
        assign nodes[i*Bits +: Bits] = is_greater ? second : first;
      end
    end
  end

  stream_fifo #(
    .Width(Windows * Channels * Bits),
    .Depth(2)
  ) i_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(in_valid_i),
    .in_ready_o(in_ready_o),
    .in_data_i(maxima),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
