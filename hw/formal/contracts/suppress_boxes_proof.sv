// suppress_boxes: a last beat for each frame's last beat, at most most_i boxes in front of it; what
// was not taken stays; it does not stop.
module suppress_boxes_proof #(
  parameter int unsigned Most = 2,
  parameter bit Cover = 1'b0
) (
  input logic       clk_i,
  input logic       rst_ni,
  input logic       in_valid,
  input logic       in_end,
  input logic       in_score,
  input logic       in_place,
  input logic [3:0] in_corners,
  input logic       out_ready
);

  // A pass with its empty pipeline, for each box and once more; the worst is looked for
  localparam int unsigned Clocks = Most + 16;

  logic in_ready, out_valid, out_end, out_score, out_place;
  logic [3:0] out_corners;
  (* anyconst *) logic [1:0] overlap;
  (* anyconst *) logic [1:0] most;

  suppress_boxes #(
    .Most(Most),
    .ScoreBits(1),
    .PlaceBits(1),
    .CornerBits(1),
    .OverlapBits(1)
  ) i_dut (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .overlap_i(overlap),
    .most_i(most),
    .in_valid_i(in_valid),
    .in_ready_o(in_ready),
    .in_end_i(in_end),
    .in_score_i(in_score),
    .in_place_i(in_place),
    .in_corners_i(in_corners),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready),
    .out_end_o(out_end),
    .out_score_o(out_score),
    .out_place_o(out_place),
    .out_corners_o(out_corners)
  );

  // Frames whose last beat has not left, and boxes of the one that leaves
  logic first_q, seen_q, pop;
  logic [1:0] frames_q, boxes_q;
  initial first_q = 1'b1;
  initial seen_q = 1'b0;
  assign pop = out_valid && out_ready;

  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    seen_q <= rst_ni && (seen_q || (pop && !out_end));
    if (!rst_ni) begin
      frames_q <= '0;
      boxes_q <= '0;
    end else begin
      frames_q <= frames_q + 2'(in_valid && in_ready && in_end) - 2'(pop && out_end);
      if (pop) boxes_q <= out_end ? '0 : boxes_q + 2'd1;
    end
  end

  always_comb begin
    if (first_q) assume (!rst_ni);
    assume (32'(most) <= Most);
    if (!first_q && out_valid) begin
      of_a_frame: assert (frames_q != '0);
      not_too_many: assert (out_end || boxes_q < most);
    end
  end

  stream_contract #(.Width(7)) i_stays (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(out_valid), .ready_i(out_ready),
    .data_i({out_end, out_score, out_place, out_corners})
  );
  stream_progress #(.Clocks(Clocks)) i_runs (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(in_valid && out_ready), .moves_i(in_ready || out_valid)
  );
  stream_progress #(.Clocks(Clocks)) i_ends (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(frames_q != '0), .moves_i(out_valid)
  );

  if (Cover) begin : gen_cover
    always_comb reach: assert (!seen_q);
  end

endmodule
