// AXI3 slave (32 bits, 12-bit IDs, as the general-purpose ports of Zynq-7000) to AXI-Lite master.
//
// One transaction at a time, reads and writes apart from each other. A burst becomes one AXI-Lite
// access a beat, at addresses that grow by the beat's size (INCR, and WRAP, which processors do
// not use here, refused with SLVERR) or stay (FIXED). The response of a write is the worst of its
// beats. WLAST is taken as given by the burst's length.
module axi3_to_axil #(
  parameter int unsigned AddrWidth = 32,
  parameter int unsigned IdWidth = 12
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  // AXI3
  input  logic [IdWidth-1:0]   awid_i,
  input  logic [AddrWidth-1:0] awaddr_i,
  input  logic [3:0]           awlen_i,
  input  logic [1:0]           awsize_i,
  input  logic [1:0]           awburst_i,
  input  logic                 awvalid_i,
  output logic                 awready_o,
  input  logic [31:0]          wdata_i,
  input  logic [3:0]           wstrb_i,
  input  logic                 wvalid_i,
  output logic                 wready_o,
  output logic [IdWidth-1:0]   bid_o,
  output logic [1:0]           bresp_o,
  output logic                 bvalid_o,
  input  logic                 bready_i,
  input  logic [IdWidth-1:0]   arid_i,
  input  logic [AddrWidth-1:0] araddr_i,
  input  logic [3:0]           arlen_i,
  input  logic [1:0]           arsize_i,
  input  logic [1:0]           arburst_i,
  input  logic                 arvalid_i,
  output logic                 arready_o,
  output logic [IdWidth-1:0]   rid_o,
  output logic [31:0]          rdata_o,
  output logic [1:0]           rresp_o,
  output logic                 rlast_o,
  output logic                 rvalid_o,
  input  logic                 rready_i,
  // AXI-Lite
  output logic [AddrWidth-1:0] m_awaddr_o,
  output logic                 m_awvalid_o,
  input  logic                 m_awready_i,
  output logic [31:0]          m_wdata_o,
  output logic [3:0]           m_wstrb_o,
  output logic                 m_wvalid_o,
  input  logic                 m_wready_i,
  input  logic [1:0]           m_bresp_i,
  input  logic                 m_bvalid_i,
  output logic                 m_bready_o,
  output logic [AddrWidth-1:0] m_araddr_o,
  output logic                 m_arvalid_o,
  input  logic                 m_arready_i,
  input  logic [31:0]          m_rdata_i,
  input  logic [1:0]           m_rresp_i,
  input  logic                 m_rvalid_i,
  output logic                 m_rready_o
);

  localparam logic [1:0] Fixed = 2'b00;
  localparam logic [1:0] Wrap = 2'b10;
  localparam logic [1:0] SlvErr = 2'b10;

  if (AddrWidth < 12 || AddrWidth > 64) begin : gen_check_address
    $error("axi3_to_axil: AddrWidth must be 12 to 64");
  end
  if (IdWidth == 0) begin : gen_check_id
    $error("axi3_to_axil: IdWidth must be at least 1");
  end

  // --- Writes ------------------------------------------------------------------------------------

  // Address, one beat of data, its access (address and data may be taken in either order), response
  typedef enum logic [2:0] {WIdle, WData, WAccess, WAnswer, WDone} write_e;
  write_e write_q;
  logic [IdWidth-1:0] awid_q;
  logic [AddrWidth-1:0] awaddr_q;
  logic [3:0] wleft_q, wstrb_q;
  logic [1:0] awsize_q, awburst_q, bresp_q;
  logic [31:0] wdata_q;
  logic aw_open_q, w_open_q, wlast;

  assign awready_o = (write_q == WIdle);
  assign wready_o = (write_q == WData);
  assign m_awaddr_o = awaddr_q;
  assign m_awvalid_o = aw_open_q;
  assign m_wdata_o = wdata_q;
  assign m_wstrb_o = wstrb_q;
  assign m_wvalid_o = w_open_q;
  assign m_bready_o = (write_q == WAnswer);
  assign bid_o = awid_q;
  assign bresp_o = bresp_q;
  assign bvalid_o = (write_q == WDone);
  assign wlast = (wleft_q == '0);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      write_q <= WIdle;
      aw_open_q <= 1'b0;
      w_open_q <= 1'b0;
      awid_q <= '0;
      awaddr_q <= '0;
      wleft_q <= '0;
      awsize_q <= '0;
      awburst_q <= '0;
      bresp_q <= '0;
      wdata_q <= '0;
      wstrb_q <= '0;
    end else begin
      if (aw_open_q && m_awready_i) aw_open_q <= 1'b0;
      if (w_open_q && m_wready_i) w_open_q <= 1'b0;
      case (write_q)
        WIdle: begin
          awid_q <= awid_i;
          awaddr_q <= awaddr_i;
          wleft_q <= awlen_i;
          awsize_q <= awsize_i;
          awburst_q <= awburst_i;
          bresp_q <= (awburst_i == Wrap) ? SlvErr : 2'b00;
          if (awvalid_i) write_q <= WData;
        end
        WData: begin
          wdata_q <= wdata_i;
          wstrb_q <= wstrb_i;
          if (wvalid_i) begin
            if (awburst_q == Wrap) begin
              wleft_q <= wleft_q - 4'd1;
              if (wlast) write_q <= WDone;
            end else begin
              aw_open_q <= 1'b1;
              w_open_q <= 1'b1;
              write_q <= WAccess;
            end
          end
        end
        WAccess: begin
          if ((!aw_open_q || m_awready_i) && (!w_open_q || m_wready_i)) write_q <= WAnswer;
        end
        WAnswer: begin
          if (m_bvalid_i) begin
            bresp_q <= (m_bresp_i > bresp_q) ? m_bresp_i : bresp_q;
            wleft_q <= wleft_q - 4'd1;
            if (awburst_q != Fixed) awaddr_q <= awaddr_q + (AddrWidth'(1) << awsize_q);
            write_q <= wlast ? WDone : WData;
          end
        end
        WDone: if (bready_i) write_q <= WIdle;
        default: write_q <= WIdle;
      endcase
    end
  end

  // --- Reads -------------------------------------------------------------------------------------

  typedef enum logic [1:0] {RIdle, RAddress, RData, RDone} read_e;
  read_e read_q;
  logic [IdWidth-1:0] arid_q;
  logic [AddrWidth-1:0] araddr_q;
  logic [3:0] rleft_q;
  logic [1:0] arsize_q, arburst_q, rresp_q;
  logic [31:0] rdata_q;

  assign arready_o = (read_q == RIdle);
  assign m_araddr_o = araddr_q;
  assign m_arvalid_o = (read_q == RAddress);
  assign m_rready_o = (read_q == RData);
  assign rid_o = arid_q;
  assign rdata_o = rdata_q;
  assign rresp_o = rresp_q;
  assign rlast_o = (rleft_q == '0);
  assign rvalid_o = (read_q == RDone);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      read_q <= RIdle;
      arid_q <= '0;
      araddr_q <= '0;
      rleft_q <= '0;
      arsize_q <= '0;
      arburst_q <= '0;
      rresp_q <= '0;
      rdata_q <= '0;
    end else begin
      case (read_q)
        RIdle: begin
          arid_q <= arid_i;
          araddr_q <= araddr_i;
          rleft_q <= arlen_i;
          arsize_q <= arsize_i;
          arburst_q <= arburst_i;
          rresp_q <= SlvErr;
          rdata_q <= '0;
          if (arvalid_i) read_q <= (arburst_i == Wrap) ? RDone : RAddress;
        end
        RAddress: if (m_arready_i) read_q <= RData;
        RData: begin
          rdata_q <= m_rdata_i;
          rresp_q <= m_rresp_i;
          if (m_rvalid_i) read_q <= RDone;
        end
        RDone: begin
          if (rready_i) begin
            rleft_q <= rleft_q - 4'd1;
            if (arburst_q != Fixed) araddr_q <= araddr_q + (AddrWidth'(1) << arsize_q);
            if (rleft_q == '0) read_q <= RIdle;
            else if (arburst_q != Wrap) read_q <= RAddress;
          end
        end
        default: read_q <= RIdle;
      endcase
    end
  end

endmodule
