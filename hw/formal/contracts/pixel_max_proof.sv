// pixel_max: the greatest value of each window and channel, in order.
module pixel_max_proof #(
  parameter int unsigned Windows = 1,
  parameter int unsigned Side = 2,
  parameter int unsigned Channels = 1,
  parameter int unsigned Bits = 2,
  parameter bit IsSigned = 1'b0,
  parameter bit Cover = 1'b0
) (
  input logic                                  clk_i,
  input logic                                  rst_ni,
  input logic                                  choose,
  input logic                                  in_valid,
  input logic [Windows*Side*Channels*Bits-1:0] in_data,
  input logic                                  out_ready
);

  localparam int unsigned Width = Windows * Channels * Bits;

  logic in_ready, out_valid;
  logic [Width-1:0] out_data, maxima;

  pixel_max #(
    .Windows(Windows),
    .Side(Side),
    .Channels(Channels),
    .Bits(Bits),
    .IsSigned(IsSigned)
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

  // Two's complement with its sign inverted is in the order of numbers without sign
  localparam logic [Bits-1:0] Flip = IsSigned ? (Bits'(1) << (Bits - 1)) : '0;
  logic [Bits-1:0] value, best;
  always_comb begin
    maxima = '0;
    value = '0;
    for (int unsigned w = 0; w < Windows; w++) begin
      for (int unsigned c = 0; c < Channels; c++) begin
        best = '0;
        for (int unsigned j = 0; j < Side; j++) begin
          value = in_data[((w*Side + j)*Channels + c)*Bits +: Bits] ^ Flip;
          if (value > best) best = value;
        end
        maxima[(w*Channels + c)*Bits +: Bits] = best ^ Flip;
      end
    end
  end

  logic [1:0] unused_inside;

  stream_proof #(
    .UnitBits(Width),
    .Most(2),
    .Clocks(3),
    .Cover(Cover)
  ) i_proof (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .choose_i(choose),
    .in_valid_i(in_valid),
    .in_ready_i(in_ready),
    .push_i(in_valid && in_ready),
    .push_data_i(maxima),
    .out_valid_i(out_valid),
    .out_ready_i(out_ready),
    .out_data_i(out_data),
    .inside_o(unused_inside)
  );

endmodule
