// Takes frames from an AXI4-Stream Video input (AMD UG934), one for each that is asked for.
//
// A frame that is asked for (`job_valid_i`) stays until `job_ready_o`, which is high for one clock
// when its last beat is on its way. Its size goes out at `cfg` first; from then on the next frame of
// the stream is taken (`began_o`). A frame that begins at another time is dropped whole (`dropped_o`).
//
// Whatever comes, a taken frame gives the beats of its size. Of a line that is too long the rest is
// left out, a short one is filled with grey; so are the lines that a frame lacks whose follower
// begins early, and that follower is dropped. `faults_o` tells, with job_ready_o: {lines lack, a line
// was too long, a line was too short}. Lines behind the last one are left out too (`more_o`).
//
// tuser is the start of a frame, tlast the end of a line. tdata has Lanes pixels, the first least
// significant: green, blue, red (of format 1: green, red, blue); of format 2 a byte a pixel, of
// format 3 Y0 U Y1 V, in the lower bytes. While `stop_i` no frame is taken, all are dropped.
module video_read #(
  // Pixels of a beat: even; of a frame's side at most
  parameter int unsigned Lanes = 2,
  parameter int unsigned MaxSide = 1920,
  // Bits of a channel, and the level of what is filled in
  parameter int unsigned Bits = 8,
  parameter int unsigned Level = 128,
  // Not to be set
  parameter int unsigned SideBits = $clog2(MaxSide + 1),
  parameter int unsigned Width = 3 * Lanes * Bits
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  // Frames that are asked for
  input  logic                job_valid_i,
  output logic                job_ready_o,
  input  logic [SideBits-1:0] job_width_i,
  input  logic [SideBits-1:0] job_height_i,
  input  logic [1:0]          job_format_i,
  // Sizes, for the letterbox
  output logic                cfg_valid_o,
  input  logic                cfg_ready_i,
  output logic [SideBits-1:0] cfg_width_o,
  output logic [SideBits-1:0] cfg_height_o,
  // Pixels, as pixel_format takes them
  output logic                out_valid_o,
  input  logic                out_ready_i,
  output logic [1:0]          out_format_o,
  output logic [Width-1:0]    out_data_o,
  // What happens, each for one clock
  output logic                began_o,
  output logic                dropped_o,
  output logic [2:0]          faults_o,
  output logic                more_o,
  // Pixels of the last line, a multiple of Lanes, and lines of the last whole frame; 0 before
  output logic [15:0]         seen_width_o,
  output logic [15:0]         seen_height_o,
  input  logic                stop_i,
  // The stream
  input  logic                s_axis_video_tvalid,
  output logic                s_axis_video_tready,
  input  logic [Width-1:0]    s_axis_video_tdata,
  input  logic                s_axis_video_tuser,
  input  logic                s_axis_video_tlast
);

  localparam int unsigned Pixel = 3 * Bits;
  localparam logic [15:0] MostBeats = 16'(65535 / Lanes);
  localparam logic [Width-1:0] Filling = {(3 * Lanes){Bits'(Level)}};

  if (Lanes == 0 || Lanes % 2 != 0 || Bits == 0) begin : gen_check_lanes
    $error("video_read: Lanes must be even, and no parameter 0");
  end
  if (MaxSide == 0 || MaxSide > 65535) begin : gen_check_side
    $error("video_read: MaxSide must be 1 to 65535");
  end

  // --- the beat at hand

  logic there, pop, start, ending;
  logic [Width-1:0] data;

  stream_fifo #(
    .Width(Width + 2),
    .Depth(2)
  ) i_in (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(s_axis_video_tvalid),
    .in_ready_o(s_axis_video_tready),
    .in_data_i({s_axis_video_tuser, s_axis_video_tlast, s_axis_video_tdata}),
    .out_valid_o(there),
    .out_ready_i(pop),
    .out_data_o({start, ending, data})
  );

  // --- the course: what is not wanted is skipped; a line is taken, filled up, or its rest cut off;
  // a frame is filled up

  localparam logic [2:0] Skip = 3'd0;
  localparam logic [2:0] Take = 3'd1;
  localparam logic [2:0] Rest = 3'd2;
  localparam logic [2:0] Cut = 3'd3;
  localparam logic [2:0] Fill = 3'd4;
  localparam logic [2:0] Done = 3'd5;

  logic [2:0] state_d, state_q;
  // Of the frame: its size has gone out; its first beat is still to come; lines may follow its last,
  // whose own rest comes before
  logic asked_q, first_q, tail_q, over_q;
  logic [2:0] faults_q, faults;
  logic [SideBits-1:0] beats, left_q, lines_q;
  logic may, soon, put, free, moved, fills, line_end, frame_end, begins, follower;

  assign may = asked_q && !stop_i;
  // A beat waits for the size to go out: with the next frame asked for, none is dropped in between
  assign soon = job_valid_i && !stop_i;
  assign begins = there && start;
  assign follower = begins && !first_q;
  assign beats = SideBits'((32'(job_width_i) + 32'(Lanes - 1)) / 32'(Lanes));
  assign fills = (state_q == Rest) || (state_q == Fill);
  assign put = fills || ((state_q == Take) && there && !follower);
  assign moved = put && free;
  assign line_end = (left_q == SideBits'(1));
  assign frame_end = line_end && (lines_q == SideBits'(1));

  always_comb begin
    pop = 1'b0;
    state_d = state_q;
    faults = '0;
    case (state_q)
      Skip: begin
        pop = there && !(start && (may || soon));
        if (begins && may) state_d = Take;
      end
      Take: begin
        pop = moved;
        if (follower) state_d = Fill;
        else if (moved && frame_end) state_d = Done;
        else if (moved && line_end) state_d = ending ? Take : Cut;
        else if (moved && ending) state_d = Rest;
        faults = {follower, moved && line_end && !ending, moved && !line_end && ending};
      end
      Rest: if (moved && line_end) state_d = frame_end ? Done : Take;
      Cut: begin
        pop = there && !start;
        if (begins) state_d = Fill;
        else if (there && ending) state_d = Take;
        faults = {begins, 2'b00};
      end
      Fill: begin
        pop = there;
        if (moved && frame_end) state_d = Done;
      end
      default: state_d = Skip;
    endcase
    // What is under way is lost with all the rest: a reset has to follow
    if (stop_i) begin
      pop = there;
      state_d = Skip;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= Skip;
      asked_q <= 1'b0;
      tail_q <= 1'b0;
    end else begin
      state_q <= state_d;
      asked_q <= (asked_q || (cfg_valid_o && cfg_ready_i)) && (state_q != Done);
      if (state_q == Done) tail_q <= !faults_q[2];
      else if ((state_q == Skip) && there && (start || !over_q)) tail_q <= 1'b0;
    end
    if (moved && frame_end) over_q <= (state_q == Take) && !ending;
    else if ((state_q == Skip) && there && ending) over_q <= 1'b0;
    if (state_q == Skip) begin
      first_q <= 1'b1;
      faults_q <= '0;
      left_q <= beats;
      lines_q <= job_height_i;
    end else begin
      faults_q <= faults_q | faults;
      if (moved) begin
        first_q <= 1'b0;
        left_q <= line_end ? beats : left_q - SideBits'(1);
        if (line_end) lines_q <= lines_q - SideBits'(1);
      end
    end
  end

  assign job_ready_o = (state_q == Done);
  assign cfg_valid_o = job_valid_i && !asked_q;
  assign cfg_width_o = job_width_i;
  assign cfg_height_o = job_height_i;
  assign began_o = (state_q == Skip) && (state_d == Take);
  assign dropped_o = pop && start && ((state_q != Take) || stop_i);
  assign faults_o = faults_q;
  assign more_o = (state_q == Skip) && tail_q && !over_q && there && !start;

  // --- out: red, green, blue where it was green, blue, red

  logic [Width-1:0] bytes;
  for (genvar i = 0; i < Lanes; i++) begin : gen_lane
    assign bytes[i*Pixel +: Pixel] = job_format_i[1]
        ? data[i*Pixel +: Pixel] : {data[i*Pixel +: 2*Bits], data[i*Pixel+2*Bits +: Bits]};
  end

  stream_fifo #(
    .Width(Width + 2),
    .Depth(2)
  ) i_out (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(put && !stop_i),
    .in_ready_o(free),
    .in_data_i({job_format_i, fills ? Filling : bytes}),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o({out_format_o, out_data_o})
  );

  // --- sizes, of all frames

  logic known_q;
  logic [15:0] beats_before, beats_now, beats_q, rows_before, rows_q, width_q;
  assign beats_before = start ? '0 : beats_q;
  assign beats_now = (beats_before == MostBeats) ? MostBeats : beats_before + 16'd1;
  assign rows_before = start ? '0 : rows_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      known_q <= 1'b0;
      seen_width_o <= '0;
      seen_height_o <= '0;
    end else if (pop && start) begin
      known_q <= 1'b1;
      if (known_q) begin
        seen_width_o <= width_q;
        seen_height_o <= rows_q;
      end
    end
    if (pop) begin
      beats_q <= ending ? '0 : beats_now;
      rows_q <= (ending && (rows_before != 16'hffff)) ? rows_before + 16'd1 : rows_before;
      if (ending) width_q <= 16'(32'(beats_now) * 32'(Lanes));
      else if (start) width_q <= '0;
    end
  end

endmodule
