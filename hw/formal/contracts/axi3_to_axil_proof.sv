// axi3_to_axil in front of any slave that answers what it got: every valid stays with what goes with
// it, and a burst is as many accesses as it has beats, with its identifier and last beat.
module axi3_to_axil_proof #(
  // Beats of the longest burst that is fed
  parameter int unsigned MostBeats = 4,
  parameter bit Cover = 1'b0
) (
  input logic clk_i, input logic rst_ni,
  input logic awid, input logic [11:0] awaddr, input logic [3:0] awlen, input logic [1:0] awsize,
  input logic [1:0] awburst, input logic awvalid, input logic [31:0] wdata,
  input logic [3:0] wstrb, input logic wvalid, input logic bready,
  input logic arid, input logic [11:0] araddr, input logic [3:0] arlen, input logic [1:0] arsize,
  input logic [1:0] arburst, input logic arvalid, input logic rready,
  input logic m_awready, input logic m_wready, input logic [1:0] m_bresp, input logic m_bvalid,
  input logic m_arready, input logic [31:0] m_rdata, input logic [1:0] m_rresp,
  input logic m_rvalid
);
  logic awready, wready, bid, bvalid, arready, rid, rlast, rvalid;
  logic [1:0] bresp, rresp;
  logic [31:0] rdata, m_wdata;
  logic [11:0] m_awaddr, m_araddr;
  logic [3:0] m_wstrb;
  logic m_awvalid, m_wvalid, m_bready, m_arvalid, m_rready;

  axi3_to_axil #(
    .AddrWidth(12), .IdWidth(1)
  ) i_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .awid_i(awid), .awaddr_i(awaddr), .awlen_i(awlen),
    .awsize_i(awsize), .awburst_i(awburst), .awvalid_i(awvalid), .awready_o(awready),
    .wdata_i(wdata), .wstrb_i(wstrb), .wvalid_i(wvalid), .wready_o(wready), .bid_o(bid),
    .bresp_o(bresp), .bvalid_o(bvalid), .bready_i(bready), .arid_i(arid), .araddr_i(araddr),
    .arlen_i(arlen), .arsize_i(arsize), .arburst_i(arburst), .arvalid_i(arvalid),
    .arready_o(arready), .rid_o(rid), .rdata_o(rdata), .rresp_o(rresp), .rlast_o(rlast),
    .rvalid_o(rvalid), .rready_i(rready), .m_awaddr_o(m_awaddr), .m_awvalid_o(m_awvalid),
    .m_awready_i(m_awready), .m_wdata_o(m_wdata), .m_wstrb_o(m_wstrb), .m_wvalid_o(m_wvalid),
    .m_wready_i(m_wready), .m_bresp_i(m_bresp), .m_bvalid_i(m_bvalid), .m_bready_o(m_bready),
    .m_araddr_o(m_araddr), .m_arvalid_o(m_arvalid), .m_arready_i(m_arready), .m_rdata_i(m_rdata),
    .m_rresp_i(m_rresp), .m_rvalid_i(m_rvalid), .m_rready_o(m_rready)
  );

  localparam logic [1:0] Wrap = 2'b10;
  logic first_q;
  initial first_q = 1'b1;
  always_ff @(posedge clk_i) first_q <= 1'b0;

  stream_contract #(.Width(3)) i_b (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(bvalid), .ready_i(bready), .data_i({bid, bresp})
  );
  stream_contract #(.Width(36)) i_r (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(rvalid), .ready_i(rready),
    .data_i({rid, rlast, rresp, rdata})
  );
  stream_contract #(.Width(12)) i_aw (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(m_awvalid), .ready_i(m_awready), .data_i(m_awaddr)
  );
  stream_contract #(.Width(36)) i_w (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(m_wvalid), .ready_i(m_wready),
    .data_i({m_wstrb, m_wdata})
  );
  stream_contract #(.Width(12)) i_ar (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(m_arvalid), .ready_i(m_arready), .data_i(m_araddr)
  );

  // Of the burst under way: beats taken, accesses done, and what it was
  logic write_q, read_q, wid_q, rid_q;
  logic [1:0] wburst_q, rburst_q;
  logic [4:0] wlen_q, rlen_q, data_q, answers_q, beats_q, reads_q;
  logic [1:0] sent_aw_q, sent_w_q, sent_ar_q;
  initial {write_q, read_q, sent_aw_q, sent_w_q, sent_ar_q} = '0;

  always_ff @(posedge clk_i) begin
    if (awvalid && awready) {wid_q, wburst_q, wlen_q} <= {awid, awburst, {1'b0, awlen}};
    if (arvalid && arready) {rid_q, rburst_q, rlen_q} <= {arid, arburst, {1'b0, arlen}};
    if (!rst_ni) begin
      {write_q, read_q, sent_aw_q, sent_w_q, sent_ar_q} <= '0;
    end else begin
      if (awvalid && awready) write_q <= 1'b1;
      else if (bvalid && bready) write_q <= 1'b0;
      if (arvalid && arready) read_q <= 1'b1;
      else if (rvalid && rready && rlast) read_q <= 1'b0;
      sent_aw_q <= sent_aw_q + {1'b0, m_awvalid && m_awready} - {1'b0, m_bvalid && m_bready};
      sent_w_q <= sent_w_q + {1'b0, m_wvalid && m_wready} - {1'b0, m_bvalid && m_bready};
      sent_ar_q <= sent_ar_q + {1'b0, m_arvalid && m_arready} - {1'b0, m_rvalid && m_rready};
    end
    if (awvalid && awready) {data_q, answers_q} <= '0;
    else begin
      data_q <= data_q + {4'd0, wvalid && wready};
      answers_q <= answers_q + {4'd0, m_bvalid && m_bready};
    end
    if (arvalid && arready) {beats_q, reads_q} <= '0;
    else begin
      beats_q <= beats_q + {4'd0, rvalid && rready};
      reads_q <= reads_q + {4'd0, m_rvalid && m_rready};
    end
  end

  always_comb begin
    if (first_q) assume (!rst_ni);
    assume (32'(awlen) < MostBeats && 32'(arlen) < MostBeats);
    // The slave answers only what it got
    assume (!m_bvalid || (sent_aw_q != '0 && sent_w_q != '0));
    assume (!m_rvalid || sent_ar_q != '0);
    if (!first_q) begin
      one_write: assert (!(awready && write_q) && sent_aw_q < 2'd2 && sent_w_q < 2'd2);
      one_read: assert (!(arready && read_q) && sent_ar_q < 2'd2);
      if (wready) data_wanted: assert (write_q && data_q <= wlen_q);
      if (bvalid) all_written: assert (write_q && bid == wid_q && data_q == wlen_q + 5'd1
                                       && (wburst_q == Wrap || answers_q == data_q));
      if (rvalid) all_read: assert (read_q && rid == rid_q && rlast == (beats_q == rlen_q)
                                    && (rburst_q == Wrap || reads_q == beats_q + 5'd1));
    end
  end

  // With a slave that takes and answers, a burst goes on
  stream_progress #(
    .Clocks(3)
  ) i_reads (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(read_q && m_arready && (m_rvalid || sent_ar_q == '0)),
    .moves_i(rvalid)
  );
  stream_progress #(
    .Clocks(4)
  ) i_writes (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .may_i(write_q && m_awready && m_wready && (m_bvalid || sent_aw_q == '0)),
    .moves_i(bvalid || wready)
  );

  if (Cover) begin : gen_cover
    always_comb reach: assert (!(write_q && bvalid && data_q == 5'd2 && answers_q == 5'd2));
  end

endmodule
