// line_beats: of each line of a frame its words are taken and its beats go out, whatever place it begins
// at, with the line's bytes in their order; a beat that was not taken stays; it does not stop.
module line_beats_proof #(
  parameter int unsigned WordBytes = 2,
  parameter int unsigned Lanes = 1,
  // Whether the bytes are followed
  parameter bit Bytes = 1'b1,
  parameter bit Cover = 1'b0
) (
  input logic                   clk_i,
  input logic                   rst_ni,
  input logic                   frame_valid,
  input logic [1:0]             lines,
  input logic [1:0]             width,
  input logic [1:0]             first,
  input logic [1:0]             stride,
  input logic [1:0]             pixels,
  input logic                   in_valid,
  input logic [8*WordBytes-1:0] in_data,
  input logic                   out_ready
);

  localparam int unsigned Shift = $clog2(WordBytes);
  localparam int unsigned LineBits = 4;
  logic in_ready, out_valid, finished;
  logic [24*Lanes-1:0] out_data;
  logic [LineBits-1:0] bytes;
  assign bytes = (pixels == 2'd2) ? LineBits'(width)
               : (pixels == 2'd3) ? LineBits'(2 * width) : LineBits'(3 * width);

  line_beats #(
    .WordBytes(WordBytes),
    .Lanes(Lanes),
    .LineBits(LineBits),
    .SideBits(2)
  ) i_dut (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .frame_valid_i(frame_valid),
    .frame_lines_i(lines),
    .frame_width_i(width),
    .frame_line_bytes_i(bytes),
    .frame_first_i(first[Shift-1:0]),
    .frame_stride_i(stride[Shift-1:0]),
    .frame_format_i(pixels),
    .in_valid_i(in_valid),
    .in_ready_o(in_ready),
    .in_data_i(in_data),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready),
    .out_data_o(out_data),
    .finished_o(finished)
  );

  // A frame is under way; lines that have not gone out; words and beats of the line that have not
  logic first_q, seen_q, run_q, begins, take, give, line_end;
  logic [9:0] frame, frame_q;
  logic [1:0] lines_q;
  logic [Shift-1:0] place_q, place;
  logic [4:0] words_q, beats_q;
  // Any byte of any beat: where it is behind the line's first word, and what it was there
  (* anyconst *) logic [1:0] beat;
  (* anyconst *) logic [2:0] byte_of_beat;
  logic [4:0] beat_bytes, offset, at, went_q, gone_q;
  logic [7:0] byte_q;
  assign beat_bytes = (pixels == 2'd2) ? 5'(Lanes) : (pixels == 2'd3) ? 5'(2 * Lanes) : 5'(3 * Lanes);
  assign offset = 5'(beat) * beat_bytes + 5'(byte_of_beat);
  assign at = offset + 5'(place_q);
  initial first_q = 1'b1;
  initial seen_q = 1'b0;
  assign frame = {lines, width, first, stride, pixels};
  assign take = in_valid && in_ready;
  assign give = out_valid && out_ready;
  assign line_end = give && (beats_q == 5'd1);
  assign begins = frame_valid && !run_q;
  assign place = begins ? first[Shift-1:0] : place_q + stride[Shift-1:0];

  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    frame_q <= frame;
    seen_q <= rst_ni && (seen_q || (line_end && lines_q == 2'd2));
    if (!rst_ni) run_q <= 1'b0;
    else run_q <= begins || (run_q && !finished);
    if (begins) lines_q <= lines;
    else if (line_end) lines_q <= lines_q - 2'd1;
    if (begins || line_end) begin
      went_q <= '0;
      gone_q <= '0;
    end else begin
      went_q <= went_q + 5'(take);
      gone_q <= gone_q + 5'(give);
    end
    if (take && (went_q == at >> Shift)) byte_q <= in_data[8*at[Shift-1:0] +: 8];
    if (begins || line_end) begin
      place_q <= place;
      words_q <= 5'((32'(bytes) + 32'(place) + WordBytes - 1) / WordBytes);
      beats_q <= 5'((32'(width) + Lanes - 1) / Lanes);
    end else begin
      words_q <= words_q - 5'(take);
      beats_q <= beats_q - 5'(give);
    end
  end

  always_comb begin
    if (first_q) assume (!rst_ni);
    assume (lines != '0 && width != '0);
    // A frame stays until it has gone out
    if (run_q) assume (frame == frame_q);
    if (!first_q) begin
      of_a_line: assert (!in_ready || (run_q && words_q != '0));
      of_a_frame: assert (!out_valid || (run_q && beats_q != '0));
      all_words: assert (!line_end || words_q == '0);
      if (Bytes && out_valid && gone_q == 5'(beat) && 5'(byte_of_beat) < beat_bytes && offset < 5'(bytes)) begin
        in_order: assert (out_data[8*byte_of_beat +: 8] == byte_q);
      end
      end_of_frame: assert (finished == (run_q && line_end && lines_q == 2'd1));
    end
  end

  stream_contract #(.Width(24 * Lanes)) i_stays (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(out_valid), .ready_i(out_ready), .data_i(out_data)
  );
  stream_progress #(.Clocks(6)) i_runs (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(run_q && out_ready && (in_valid || words_q == '0)), .moves_i(take || give)
  );

  if (Cover) begin : gen_cover
    always_comb reach: assert (!seen_q);
  end

endmodule
