// What is noted of a video input's frames, held until their boxes are in memory: when each began, its
// number among all frames of the stream, and how it was not as it should have been.
//
// A frame begins (`began_i`), ends (`ended_i`, with `faults_i`), and leaves (`leave_i`) when its
// header has been written, in this order; others may begin and end before it leaves, Depth at most.
// While it is the next to leave, and has ended, `flags_o`, `number_o` and `stamp_o` are of it. A frame
// that goes on behind its end (`more_i`, before another one begins) is said so, if it comes in time.
module video_notes #(
  // Frames that have begun and not left, at most
  parameter int unsigned Depth = 4,
  parameter int unsigned StampBits = 32,
  parameter int unsigned NumberBits = 16,
  parameter int unsigned FaultBits = 3
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic [StampBits-1:0]  now_i,
  input  logic                  began_i,
  // A frame of the stream was dropped: it counts
  input  logic                  dropped_i,
  input  logic                  ended_i,
  input  logic [FaultBits-1:0]  faults_i,
  input  logic                  more_i,
  input  logic                  leave_i,
  output logic [FaultBits:0]    flags_o,
  output logic [NumberBits-1:0] number_o,
  output logic [StampBits-1:0]  stamp_o
);

  localparam int unsigned Width = FaultBits + 1 + NumberBits + StampBits;

  logic [NumberBits-1:0] count_q, number_q;
  logic [StampBits-1:0] stamp_q;
  logic [FaultBits:0] flags_q;
  // The last frame that has begun has ended, and is still held here
  logic held_q, push, older, unused_ready;
  logic [Width-1:0] last, oldest;

  // It makes way for the next one; until then it may go on
  assign push = began_i && held_q && !(leave_i && !older);
  assign last = {flags_q, number_q, stamp_q};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      count_q <= '0;
      held_q <= 1'b0;
    end else begin
      if (began_i || dropped_i) count_q <= count_q + NumberBits'(1);
      if (ended_i) held_q <= 1'b1;
      else if (began_i || (leave_i && !older)) held_q <= 1'b0;
    end
    if (began_i) begin
      number_q <= count_q;
      stamp_q <= now_i;
    end
    if (ended_i) flags_q <= {1'b0, faults_i};
    else if (more_i) flags_q[FaultBits] <= 1'b1;
  end

  stream_fifo #(
    .Width(Width),
    .Depth(Depth),
    .RamStyle("distributed")
  ) i_older (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(push),
    .in_ready_o(unused_ready),
    .in_data_i(last),
    .out_valid_o(older),
    .out_ready_i(leave_i),
    .out_data_o(oldest)
  );

  assign {flags_o, number_o, stamp_o} = older ? oldest : last;

endmodule
