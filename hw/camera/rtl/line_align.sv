// Lines of bytes that begin anywhere in a word of memory, moved so that each begins with a word.
//
// A frame (`frame_valid_i`) is taken when the one before has gone out: lines, bytes of each, the
// place of the first byte in its word, and how far the next line is behind (bytes from line to
// line, of which only the part below a word counts). Words come in by lines: from the one with the
// first byte of a line to the one with its last. Of each line as many words go out as its bytes
// need; behind its last byte there is anything. A word a clock, and a clock more a line.
module line_align #(
  // Bytes of a word: a power of two
  parameter int unsigned WordBytes = 8,
  // Bits of the bytes of a line, and of the lines
  parameter int unsigned LineBits = 13,
  parameter int unsigned SideBits = 11,
  // Not to be set
  parameter int unsigned Shift = $clog2(WordBytes)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   frame_valid_i,
  output logic                   frame_ready_o,
  input  logic [SideBits-1:0]    frame_lines_i,
  input  logic [LineBits-1:0]    frame_line_bytes_i,
  input  logic [Shift-1:0]       frame_first_i,
  input  logic [Shift-1:0]       frame_stride_i,
  input  logic                   in_valid_i,
  output logic                   in_ready_o,
  input  logic [8*WordBytes-1:0] in_data_i,
  output logic                   out_valid_o,
  input  logic                   out_ready_i,
  output logic [8*WordBytes-1:0] out_data_o
);

  if (WordBytes < 2 || (WordBytes & (WordBytes - 1)) != 0) begin : gen_check
    $error("line_align: WordBytes must be a power of two, at least 2");
  end

  localparam int unsigned CountBits = LineBits - Shift + 2;

  // Words of a line that come in and go out, less those that have
  typedef enum logic [1:0] {Idle, Line, Run} state_e;
  state_e state_q;
  logic [SideBits-1:0] lines_q;
  logic [LineBits-1:0] bytes_q;
  logic [Shift-1:0] first_q, stride_q;
  logic [CountBits-1:0] ins_q, outs_q, ins, outs;
  logic held_q, free, push, take, fill, last;
  logic [8*WordBytes-1:0] hold_q;
  logic [16*WordBytes-9:0] both;

  assign outs = CountBits'((32'(bytes_q) + WordBytes - 1) >> Shift);
  assign ins = CountBits'((32'(bytes_q) + 32'(first_q) + WordBytes - 1) >> Shift);

  // The first word of a line that does not begin with a word is held; the last may be what is held
  assign fill = (first_q != '0) && !held_q;
  assign frame_ready_o = (state_q == Idle);
  assign in_ready_o = (state_q == Run) && (ins_q != '0) && (fill || free);
  assign take = in_valid_i && in_ready_o;
  assign push = (state_q == Run) && !fill && ((ins_q == '0) || in_valid_i);
  assign last = push && free && (outs_q == CountBits'(1));
  // From the held word's second byte on, so that a line that begins with a word is one of 8 places
  assign both = {in_data_i, hold_q[8*WordBytes-1:8]};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= Idle;
      held_q <= 1'b0;
    end else begin
      unique case (state_q)
        Idle: if (frame_valid_i) state_q <= Line;
        Line: state_q <= Run;
        default: if (last) state_q <= (lines_q == SideBits'(1)) ? Idle : Line;
      endcase
      if (state_q != Run) held_q <= 1'b0;
      else if (take) held_q <= 1'b1;
    end
    if (state_q == Idle) begin
      lines_q <= frame_lines_i;
      bytes_q <= frame_line_bytes_i;
      first_q <= frame_first_i;
      stride_q <= frame_stride_i;
    end else if (last) begin
      lines_q <= lines_q - SideBits'(1);
      first_q <= first_q + stride_q;
    end
    if (state_q == Line) begin
      ins_q <= ins;
      outs_q <= outs;
    end else begin
      if (take) ins_q <= ins_q - CountBits'(1);
      if (push && free) outs_q <= outs_q - CountBits'(1);
    end
    if (take) hold_q <= in_data_i;
  end

  logic [16*WordBytes-9:0] moved;
  logic [Shift-1:0] place;
  assign place = first_q - Shift'(1);
  assign moved = both >> {place, 3'b000};
  logic unused_moved;
  assign unused_moved = ^{moved[16*WordBytes-9:8*WordBytes], hold_q[7:0]};

  stream_fifo #(
    .Width(8 * WordBytes),
    .Depth(2)
  ) i_out (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(push),
    .in_ready_o(free),
    .in_data_i(moved[8*WordBytes-1:0]),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
