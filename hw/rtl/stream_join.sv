// A join: one beat of each of several streams, side by side, is a beat of the output.
//
// They are taken in the same clock, in which all are there and the output has room. So the ready of
// one depends on the valid of the others, within the clock; on its own valid, and on the output's
// ready, it does not. One beat a clock is sustained.
module stream_join #(
  parameter int unsigned Inputs = 2,
  // Bits of the output's beat: those of all inputs together
  parameter int unsigned Width = 4
) (
  input  logic              clk_i,
  input  logic              rst_ni,
  // Bit i is of input i
  input  logic [Inputs-1:0] in_valid_i,
  output logic [Inputs-1:0] in_ready_o,
  // The beat of input 0 in the lowest bits
  input  logic [Width-1:0]  in_data_i,
  output logic              out_valid_o,
  input  logic              out_ready_i,
  output logic [Width-1:0]  out_data_o
);

  if (Inputs < 2 || Width == 0) begin : gen_check
    $error("stream_join: Inputs must be at least 2, Width at least 1");
  end

  logic room;

  for (genvar i = 0; i < Inputs; i++) begin : gen_input
    logic [Inputs-1:0] others;

    always_comb begin
      others = in_valid_i;
      others[i] = 1'b1;
    end
    assign in_ready_o[i] = room && (&others);
  end

  stream_fifo #(
    .Width(Width),
    .Depth(2)
  ) i_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(&in_valid_i),
    .in_ready_o(room),
    .in_data_i(in_data_i),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
