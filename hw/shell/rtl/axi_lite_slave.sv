// AXI4-Lite slave in front of a bank of registers of 32 bits.
//
// One write and one read at a time. Address and data of a write may come in any order. `write_o`
// and `read_o` are high for one clock; `read_data_i` is taken in the clock of `read_o`. Every
// response is OKAY. All outputs on the bus come from registers.
module axi_lite_slave #(
  // Bits of the byte address
  parameter int unsigned AddrWidth = 12
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  // Bus, by the names of AXI
  input  logic [AddrWidth-1:0] s_axi_awaddr,
  input  logic                 s_axi_awvalid,
  output logic                 s_axi_awready,
  input  logic [31:0]          s_axi_wdata,
  input  logic [3:0]           s_axi_wstrb,
  input  logic                 s_axi_wvalid,
  output logic                 s_axi_wready,
  output logic [1:0]           s_axi_bresp,
  output logic                 s_axi_bvalid,
  input  logic                 s_axi_bready,
  input  logic [AddrWidth-1:0] s_axi_araddr,
  input  logic                 s_axi_arvalid,
  output logic                 s_axi_arready,
  output logic [31:0]          s_axi_rdata,
  output logic [1:0]           s_axi_rresp,
  output logic                 s_axi_rvalid,
  input  logic                 s_axi_rready,
  // Registers; of write_mask_o 8 bits a byte are 1 where the byte is written
  output logic                 write_o,
  output logic [AddrWidth-1:0] write_addr_o,
  output logic [31:0]          write_data_o,
  output logic [31:0]          write_mask_o,
  output logic                 read_o,
  output logic [AddrWidth-1:0] read_addr_o,
  input  logic [31:0]          read_data_i
);

  localparam logic [1:0] Okay = 2'b00;

  // Ready is low in reset and while an earlier access waits
  logic aw_ready_q, w_ready_q, ar_ready_q;
  logic aw_full_q, w_full_q, ar_full_q;
  logic b_valid_q, r_valid_q;
  logic [AddrWidth-1:0] aw_addr_q, ar_addr_q;
  logic [31:0] w_data_q, r_data_q;
  logic [3:0] w_strb_q;

  assign s_axi_awready = aw_ready_q;
  assign s_axi_wready = w_ready_q;
  assign s_axi_arready = ar_ready_q;
  assign s_axi_bvalid = b_valid_q;
  assign s_axi_bresp = Okay;
  assign s_axi_rvalid = r_valid_q;
  assign s_axi_rresp = Okay;
  assign s_axi_rdata = r_data_q;

  assign write_o = aw_full_q && w_full_q && !b_valid_q;
  assign write_addr_o = aw_addr_q;
  assign write_data_o = w_data_q;
  assign write_mask_o = {{8{w_strb_q[3]}}, {8{w_strb_q[2]}}, {8{w_strb_q[1]}}, {8{w_strb_q[0]}}};
  assign read_o = ar_full_q && !r_valid_q;
  assign read_addr_o = ar_addr_q;

  // A place is full from the transfer on the bus until the registers have seen it
  logic aw_full_d, w_full_d, ar_full_d;
  assign aw_full_d = (aw_full_q && !write_o) || (s_axi_awvalid && aw_ready_q);
  assign w_full_d = (w_full_q && !write_o) || (s_axi_wvalid && w_ready_q);
  assign ar_full_d = (ar_full_q && !read_o) || (s_axi_arvalid && ar_ready_q);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      aw_full_q <= 1'b0;
      w_full_q <= 1'b0;
      ar_full_q <= 1'b0;
      aw_ready_q <= 1'b0;
      w_ready_q <= 1'b0;
      ar_ready_q <= 1'b0;
      b_valid_q <= 1'b0;
      r_valid_q <= 1'b0;
    end else begin
      aw_full_q <= aw_full_d;
      w_full_q <= w_full_d;
      ar_full_q <= ar_full_d;
      aw_ready_q <= !aw_full_d;
      w_ready_q <= !w_full_d;
      ar_ready_q <= !ar_full_d;
      if (write_o) b_valid_q <= 1'b1;
      else if (s_axi_bready) b_valid_q <= 1'b0;
      if (read_o) r_valid_q <= 1'b1;
      else if (s_axi_rready) r_valid_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (s_axi_awvalid && aw_ready_q) aw_addr_q <= s_axi_awaddr;
    if (s_axi_wvalid && w_ready_q) begin
      w_data_q <= s_axi_wdata;
      w_strb_q <= s_axi_wstrb;
    end
    if (s_axi_arvalid && ar_ready_q) ar_addr_q <= s_axi_araddr;
    if (read_o) r_data_q <= read_data_i;
  end

endmodule
