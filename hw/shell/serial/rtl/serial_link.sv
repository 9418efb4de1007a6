// The link's side of the board: answers each good packet of the host with one of its own.
//
//   host                          board
//   01 WRITE s, bytes of frames   81 ACK, number of the next write expected, one byte of flags
//   02 READ s                     82 RESULT s, bytes of results; 86 EMPTY while there are none yet
//   03 STATUS                     83 STATUS, the words of status_i, least significant byte first
//   04 RESET s                    84 RESET s, after everything behind the link was reset
//
// A write is kept only if its checksum is right, it is the next one in order and there is room for
// all of it, so that the host may send it again at will. READ s asks for result packet s, as often
// as the host likes; READ s + 1 gives the room of packet s back. Flags of an ACK: 0 a result is
// ready, 1 the last write found no room, 2 it was not the next one. Replies say what holds when
// they are sent: several writes that came while the line was busy get one ACK.
module serial_link #(
  parameter int unsigned StatusWords = 15,
  // Bits of an address in a result packet
  parameter int unsigned AddrBits = 10,
  // Clocks of a soft reset
  parameter int unsigned ResetClocks = 16
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  // From packet_rx
  input  logic                         begin_i,
  input  logic                         done_i,
  input  logic                         good_i,
  input  logic [7:0]                   kind_i,
  input  logic [7:0]                   sequence_i,
  // commit_fifo: payload of a packet is to be written while write_o
  output logic                         write_o,
  output logic                         commit_o,
  output logic                         rollback_o,
  input  logic                         fits_i,
  // result_buffer
  input  logic                         head_valid_i,
  input  logic [AddrBits:0]            head_length_i,
  output logic                         free_o,
  output logic [AddrBits-1:0]          address_o,
  input  logic [7:0]                   data_i,
  // Status: words, and the numbers that belong into them
  input  logic [StatusWords-1:0][31:0] status_i,
  output logic [7:0]                   next_write_o,
  output logic [7:0]                   next_read_o,
  output logic                         refused_o,
  output logic                         soft_reset_o,
  // To packet_tx
  output logic                         out_valid_o,
  input  logic                         out_ready_i,
  output logic [7:0]                   out_data_o,
  output logic                         out_last_o
);

  localparam logic [7:0] Write = 8'h01;
  localparam logic [7:0] Read = 8'h02;
  localparam logic [7:0] Status = 8'h03;
  localparam logic [7:0] Reset = 8'h04;
  localparam logic [7:0] Ack = 8'h81;
  localparam logic [7:0] Result = 8'h82;
  localparam logic [7:0] StatusReply = 8'h83;
  localparam logic [7:0] ResetReply = 8'h84;
  localparam logic [7:0] Empty = 8'h86;
  localparam int unsigned ResetBits = $clog2(ResetClocks + 1);
  localparam int unsigned IndexBits = $clog2(StatusWords);

  if (AddrBits < IndexBits + 2) begin : gen_check_address
    $error("serial_link: AddrBits must do for the bytes of the status");
  end
  if (ResetClocks == 0) begin : gen_check_reset
    $error("serial_link: ResetClocks must be at least 1");
  end

  typedef enum logic [2:0] {Pick, SendKind, SendSequence, Fetch, SendPayload} state_e;

  state_e state_q;
  logic ack_q, read_q, status_q, reset_q;
  logic no_room_q, no_order_q, sent_q;
  logic [7:0] next_write_q, next_read_q, read_number_q, reset_number_q;
  logic [ResetBits-1:0] resetting_q;
  logic good, is_next, is_write, found;
  logic [7:0] reply_q, number_q, flags_q;
  logic [AddrBits:0] length_q;
  logic [AddrBits-1:0] index_q;
  logic [31:0] word_q;
  logic is_last;

  // Requests
  assign good = done_i && good_i;
  assign is_write = good && (kind_i == Write);
  assign is_next = (sequence_i == next_write_q);
  assign write_o = (kind_i == Write);
  assign commit_o = is_write && is_next && fits_i;
  assign rollback_o = begin_i || (done_i && !commit_o);
  assign refused_o = is_write && !commit_o;
  assign free_o = good && (kind_i == Read) && head_valid_i && sent_q &&
                  (sequence_i == next_read_q + 8'd1);
  assign next_write_o = next_write_q;
  assign next_read_o = next_read_q;
  assign soft_reset_o = (resetting_q != '0);

  // A reply is made of what is pending; of the head of the results only if it is the one wanted
  assign found = head_valid_i && (read_number_q == next_read_q);

  always_ff @(posedge clk_i) begin
    if (!rst_ni || (good && kind_i == Reset)) begin
      next_write_q <= '0;
      next_read_q <= '0;
      ack_q <= 1'b0;
      read_q <= 1'b0;
      status_q <= 1'b0;
      sent_q <= 1'b0;
      no_room_q <= 1'b0;
      no_order_q <= 1'b0;
      reset_q <= rst_ni;
      reset_number_q <= sequence_i;
      resetting_q <= ResetBits'(ResetClocks);
    end else begin
      if (soft_reset_o) resetting_q <= resetting_q - ResetBits'(1);
      if (state_q == Pick && !soft_reset_o) begin
        if (reset_q) begin
          reset_q <= 1'b0;
        end else if (ack_q) begin
          ack_q <= 1'b0;
        end else if (read_q) begin
          read_q <= 1'b0;
          if (found) sent_q <= 1'b1;
        end else begin
          status_q <= 1'b0;
        end
      end
      if (commit_o) next_write_q <= next_write_q + 8'd1;
      if (free_o) begin
        next_read_q <= next_read_q + 8'd1;
        sent_q <= 1'b0;
      end
      if (is_write) begin
        ack_q <= 1'b1;
        no_room_q <= is_next && !fits_i;
        no_order_q <= !is_next;
      end
      if (good && (kind_i == Read)) begin
        read_q <= 1'b1;
        read_number_q <= sequence_i;
      end
      if (good && (kind_i == Status)) status_q <= 1'b1;
    end
  end

  // Replies
  assign is_last = (index_q == AddrBits'(length_q - (AddrBits + 1)'(1)));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= Pick;
    end else begin
      case (state_q)
        Pick: if (!soft_reset_o && (reset_q || ack_q || read_q || status_q)) state_q <= SendKind;
        SendKind: if (out_ready_i) state_q <= SendSequence;
        SendSequence: if (out_ready_i) state_q <= (length_q == '0) ? Pick : Fetch;
        Fetch: state_q <= SendPayload;
        default: if (out_ready_i) state_q <= is_last ? Pick : Fetch;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == Pick) begin
      index_q <= '0;
      flags_q <= {5'd0, no_order_q, no_room_q, head_valid_i};
      length_q <= '0;
      if (reset_q) begin
        reply_q <= ResetReply;
        number_q <= reset_number_q;
      end else if (ack_q) begin
        reply_q <= Ack;
        number_q <= next_write_q;
        length_q <= (AddrBits + 1)'(1);
      end else if (read_q) begin
        reply_q <= found ? Result : Empty;
        number_q <= next_read_q;
        if (found) length_q <= head_length_i;
      end else begin
        reply_q <= StatusReply;
        number_q <= '0;
        length_q <= (AddrBits + 1)'(4 * StatusWords);
      end
    end else if ((state_q == SendPayload) && out_ready_i) begin
      index_q <= index_q + AddrBits'(1);
    end
    // A word is taken whole, while its bytes are sent
    if ((state_q == Fetch) && (index_q[1:0] == 2'd0)) word_q <= status_i[index_q[IndexBits+1:2]];
  end

  assign address_o = index_q;
  assign out_valid_o = (state_q != Pick) && (state_q != Fetch);
  assign out_last_o = (state_q == SendSequence) ? (length_q == '0)
                                                : (state_q == SendPayload) && is_last;

  always_comb begin
    case (state_q)
      SendKind: out_data_o = reply_q;
      SendSequence: out_data_o = number_q;
      default: begin
        case (reply_q)
          Ack: out_data_o = flags_q;
          Result: out_data_o = data_i;
          default: out_data_o = word_q[8*index_q[1:0] +: 8];
        endcase
      end
    endcase
  end

endmodule
