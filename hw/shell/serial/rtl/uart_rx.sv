// Receiver of an asynchronous serial line: 8 data bits, least significant first, no parity, 1 stop
// bit.
//
// Bits are sampled in their middle, counted from the falling edge of the start bit in 1/256 of a
// clock, so that any ratio of clock and baud rate from 4 on will do. Sender and receiver may differ
// by 4 % less what one clock is of a bit. There is no back-pressure: a byte is there for one clock.
module uart_rx #(
  // Clocks of a bit, times 256
  parameter int unsigned BitTime = 256 * 16
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  // The line, not synchronized
  input  logic       rx_i,
  output logic       valid_o,
  output logic [7:0] data_o,
  // For one clock: a byte without a stop bit, which is dropped
  output logic       error_o
);

  localparam int unsigned TimeBits = $clog2(BitTime + BitTime / 2 + 1);
  // From the start bit's edge, seen at the end of the synchronizer, to its middle
  localparam int unsigned HalfTime = BitTime / 2;

  if (BitTime < 4 * 256) begin : gen_check_time
    $error("uart_rx: a bit must take 4 clocks or more");
  end

  typedef enum logic [1:0] {Idle, Receive, Recover} state_e;

  state_e state_q;
  logic [2:0] line_q;
  logic [TimeBits-1:0] time_q;
  logic [3:0] count_q;
  logic [7:0] data_q;
  logic line, sample;

  assign line = line_q[2];
  assign sample = (time_q < TimeBits'(256));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) line_q <= '1;
    else line_q <= {line_q[1:0], rx_i};
  end

  always_ff @(posedge clk_i) begin
    valid_o <= 1'b0;
    error_o <= 1'b0;
    if (!rst_ni) begin
      state_q <= Recover;
      time_q <= '0;
      count_q <= '0;
    end else begin
      case (state_q)
        Idle: begin
          count_q <= '0;
          time_q <= TimeBits'(HalfTime);
          if (!line) state_q <= Receive;
        end
        Receive: begin
          time_q <= sample ? time_q + TimeBits'(BitTime - 256) : time_q - TimeBits'(256);
          if (sample) begin
            count_q <= count_q + 4'd1;
            if (count_q == 4'd0) begin
              if (line) state_q <= Idle;  // a spike, no start bit
            end else if (count_q == 4'd9) begin
              state_q <= line ? Idle : Recover;
              valid_o <= line;
              error_o <= !line;
            end
          end
        end
        default: if (line) state_q <= Idle;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (sample && (state_q == Receive) && (count_q != 4'd9)) data_q <= {line, data_q[7:1]};
  end

  assign data_o = data_q;

endmodule
