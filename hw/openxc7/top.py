"""The top level of the open way: PS7, a clock buffer, the board top with the two DMAs.

The registers hang on M_AXI_GP0 (AXI3, by way of ``axi3_to_axil``); the reads of idma and the writes
of odma share S_AXI_HP0, for one uses its read channels alone and the other its write channels.
"""

from pathlib import Path

#: Module of the top level, its instance of the processing system, and its hand-written module.
PS, BRIDGE = "i_ps7", "axi3_to_axil"
RTL_DIR = Path(__file__).resolve().parent / "rtl"


def top_text(top: str, board_top: str) -> str:
    """SystemVerilog of module top around module board_top (``hw.shell.board_top``).

    It has no ports: memory and clocks are the processing system's. The DMA of bus address bit 16
    is the board top's of address bit 12.
    """
    return f"""// Generated: processing system of Zynq-7000 around {board_top}. Do not edit.
module {top};
  logic clk, rst_n, ps_rst_n;
  logic [3:0] fclk, fclk_rst_n;
  logic [1:0] reset_q, irq;

  // GP0: AXI3, 32 bits
  logic [11:0] gp_awid, gp_arid, gp_bid, gp_rid;
  logic [31:0] gp_awaddr, gp_araddr, gp_wdata, gp_rdata;
  logic [3:0] gp_awlen, gp_arlen, gp_wstrb;
  logic [1:0] gp_awsize, gp_arsize, gp_awburst, gp_arburst, gp_bresp, gp_rresp;
  logic gp_awvalid, gp_awready, gp_wvalid, gp_wready, gp_bvalid, gp_bready;
  logic gp_arvalid, gp_arready, gp_rvalid, gp_rready, gp_rlast;

  // AXI-Lite
  logic [31:0] lite_awaddr, lite_araddr, lite_wdata, lite_rdata;
  logic [3:0] lite_wstrb;
  logic [1:0] lite_bresp, lite_rresp;
  logic lite_awvalid, lite_awready, lite_wvalid, lite_wready, lite_bvalid, lite_bready;
  logic lite_arvalid, lite_arready, lite_rvalid, lite_rready;

  // HP0: AXI3, 64 bits
  logic [31:0] hp_araddr, hp_awaddr;
  logic [63:0] hp_rdata, hp_wdata;
  logic [7:0] hp_arlen, hp_awlen, hp_wstrb;
  logic [2:0] hp_arsize, hp_awsize, hp_arprot, hp_awprot;
  logic [1:0] hp_arburst, hp_awburst, hp_rresp, hp_bresp;
  logic [3:0] hp_arcache, hp_awcache;
  logic [5:0] hp_rid, hp_bid;
  logic hp_arid, hp_awid;
  logic hp_arvalid, hp_arready, hp_rvalid, hp_rready, hp_rlast;
  logic hp_awvalid, hp_awready, hp_wvalid, hp_wready, hp_wlast, hp_bvalid, hp_bready;

  BUFG i_clk_buf (.I(fclk[0]), .O(clk));

  assign ps_rst_n = fclk_rst_n[0];
  always_ff @(posedge clk) reset_q <= {{reset_q[0], ps_rst_n}};
  assign rst_n = reset_q[1];

  PS7 {PS} (
    .FCLKCLK(fclk),
    .FCLKRESETN(fclk_rst_n),
    .FCLKCLKTRIGN(4'd0),
    .MAXIGP0ACLK(clk),
    .MAXIGP0AWID(gp_awid),
    .MAXIGP0AWADDR(gp_awaddr),
    .MAXIGP0AWLEN(gp_awlen),
    .MAXIGP0AWSIZE(gp_awsize),
    .MAXIGP0AWBURST(gp_awburst),
    .MAXIGP0AWVALID(gp_awvalid),
    .MAXIGP0AWREADY(gp_awready),
    .MAXIGP0WDATA(gp_wdata),
    .MAXIGP0WSTRB(gp_wstrb),
    .MAXIGP0WVALID(gp_wvalid),
    .MAXIGP0WREADY(gp_wready),
    .MAXIGP0BID(gp_bid),
    .MAXIGP0BRESP(gp_bresp),
    .MAXIGP0BVALID(gp_bvalid),
    .MAXIGP0BREADY(gp_bready),
    .MAXIGP0ARID(gp_arid),
    .MAXIGP0ARADDR(gp_araddr),
    .MAXIGP0ARLEN(gp_arlen),
    .MAXIGP0ARSIZE(gp_arsize),
    .MAXIGP0ARBURST(gp_arburst),
    .MAXIGP0ARVALID(gp_arvalid),
    .MAXIGP0ARREADY(gp_arready),
    .MAXIGP0RID(gp_rid),
    .MAXIGP0RDATA(gp_rdata),
    .MAXIGP0RRESP(gp_rresp),
    .MAXIGP0RLAST(gp_rlast),
    .MAXIGP0RVALID(gp_rvalid),
    .MAXIGP0RREADY(gp_rready),
    .SAXIHP0ACLK(clk),
    .SAXIHP0ARID({{5'd0, hp_arid}}),
    .SAXIHP0ARADDR(hp_araddr),
    .SAXIHP0ARLEN(hp_arlen[3:0]),
    .SAXIHP0ARSIZE(hp_arsize[1:0]),
    .SAXIHP0ARBURST(hp_arburst),
    .SAXIHP0ARCACHE(hp_arcache),
    .SAXIHP0ARPROT(hp_arprot),
    .SAXIHP0ARLOCK(2'd0),
    .SAXIHP0ARQOS(4'd0),
    .SAXIHP0ARVALID(hp_arvalid),
    .SAXIHP0ARREADY(hp_arready),
    .SAXIHP0RID(hp_rid),
    .SAXIHP0RDATA(hp_rdata),
    .SAXIHP0RRESP(hp_rresp),
    .SAXIHP0RLAST(hp_rlast),
    .SAXIHP0RVALID(hp_rvalid),
    .SAXIHP0RREADY(hp_rready),
    .SAXIHP0RDISSUECAP1EN(1'b0),
    .SAXIHP0AWID({{5'd0, hp_awid}}),
    .SAXIHP0AWADDR(hp_awaddr),
    .SAXIHP0AWLEN(hp_awlen[3:0]),
    .SAXIHP0AWSIZE(hp_awsize[1:0]),
    .SAXIHP0AWBURST(hp_awburst),
    .SAXIHP0AWCACHE(hp_awcache),
    .SAXIHP0AWPROT(hp_awprot),
    .SAXIHP0AWLOCK(2'd0),
    .SAXIHP0AWQOS(4'd0),
    .SAXIHP0AWVALID(hp_awvalid),
    .SAXIHP0AWREADY(hp_awready),
    .SAXIHP0WID({{5'd0, hp_awid}}),
    .SAXIHP0WDATA(hp_wdata),
    .SAXIHP0WSTRB(hp_wstrb),
    .SAXIHP0WLAST(hp_wlast),
    .SAXIHP0WVALID(hp_wvalid),
    .SAXIHP0WREADY(hp_wready),
    .SAXIHP0BID(hp_bid),
    .SAXIHP0BRESP(hp_bresp),
    .SAXIHP0BVALID(hp_bvalid),
    .SAXIHP0BREADY(hp_bready),
    .SAXIHP0WRISSUECAP1EN(1'b0)
  );

  {BRIDGE} i_bridge (
    .clk_i(clk),
    .rst_ni(rst_n),
    .awid_i(gp_awid),
    .awaddr_i(gp_awaddr),
    .awlen_i(gp_awlen),
    .awsize_i(gp_awsize),
    .awburst_i(gp_awburst),
    .awvalid_i(gp_awvalid),
    .awready_o(gp_awready),
    .wdata_i(gp_wdata),
    .wstrb_i(gp_wstrb),
    .wvalid_i(gp_wvalid),
    .wready_o(gp_wready),
    .bid_o(gp_bid),
    .bresp_o(gp_bresp),
    .bvalid_o(gp_bvalid),
    .bready_i(gp_bready),
    .arid_i(gp_arid),
    .araddr_i(gp_araddr),
    .arlen_i(gp_arlen),
    .arsize_i(gp_arsize),
    .arburst_i(gp_arburst),
    .arvalid_i(gp_arvalid),
    .arready_o(gp_arready),
    .rid_o(gp_rid),
    .rdata_o(gp_rdata),
    .rresp_o(gp_rresp),
    .rlast_o(gp_rlast),
    .rvalid_o(gp_rvalid),
    .rready_i(gp_rready),
    .m_awaddr_o(lite_awaddr),
    .m_awvalid_o(lite_awvalid),
    .m_awready_i(lite_awready),
    .m_wdata_o(lite_wdata),
    .m_wstrb_o(lite_wstrb),
    .m_wvalid_o(lite_wvalid),
    .m_wready_i(lite_wready),
    .m_bresp_i(lite_bresp),
    .m_bvalid_i(lite_bvalid),
    .m_bready_o(lite_bready),
    .m_araddr_o(lite_araddr),
    .m_arvalid_o(lite_arvalid),
    .m_arready_i(lite_arready),
    .m_rdata_i(lite_rdata),
    .m_rresp_i(lite_rresp),
    .m_rvalid_i(lite_rvalid),
    .m_rready_o(lite_rready)
  );

  {board_top} i_board (
    .clk_i(clk),
    .rst_ni(rst_n),
    .irq_o(irq),
    .s_axi_control_awaddr({{lite_awaddr[16], lite_awaddr[11:0]}}),
    .s_axi_control_awvalid(lite_awvalid),
    .s_axi_control_awready(lite_awready),
    .s_axi_control_wdata(lite_wdata),
    .s_axi_control_wstrb(lite_wstrb),
    .s_axi_control_wvalid(lite_wvalid),
    .s_axi_control_wready(lite_wready),
    .s_axi_control_bresp(lite_bresp),
    .s_axi_control_bvalid(lite_bvalid),
    .s_axi_control_bready(lite_bready),
    .s_axi_control_araddr({{lite_araddr[16], lite_araddr[11:0]}}),
    .s_axi_control_arvalid(lite_arvalid),
    .s_axi_control_arready(lite_arready),
    .s_axi_control_rdata(lite_rdata),
    .s_axi_control_rresp(lite_rresp),
    .s_axi_control_rvalid(lite_rvalid),
    .s_axi_control_rready(lite_rready),
    .m_axi_gmem0_arid(hp_arid),
    .m_axi_gmem0_araddr(hp_araddr),
    .m_axi_gmem0_arlen(hp_arlen),
    .m_axi_gmem0_arsize(hp_arsize),
    .m_axi_gmem0_arburst(hp_arburst),
    .m_axi_gmem0_arcache(hp_arcache),
    .m_axi_gmem0_arprot(hp_arprot),
    .m_axi_gmem0_arvalid(hp_arvalid),
    .m_axi_gmem0_arready(hp_arready),
    .m_axi_gmem0_rid(hp_rid[0]),
    .m_axi_gmem0_rdata(hp_rdata),
    .m_axi_gmem0_rresp(hp_rresp),
    .m_axi_gmem0_rlast(hp_rlast),
    .m_axi_gmem0_rvalid(hp_rvalid),
    .m_axi_gmem0_rready(hp_rready),
    .m_axi_gmem1_awid(hp_awid),
    .m_axi_gmem1_awaddr(hp_awaddr),
    .m_axi_gmem1_awlen(hp_awlen),
    .m_axi_gmem1_awsize(hp_awsize),
    .m_axi_gmem1_awburst(hp_awburst),
    .m_axi_gmem1_awcache(hp_awcache),
    .m_axi_gmem1_awprot(hp_awprot),
    .m_axi_gmem1_awvalid(hp_awvalid),
    .m_axi_gmem1_awready(hp_awready),
    .m_axi_gmem1_wdata(hp_wdata),
    .m_axi_gmem1_wstrb(hp_wstrb),
    .m_axi_gmem1_wlast(hp_wlast),
    .m_axi_gmem1_wvalid(hp_wvalid),
    .m_axi_gmem1_wready(hp_wready),
    .m_axi_gmem1_bid(hp_bid[0]),
    .m_axi_gmem1_bresp(hp_bresp),
    .m_axi_gmem1_bvalid(hp_bvalid),
    .m_axi_gmem1_bready(hp_bready)
  );
endmodule
"""
