// A stream from one clock to another (stream_async_fifo), or wires where the clocks are one.
module stream_cross #(
  parameter int unsigned Width = 8,
  parameter bit SeparateClock = 1'b0
) (
  input  logic             in_clk_i,
  input  logic             in_rst_ni,
  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic [Width-1:0] in_data_i,
  input  logic             out_clk_i,
  input  logic             out_rst_ni,
  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o
);

  if (SeparateClock) begin : gen_fifo
    stream_async_fifo #(
      .Width(Width),
      .Depth(16)
    ) i_fifo (
      .in_clk_i(in_clk_i),
      .in_rst_ni(in_rst_ni),
      .in_valid_i(in_valid_i),
      .in_ready_o(in_ready_o),
      .in_data_i(in_data_i),
      .out_clk_i(out_clk_i),
      .out_rst_ni(out_rst_ni),
      .out_valid_o(out_valid_o),
      .out_ready_i(out_ready_i),
      .out_data_o(out_data_o)
    );
  end else begin : gen_wires
    logic unused_clocks;
    assign unused_clocks = ^{in_clk_i, in_rst_ni, out_clk_i, out_rst_ni};
    assign out_valid_o = in_valid_i;
    assign in_ready_o = out_ready_i;
    assign out_data_o = in_data_i;
  end

endmodule
