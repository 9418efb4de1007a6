// camera_boxes: of each frame so many integers are taken, none before its turn; its raw words go out
// where they are asked for, the last one marked; boxes go out, at most so many, and one last beat
// behind; what was not taken stays; it does not stop.
//
// Scores, corners and overlaps are any: what they are is simulated. In the place of decode_boxes stands
// what is proven of it: a frame's candidates and a last beat behind its integers, which stay until
// taken, and progress.
module camera_boxes_proof #(
  parameter bit Raw = 1'b0,
  parameter bit Cover = 1'b0
) (
  input logic       clk_i,
  input logic       rst_ni,
  input logic       job_valid,
  input logic       job_done,
  input logic [1:0] most,
  input logic       in_valid,
  input logic [7:0] in_data,
  input logic       raw_ready,
  input logic       box_ready
);

  // Integers of a frame, and raw words
  localparam int unsigned Integers = 6;
  localparam int unsigned RawWords = 3;
  // Clocks in which something moves: decode, then a pass of suppress_boxes and its empty pipeline
  localparam int unsigned Clocks = 30;

  logic last, in_ready, raw_valid, raw_last, box_valid, box_end, take;
  logic [15:0] raw_data, score;
  logic place;
  logic [63:0] corners;

  camera_boxes #(
    .Lanes(1), .Bits(1), .ContainerBytes(1), .IsSigned(1'b1), .Rows(1), .Columns(1), .Anchors(1),
    .Cell(1), .Candidates(2), .WordBytes(2)
  ) i_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .job_valid_i(job_valid), .job_done_i(job_done),
    .job_raw_i(Raw), .job_least_i('0), .job_overlap_i('0), .job_most_i(most), .last_o(last),
    .in_valid_i(in_valid), .in_ready_o(in_ready), .in_data_i(in_data), .raw_valid_o(raw_valid),
    .raw_ready_i(raw_ready), .raw_data_o(raw_data), .raw_last_o(raw_last), .box_valid_o(box_valid),
    .box_ready_i(box_ready), .box_end_o(box_end), .box_score_o(score), .box_place_o(place),
    .box_corners_o(corners)
  );

  // decode_boxes: what goes in and comes out; integers of the frame, candidates, whether it has ended
  (* hierconn *) wire \i_dut.one_valid ;
  (* hierconn *) wire \i_dut.one_ready ;
  (* hierconn *) wire \i_dut.found_valid ;
  (* hierconn *) wire \i_dut.found_ready ;
  (* hierconn *) wire \i_dut.found_end ;
  logic one, found, found_wait_q, found_bit_q;
  logic [2:0] ones_q;
  logic [1:0] slow_q;
  logic found_q;
  assign one = \i_dut.one_valid && \i_dut.one_ready ;
  assign found = \i_dut.found_valid && \i_dut.found_ready ;

  always_ff @(posedge clk_i) begin
    found_wait_q <= rst_ni && \i_dut.found_valid && !\i_dut.found_ready ;
    found_bit_q <= \i_dut.found_end ;
    if (!rst_ni) begin
      {ones_q, found_q, slow_q} <= '0;
    end else begin
      // Clocks in which it did nothing of what it has to
      if (one || \i_dut.found_valid || !(\i_dut.one_valid || 32'(ones_q) == Integers)) slow_q <= '0;
      else slow_q <= slow_q + 2'd1;
      if (found && \i_dut.found_end ) begin
        ones_q <= '0;
        found_q <= 1'b0;
      end else begin
        ones_q <= ones_q + 3'(one);
        found_q <= found_q || found;
      end
    end
  end

  always_comb begin
    if (found_wait_q && rst_ni) assume (\i_dut.found_valid && \i_dut.found_end == found_bit_q);
    assume (!\i_dut.found_valid || (32'(ones_q) == Integers && (\i_dut.found_end || !found_q)));
    assume (!\i_dut.one_ready || 32'(ones_q) != Integers);
    assume (slow_q != 2'd3);
  end

  // Of the frame: integers, raw words and boxes that have passed, and its last beat
  logic first_q, seen_q, ended_q, job_q, in_wait_q, in_bit_q;
  logic [2:0] integers_q;
  logic [1:0] words_q, boxes_q, most_q;
  initial first_q = 1'b1;
  initial {seen_q, job_q, in_wait_q} = '0;
  assign take = in_valid && in_ready;

  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    seen_q <= rst_ni && (seen_q || (job_done && boxes_q == (Raw ? 2'd0 : 2'd1)));
    job_q <= rst_ni && job_valid && !job_done;
    in_wait_q <= rst_ni && in_valid && !in_ready;
    in_bit_q <= in_data[0];
    most_q <= most;
    if (!rst_ni || job_done) begin
      integers_q <= '0;
      words_q <= '0;
      boxes_q <= '0;
      ended_q <= 1'b0;
    end else begin
      integers_q <= integers_q + 3'(take);
      words_q <= words_q + 2'(raw_valid && raw_ready);
      boxes_q <= boxes_q + 2'(box_valid && box_ready && !box_end);
      ended_q <= ended_q || (box_valid && box_ready && box_end);
    end
  end

  always_comb begin
    if (first_q) assume (!rst_ni);
    assume (most <= 2'd2);
    // A frame stays until it is done, which it is behind its last box and raw word
    if (job_q && rst_ni) assume (job_valid && most == most_q);
    assume (!job_done || (job_valid && ended_q && 32'(words_q) == (Raw ? RawWords : 0)));
    if (in_wait_q && rst_ni) assume (in_valid && in_data[0] == in_bit_q);
    if (!first_q && rst_ni) begin
      its_turn: assert (!in_ready || (job_valid && 32'(integers_q) < Integers));
      last_one: assert (last == (take && 32'(integers_q) == Integers - 1));
      raw_asked: assert (!raw_valid || (Raw && job_valid && 32'(words_q) < RawWords));
      raw_marked: assert (!raw_valid || raw_last == (32'(words_q) == RawWords - 1));
      of_the_frame: assert (!box_valid || (job_valid && !ended_q && 32'(integers_q) == Integers));
      not_too_many: assert (!box_valid || box_end || boxes_q < most);
    end
  end

  stream_contract #(.Width(2)) i_boxes (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(box_valid), .ready_i(box_ready),
    .data_i({box_end, 1'b0})
  );
  stream_contract #(.Width(2)) i_raw (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(raw_valid), .ready_i(raw_ready),
    .data_i({raw_last, raw_data[0]})
  );
  stream_progress #(.Clocks(Clocks)) i_runs (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .may_i(job_valid && in_valid && box_ready && raw_ready && !job_done
           && !(ended_q && 32'(words_q) == (Raw ? RawWords : 0))),
    .moves_i(take || box_valid || raw_valid)
  );

  if (Cover) begin : gen_cover
    always_comb reach: assert (!seen_q);
  end

endmodule
