// stream_width_converter: the parts of the wide beats in order, least significant first.
module stream_width_converter_proof #(
  parameter int unsigned InWidth = 2,
  parameter int unsigned OutWidth = 4,
  parameter bit Cover = 1'b0
) (
  input logic               clk_i,
  input logic               rst_ni,
  input logic               choose,
  input logic               in_valid,
  input logic [InWidth-1:0] in_data,
  input logic               out_ready
);

  localparam int unsigned UnitBits = (InWidth < OutWidth) ? InWidth : OutWidth;
  localparam int unsigned InUnits = InWidth / UnitBits;
  localparam int unsigned OutUnits = OutWidth / UnitBits;

  logic in_ready, out_valid;
  logic [OutWidth-1:0] out_data;

  stream_width_converter #(
    .InWidth(InWidth),
    .OutWidth(OutWidth)
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

  if (InWidth == OutWidth) begin : gen_wires
    // Wires pass on the contract that the input keeps
    stream_contract #(
      .Width(InWidth),
      .Assumed(1'b1)
    ) i_input (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .valid_i(in_valid),
      .ready_i(in_ready),
      .data_i(in_data)
    );
    stream_contract #(
      .Width(OutWidth)
    ) i_output (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .valid_i(out_valid && rst_ni),
      .ready_i(out_ready),
      .data_i(out_data)
    );
    always_comb begin
      valid_through: assert (out_valid == in_valid);
      ready_through: assert (in_ready == out_ready);
      data_through: assert (out_data == in_data);
    end
    if (Cover) begin : gen_cover
      always_comb reach: assert (!(out_valid && in_ready));
    end
  end else begin : gen_stream
    // A beat of the wide side, and what waits on the other
    localparam int unsigned Most = InUnits + 2 * OutUnits;
    logic [$clog2(Most+InUnits+1)-1:0] unused_inside;

    stream_proof #(
      .UnitBits(UnitBits),
      .InUnits(InUnits),
      .OutUnits(OutUnits),
      .Most(Most),
      .Clocks(2),
      .Cover(Cover)
    ) i_proof (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .choose_i(choose),
      .in_valid_i(in_valid),
      .in_ready_i(in_ready),
      .push_i(in_valid && in_ready),
      .push_data_i(in_data),
      .out_valid_i(out_valid),
      .out_ready_i(out_ready),
      .out_data_i(out_data),
      .inside_o(unused_inside)
    );
  end

endmodule
