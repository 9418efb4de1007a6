// Between a serial line and an accelerator: frames come in packets, results go out in packets.
//
// The protocol is that of `packet_rx` and `serial_link`. Bytes of frames are elements in order,
// each in 1, 2 or 4 bytes, least significant first; a beat of the accelerator's stream has as many
// elements as lanes. What is not in a lane's bits is dropped on the way in and is the sign (or
// zero) on the way out. A result packet ends at SlotBytes or at the end of a frame.
//
// `accel_rst_no` resets the accelerator, at power-up and when the host asks for it.
module serial_shell #(
  // Clocks of a bit of the line, times 256
  parameter int unsigned BitTime = 256 * 16,
  parameter logic [31:0] BuildId = 32'd0,
  parameter int unsigned InLanes = 1,
  parameter int unsigned InBits = 8,
  parameter int unsigned InElementBytes = 1,
  parameter int unsigned InFrameBytes = 64,
  parameter int unsigned OutLanes = 1,
  parameter int unsigned OutBits = 16,
  parameter bit OutSigned = 1'b1,
  parameter int unsigned OutElementBytes = 2,
  parameter int unsigned OutFrameBytes = 64,
  // Bytes of frames held between the line and the accelerator, a power of two
  parameter int unsigned BufferBytes = 4096,
  // Most bytes of a result packet, a power of two
  parameter int unsigned SlotBytes = 1024
) (
  input  logic                                  clk_i,
  input  logic                                  rst_ni,
  input  logic                                  rx_i,
  output logic                                  tx_o,
  output logic                                  accel_rst_no,
  output logic                                  in_valid_o,
  input  logic                                  in_ready_i,
  output logic [8*((InLanes*InBits+7)/8)-1:0]   in_data_o,
  input  logic                                  out_valid_i,
  output logic                                  out_ready_o,
  input  logic [8*((OutLanes*OutBits+7)/8)-1:0] out_data_i,
  // For lamps: results wait, a frame is inside, packets were bad
  output logic [2:0]                            lamps_o
);

  localparam int unsigned StatusWords = 15;
  localparam int unsigned AddrBits = $clog2(SlotBytes);
  localparam int unsigned InWidth = 8 * InElementBytes * InLanes;
  localparam int unsigned OutWidth = 8 * OutElementBytes * OutLanes;
  localparam logic [31:0] Magic = 32'hD0D1_0001;

  logic rx_valid, line_error, packet_begin, packet_done, packet_good, payload_valid;
  logic [7:0] rx_data, payload, kind, number, next_write, next_read;
  logic write, commit, rollback, fits, refused, soft_reset, rst_n_q;
  logic byte_valid, byte_ready, result_valid, result_ready, result_last;
  logic [7:0] byte_data, result_data;
  logic in_byte, out_byte, head_valid, head_free;
  logic [AddrBits:0] head_length;
  logic [AddrBits-1:0] address;
  logic [7:0] head_data;
  logic [InWidth-1:0] in_beat;
  logic [OutWidth-1:0] out_beat;
  logic reply_valid, reply_ready, reply_last, tx_valid, tx_ready;
  logic [7:0] reply_data, tx_data;
  logic [StatusWords-1:0][31:0] status;
  logic [31:0] packets_good, packets_bad, refusals, line_errors;
  logic [31:0] frames_in, frames_out, clocks, stalls;

  // All but the line itself is reset by the host's wish
  always_ff @(posedge clk_i) rst_n_q <= rst_ni && !soft_reset;
  assign accel_rst_no = rst_n_q;

  uart_rx #(
    .BitTime(BitTime)
  ) i_uart_rx (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .rx_i(rx_i),
    .valid_o(rx_valid),
    .data_o(rx_data),
    .error_o(line_error)
  );

  packet_rx i_packet_rx (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .valid_i(rx_valid),
    .data_i(rx_data),
    .error_i(line_error),
    .begin_o(packet_begin),
    .payload_valid_o(payload_valid),
    .payload_o(payload),
    .done_o(packet_done),
    .good_o(packet_good),
    .kind_o(kind),
    .sequence_o(number)
  );

  commit_fifo #(
    .Width(8),
    .Depth(BufferBytes)
  ) i_commit_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_n_q),
    .write_i(payload_valid && write),
    .data_i(payload),
    .commit_i(commit),
    .rollback_i(rollback),
    .fits_o(fits),
    .out_valid_o(byte_valid),
    .out_ready_i(byte_ready),
    .out_data_o(byte_data)
  );

  stream_width_converter #(
    .InWidth(8),
    .OutWidth(InWidth)
  ) i_join (
    .clk_i(clk_i),
    .rst_ni(rst_n_q),
    .in_valid_i(byte_valid),
    .in_ready_o(byte_ready),
    .in_data_i(byte_data),
    .out_valid_o(in_valid_o),
    .out_ready_i(in_ready_i),
    .out_data_o(in_beat)
  );

  lane_narrow #(
    .Lanes(InLanes),
    .Bits(InBits),
    .ContainerBytes(InElementBytes)
  ) i_narrow (
    .containers_i(in_beat),
    .lanes_o(in_data_o)
  );

  lane_widen #(
    .Lanes(OutLanes),
    .Bits(OutBits),
    .ContainerBytes(OutElementBytes),
    .IsSigned(OutSigned)
  ) i_widen (
    .lanes_i(out_data_i),
    .containers_o(out_beat)
  );

  stream_width_converter #(
    .InWidth(OutWidth),
    .OutWidth(8)
  ) i_split (
    .clk_i(clk_i),
    .rst_ni(rst_n_q),
    .in_valid_i(out_valid_i),
    .in_ready_o(out_ready_o),
    .in_data_i(out_beat),
    .out_valid_o(result_valid),
    .out_ready_i(result_ready),
    .out_data_o(result_data)
  );

  result_buffer #(
    .SlotBytes(SlotBytes)
  ) i_result_buffer (
    .clk_i(clk_i),
    .rst_ni(rst_n_q),
    .in_valid_i(result_valid),
    .in_ready_o(result_ready),
    .in_data_i(result_data),
    .in_last_i(result_last),
    .head_valid_o(head_valid),
    .head_length_o(head_length),
    .free_i(head_free),
    .address_i(address),
    .data_o(head_data)
  );

  assign in_byte = byte_valid && byte_ready;
  assign out_byte = result_valid && result_ready;

  serial_counters #(
    .InFrameBytes(InFrameBytes),
    .OutFrameBytes(OutFrameBytes)
  ) i_counters (
    .clk_i(clk_i),
    .rst_ni(rst_n_q),
    .packet_good_i(packet_done && packet_good),
    .packet_bad_i(packet_done && !packet_good),
    .refused_i(refused),
    .line_error_i(line_error),
    .in_byte_i(in_byte),
    .out_byte_i(out_byte),
    .stall_i(in_valid_o && !in_ready_i),
    .out_last_o(result_last),
    .packets_good_o(packets_good),
    .packets_bad_o(packets_bad),
    .refused_o(refusals),
    .line_errors_o(line_errors),
    .frames_in_o(frames_in),
    .frames_out_o(frames_out),
    .clocks_o(clocks),
    .stalls_o(stalls)
  );

  // The words of a STATUS packet, the last one first here
  assign status = {
    32'(SlotBytes),
    32'(BufferBytes),
    stalls,
    clocks,
    line_errors,
    refusals,
    packets_bad,
    packets_good,
    frames_out,
    frames_in,
    32'(OutFrameBytes),
    32'(InFrameBytes),
    {8'd0, next_read, next_write, 6'd0, head_valid, byte_valid},
    BuildId,
    Magic
  };

  serial_link #(
    .StatusWords(StatusWords),
    .AddrBits(AddrBits)
  ) i_link (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .begin_i(packet_begin),
    .done_i(packet_done),
    .good_i(packet_good),
    .kind_i(kind),
    .sequence_i(number),
    .write_o(write),
    .commit_o(commit),
    .rollback_o(rollback),
    .fits_i(fits),
    .head_valid_i(head_valid),
    .head_length_i(head_length),
    .free_o(head_free),
    .address_o(address),
    .data_i(head_data),
    .status_i(status),
    .next_write_o(next_write),
    .next_read_o(next_read),
    .refused_o(refused),
    .soft_reset_o(soft_reset),
    .out_valid_o(reply_valid),
    .out_ready_i(reply_ready),
    .out_data_o(reply_data),
    .out_last_o(reply_last)
  );

  packet_tx i_packet_tx (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(reply_valid),
    .in_ready_o(reply_ready),
    .in_data_i(reply_data),
    .in_last_i(reply_last),
    .out_valid_o(tx_valid),
    .out_ready_i(tx_ready),
    .out_data_o(tx_data)
  );

  uart_tx #(
    .BitTime(BitTime)
  ) i_uart_tx (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(tx_valid),
    .in_ready_o(tx_ready),
    .in_data_i(tx_data),
    .tx_o(tx_o)
  );

  // Bad packets: lit until the next reset
  assign lamps_o = {packets_bad != '0, frames_in != frames_out, head_valid};

endmodule
