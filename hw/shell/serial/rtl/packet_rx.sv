// Packets from the bytes of a line.
//
// A packet is kind, sequence number, payload, CRC-32 of all these (least significant byte first),
// between two flags 7E; a flag or an escape 7D in it travels as 7D and the byte xor 20. What lies
// before the first flag is skipped, so that after any disturbance the next flag is a fresh start.
//
// Payload bytes come out as they arrive, before it is known whether they are good: `begin_o` says
// that what came since the last `done_o` is void; `done_o` that a packet has ended, `good_o` in the
// same clock whether it is whole. `kind_o` and `sequence_o` stay until the next packet.
module packet_rx (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       valid_i,
  input  logic [7:0] data_i,
  // A byte of the line was lost
  input  logic       error_i,
  output logic       begin_o,
  output logic       payload_valid_o,
  output logic [7:0] payload_o,
  output logic       done_o,
  output logic       good_o,
  output logic [7:0] kind_o,
  output logic [7:0] sequence_o
);

  localparam logic [7:0] Flag = 8'h7E;
  localparam logic [7:0] Escape = 8'h7D;
  // Bytes that a packet has at least: kind, sequence number, checksum
  localparam logic [2:0] LeastBytes = 3'd6;

  logic inside_q, bad_q, escaped_q;
  // Bytes of the packet so far, no more than LeastBytes; the last four of them, newest first
  logic [2:0] count_q;
  logic [3:0][7:0] last_q;
  logic [7:0] value;
  logic is_flag, is_byte, crc_good, ends;
  logic [31:0] unused_crc;

  assign is_flag = valid_i && (data_i == Flag);
  assign is_byte = valid_i && inside_q && (data_i != Flag) && (escaped_q || (data_i != Escape));
  assign value = escaped_q ? (data_i ^ 8'h20) : data_i;
  // Two flags in a row are no packet
  assign ends = is_flag && inside_q && (count_q != '0 || bad_q || escaped_q);

  crc32 i_crc (
    .clk_i(clk_i),
    .clear_i(is_flag),
    .valid_i(is_byte),
    .data_i(value),
    .crc_o(unused_crc),
    .good_o(crc_good)
  );

  always_ff @(posedge clk_i) begin
    begin_o <= 1'b0;
    payload_valid_o <= 1'b0;
    done_o <= 1'b0;
    if (!rst_ni) begin
      inside_q <= 1'b0;
      bad_q <= 1'b0;
      escaped_q <= 1'b0;
      count_q <= '0;
    end else if (is_flag) begin
      inside_q <= 1'b1;
      bad_q <= 1'b0;
      escaped_q <= 1'b0;
      count_q <= '0;
      begin_o <= !ends;
      done_o <= ends;
    end else begin
      if (error_i) bad_q <= 1'b1;
      if (valid_i && inside_q) escaped_q <= (data_i == Escape) && !escaped_q;
      if (is_byte && (count_q != LeastBytes)) count_q <= count_q + 3'd1;
      payload_valid_o <= is_byte && (count_q == LeastBytes);
    end
  end

  always_ff @(posedge clk_i) begin
    good_o <= crc_good && !bad_q && !escaped_q && (count_q == LeastBytes);
    payload_o <= last_q[3];
    if (is_byte) begin
      last_q <= {last_q[2:0], value};
      if (count_q == 3'd4) kind_o <= last_q[3];
      if (count_q == 3'd5) sequence_o <= last_q[3];
    end
  end

endmodule
