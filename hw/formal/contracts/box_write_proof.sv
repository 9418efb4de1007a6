// box_write in front of any memory that answers what was written: of each frame a burst a box at its
// place, the header's as the last, behind raw integers where they are asked for; each has its words;
// addresses and words stay until taken; a frame ends when all is answered; it does not stop.
//
// Bits of score and corners are followed into memory; the other ones lie beside them in the same words.
module box_write_proof #(
  parameter bit Raw = 1'b0,
  parameter bit Cover = 1'b0
) (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        job_valid,
  input logic        raw_valid,
  input logic        raw_last,
  input logic        box_valid,
  input logic        box_end,
  input logic        score,
  input logic [1:0]  corners,
  input logic        number,
  input logic        awready,
  input logic        wready,
  input logic        bvalid,
  input logic [1:0]  bresp,
  input logic        stop
);

  // Words of a record, and of the raw integers
  localparam int unsigned Words = 4;
  localparam int unsigned RawWords = 1;
  localparam logic [11:0] Records = 12'h100;
  localparam logic [11:0] RawAddress = 12'h800;

  logic job_ready, raw_ready, box_ready, quiet, slverr, decerr, awvalid, wvalid, wlast, bready;
  logic [11:0] error_address, awaddr;
  logic [7:0] awlen;
  logic [31:0] wdata;
  logic [3:0] wstrb;

  box_write #(
    .AddrWidth(12), .DataWidth(32), .IdWidth(1), .MaxBurst(4), .Outstanding(2), .FifoWords(4),
    .RawBytes(3), .PlaceBits(1), .CountBits(2)
  ) i_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .job_valid_i(job_valid), .job_ready_o(job_ready),
    .job_records_i(Records), .job_raw_address_i(RawAddress), .job_raw_i(Raw), .job_size_i('0),
    .job_note_i('0), .number_i({31'd0, number}), .raw_valid_i(raw_valid), .raw_ready_o(raw_ready),
    .raw_data_i('0), .raw_last_i(raw_last), .box_valid_i(box_valid), .box_ready_o(box_ready),
    .box_end_i(box_end), .box_score_i({15'd0, score}), .box_place_i('0),
    .box_corners_i({31'd0, corners[1], 31'd0, corners[0]}), .stop_i(stop), .quiet_o(quiet),
    .slverr_o(slverr), .decerr_o(decerr), .error_address_o(error_address), .m_axi_awid(),
    .m_axi_awaddr(awaddr), .m_axi_awlen(awlen), .m_axi_awsize(), .m_axi_awburst(),
    .m_axi_awcache(), .m_axi_awprot(), .m_axi_awvalid(awvalid), .m_axi_awready(awready),
    .m_axi_wdata(wdata), .m_axi_wstrb(wstrb), .m_axi_wlast(wlast), .m_axi_wvalid(wvalid),
    .m_axi_wready(wready), .m_axi_bid(1'b0), .m_axi_bresp(bresp), .m_axi_bvalid(bvalid),
    .m_axi_bready(bready)
  );

  // Of the frame: boxes taken, whether its header and its raw words are; bursts and words that have
  // gone out; answers that are owed
  logic first_q, seen_q, ended_q, raw_q, bursting, word, answer, is_raw;
  logic [2:0] boxes_q, bursts_q, answers_q, ends_q;
  logic [4:0] words_q;
  logic [4:0] behind;
  logic [1:0] place;
  initial first_q = 1'b1;
  initial seen_q = 1'b0;
  assign bursting = awvalid && awready;
  assign word = wvalid && wready;
  assign answer = bvalid && bready;
  // The word that is at the output, behind raw ones
  assign is_raw = Raw && (words_q == '0);
  assign behind = words_q - 5'(Raw ? RawWords : 0);
  assign place = behind[1:0];

  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    seen_q <= rst_ni && (seen_q || (job_ready && boxes_q == (Raw ? 3'd0 : 3'd1)));
    if (!rst_ni || job_ready) begin
      boxes_q <= '0;
      ended_q <= 1'b0;
      raw_q <= 1'b0;
      bursts_q <= '0;
      words_q <= '0;
      answers_q <= '0;
      ends_q <= '0;
    end else begin
      boxes_q <= boxes_q + 3'(box_valid && box_ready && !box_end);
      ended_q <= ended_q || (box_valid && box_ready && box_end);
      raw_q <= raw_q || (raw_valid && raw_ready);
      bursts_q <= bursts_q + 3'(bursting);
      words_q <= words_q + 5'(word);
      ends_q <= ends_q + 3'(word && wlast);
      answers_q <= answers_q + 3'(answer);
    end
  end

  // Any box (or the header) of the frame, and what it was when it was at the input
  (* anyconst *) logic [1:0] chosen;
  logic has_q;
  logic [3:0] box_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni || job_ready) has_q <= 1'b0;
    else if (box_valid && boxes_q == 3'(chosen) && !ended_q) has_q <= 1'b1;
    if (box_valid && boxes_q == 3'(chosen) && !ended_q) box_q <= {box_end, score, corners};
  end

  logic job_q, box_wait_q, raw_wait_q, number_q;
  logic [3:0] box_beat_q;
  initial {job_q, box_wait_q, raw_wait_q} = '0;
  always_ff @(posedge clk_i) begin
    job_q <= rst_ni && job_valid && !job_ready;
    box_wait_q <= rst_ni && box_valid && !box_ready;
    raw_wait_q <= rst_ni && raw_valid && !raw_ready;
    box_beat_q <= {box_end, score, corners};
    number_q <= number;
  end

  always_comb begin
    if (first_q) assume (!rst_ni);
    // Frames and what comes of them stay; two boxes and a header at most, one raw word, marked
    if (job_q && rst_ni) assume (job_valid && number == number_q);
    if (box_wait_q && rst_ni) assume (box_valid && {box_end, score, corners} == box_beat_q);
    if (raw_wait_q && rst_ni) assume (raw_valid);
    assume (!box_valid || (job_valid && !ended_q && (box_end || boxes_q < 3'd2)));
    assume (!raw_valid || (job_valid && !raw_q && raw_last));
    // An answer follows the last word and the address of its burst
    assume (!bvalid || (answers_q < bursts_q && answers_q < ends_q));
    if (!first_q && rst_ni) begin
      // Raw integers, then boxes, then the header
      if (awvalid) begin
        lengths: assert (awlen == ((Raw && bursts_q == '0) ? 8'(RawWords - 1) : 8'(Words - 1)));
        places: assert (awaddr == ((Raw && bursts_q == '0) ? RawAddress
                        : (bursts_q == 3'(boxes_q) + 3'(Raw) && (ended_q || (box_valid && box_end))) ? Records
                        : Records + 12'd16 * (12'(bursts_q) - 12'(Raw) + 12'd1)));
        of_a_box: assert (bursts_q < 3'(Raw) + boxes_q + 3'(ended_q || box_valid));
      end
      if (wvalid) begin
        marks: assert (wlast == (is_raw || place == 2'd3));
        strobes: assert (wstrb == (is_raw ? 4'b0111 : 4'b1111));
        of_the_frame: assert (job_valid && (is_raw || behind[4:2] <= boxes_q));
        if (!is_raw && has_q && behind[4:2] == 3'(chosen)) begin
          values: assert (wdata[0] == (box_q[3] ? ((place == 2'd0) ? number : (place == 2'd1) ? boxes_q[0] : 1'b0)
                                      : ((place == 2'd0) ? box_q[0] : (place == 2'd1) ? box_q[1]
                                         : (place == 2'd3) ? box_q[2] : 1'b0)));
        end
        if (!is_raw && behind[4:2] == 3'(chosen)) is_known: assert (has_q);
      end
      all_of_it: assert (!job_ready || (ended_q && (!Raw || raw_q)
                         && bursts_q == boxes_q + 3'd1 + 3'(Raw) && answers_q == bursts_q
                         && ends_q == bursts_q && 32'(words_q) == 4 * (32'(boxes_q) + 1) + 32'(Raw)));
      quiet_is_quiet: assert (!quiet || (!awvalid && !wvalid && answers_q == bursts_q));
    end
  end

  stream_contract #(
    .Width(20)
  ) i_address (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(awvalid), .ready_i(awready), .data_i({awlen, awaddr})
  );
  stream_contract #(
    .Width(6)
  ) i_words (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(wvalid), .ready_i(wready),
    .data_i({wlast, wstrb, wdata[0]})
  );
  // Where all ends go on, something moves
  stream_progress #(
    .Clocks(10)
  ) i_runs (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .may_i(job_valid && !stop && awready && wready && (bvalid || answers_q == bursts_q || answers_q == ends_q)
           && (ended_q || box_valid) && (!Raw || raw_q || raw_valid)),
    .moves_i(bursting || word || answer || (box_valid && box_ready) || (raw_valid && raw_ready)
             || job_ready)
  );

  if (Cover) begin : gen_cover
    always_comb reach: assert (!seen_q);
  end

endmodule
