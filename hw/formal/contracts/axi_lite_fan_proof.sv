// axi_lite_fan in front of two slaves that answer what they got, numbers 2 and 1 of 0 to 3: every
// valid stays with what goes with it, each access reaches the one slave chosen by its address, once,
// and its answer comes back; an access to a number without a slave reaches none and reads 0.
module axi_lite_fan_proof #(
  parameter bit Cover = 1'b0
) (
  input logic clk_i, input logic rst_ni,
  input logic [3:0] awaddr, input logic awvalid, input logic [31:0] wdata, input logic [3:0] wstrb,
  input logic wvalid, input logic bready, input logic [3:0] araddr, input logic arvalid,
  input logic rready,
  input logic [1:0] m_awready, input logic [1:0] m_wready, input logic [3:0] m_bresp,
  input logic [1:0] m_bvalid, input logic [1:0] m_arready, input logic [63:0] m_rdata,
  input logic [3:0] m_rresp, input logic [1:0] m_rvalid
);
  logic awready, wready, bvalid, arready, rvalid;
  logic [1:0] bresp, rresp, m_awaddr, m_araddr;
  logic [31:0] rdata, m_wdata;
  logic [3:0] m_wstrb;
  logic [1:0] m_awvalid, m_wvalid, m_bready, m_arvalid, m_rready;

  axi_lite_fan #(
    .Slaves(2), .LowBits(2), .SelectBits(2), .Numbers(4'b01_10)
  ) i_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .s_axi_awaddr(awaddr), .s_axi_awvalid(awvalid),
    .s_axi_awready(awready), .s_axi_wdata(wdata), .s_axi_wstrb(wstrb), .s_axi_wvalid(wvalid),
    .s_axi_wready(wready), .s_axi_bresp(bresp), .s_axi_bvalid(bvalid), .s_axi_bready(bready),
    .s_axi_araddr(araddr), .s_axi_arvalid(arvalid), .s_axi_arready(arready), .s_axi_rdata(rdata),
    .s_axi_rresp(rresp), .s_axi_rvalid(rvalid), .s_axi_rready(rready), .m_axi_awaddr(m_awaddr),
    .m_axi_awvalid(m_awvalid), .m_axi_awready(m_awready), .m_axi_wdata(m_wdata),
    .m_axi_wstrb(m_wstrb), .m_axi_wvalid(m_wvalid), .m_axi_wready(m_wready),
    .m_axi_bresp(m_bresp), .m_axi_bvalid(m_bvalid), .m_axi_bready(m_bready),
    .m_axi_araddr(m_araddr), .m_axi_arvalid(m_arvalid), .m_axi_arready(m_arready),
    .m_axi_rdata(m_rdata), .m_axi_rresp(m_rresp), .m_axi_rvalid(m_rvalid), .m_axi_rready(m_rready)
  );

  logic first_q;
  initial first_q = 1'b1;
  always_ff @(posedge clk_i) first_q <= 1'b0;

  stream_contract #(.Width(2)) i_b (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(bvalid), .ready_i(bready), .data_i(bresp)
  );
  stream_contract #(.Width(34)) i_r (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(rvalid), .ready_i(rready), .data_i({rresp, rdata})
  );

  // Accesses taken and not answered; of each slave: addresses, data and reads that it owes
  logic [1:0] aw_q, w_q, ar_q;
  logic [3:0] sent_aw_q, sent_w_q, sent_ar_q;
  logic [3:0] awaddr_q, araddr_q;
  // Which slave is meant: 2 is the first, 1 the second; 0 and 3 are none's
  logic [1:0] write_meant, read_meant;
  assign write_meant = {awaddr_q[3:2] == 2'd1, awaddr_q[3:2] == 2'd2};
  assign read_meant = {araddr_q[3:2] == 2'd1, araddr_q[3:2] == 2'd2};
  logic [35:0] wdata_q;
  logic [1:0] answer_q;
  logic [33:0] read_q;

  initial {aw_q, w_q, ar_q, sent_aw_q, sent_w_q, sent_ar_q} = '0;
  always_ff @(posedge clk_i) begin
    if (awvalid && awready) awaddr_q <= awaddr;
    if (wvalid && wready) wdata_q <= {wstrb, wdata};
    if (arvalid && arready) araddr_q <= araddr;
    if (m_bvalid[0] && m_bready[0]) answer_q <= m_bresp[1:0];
    if (m_bvalid[1] && m_bready[1]) answer_q <= m_bresp[3:2];
    if (m_rvalid[0] && m_rready[0]) read_q <= {m_rresp[1:0], m_rdata[31:0]};
    if (m_rvalid[1] && m_rready[1]) read_q <= {m_rresp[3:2], m_rdata[63:32]};
    if (!rst_ni) begin
      {aw_q, w_q, ar_q} <= '0;
    end else begin
      aw_q <= aw_q + {1'b0, awvalid && awready} - {1'b0, bvalid && bready};
      w_q <= w_q + {1'b0, wvalid && wready} - {1'b0, bvalid && bready};
      ar_q <= ar_q + {1'b0, arvalid && arready} - {1'b0, rvalid && rready};
    end
  end

  for (genvar i = 0; i < 2; i++) begin : gen_slave
    stream_contract #(.Width(2)) i_aw (
      .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(m_awvalid[i]), .ready_i(m_awready[i]),
      .data_i(m_awaddr)
    );
    stream_contract #(.Width(36)) i_w (
      .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(m_wvalid[i]), .ready_i(m_wready[i]),
      .data_i({m_wstrb, m_wdata})
    );
    stream_contract #(.Width(2)) i_ar (
      .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(m_arvalid[i]), .ready_i(m_arready[i]),
      .data_i(m_araddr)
    );

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        sent_aw_q[2*i +: 2] <= '0;
        sent_w_q[2*i +: 2] <= '0;
        sent_ar_q[2*i +: 2] <= '0;
      end else begin
        sent_aw_q[2*i +: 2] <= sent_aw_q[2*i +: 2] + {1'b0, m_awvalid[i] && m_awready[i]}
                               - {1'b0, m_bvalid[i] && m_bready[i]};
        sent_w_q[2*i +: 2] <= sent_w_q[2*i +: 2] + {1'b0, m_wvalid[i] && m_wready[i]}
                              - {1'b0, m_bvalid[i] && m_bready[i]};
        sent_ar_q[2*i +: 2] <= sent_ar_q[2*i +: 2] + {1'b0, m_arvalid[i] && m_arready[i]}
                               - {1'b0, m_rvalid[i] && m_rready[i]};
      end
    end

    always_comb begin
      // A slave answers only what it got
      assume (!m_bvalid[i] || (sent_aw_q[2*i +: 2] != '0 && sent_w_q[2*i +: 2] != '0));
      assume (!m_rvalid[i] || sent_ar_q[2*i +: 2] != '0);
      if (!first_q) begin
        assert (sent_aw_q[2*i +: 2] < 2'd2 && !(m_awvalid[i] && sent_aw_q[2*i +: 2] != '0));
        assert (sent_w_q[2*i +: 2] < 2'd2 && !(m_wvalid[i] && sent_w_q[2*i +: 2] != '0));
        assert (sent_ar_q[2*i +: 2] < 2'd2 && !(m_arvalid[i] && sent_ar_q[2*i +: 2] != '0));
        if (m_awvalid[i]) assert (aw_q == 2'd1 && write_meant[i] && awaddr_q[1:0] == m_awaddr);
        if (m_wvalid[i]) assert (w_q == 2'd1 && write_meant[i] && wdata_q == {m_wstrb, m_wdata});
        if (m_arvalid[i]) assert (ar_q == 2'd1 && read_meant[i] && araddr_q[1:0] == m_araddr);
        // listened to for as long as it owes an answer
        if (m_bready[i]) assert (write_meant[i] && aw_q == 2'd1 && w_q == 2'd1);
        if (m_rready[i]) assert (read_meant[i] && ar_q == 2'd1);
      end
    end
  end

  always_comb begin
    if (first_q) assume (!rst_ni);
    if (!first_q) begin
      one_write: assert (aw_q < 2'd2 && w_q < 2'd2);
      one_read: assert (ar_q < 2'd2);
      if (bvalid) answered: assert (aw_q == 2'd1 && w_q == 2'd1
                                    && bresp == (write_meant == '0 ? 2'd0 : answer_q));
      if (rvalid) read_back: assert (ar_q == 2'd1
                                     && {rresp, rdata} == (read_meant == '0 ? 34'd0 : read_q));
    end
  end

  if (Cover) begin : gen_cover
    always_comb reach: assert (first_q || !(bvalid && rvalid && write_meant[0] && read_meant == '0
                                            && aw_q != '0 && ar_q != '0));
  end

endmodule
