// Bytes of a packet to bytes of a line: flags, escapes and checksum as `packet_rx` expects them.
// The stream carries kind, sequence number and payload; `in_last_i` marks its last byte.
module packet_tx (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       in_valid_i,
  output logic       in_ready_o,
  input  logic [7:0] in_data_i,
  input  logic       in_last_i,
  output logic       out_valid_o,
  input  logic       out_ready_i,
  output logic [7:0] out_data_o
);

  localparam logic [7:0] Flag = 8'h7E;
  localparam logic [7:0] Escape = 8'h7D;

  typedef enum logic [2:0] {Idle, Open, Body, Checksum, Close} state_e;

  state_e state_q;
  // The byte to send next, before its escape; whether that has been sent
  logic [7:0] byte_q, plain;
  logic full_q, last_q, escaped_q;
  logic [1:0] index_q;
  logic [31:0] crc;
  logic sent, is_special, take, unused_good;

  assign in_ready_o = (state_q == Body) && !full_q;
  assign take = in_valid_i && in_ready_o;

  assign plain = (state_q == Checksum) ? crc[8*index_q +: 8] : byte_q;
  assign is_special = (plain == Flag) || (plain == Escape);
  assign sent = out_valid_o && out_ready_i && (!is_special || escaped_q);

  crc32 i_crc (
    .clk_i(clk_i),
    .clear_i(state_q == Idle),
    .valid_i(take),
    .data_i(in_data_i),
    .crc_o(crc),
    .good_o(unused_good)
  );

  always_comb begin
    out_valid_o = 1'b0;
    out_data_o = Flag;
    case (state_q)
      Open, Close: out_valid_o = 1'b1;
      Body, Checksum: begin
        out_valid_o = (state_q == Checksum) || full_q;
        if (!is_special) out_data_o = plain;
        else out_data_o = escaped_q ? (plain ^ 8'h20) : Escape;
      end
      default: ;
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= Idle;
      full_q <= 1'b0;
      escaped_q <= 1'b0;
      index_q <= '0;
    end else begin
      if (take) full_q <= 1'b1;
      else if (sent) full_q <= 1'b0;
      if (out_valid_o && out_ready_i && ((state_q == Body) || (state_q == Checksum))) begin
        escaped_q <= is_special && !escaped_q;
      end
      case (state_q)
        Idle: if (in_valid_i) state_q <= Open;
        Open: if (out_ready_i) state_q <= Body;
        Body: if (sent && last_q) state_q <= Checksum;
        Checksum: if (sent) begin
          index_q <= index_q + 2'd1;
          if (index_q == 2'd3) state_q <= Close;
        end
        default: if (out_ready_i) state_q <= Idle;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (take) begin
      byte_q <= in_data_i;
      last_q <= in_last_i;
    end
  end

endmodule
