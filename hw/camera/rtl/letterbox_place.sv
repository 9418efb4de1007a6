// Where a picture lies in its letterbox: its pixels there and the border at the left and the top.
//
// The longer side becomes Size, the other one its part of it, to the nearest pixel, halves up, at
// least 1; what is left is shared by both borders, the larger half behind. One division bit by bit:
// about as many clocks a picture as a numerator has bits.
module letterbox_place #(
  // Pixels of a side of the picture at most, and of the letterbox
  parameter int unsigned MaxOld = 1920,
  parameter int unsigned Size = 512,
  // Not to be set
  parameter int unsigned OldBits = $clog2(MaxOld + 1),
  parameter int unsigned NewBits = $clog2(Size + 1)
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               in_valid_i,
  output logic               in_ready_o,
  input  logic [OldBits-1:0] in_width_i,
  input  logic [OldBits-1:0] in_height_i,
  output logic               out_valid_o,
  input  logic               out_ready_i,
  output logic [OldBits-1:0] out_width_o,
  output logic [OldBits-1:0] out_height_o,
  output logic [NewBits-1:0] out_columns_o,
  output logic [NewBits-1:0] out_rows_o,
  output logic [NewBits-1:0] out_left_o,
  output logic [NewBits-1:0] out_top_o
);

  if (MaxOld == 0 || Size == 0) begin : gen_check
    $error("letterbox_place: no size may be 0");
  end

  localparam int unsigned WideBits = $clog2(MaxOld * Size + MaxOld / 2 + 1);
  localparam int unsigned CountBits = $clog2(WideBits + 1);

  typedef enum logic [1:0] {Idle, Divide, Done} state_e;
  state_e state_q;
  logic [OldBits-1:0] width_q, height_q, longest, shortest, rest_q;
  logic [WideBits-1:0] bits_q;
  logic [CountBits-1:0] count_q;
  logic [OldBits:0] rest, less;
  logic [NewBits-1:0] quotient, part, border;
  logic is_wide;

  assign is_wide = (width_q >= height_q);
  assign longest = is_wide ? width_q : height_q;
  assign shortest = is_wide ? height_q : width_q;
  // The dividend leaves bits_q at the top, the quotient enters at the bottom
  assign rest = {rest_q, bits_q[WideBits-1]};
  assign less = rest - {1'b0, longest};

  assign in_ready_o = (state_q == Idle);
  assign out_valid_o = (state_q == Done);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= Idle;
      count_q <= '0;
    end else begin
      unique case (state_q)
        Idle: if (in_valid_i) state_q <= Divide;
        Divide: begin
          count_q <= (count_q == CountBits'(WideBits)) ? '0 : count_q + CountBits'(1);
          if (count_q == CountBits'(WideBits)) state_q <= Done;
        end
        default: if (out_ready_i) state_q <= Idle;
      endcase
    end
    if (state_q == Idle) begin
      width_q <= in_width_i;
      height_q <= in_height_i;
    end
    if (state_q == Divide) begin
      if (count_q == '0) begin
        bits_q <= WideBits'(shortest) * WideBits'(Size) + WideBits'(longest >> 1);
        rest_q <= '0;
      end else begin
        bits_q <= {bits_q[WideBits-2:0], !less[OldBits]};
        rest_q <= less[OldBits] ? rest[OldBits-1:0] : less[OldBits-1:0];
      end
    end
  end

  assign quotient = NewBits'(bits_q);
  assign part = (quotient == '0) ? NewBits'(1) : quotient;
  assign border = NewBits'(Size) - part;
  assign out_width_o = width_q;
  assign out_height_o = height_q;
  assign out_columns_o = is_wide ? NewBits'(Size) : part;
  assign out_rows_o = is_wide ? part : NewBits'(Size);
  assign out_left_o = is_wide ? '0 : border >> 1;
  assign out_top_o = is_wide ? border >> 1 : '0;

endmodule
