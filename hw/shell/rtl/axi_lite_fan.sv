// One AXI4-Lite slave in front of several, chosen by the upper bits of the address.
//
// Slave i answers where those bits are its number in Numbers; where no slave has the number, a
// write does nothing and a read gives 0. One write and one read at a time. All outputs come from
// registers. The address goes on below the bits that choose.
module axi_lite_fan #(
  // Slaves behind; bits of the address that go on, and bits that choose
  parameter int unsigned Slaves = 3,
  parameter int unsigned LowBits = 12,
  parameter int unsigned SelectBits = 2,
  // Number of each slave, SelectBits bits each, the first one's lowest
  parameter logic [Slaves*SelectBits-1:0] Numbers = 6'b11_01_00
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  // Bus, by the names of AXI
  input  logic [LowBits+SelectBits-1:0] s_axi_awaddr,
  input  logic                          s_axi_awvalid,
  output logic                          s_axi_awready,
  input  logic [31:0]                   s_axi_wdata,
  input  logic [3:0]                    s_axi_wstrb,
  input  logic                          s_axi_wvalid,
  output logic                          s_axi_wready,
  output logic [1:0]                    s_axi_bresp,
  output logic                          s_axi_bvalid,
  input  logic                          s_axi_bready,
  input  logic [LowBits+SelectBits-1:0] s_axi_araddr,
  input  logic                          s_axi_arvalid,
  output logic                          s_axi_arready,
  output logic [31:0]                   s_axi_rdata,
  output logic [1:0]                    s_axi_rresp,
  output logic                          s_axi_rvalid,
  input  logic                          s_axi_rready,
  // The slaves behind: bit i of valid and ready is slave i's; addresses and data go to all
  output logic [LowBits-1:0]            m_axi_awaddr,
  output logic [Slaves-1:0]             m_axi_awvalid,
  input  logic [Slaves-1:0]             m_axi_awready,
  output logic [31:0]                   m_axi_wdata,
  output logic [3:0]                    m_axi_wstrb,
  output logic [Slaves-1:0]             m_axi_wvalid,
  input  logic [Slaves-1:0]             m_axi_wready,
  input  logic [2*Slaves-1:0]           m_axi_bresp,
  input  logic [Slaves-1:0]             m_axi_bvalid,
  output logic [Slaves-1:0]             m_axi_bready,
  output logic [LowBits-1:0]            m_axi_araddr,
  output logic [Slaves-1:0]             m_axi_arvalid,
  input  logic [Slaves-1:0]             m_axi_arready,
  input  logic [32*Slaves-1:0]          m_axi_rdata,
  input  logic [2*Slaves-1:0]           m_axi_rresp,
  input  logic [Slaves-1:0]             m_axi_rvalid,
  output logic [Slaves-1:0]             m_axi_rready
);

  if (Slaves < 1 || SelectBits < 1) begin : gen_check
    $error("axi_lite_fan: Slaves and SelectBits must be at least 1");
  end

  // A write: address and data come in any order, go on together, then the answer comes back
  logic aw_ready_q, w_ready_q, aw_full_q, w_full_q, w_sent_q, b_valid_q;
  logic [Slaves-1:0] aw_valid_q, w_valid_q, b_ready_q, write_chosen;
  logic [LowBits+SelectBits-1:0] aw_addr_q;
  logic [31:0] w_data_q;
  logic [3:0] w_strb_q;
  logic [1:0] b_resp_q, answer_resp;
  logic aw_full_d, w_full_d, send_write, answer, write_done;

  assign s_axi_awready = aw_ready_q;
  assign s_axi_wready = w_ready_q;
  assign s_axi_bvalid = b_valid_q;
  assign s_axi_bresp = b_resp_q;
  assign m_axi_awaddr = aw_addr_q[LowBits-1:0];
  assign m_axi_awvalid = aw_valid_q;
  assign m_axi_wdata = w_data_q;
  assign m_axi_wstrb = w_strb_q;
  assign m_axi_wvalid = w_valid_q;
  assign m_axi_bready = b_ready_q;

  assign send_write = aw_full_q && w_full_q && !w_sent_q;
  assign answer = |(m_axi_bvalid & b_ready_q) || (send_write && !(|write_chosen));
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
    if (answer) b_resp_q <= answer_resp;
  end

  // A read
  logic ar_ready_q, ar_full_q, ar_sent_q, r_valid_q, ar_full_d, send_read, data_here, read_done;
  logic [Slaves-1:0] ar_valid_q, r_ready_q, read_chosen;
  logic [LowBits+SelectBits-1:0] ar_addr_q;
  logic [31:0] r_data_q, here_data;
  logic [1:0] r_resp_q, here_resp;

  assign s_axi_arready = ar_ready_q;
  assign s_axi_rvalid = r_valid_q;
  assign s_axi_rresp = r_resp_q;
  assign s_axi_rdata = r_data_q;
  assign m_axi_araddr = ar_addr_q[LowBits-1:0];
  assign m_axi_arvalid = ar_valid_q;
  assign m_axi_rready = r_ready_q;

  assign send_read = ar_full_q && !ar_sent_q;
  assign data_here = |(m_axi_rvalid & r_ready_q) || (send_read && !(|read_chosen));
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
      r_data_q <= here_data;
      r_resp_q <= here_resp;
    end
  end

  // Which slave; the answer of the one that is listened to, zeros of none
  for (genvar i = 0; i < Slaves; i++) begin : gen_chosen
    assign write_chosen[i] = aw_addr_q[LowBits +: SelectBits] == Numbers[i*SelectBits +: SelectBits];
    assign read_chosen[i] = ar_addr_q[LowBits +: SelectBits] == Numbers[i*SelectBits +: SelectBits];
  end

  always_comb begin
    answer_resp = '0;
    here_resp = '0;
    here_data = '0;
    for (int unsigned i = 0; i < Slaves; i++) begin
      if (b_ready_q[i]) answer_resp = answer_resp | m_axi_bresp[2*i +: 2];
      if (r_ready_q[i]) begin
        here_resp = here_resp | m_axi_rresp[2*i +: 2];
        here_data = here_data | m_axi_rdata[32*i +: 32];
      end
    end
  end

endmodule
