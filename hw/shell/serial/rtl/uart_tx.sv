// Sender of an asynchronous serial line: 8 data bits, least significant first, no parity, 1 stop
// bit. The length of a bit is kept in 1/256 of a clock, so that no error adds up within a byte.
module uart_tx #(
  // Clocks of a bit, times 256
  parameter int unsigned BitTime = 256 * 16
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       in_valid_i,
  output logic       in_ready_o,
  input  logic [7:0] in_data_i,
  output logic       tx_o
);

  localparam int unsigned TimeBits = $clog2(BitTime + 256 + 1);

  if (BitTime < 4 * 256) begin : gen_check_time
    $error("uart_tx: a bit must take 4 clocks or more");
  end

  logic [TimeBits-1:0] time_q;
  logic [3:0] left_q;
  logic [8:0] bits_q;
  logic next;

  assign in_ready_o = (left_q == 4'd0);
  assign tx_o = bits_q[0];
  assign next = (time_q < TimeBits'(2 * 256));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      time_q <= '0;
      left_q <= '0;
      bits_q <= '1;
    end else if (in_ready_o) begin
      time_q <= TimeBits'(BitTime);
      if (in_valid_i) begin
        bits_q <= {in_data_i, 1'b0};
        left_q <= 4'd10;
      end
    end else if (next) begin
      time_q <= time_q + TimeBits'(BitTime - 256);
      bits_q <= {1'b1, bits_q[8:1]};
      left_q <= left_q - 4'd1;
    end else begin
      time_q <= time_q - TimeBits'(256);
    end
  end

endmodule
