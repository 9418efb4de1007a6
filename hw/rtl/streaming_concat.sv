// Concatenation along channels: of each pixel the beats of input 0, then those of input 1, and so on.
//
// One beat a clock is sustained. The ready of each input comes from registers alone.
module streaming_concat #(
  parameter int unsigned Inputs = 2,
  // Bits of a beat, of every input and of the output
  parameter int unsigned Width = 2,
  // Beats of a pixel of each input, 32 bits each, those of input 0 in the lowest
  parameter logic [Inputs*32-1:0] InBeats = {Inputs{32'd2}},
  // The most of them
  parameter int unsigned MostBeats = 2
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  // Bit i, and bits i * Width and up, are those of input i
  input  logic [Inputs-1:0]       in_valid_i,
  output logic [Inputs-1:0]       in_ready_o,
  input  logic [Inputs*Width-1:0] in_data_i,
  output logic                    out_valid_o,
  input  logic                    out_ready_i,
  output logic [Width-1:0]        out_data_o
);

  if (Inputs < 2 || Width == 0) begin : gen_check
    $error("streaming_concat: Inputs must be at least 2, Width at least 1");
  end
  for (genvar i = 0; i < Inputs; i++) begin : gen_check_beats
    if (InBeats[i*32 +: 32] == 0 || InBeats[i*32 +: 32] > MostBeats) begin : gen_range
      $error("streaming_concat: every input must have 1 to MostBeats beats a pixel");
    end
  end

  localparam int unsigned CountBits = (MostBeats > 1) ? $clog2(MostBeats) : 1;
  localparam int unsigned SelectBits = $clog2(Inputs);

  logic [SelectBits-1:0] select;
  logic [CountBits-1:0] count, last;
  logic [Width-1:0] beat;
  logic valid, room;

  always_comb begin
    beat = '0;
    last = '0;
    valid = 1'b0;
    in_ready_o = '0;
    for (int unsigned i = 0; i < Inputs; i++) begin
      if (select == SelectBits'(i)) begin
        beat = in_data_i[i*Width +: Width];
        last = CountBits'(InBeats[i*32 +: 32] - 1);
        valid = in_valid_i[i];
        in_ready_o[i] = room;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      select <= '0;
      count <= '0;
    end else if (valid && room) begin
      count <= count + 1'b1;
      if (count == last) begin
        count <= '0;
        select <= (select == SelectBits'(Inputs - 1)) ? '0 : select + 1'b1;
      end
    end
  end

  stream_fifo #(
    .Width(Width),
    .Depth(2)
  ) i_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(valid),
    .in_ready_o(room),
    .in_data_i(beat),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
