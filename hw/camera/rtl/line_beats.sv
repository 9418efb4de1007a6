// Words of lines that begin anywhere in a word to beats of pixels: so many bytes a beat as the format needs.
//
// A frame (`frame_valid_i`) is taken when the one before has gone out: lines, pixels and bytes of
// each, the place of the first byte in its word, how far the next line is behind (bytes from line to
// line, of which only the part below a word counts), and the format. All of it stays until
// `finished_o`. Words come in by lines: from the one with the first byte of a line to the one with
// its last. Beats of Lanes pixels go out, the first byte least significant, as pixel_format takes
// them; behind a line's last byte there is anything. A beat or a word a clock, and some clocks more
// a line: one, and one a word of the window.
//
// The window holds some words, into which the next one is pushed at the end. A beat begins at a
// place in the window's first word; behind a line's last word anything is pushed.
module line_beats #(
  // Bytes of a word; pixels of a beat: powers of two, at least 2
  parameter int unsigned WordBytes = 8,
  parameter int unsigned Lanes = 2,
  // Bits of the bytes of a line, and of its pixels and the lines
  parameter int unsigned LineBits = 13,
  parameter int unsigned SideBits = 11,
  // Not to be set
  parameter int unsigned Shift = $clog2(WordBytes)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   frame_valid_i,
  input  logic [SideBits-1:0]    frame_lines_i,
  input  logic [SideBits-1:0]    frame_width_i,
  input  logic [LineBits-1:0]    frame_line_bytes_i,
  input  logic [Shift-1:0]       frame_first_i,
  input  logic [Shift-1:0]       frame_stride_i,
  // 0 RGB, 1 BGR, 2 grey, 3 YUYV
  input  logic [1:0]             frame_format_i,
  input  logic                   in_valid_i,
  output logic                   in_ready_o,
  input  logic [8*WordBytes-1:0] in_data_i,
  output logic                   out_valid_o,
  input  logic                   out_ready_i,
  output logic [24*Lanes-1:0]    out_data_o,
  // The frame's last beat is taken
  output logic                   finished_o
);

  if (WordBytes < 2 || (WordBytes & (WordBytes - 1)) != 0) begin : gen_check_word
    $error("line_beats: WordBytes must be a power of two, at least 2");
  end
  if (Lanes == 0 || (Lanes & (Lanes - 1)) != 0) begin : gen_check
    $error("line_beats: Lanes must be a power of two");
  end

  // Words of the window: a beat, wherever in the first it begins
  localparam int unsigned Held = (3 * Lanes + 2 * WordBytes - 2) / WordBytes;
  // A place, or where the line's first byte will be when so many words have not come
  localparam int unsigned PlaceBits = $clog2((Held + 1) * WordBytes + 3 * Lanes);
  localparam int unsigned WordsBits = LineBits - Shift + 2;

  localparam logic [SideBits-1:0] One = SideBits'(1);
  logic run_q;
  // Lines, and of the line beats and words, that are still to come: complements, which count up
  logic [SideBits-1:0] lines_q, beats_q, beats;
  logic [WordsBits-1:0] words_q, words;
  logic [Shift-1:0] first_q, first;
  logic [PlaceBits-1:0] place_q, behind, bytes;
  logic [8*Held*WordBytes-1:0] window_q, moved;
  logic begin_line, give, push, apart, last;

  assign bytes = (frame_format_i == 2'd2) ? PlaceBits'(Lanes)
               : (frame_format_i == 2'd3) ? PlaceBits'(2 * Lanes) : PlaceBits'(3 * Lanes);

  assign out_valid_o = run_q && (place_q[PlaceBits-1:Shift] == '0);
  assign give = out_valid_o && out_ready_i;
  assign last = give && (beats_q == ~One);
  assign finished_o = last && (lines_q == ~One);

  // The window moves a word where its first one is no more needed
  assign behind = give ? place_q + bytes : place_q;
  assign apart = run_q && (behind[PlaceBits-1:Shift] != '0);
  assign in_ready_o = apart && (words_q != '1);
  assign push = apart && (in_valid_i || (words_q == '1));

  assign beats = SideBits'((32'(frame_width_i) + Lanes - 1) / Lanes);
  assign words = WordsBits'((32'(frame_line_bytes_i) + 32'(first) + WordBytes - 1) >> Shift);
  assign begin_line = run_q ? last : frame_valid_i;
  assign first = run_q ? first_q + frame_stride_i : frame_first_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) run_q <= 1'b0;
    else if (!run_q) run_q <= frame_valid_i;
    else if (finished_o) run_q <= 1'b0;
    if (!run_q) lines_q <= ~frame_lines_i;
    else if (last) lines_q <= lines_q + SideBits'(1);
    if (begin_line) begin
      first_q <= first;
      beats_q <= ~beats;
      words_q <= ~words;
      place_q <= PlaceBits'(Held * WordBytes) + PlaceBits'(first);
    end else begin
      if (give) beats_q <= beats_q + SideBits'(1);
      if (push && (words_q != '1)) words_q <= words_q + WordsBits'(1);
      place_q <= push ? behind - PlaceBits'(WordBytes) : behind;
    end
    if (push) begin
      window_q <= (8*Held*WordBytes)'({in_data_i, window_q} >> (8 * WordBytes));
    end
  end

  assign moved = window_q >> {place_q[Shift-1:0], 3'b000};
  assign out_data_o = moved[24*Lanes-1:0];
  logic unused_moved;
  assign unused_moved = ^moved;

endmodule
