// video_read: whatever the stream brings, a frame that was asked for gives just the beats of its size;
// none is dropped while it waits; every frame's start is taken or counted as dropped; nothing sticks.
// Good: of frames of the right size, asked for in time, every beat comes out, in order and once.
module video_read_proof #(
  parameter int unsigned MaxSide = 3,
  parameter bit Good = 1'b0,
  parameter bit Cover = 1'b0
) (
  input logic       clk_i,
  input logic       rst_ni,
  input logic       choose,
  input logic       job_valid,
  input logic [1:0] job_width,
  input logic [1:0] job_height,
  input logic [1:0] job_format,
  input logic       cfg_ready,
  input logic       out_ready,
  input logic       stop,
  input logic       in_valid,
  input logic [5:0] in_data,
  input logic       in_user,
  input logic       in_last
);

  localparam int unsigned Lanes = 2;
  logic job_ready, cfg_valid, out_valid, began, dropped, more, in_ready;
  logic [1:0] cfg_width, cfg_height, out_format;
  logic [5:0] out_data;
  logic [2:0] faults;
  logic [15:0] seen_width, seen_height;

  video_read #(
    .Lanes(Lanes),
    .MaxSide(MaxSide),
    .Bits(1),
    .Level(1)
  ) i_dut (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .job_valid_i(job_valid),
    .job_ready_o(job_ready),
    .job_width_i(job_width),
    .job_height_i(job_height),
    .job_format_i(job_format),
    .cfg_valid_o(cfg_valid),
    .cfg_ready_i(cfg_ready),
    .cfg_width_o(cfg_width),
    .cfg_height_o(cfg_height),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready),
    .out_format_o(out_format),
    .out_data_o(out_data),
    .began_o(began),
    .dropped_o(dropped),
    .faults_o(faults),
    .more_o(more),
    .seen_width_o(seen_width),
    .seen_height_o(seen_height),
    .stop_i(stop),
    .s_axis_video_tvalid(in_valid),
    .s_axis_video_tready(in_ready),
    .s_axis_video_tdata(in_data),
    .s_axis_video_tuser(in_user),
    .s_axis_video_tlast(in_last)
  );

  // --- what is asked for, as the queue of frames gives it; a stop lasts until a reset

  logic first_q, stopped_q, seen_q, asked, push;
  initial first_q = 1'b1;
  initial stopped_q = 1'b0;
  initial seen_q = 1'b0;
  assign asked = cfg_valid && cfg_ready;
  assign push = in_valid && in_ready;

  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    stopped_q <= rst_ni && stop;
    seen_q <= rst_ni && (seen_q || (job_ready && job_height == 2'd2));
  end

  always_comb begin
    if (first_q) assume (!rst_ni);
    if (stopped_q) assume (stop);
    assume (job_width != '0 && 32'(job_width) <= MaxSide);
    assume (job_height != '0 && 32'(job_height) <= MaxSide);
  end

  stream_contract #(.Width(6), .Assumed(1'b1)) i_job (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(job_valid), .ready_i(job_ready),
    .data_i({job_width, job_height, job_format})
  );
  stream_contract #(.Width(4)) i_size_stays (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(cfg_valid), .ready_i(cfg_ready),
    .data_i({cfg_width, cfg_height})
  );
  stream_contract #(.Width(8)) i_stays (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(out_valid), .ready_i(out_ready),
    .data_i({out_format, out_data})
  );

  // --- beats: of each frame as many as its size has; when it ends two at most are still to go out

  logic [4:0] beats, due;
  assign beats = 5'((32'(job_width) + 1) / Lanes) * 5'(job_height);
  picture_contract #(.CountBits(5)) i_beats (
    .clk_i(clk_i), .rst_ni(rst_ni), .cfg_i(asked), .count_i(beats),
    .valid_i(out_valid), .pass_i(out_valid && out_ready), .due_o(due)
  );

  // --- frames: asked for and not begun; starts that have come in and of which nothing is known

  logic waits_q, runs_q;
  logic [1:0] starts_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      waits_q <= 1'b0;
      runs_q <= 1'b0;
      starts_q <= '0;
    end else begin
      waits_q <= asked || (waits_q && !began);
      runs_q <= began || (runs_q && !job_ready);
      starts_q <= starts_q + 2'(push && in_user) - 2'(began || (dropped && !stop));
    end
  end

  always_comb begin
    if (!first_q && !stop) begin
      all_of_it: assert (!job_ready || (32'(due) <= 2 && runs_q));
      begins_if_wanted: assert (!began || waits_q);
      not_dropped_if_wanted: assert (!dropped || !job_valid || runs_q);
      of_a_start: assert (!(began || dropped) || starts_q != '0);
      starts_fit: assert (32'(starts_q) <= 2);
      one_of_both: assert (!(began && dropped));
    end
  end

  // Beats that nobody wants are taken; of a frame under way one end moves
  stream_progress #(.Clocks(4)) i_taken (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(in_valid && (!job_valid || stop)), .moves_i(in_ready)
  );
  stream_progress #(.Clocks(6)) i_runs (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(in_valid && out_ready && cfg_ready && !stop),
    .moves_i(in_ready || out_valid)
  );

  if (Good) begin : gen_good
    // Frames of the size that holds for all, from the first one that is asked for on
    logic open_q, chosen_q;
    logic [1:0] lines_q, cells_q, beats_in_line;
    logic [3:0] inside;
    (* anyconst *) logic [1:0] width;
    (* anyconst *) logic [1:0] height;
    assign beats_in_line = 2'((32'(width) + 1) / Lanes);

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        open_q <= 1'b0;
        lines_q <= '0;
        cells_q <= '0;
      end else begin
        open_q <= open_q || asked;
        if (push) begin
          cells_q <= in_last ? '0 : cells_q + 2'd1;
          if (in_last) lines_q <= (lines_q == height - 2'd1) ? '0 : lines_q + 2'd1;
        end
      end
    end

    always_comb begin
      assume (!stop && job_valid && cfg_ready);
      assume (job_width == width && job_height == height && job_format[1]);
      assume (!in_valid || open_q);
      if (in_valid) begin
        assume (in_user == (lines_q == '0 && cells_q == '0));
        assume (in_last == (cells_q == beats_in_line - 2'd1));
      end
      if (!first_q) begin
        none_dropped: assert (!dropped && !more);
        no_faults: assert (!job_ready || faults == '0);
      end
    end

    stream_tracker #(.UnitBits(6), .Most(4), .CountBits(4)) i_order (
      .clk_i(clk_i), .rst_ni(rst_ni), .choose_i(choose), .push_i(push), .push_data_i(in_data),
      .push_units_i(4'd1), .valid_i(out_valid), .pop_i(out_valid && out_ready), .data_i(out_data),
      .units_i(4'd1), .inside_o(inside), .seen_o(chosen_q)
    );
  end

  if (Cover) begin : gen_cover
    always_comb reach: assert (!seen_q);
  end

endmodule
