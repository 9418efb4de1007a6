// Words of lines to beats of pixels: of each line so many bytes a beat as its format needs.
//
// A frame is taken when the one before has gone out: lines, pixels and bytes of each, and the
// format. Each line comes in as whole words from its first byte on; beats of Lanes pixels go out,
// the first byte least significant, as pixel_format takes them. What is behind a line's last byte is
// dropped, or fills its last beat. A beat or a word a clock, and two clocks more a line.
module line_beats #(
  // Bytes of a word; pixels of a beat: powers of two, at least 2
  parameter int unsigned WordBytes = 8,
  parameter int unsigned Lanes = 2,
  // Bits of the bytes of a line, and of its pixels and the lines
  parameter int unsigned LineBits = 13,
  parameter int unsigned SideBits = 11
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   frame_valid_i,
  output logic                   frame_ready_o,
  input  logic [SideBits-1:0]    frame_lines_i,
  input  logic [SideBits-1:0]    frame_width_i,
  input  logic [LineBits-1:0]    frame_line_bytes_i,
  // 0 RGB, 1 BGR, 2 grey, 3 YUYV
  input  logic [1:0]             frame_format_i,
  input  logic                   in_valid_i,
  output logic                   in_ready_o,
  input  logic [8*WordBytes-1:0] in_data_i,
  output logic                   out_valid_o,
  input  logic                   out_ready_i,
  output logic [1:0]             out_format_o,
  output logic [24*Lanes-1:0]    out_data_o,
  // The frame's last beat is taken
  output logic                   finished_o
);

  if (Lanes == 0 || (Lanes & (Lanes - 1)) != 0 || WordBytes % Lanes != 0) begin : gen_check
    $error("line_beats: Lanes must be a power of two that divides WordBytes");
  end

  // In units of Lanes bytes: of a word, and what is held of several
  localparam int unsigned Word = WordBytes / Lanes;
  localparam int unsigned Room = Word + 3 + ((Word < 3) ? Word : 3);
  localparam int unsigned CountBits = $clog2(Room + 1);
  localparam int unsigned UnitBits = 8 * Lanes;

  logic run_q;
  logic [SideBits-1:0] lines_q, beats_q, beats;
  logic [LineBits-1:0] words_q, words;
  logic [SideBits-1:0] width_q;
  logic [LineBits-1:0] line_bytes_q;
  logic [1:0] format_q;
  logic begin_q, push, pop, last, valid_q, ready_q;
  logic [CountBits-1:0] count_d, count_q, kept, units;
  logic [Room*UnitBits-1:0] units_d, units_q, shifted;

  assign beats = SideBits'((32'(width_q) + Lanes - 1) / Lanes);
  assign words = LineBits'((32'(line_bytes_q) + WordBytes - 1) / WordBytes);
  assign units = (format_q == 2'd2) ? CountBits'(1)
               : (format_q == 2'd3) ? CountBits'(2) : CountBits'(3);

  assign frame_ready_o = !run_q;
  assign in_ready_o = ready_q;
  assign out_valid_o = valid_q;
  assign out_format_o = format_q;
  assign push = in_valid_i && ready_q;
  assign pop = valid_q && out_ready_i;
  assign last = pop && (beats_q == SideBits'(1));
  assign finished_o = last && (lines_q == SideBits'(1));

  assign kept = !pop ? count_q : (count_q > units) ? count_q - units : '0;
  assign shifted = !pop ? units_q
                 : (format_q == 2'd2) ? units_q >> UnitBits
                 : (format_q == 2'd3) ? units_q >> (2 * UnitBits) : units_q >> (3 * UnitBits);

  always_comb begin
    count_d = push ? kept + CountBits'(Word) : kept;
    if (last || begin_q) count_d = '0;
  end

  always_comb begin
    units_d = shifted;
    for (int unsigned i = 0; i + Word <= Room; i++) begin
      if (push && (kept == CountBits'(i))) units_d[i*UnitBits +: 8*WordBytes] = in_data_i;
    end
  end

  // What is left of the line behind this clock
  logic [LineBits-1:0] words_d;
  assign words_d = words_q - LineBits'(push);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      run_q <= 1'b0;
      begin_q <= 1'b0;
      count_q <= '0;
      ready_q <= 1'b0;
      valid_q <= 1'b0;
    end else begin
      if (!run_q) run_q <= frame_valid_i;
      else if (finished_o) run_q <= 1'b0;
      begin_q <= (!run_q && frame_valid_i) || (last && !finished_o);
      count_q <= count_d;
      if (!run_q || last) begin
        ready_q <= 1'b0;
        valid_q <= 1'b0;
      end else if (begin_q) begin
        ready_q <= 1'b1;
        valid_q <= 1'b0;
      end else begin
        ready_q <= (words_d != '0) && (count_d <= CountBits'(Room - Word));
        valid_q <= (count_d >= units) || ((words_d == '0) && (count_d != '0));
      end
    end
    if (!run_q) begin
      lines_q <= frame_lines_i;
      width_q <= frame_width_i;
      line_bytes_q <= frame_line_bytes_i;
      format_q <= frame_format_i;
    end else if (last) begin
      lines_q <= lines_q - SideBits'(1);
    end
    if (begin_q) begin
      beats_q <= beats;
      words_q <= words;
    end else begin
      if (pop) beats_q <= beats_q - SideBits'(1);
      words_q <= words_d;
    end
    units_q <= units_d;
  end

  assign out_data_o = units_q[24*Lanes-1:0];

endmodule
