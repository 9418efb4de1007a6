// Counters of a serial shell, 32 bits each, since the last reset.
module serial_counters #(
  // Bytes of a frame that goes in, and of one that comes out
  parameter int unsigned InFrameBytes = 64,
  parameter int unsigned OutFrameBytes = 64
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        packet_good_i,
  input  logic        packet_bad_i,
  input  logic        refused_i,
  input  logic        line_error_i,
  // A byte goes to the accelerator, one leaves it, and a beat waits to be taken by it
  input  logic        in_byte_i,
  input  logic        out_byte_i,
  input  logic        stall_i,
  // The byte that leaves is the last of its frame
  output logic        out_last_o,
  output logic [31:0] packets_good_o,
  output logic [31:0] packets_bad_o,
  output logic [31:0] refused_o,
  output logic [31:0] line_errors_o,
  output logic [31:0] frames_in_o,
  output logic [31:0] frames_out_o,
  // Clocks with a frame inside
  output logic [31:0] clocks_o,
  output logic [31:0] stalls_o
);

  localparam int unsigned InBits = (InFrameBytes > 1) ? $clog2(InFrameBytes) : 1;
  localparam int unsigned OutBits = (OutFrameBytes > 1) ? $clog2(OutFrameBytes) : 1;

  if (InFrameBytes == 0 || OutFrameBytes == 0) begin : gen_check_bytes
    $error("serial_counters: a frame must have 1 byte or more");
  end

  logic [InBits-1:0] in_q;
  logic [OutBits-1:0] out_q;
  logic in_last, busy_q;

  assign in_last = (in_q == InBits'(InFrameBytes - 1));
  assign out_last_o = (out_q == OutBits'(OutFrameBytes - 1));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      in_q <= '0;
      out_q <= '0;
      busy_q <= 1'b0;
      packets_good_o <= '0;
      packets_bad_o <= '0;
      refused_o <= '0;
      line_errors_o <= '0;
      frames_in_o <= '0;
      frames_out_o <= '0;
      clocks_o <= '0;
      stalls_o <= '0;
    end else begin
      if (in_byte_i) in_q <= in_last ? '0 : in_q + InBits'(1);
      if (out_byte_i) out_q <= out_last_o ? '0 : out_q + OutBits'(1);
      busy_q <= (in_q != '0) || (frames_in_o != frames_out_o);
      packets_good_o <= packets_good_o + 32'(packet_good_i);
      packets_bad_o <= packets_bad_o + 32'(packet_bad_i);
      refused_o <= refused_o + 32'(refused_i);
      line_errors_o <= line_errors_o + 32'(line_error_i);
      frames_in_o <= frames_in_o + 32'(in_byte_i && in_last);
      frames_out_o <= frames_out_o + 32'(out_byte_i && out_last_o);
      clocks_o <= clocks_o + 32'(busy_q);
      stalls_o <= stalls_o + 32'(stall_i);
    end
  end

endmodule
