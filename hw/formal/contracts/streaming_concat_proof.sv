// streaming_concat: of each pixel the beats of input 0, then those of input 1, and so on, and of no
// input a beat before its turn.
module streaming_concat_proof #(
  parameter int unsigned Inputs = 2,
  parameter int unsigned Width = 2,
  parameter logic [Inputs*32-1:0] InBeats = {32'd2, 32'd1},
  parameter int unsigned MostBeats = 2,
  // All of them together
  parameter int unsigned PixelBeats = 3,
  parameter bit Cover = 1'b0
) (
  input logic                    clk_i,
  input logic                    rst_ni,
  input logic                    choose,
  input logic [Inputs-1:0]       in_valid,
  input logic [Inputs*Width-1:0] in_data,
  input logic                    out_ready
);

  logic [Inputs-1:0] in_ready, turn;
  logic [Width-1:0] out_data, given;
  logic out_valid, valid, ready;

  streaming_concat #(
    .Inputs(Inputs),
    .Width(Width),
    .InBeats(InBeats),
    .MostBeats(MostBeats)
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

  // Number of the next beat among those of a pixel, and whose it is
  logic [7:0] place;

  always_comb begin
    logic [31:0] first;
    first = '0;
    turn = '0;
    given = '0;
    valid = 1'b0;
    ready = 1'b0;
    for (int unsigned i = 0; i < Inputs; i++) begin
      turn[i] = 32'(place) >= first && 32'(place) < first + InBeats[i*32 +: 32];
      first = first + InBeats[i*32 +: 32];
      if (turn[i]) begin
        given = in_data[i*Width +: Width];
        valid = in_valid[i];
        ready = in_ready[i];
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) place <= '0;
    else if (valid && ready) begin
      place <= (32'(place) == PixelBeats - 1) ? '0 : place + 1'b1;
    end
  end

  always_comb in_turn: assert (!rst_ni || (in_ready & ~turn) == '0);

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
    .in_valid_i(valid),
    .in_ready_i(ready),
    .push_i(valid && ready),
    .push_data_i(given),
    .out_valid_i(out_valid),
    .out_ready_i(out_ready),
    .out_data_i(out_data),
    .inside_o(unused_inside)
  );

endmodule
