// video_notes: of any one frame, chosen at its beginning, what it says while that frame is the next to
// leave is of it: its number among all, when it began, its faults, and that it went on too long.
module video_notes_proof #(
  parameter int unsigned Depth = 4,
  parameter bit Cover = 1'b0
) (
  input logic       clk_i,
  input logic       rst_ni,
  input logic       choose,
  input logic [1:0] now,
  input logic       began,
  input logic       dropped,
  input logic       ended,
  input logic       faults,
  input logic       more,
  input logic       leave
);

  logic [1:0] flags, number, stamp;

  video_notes #(
    .Depth(Depth),
    .StampBits(2),
    .NumberBits(2),
    .FaultBits(1)
  ) i_dut (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .now_i(now),
    .began_i(began),
    .dropped_i(dropped),
    .ended_i(ended),
    .faults_i(faults),
    .more_i(more),
    .leave_i(leave),
    .flags_o(flags),
    .number_o(number),
    .stamp_o(stamp)
  );

  // Frames that have begun and not left; whether the last of them runs; frames of the stream
  localparam int unsigned CountBits = $clog2(Depth + 2);
  logic first_q, runs_q, idle;
  logic [CountBits-1:0] inside_q;
  logic [1:0] count_q;
  initial first_q = 1'b1;

  assign idle = (inside_q == '0) || (inside_q == CountBits'(1) && runs_q);

  // The chosen one: how many are ahead of it, and what is known of it
  logic follow_q, over_q, fault_q, long_q, seen_q, newest_q;
  logic [CountBits-1:0] ahead_q;
  logic [1:0] number_q, stamp_q;
  initial follow_q = 1'b0;
  initial seen_q = 1'b0;

  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    if (!rst_ni) begin
      runs_q <= 1'b0;
      inside_q <= '0;
      count_q <= '0;
      follow_q <= 1'b0;
      seen_q <= 1'b0;
    end else begin
      runs_q <= began || (runs_q && !ended);
      inside_q <= inside_q + CountBits'(began) - CountBits'(leave);
      count_q <= count_q + 2'(began || dropped);
      if (leave && follow_q && ahead_q == '0) begin
        follow_q <= 1'b0;
        seen_q <= 1'b1;
      end else if (began && choose && !follow_q) begin
        follow_q <= 1'b1;
      end
    end
    if (!follow_q) begin
      ahead_q <= inside_q - CountBits'(leave);
      number_q <= count_q;
      stamp_q <= now;
      over_q <= 1'b0;
      long_q <= 1'b0;
      newest_q <= 1'b1;
    end else begin
      if (leave) ahead_q <= ahead_q - CountBits'(1);
      if (began) newest_q <= 1'b0;
      if (newest_q && ended) begin
        over_q <= 1'b1;
        fault_q <= faults;
      end
      if (newest_q && over_q && more) long_q <= 1'b1;
    end
  end

  always_comb begin
    if (first_q) assume (!rst_ni);
    // In order: none begins while another runs or there are too many; one leaves that has ended
    assume (!(began && (runs_q || 32'(inside_q) >= Depth)));
    assume (!(began && dropped));
    assume (!ended || runs_q);
    assume (!(more && (runs_q || began)));
    assume (!(leave && idle));
    if (!first_q && follow_q && over_q && ahead_q == '0) begin
      its_number: assert (number == number_q);
      its_stamp: assert (stamp == stamp_q);
      its_flags: assert (flags == {long_q, fault_q});
    end
  end

  if (Cover) begin : gen_cover
    always_comb reach: assert (!(seen_q && count_q == 2'd3));
  end

endmodule
