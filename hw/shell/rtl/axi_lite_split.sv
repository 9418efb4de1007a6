// One AXI4-Lite slave in front of two, chosen by one bit of the address.
//
// One write and one read at a time. All outputs come from registers. The address goes on below the
// bit that chooses.
module axi_lite_split #(
  // The address bit that chooses: 0 the first, 1 the second
  parameter int unsigned SelectBit = 12
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  // Bus, by the names of AXI
  input  logic [SelectBit:0]   s_axi_awaddr,
  input  logic                 s_axi_awvalid,
  output logic                 s_axi_awready,
  input  logic [31:0]          s_axi_wdata,
  input  logic [3:0]           s_axi_wstrb,
  input  logic                 s_axi_wvalid,
  output logic                 s_axi_wready,
  output logic [1:0]           s_axi_bresp,
  output logic                 s_axi_bvalid,
  input  logic                 s_axi_bready,
  input  logic [SelectBit:0]   s_axi_araddr,
  input  logic                 s_axi_arvalid,
  output logic                 s_axi_arready,
  output logic [31:0]          s_axi_rdata,
  output logic [1:0]           s_axi_rresp,
  output logic                 s_axi_rvalid,
  input  logic                 s_axi_rready,
  // The two behind: bit 0 of valid and ready is the first's; addresses and data go to both
  output logic [SelectBit-1:0] m_axi_awaddr,
  output logic [1:0]           m_axi_awvalid,
  input  logic [1:0]           m_axi_awready,
  output logic [31:0]          m_axi_wdata,
  output logic [3:0]           m_axi_wstrb,
  output logic [1:0]           m_axi_wvalid,
  input  logic [1:0]           m_axi_wready,
  input  logic [1:0][1:0]      m_axi_bresp,
  input  logic [1:0]           m_axi_bvalid,
  output logic [1:0]           m_axi_bready,
  output logic [SelectBit-1:0] m_axi_araddr,
  output logic [1:0]           m_axi_arvalid,
  input  logic [1:0]           m_axi_arready,
  input  logic [1:0][31:0]     m_axi_rdata,
  input  logic [1:0][1:0]      m_axi_rresp,
  input  logic [1:0]           m_axi_rvalid,
  output logic [1:0]           m_axi_rready
);

  // A write: address and data come in any order, go on together, then the answer comes back
  logic aw_ready_q, w_ready_q, aw_full_q, w_full_q, w_sent_q, b_valid_q;
  logic [1:0] aw_valid_q, w_valid_q, b_ready_q, b_resp_q;
  logic [SelectBit:0] aw_addr_q;
  logic [31:0] w_data_q;
  logic [3:0] w_strb_q;
  logic aw_full_d, w_full_d, send_write, answer, write_done;
  logic [1:0] write_chosen;

  assign s_axi_awready = aw_ready_q;
  assign s_axi_wready = w_ready_q;
  assign s_axi_bvalid = b_valid_q;
  assign s_axi_bresp = b_resp_q;
  assign m_axi_awaddr = aw_addr_q[SelectBit-1:0];
  assign m_axi_awvalid = aw_valid_q;
  assign m_axi_wdata = w_data_q;
  assign m_axi_wstrb = w_strb_q;
  assign m_axi_wvalid = w_valid_q;
  assign m_axi_bready = b_ready_q;

  assign write_chosen = aw_addr_q[SelectBit] ? 2'b10 : 2'b01;
  assign send_write = aw_full_q && w_full_q && !w_sent_q;
  assign answer = |(m_axi_bvalid & b_ready_q);
  assign write_done = b_valid_q && s_axi_bready;
  assign aw_full_d = (aw_full_q && !write_done) || (s_axi_awvalid && aw_ready_q);
  assign w_full_d = (w_full_q && !write_done) || (s_axi_wvalid && w_ready_q);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      aw_full_q <= 1'b0;
      w_full_q <= 1'b0;
      aw_ready_q <= 1'b0;
      w_ready_q <= 1'b0;
      w_sent_q <= 1'b0;
      aw_valid_q <= '0;
      w_valid_q <= '0;
      b_ready_q <= '0;
      b_valid_q <= 1'b0;
    end else begin
      aw_full_q <= aw_full_d;
      w_full_q <= w_full_d;
      aw_ready_q <= !aw_full_d;
      w_ready_q <= !w_full_d;
      w_sent_q <= (w_sent_q || send_write) && !write_done;
      aw_valid_q <= send_write ? write_chosen : aw_valid_q & ~m_axi_awready;
      w_valid_q <= send_write ? write_chosen : w_valid_q & ~m_axi_wready;
      b_ready_q <= send_write ? write_chosen : (answer ? '0 : b_ready_q);
      if (answer) b_valid_q <= 1'b1;
      else if (s_axi_bready) b_valid_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (s_axi_awvalid && aw_ready_q) aw_addr_q <= s_axi_awaddr;
    if (s_axi_wvalid && w_ready_q) begin
      w_data_q <= s_axi_wdata;
      w_strb_q <= s_axi_wstrb;
    end
    if (answer) b_resp_q <= aw_addr_q[SelectBit] ? m_axi_bresp[1] : m_axi_bresp[0];
  end

  // A read
  logic ar_ready_q, ar_full_q, ar_sent_q, r_valid_q, ar_full_d, send_read, data_here, read_done;
  logic [1:0] ar_valid_q, r_ready_q, r_resp_q, read_chosen;
  logic [SelectBit:0] ar_addr_q;
  logic [31:0] r_data_q;

  assign s_axi_arready = ar_ready_q;
  assign s_axi_rvalid = r_valid_q;
  assign s_axi_rresp = r_resp_q;
  assign s_axi_rdata = r_data_q;
  assign m_axi_araddr = ar_addr_q[SelectBit-1:0];
  assign m_axi_arvalid = ar_valid_q;
  assign m_axi_rready = r_ready_q;

  assign read_chosen = ar_addr_q[SelectBit] ? 2'b10 : 2'b01;
  assign send_read = ar_full_q && !ar_sent_q;
  assign data_here = |(m_axi_rvalid & r_ready_q);
  assign read_done = r_valid_q && s_axi_rready;
  assign ar_full_d = (ar_full_q && !read_done) || (s_axi_arvalid && ar_ready_q);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      ar_full_q <= 1'b0;
      ar_ready_q <= 1'b0;
      ar_sent_q <= 1'b0;
      ar_valid_q <= '0;
      r_ready_q <= '0;
      r_valid_q <= 1'b0;
    end else begin
      ar_full_q <= ar_full_d;
      ar_ready_q <= !ar_full_d;
      ar_sent_q <= (ar_sent_q || send_read) && !read_done;
      ar_valid_q <= send_read ? read_chosen : ar_valid_q & ~m_axi_arready;
      r_ready_q <= send_read ? read_chosen : (data_here ? '0 : r_ready_q);
      if (data_here) r_valid_q <= 1'b1;
      else if (s_axi_rready) r_valid_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (s_axi_arvalid && ar_ready_q) ar_addr_q <= s_axi_araddr;
    if (data_here) begin
      r_data_q <= ar_addr_q[SelectBit] ? m_axi_rdata[1] : m_axi_rdata[0];
      r_resp_q <= ar_addr_q[SelectBit] ? m_axi_rresp[1] : m_axi_rresp[0];
    end
  end

endmodule
