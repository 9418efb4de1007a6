// pixel_sum: the sum of each channel over the pixels of a beat, wrapped, in order.
module pixel_sum_proof #(
  parameter int unsigned Side = 2,
  parameter int unsigned Channels = 1,
  parameter int unsigned InBits = 2,
  parameter int unsigned OutBits = 3,
  parameter bit IsSigned = 1'b0,
  parameter bit Cover = 1'b0
) (
  input logic                            clk_i,
  input logic                            rst_ni,
  input logic                            choose,
  input logic                            in_valid,
  input logic [Side*Channels*InBits-1:0] in_data,
  input logic                            out_ready
);

  localparam int unsigned Width = Channels * OutBits;

  logic in_ready, out_valid;
  logic [Width-1:0] out_data, sums;

  pixel_sum #(
    .Side(Side),
    .Channels(Channels),
    .InBits(InBits),
    .OutBits(OutBits),
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

  always_comb begin
    sums = '0;
    for (int unsigned i = 0; i < Side * Channels; i++) begin
      sums[(i%Channels)*OutBits +: OutBits] = sums[(i%Channels)*OutBits +: OutBits]
          + {{(OutBits-InBits){IsSigned && in_data[i*InBits + InBits - 1]}},
             in_data[i*InBits +: InBits]};
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
    .push_data_i(sums),
    .out_valid_i(out_valid),
    .out_ready_i(out_ready),
    .out_data_i(out_data),
    .inside_o(unused_inside)
  );

endmodule
