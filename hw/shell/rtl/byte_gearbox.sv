// Repacks a stream of words of InBytes bytes into words of OutBytes bytes, first byte lowest.
//
// Any two widths. The word marked `in_last_i` has `in_bytes_i` bytes (every other one is full), and
// with it the sequence ends: what is left comes out as a last word, `out_last_o`, whose upper bytes
// mean nothing where it is not full. Then the next sequence begins. The side with narrower words
// moves one every clock, if the other side lets it. All handshakes come from registers.
//
// Unit divides both widths: bytes are moved so many at a time, for which fewer places are to be
// chosen from. Bytes that fill up the last of them count as bytes.
module byte_gearbox #(
  parameter int unsigned InBytes = 8,
  parameter int unsigned OutBytes = 3,
  parameter int unsigned Unit = 1
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  input  logic                     in_valid_i,
  output logic                     in_ready_o,
  input  logic [8*InBytes-1:0]     in_data_i,
  input  logic                     in_last_i,
  // Looked at where in_last_i is high: 1 to InBytes
  input  logic [$clog2(InBytes):0] in_bytes_i,
  output logic                     out_valid_o,
  input  logic                     out_ready_i,
  output logic [8*OutBytes-1:0]    out_data_o,
  output logic                     out_last_o
);

  if (InBytes == 0 || OutBytes == 0) begin : gen_check_bytes
    $error("byte_gearbox: no width may be 0");
  end
  if (Unit == 0 || InBytes % Unit != 0 || OutBytes % Unit != 0) begin : gen_check_unit
    $error("byte_gearbox: Unit must divide both widths");
  end

  // Room for what one side holds while the other moves
  localparam int unsigned In = InBytes / Unit;
  localparam int unsigned Out = OutBytes / Unit;
  localparam int unsigned Smaller = (In < Out) ? In : Out;
  localparam int unsigned Room = In + Out + Smaller;
  localparam int unsigned CountBits = $clog2(Room + 1);
  localparam int unsigned Bits = 8 * Unit;

  // The lowest byte leaves first; bytes above the count, in units, are undefined
  logic [Bits*Room-1:0] bytes_d, bytes_q;
  logic [CountBits-1:0] count_d, count_q, kept, last_in;
  // The last word is in: nothing more until the buffer is empty
  logic ending_d, ending_q;
  logic ready_q, valid_q, last_q;
  logic push, pop;

  assign in_ready_o = ready_q;
  assign out_valid_o = valid_q;
  assign out_last_o = last_q;
  assign out_data_o = bytes_q[8*OutBytes-1:0];
  // Units of the last word
  if (Unit == 1) begin : gen_bytes
    assign last_in = CountBits'(in_bytes_i);
  end else begin : gen_units
    assign last_in = CountBits'((32'(in_bytes_i) + 32'(Unit - 1)) / Unit);
  end
  assign push = in_valid_i && ready_q;
  assign pop = valid_q && out_ready_i;

  // Bytes that stay, above which the next word goes in
  assign kept = pop ? count_q - CountBits'(Out) : count_q;

  always_comb begin
    count_d = kept;
    ending_d = ending_q;
    if (push) begin
      count_d = kept + (in_last_i ? last_in : CountBits'(In));
      ending_d = in_last_i;
    end
    if (pop && last_q) begin
      count_d = '0;
      ending_d = 1'b0;
    end
  end

  always_comb begin
    bytes_d = pop ? bytes_q >> (Bits * Out) : bytes_q;
    for (int unsigned i = 0; i + In <= Room; i++) begin
      if (push && (kept == CountBits'(i))) bytes_d[Bits*i +: Bits*In] = in_data_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      count_q <= '0;
      ending_q <= 1'b0;
      ready_q <= 1'b0;
      valid_q <= 1'b0;
      last_q <= 1'b0;
    end else begin
      count_q <= count_d;
      ending_q <= ending_d;
      ready_q <= !ending_d && (count_d <= CountBits'(Room - In));
      valid_q <= (count_d >= CountBits'(Out)) || (ending_d && (count_d != '0));
      last_q <= ending_d && (count_d <= CountBits'(Out));
    end
  end

  always_ff @(posedge clk_i) begin
    bytes_q <= bytes_d;
  end

endmodule
