// Two slots of bytes between a stream and a reader that may read a slot more than once.
//
// A slot is closed when it is full or when the byte marked `in_last_i` is in it. The older closed
// one is the head: `head_valid_o` with `head_length_o` bytes, readable at `address_i` with one
// clock of delay, until `free_i` gives it back.
module result_buffer #(
  // Bytes of a slot, a power of two
  parameter int unsigned SlotBytes = 1024,
  // Bits of an address in a slot; not to be set
  parameter int unsigned AddrBits = $clog2(SlotBytes)
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                in_valid_i,
  output logic                in_ready_o,
  input  logic [7:0]          in_data_i,
  input  logic                in_last_i,
  output logic                head_valid_o,
  output logic [AddrBits:0]   head_length_o,
  input  logic                free_i,
  input  logic [AddrBits-1:0] address_i,
  output logic [7:0]          data_o
);

  if (SlotBytes < 2 || (1 << AddrBits) != SlotBytes) begin : gen_check_bytes
    $error("result_buffer: SlotBytes must be a power of two, 2 or more");
  end

  (* ram_style = "block" *)
  logic [7:0] mem [2*SlotBytes];

  logic [1:0] closed_q;
  logic [1:0][AddrBits:0] length_q;
  logic write_slot_q, head_q;
  logic [AddrBits-1:0] fill_q;
  logic take, close;

  assign in_ready_o = !closed_q[write_slot_q];
  assign take = in_valid_i && in_ready_o;
  assign close = take && (in_last_i || (fill_q == '1));
  assign head_valid_o = closed_q[head_q];
  assign head_length_o = length_q[head_q];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      closed_q <= '0;
      write_slot_q <= 1'b0;
      head_q <= 1'b0;
      fill_q <= '0;
    end else begin
      if (take) fill_q <= close ? '0 : fill_q + AddrBits'(1);
      if (close) begin
        closed_q[write_slot_q] <= 1'b1;
        write_slot_q <= !write_slot_q;
      end
      if (free_i && head_valid_o) begin
        closed_q[head_q] <= 1'b0;
        head_q <= !head_q;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (close) length_q[write_slot_q] <= {1'b0, fill_q} + (AddrBits + 1)'(1);
  end

  always_ff @(posedge clk_i) begin
    if (take) mem[{write_slot_q, fill_q}] <= in_data_i;
  end

  always_ff @(posedge clk_i) begin
    data_o <= mem[{head_q, address_i}];
  end

endmodule
