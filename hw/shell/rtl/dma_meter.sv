// Watches a DMA's stream: which beats belong to the transfer, and the counters of the registers.
//
// `load_i` takes the frames of the next transfer and clears the counters; from `go_i` until its
// last beat has passed `active_o` is high, and `last_o` at that beat.
module dma_meter #(
  // Beats of a frame; of the greatest, if Dynamic
  parameter int unsigned FrameBeats = 16,
  parameter bit Dynamic = 1'b0
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        load_i,
  input  logic [31:0] count_i,
  // Beats of a frame, if Dynamic
  input  logic [31:0] frame_beats_i,
  input  logic        go_i,
  input  logic        busy_i,
  // The stream
  input  logic        valid_i,
  input  logic        ready_i,
  output logic        active_o,
  output logic        last_o,
  // Frames since reset; of this transfer: beats, clocks with valid and without ready, clocks
  output logic [31:0] frames_o,
  output logic [31:0] beats_o,
  output logic [31:0] stalls_o,
  output logic [31:0] clocks_o
);

  localparam int unsigned BeatBits = (FrameBeats > 1) ? $clog2(FrameBeats) : 1;

  if (FrameBeats == 0) begin : gen_check_beats
    $error("dma_meter: FrameBeats must be at least 1");
  end

  logic active_q, final_q, frame_end_q, frame_end_d;
  logic [31:0] left_d, left_q, frames_q, beats_q, stalls_q, clocks_q;
  logic [BeatBits-1:0] beat_d, beat_q;
  logic beat, frame;

  assign active_o = active_q;
  assign last_o = frame_end_q && final_q;
  assign frames_o = frames_q;
  assign beats_o = beats_q;
  assign stalls_o = stalls_q;
  assign clocks_o = clocks_q;

  assign beat = active_q && valid_i && ready_i;
  assign frame = beat && frame_end_q;

  always_comb begin
    beat_d = beat_q;
    left_d = left_q;
    if (beat) beat_d = frame_end_q ? '0 : beat_q + BeatBits'(1);
    if (frame) left_d = left_q - 32'd1;
    if (load_i) begin
      beat_d = '0;
      left_d = count_i;
    end
  end
  if (Dynamic) begin : gen_dynamic
    logic [31:0] last_beat;
    logic unused_beats;
    assign last_beat = frame_beats_i - 32'd1;
    assign unused_beats = ^last_beat[31:BeatBits];
    assign frame_end_d = (beat_d == last_beat[BeatBits-1:0]);
  end else begin : gen_constant
    logic unused_beats;
    assign unused_beats = ^frame_beats_i;
    assign frame_end_d = (beat_d == BeatBits'(FrameBeats - 1));
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q <= 1'b0;
      frames_q <= '0;
      beats_q <= '0;
      stalls_q <= '0;
      clocks_q <= '0;
    end else begin
      if (go_i) active_q <= 1'b1;
      else if (frame && final_q) active_q <= 1'b0;
      if (frame) frames_q <= frames_q + 32'd1;
      if (load_i) begin
        beats_q <= '0;
        stalls_q <= '0;
        clocks_q <= '0;
      end else begin
        if (beat) beats_q <= beats_q + 32'd1;
        if (active_q && valid_i && !ready_i) stalls_q <= stalls_q + 32'd1;
        if (busy_i) clocks_q <= clocks_q + 32'd1;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    beat_q <= beat_d;
    left_q <= left_d;
    frame_end_q <= frame_end_d;
    final_q <= (left_d == 32'd1);
  end

endmodule
