// Any bus in front of axi_lite_slave: answers stay until taken, and every access gets one.
module axi_lite_slave_proof #(
  parameter bit Cover = 1'b0
) (
  input logic clk_i, input logic rst_ni,
  input logic [3:0] awaddr, input logic awvalid, input logic [31:0] wdata, input logic [3:0] wstrb,
  input logic wvalid, input logic bready, input logic [3:0] araddr, input logic arvalid,
  input logic rready, input logic [31:0] read_data
);
  logic awready, wready, bvalid, arready, rvalid, write, read;
  logic [31:0] rdata, write_data, write_mask;
  logic [3:0] write_addr, read_addr;
  logic [1:0] bresp, rresp;

  axi_lite_slave #(.AddrWidth(4)) i_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .s_axi_awaddr(awaddr), .s_axi_awvalid(awvalid),
    .s_axi_awready(awready), .s_axi_wdata(wdata), .s_axi_wstrb(wstrb), .s_axi_wvalid(wvalid),
    .s_axi_wready(wready), .s_axi_bresp(bresp), .s_axi_bvalid(bvalid), .s_axi_bready(bready),
    .s_axi_araddr(araddr), .s_axi_arvalid(arvalid), .s_axi_arready(arready), .s_axi_rdata(rdata),
    .s_axi_rresp(rresp), .s_axi_rvalid(rvalid), .s_axi_rready(rready), .write_o(write),
    .write_addr_o(write_addr), .write_data_o(write_data), .write_mask_o(write_mask),
    .read_o(read), .read_addr_o(read_addr), .read_data_i(read_data)
  );

  // Reset in the first clock; later at will
  logic first_q;
  initial first_q = 1'b1;
  always_ff @(posedge clk_i) first_q <= 1'b0;
  always_comb if (first_q) assume (!rst_ni);

  // Accesses taken and not yet answered, and what was seen a clock ago
  logic [4:0] aw_open_q, w_open_q, ar_open_q;
  logic past_q, b_wait_q, r_wait_q;
  logic [31:0] rdata_q, wdata_q;
  logic [3:0] awaddr_q;

  initial {past_q, b_wait_q, r_wait_q} = '0;
  always_ff @(posedge clk_i) begin
    past_q <= rst_ni;
    b_wait_q <= rst_ni && bvalid && !bready;
    r_wait_q <= rst_ni && rvalid && !rready;
    rdata_q <= rdata;
    if (awvalid && awready) awaddr_q <= awaddr;
    if (wvalid && wready) wdata_q <= wdata;
    if (!rst_ni) begin
      aw_open_q <= '0;
      w_open_q <= '0;
      ar_open_q <= '0;
    end else begin
      aw_open_q <= aw_open_q + 5'(awvalid && awready) - 5'(bvalid && bready);
      w_open_q <= w_open_q + 5'(wvalid && wready) - 5'(bvalid && bready);
      ar_open_q <= ar_open_q + 5'(arvalid && arready) - 5'(rvalid && rready);
    end
  end

  always_comb begin
    if (b_wait_q) assert (bvalid);
    if (r_wait_q) assert (rvalid && rdata == rdata_q);
    if (past_q) begin
      if (bvalid) assert (aw_open_q != '0 && w_open_q != '0);
      if (rvalid) assert (ar_open_q != '0);
      assert (aw_open_q <= 5'd2 && w_open_q <= 5'd2 && ar_open_q <= 5'd2);
      // a write reaches the registers with the address and data that came last
      if (write) assert (write_addr == awaddr_q && write_data == wdata_q);
      if (write || read) assert (!(write && bvalid) && !(read && rvalid));
      assert (bresp == 2'b00 && rresp == 2'b00);
    end
  end

  if (Cover) begin : gen_cover
    always_comb reach: assert (first_q || !past_q || !(write && read && wdata_q == 32'd5));
  end

endmodule
