// A fork: every beat of a stream goes to each of several outputs, once.
//
// A beat is taken in a clock in which every output has room for it. From the next clock it stands
// at each output until that output's consumer takes it. Each output holds two beats, so that one
// consumer may be two beats ahead of another. One beat a clock is sustained. `in_ready_o` comes
// from registers alone.
module duplicate_streams #(
  // Bits of a beat
  parameter int unsigned Width = 8,
  parameter int unsigned Outputs = 2
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  input  logic                     in_valid_i,
  output logic                     in_ready_o,
  input  logic [Width-1:0]         in_data_i,
  // Bit i, and bits i * Width and up, are those of output i
  output logic [Outputs-1:0]       out_valid_o,
  input  logic [Outputs-1:0]       out_ready_i,
  output logic [Outputs*Width-1:0] out_data_o
);

  if (Width == 0) begin : gen_check_width
    $error("duplicate_streams: Width must be at least 1");
  end
  if (Outputs < 2) begin : gen_check_outputs
    $error("duplicate_streams: Outputs must be at least 2");
  end

  logic [Outputs-1:0] room;

  assign in_ready_o = &room;

  for (genvar i = 0; i < Outputs; i++) begin : gen_output
    stream_fifo #(
      .Width(Width),
      .Depth(2)
    ) i_fifo (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .in_valid_i(in_valid_i && in_ready_o),
      .in_ready_o(room[i]),
      .in_data_i(in_data_i),
      .out_valid_o(out_valid_o[i]),
      .out_ready_i(out_ready_i[i]),
      .out_data_o(out_data_o[i*Width +: Width])
    );
  end

endmodule
