// duplicate_streams: at each output every beat, once and in order, whatever the other consumers do.
module duplicate_streams_proof #(
  parameter int unsigned Width = 2,
  parameter int unsigned Outputs = 2,
  parameter bit Cover = 1'b0
) (
  input logic               clk_i,
  input logic               rst_ni,
  input logic               choose,
  input logic               in_valid,
  input logic [Width-1:0]   in_data,
  input logic [Outputs-1:0] out_ready
);

  logic in_ready;
  logic [Outputs-1:0] out_valid;
  logic [Outputs*Width-1:0] out_data;

  duplicate_streams #(
    .Width(Width),
    .Outputs(Outputs)
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

  for (genvar i = 0; i < Outputs; i++) begin : gen_output
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
      // The fork moves where all of its consumers do
      .in_valid_i(in_valid && (&out_ready)),
      .in_ready_i(in_ready),
      .push_i(in_valid && in_ready),
      .push_data_i(in_data),
      .out_valid_i(out_valid[i]),
      .out_ready_i(out_ready[i]),
      .out_data_i(out_data[i*Width +: Width]),
      .inside_o(unused_inside)
    );

  end

endmodule
