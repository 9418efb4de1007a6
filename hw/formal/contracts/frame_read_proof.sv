// frame_read in front of any memory that answers what was asked: of each frame its size goes out once,
// then its beats and no others; addresses stay until taken, and the bus never waits; bursts are of the
// frame's words; a frame ends when all of it has gone out; it does not stop.
//
// What the bytes of the beats are is proven of line_beats and dma_read.
module frame_read_proof #(
  // Lines, and pixels of one, at most; whether they are grey alone
  parameter int unsigned Side = 2,
  parameter int unsigned Wide = 1,
  parameter bit Grey = 1'b1,
  parameter bit Cover = 1'b0
) (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        job_valid,
  input logic        first,
  input logic [1:0]  stride,
  input logic [1:0]  width,
  input logic [1:0]  lines,
  input logic [1:0]  pixels,
  input logic        cfg_ready,
  input logic        out_ready,
  input logic        arready,
  input logic        rvalid,
  input logic [15:0] rdata,
  input logic [1:0]  rresp,
  input logic        stop
);

  localparam int unsigned SideBits = $clog2(Side + 1);
  localparam int unsigned LineBits = SideBits + 2;
  logic job_ready, cfg_valid, out_valid, quiet, slverr, decerr, arvalid, rready, rlast;
  logic [SideBits-1:0] cfg_width, cfg_height;
  logic [1:0] out_format;
  logic [23:0] out_data;
  logic [11:0] error_address, araddr;
  logic [7:0] arlen;
  logic [LineBits-1:0] bytes;
  assign bytes = (pixels == 2'd2) ? LineBits'(width)
               : (pixels == 2'd3) ? LineBits'(2 * width) : LineBits'(3 * width);

  frame_read #(
    .AddrWidth(12), .DataWidth(16), .IdWidth(1), .MaxBurst(2), .Outstanding(1), .FifoWords(2),
    .Lanes(1), .MaxSide(Side)
  ) i_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .job_valid_i(job_valid), .job_ready_o(job_ready),
    .job_address_i({11'h090, first}), .job_stride_i({30'h0, stride}),
    .job_width_i(SideBits'(width)), .job_height_i(SideBits'(lines)), .job_format_i(pixels),
    .job_line_bytes_i(bytes), .cfg_valid_o(cfg_valid), .cfg_ready_i(cfg_ready),
    .cfg_width_o(cfg_width), .cfg_height_o(cfg_height), .out_valid_o(out_valid),
    .out_ready_i(out_ready), .out_format_o(out_format), .out_data_o(out_data), .stop_i(stop),
    .quiet_o(quiet), .slverr_o(slverr), .decerr_o(decerr), .error_address_o(error_address),
    .m_axi_arid(), .m_axi_araddr(araddr), .m_axi_arlen(arlen), .m_axi_arsize(),
    .m_axi_arburst(), .m_axi_arcache(), .m_axi_arprot(), .m_axi_arvalid(arvalid),
    .m_axi_arready(arready), .m_axi_rid(1'b0), .m_axi_rdata(rdata), .m_axi_rresp(rresp),
    .m_axi_rlast(rlast), .m_axi_rvalid(rvalid), .m_axi_rready(rready)
  );

  // The frame: whether its size has gone out, beats and bursts' words that have not; the memory
  logic first_q, given_q, seen_q, lost_q, run, give, asked, word;
  logic [12:0] frame, frame_q;
  logic job_q, wait_q;
  logic [3:0] beats_q;
  logic [1:0] owed_q;
  logic [11:0] araddr_q;
  logic [7:0] arlen_q;
  initial first_q = 1'b1;
  initial {seen_q, job_q} = '0;
  assign frame = {first, stride, width, lines, pixels, 4'b0};
  assign run = job_valid;
  assign give = out_valid && out_ready;
  assign asked = arvalid && arready;
  assign word = rvalid && rready;
  assign rlast = (owed_q == 2'd1);

  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    frame_q <= frame;
    job_q <= rst_ni && job_valid && !job_ready;
    wait_q <= rst_ni && arvalid && !arready;
    araddr_q <= araddr;
    arlen_q <= arlen;
    seen_q <= rst_ni && (seen_q || (job_ready && lines == 2'(Side)));
    if (!rst_ni) begin
      given_q <= 1'b0;
      lost_q <= 1'b0;
      beats_q <= '0;
      owed_q <= '0;
    end else begin
      if (job_ready) given_q <= 1'b0;
      else if (cfg_valid && cfg_ready) given_q <= 1'b1;
      if (job_ready) beats_q <= '0;
      else beats_q <= beats_q + 4'(give);
      if (asked) owed_q <= 2'(arlen) + 2'd1;
      else if (word) owed_q <= owed_q - 2'd1;
      // Words are dropped: the frame never ends
      lost_q <= lost_q || stop || (word && rresp[1]);
    end
  end

  always_comb begin
    if (first_q) assume (!rst_ni);
    assume (lines != '0 && 32'(lines) <= Side && width != '0 && 32'(width) <= Wide);
    assume (!Grey || pixels == 2'd2);
    // A frame stays until it has ended; so many beats of its size
    if (job_q && rst_ni) assume (job_valid && frame == frame_q);
    assume (!rvalid || owed_q != '0);
    if (!first_q && rst_ni) begin
      size_once: assert (!cfg_valid || (job_valid && !given_q && cfg_width == SideBits'(width)
                                        && cfg_height == SideBits'(lines)));
      size_first: assert (!out_valid || (job_valid && given_q));
      of_the_frame: assert (!out_valid || 32'(beats_q) < 32'(lines) * 32'(width));
      all_of_it: assert (!job_ready || (given_q && 32'(beats_q) == 32'(lines) * 32'(width)));
      if (wait_q) stays: assert (arvalid && araddr == araddr_q && arlen == arlen_q);
      if (arvalid) one_burst: assert (owed_q == '0 && arlen <= 8'd1 && !quiet);
      if (owed_q != '0) taken: assert (rready && !quiet);
    end
  end

  stream_contract #(
    .Width(3)
  ) i_stays (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(out_valid), .ready_i(out_ready),
    .data_i({out_format, out_data[0]})
  );
  // Where all ends go on, something moves
  stream_progress #(
    .Clocks(10)
  ) i_runs (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .may_i(run && !lost_q && !stop && out_ready && arready && cfg_ready && (rvalid || owed_q == '0)),
    .moves_i(give || word || asked || (cfg_valid && cfg_ready) || job_ready)
  );

  if (Cover) begin : gen_cover
    always_comb reach: assert (!seen_q);
  end

endmodule
