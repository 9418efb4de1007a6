// The shell around an accelerator: registers, idma and odma, its reset, its clock.
//
// One AXI4-Lite slave: idma0 at 0x0000, odma0 at 0x1000 (docs/registers.md). Frames are read by the
// master gmem0 and results written by gmem1, in memory's layout: an element takes InContainerBytes
// or OutContainerBytes. The accelerator's streams carry lanes side by side, padded to bytes. Bus
// ports have AXI's names without suffix and belong to clk_i; the accelerator's ports belong to
// acc_clk_i, which has to be clk_i unless SeparateClock.
module dma_shell #(
  parameter logic [31:0] BuildId = 32'h0,
  parameter int unsigned AddrWidth = 32,
  parameter int unsigned DataWidth = 64,
  parameter int unsigned IdWidth = 1,
  // Words of the longest burst; bursts under way in each direction; words of each FIFO
  parameter int unsigned MaxBurst = 16,
  parameter int unsigned Outstanding = 4,
  parameter int unsigned FifoWords = 64,
  // Streams: lanes of a beat, bits of a lane, bytes of its element in memory, beats of a frame
  parameter int unsigned InLanes = 3,
  parameter int unsigned InBits = 8,
  parameter int unsigned InContainerBytes = 1,
  parameter int unsigned InFrameBeats = 16,
  // Bytes of the input that are moved at a time (byte_gearbox)
  parameter int unsigned InUnit = 1,
  parameter int unsigned OutLanes = 1,
  parameter int unsigned OutBits = 12,
  parameter int unsigned OutContainerBytes = 2,
  parameter int unsigned OutFrameBeats = 16,
  parameter bit OutIsSigned = 1'b1,
  parameter bit SeparateClock = 1'b0
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  // Interrupts of idma0 and odma0
  output logic [1:0]             irq_o,
  // Registers
  input  logic [12:0]            s_axi_control_awaddr,
  input  logic                   s_axi_control_awvalid,
  output logic                   s_axi_control_awready,
  input  logic [31:0]            s_axi_control_wdata,
  input  logic [3:0]             s_axi_control_wstrb,
  input  logic                   s_axi_control_wvalid,
  output logic                   s_axi_control_wready,
  output logic [1:0]             s_axi_control_bresp,
  output logic                   s_axi_control_bvalid,
  input  logic                   s_axi_control_bready,
  input  logic [12:0]            s_axi_control_araddr,
  input  logic                   s_axi_control_arvalid,
  output logic                   s_axi_control_arready,
  output logic [31:0]            s_axi_control_rdata,
  output logic [1:0]             s_axi_control_rresp,
  output logic                   s_axi_control_rvalid,
  input  logic                   s_axi_control_rready,
  // Memory with the frames
  output logic [IdWidth-1:0]     m_axi_gmem0_arid,
  output logic [AddrWidth-1:0]   m_axi_gmem0_araddr,
  output logic [7:0]             m_axi_gmem0_arlen,
  output logic [2:0]             m_axi_gmem0_arsize,
  output logic [1:0]             m_axi_gmem0_arburst,
  output logic [3:0]             m_axi_gmem0_arcache,
  output logic [2:0]             m_axi_gmem0_arprot,
  output logic                   m_axi_gmem0_arvalid,
  input  logic                   m_axi_gmem0_arready,
  input  logic [IdWidth-1:0]     m_axi_gmem0_rid,
  input  logic [DataWidth-1:0]   m_axi_gmem0_rdata,
  input  logic [1:0]             m_axi_gmem0_rresp,
  input  logic                   m_axi_gmem0_rlast,
  input  logic                   m_axi_gmem0_rvalid,
  output logic                   m_axi_gmem0_rready,
  // Memory for the results
  output logic [IdWidth-1:0]     m_axi_gmem1_awid,
  output logic [AddrWidth-1:0]   m_axi_gmem1_awaddr,
  output logic [7:0]             m_axi_gmem1_awlen,
  output logic [2:0]             m_axi_gmem1_awsize,
  output logic [1:0]             m_axi_gmem1_awburst,
  output logic [3:0]             m_axi_gmem1_awcache,
  output logic [2:0]             m_axi_gmem1_awprot,
  output logic                   m_axi_gmem1_awvalid,
  input  logic                   m_axi_gmem1_awready,
  output logic [DataWidth-1:0]   m_axi_gmem1_wdata,
  output logic [DataWidth/8-1:0] m_axi_gmem1_wstrb,
  output logic                   m_axi_gmem1_wlast,
  output logic                   m_axi_gmem1_wvalid,
  input  logic                   m_axi_gmem1_wready,
  input  logic [IdWidth-1:0]     m_axi_gmem1_bid,
  input  logic [1:0]             m_axi_gmem1_bresp,
  input  logic                   m_axi_gmem1_bvalid,
  output logic                   m_axi_gmem1_bready,
  // The accelerator
  input  logic                                acc_clk_i,
  output logic                                acc_rst_no,
  output logic                                acc_in_valid_o,
  input  logic                                acc_in_ready_i,
  output logic [8*((InLanes*InBits+7)/8)-1:0] acc_in_data_o,
  input  logic                                acc_out_valid_i,
  output logic                                acc_out_ready_o,
  input  logic [8*((OutLanes*OutBits+7)/8)-1:0] acc_out_data_i
);

  localparam int unsigned InBeatBytes = InLanes * InContainerBytes;
  localparam int unsigned OutBeatBytes = OutLanes * OutContainerBytes;

  // Registers: bit or element 0 is idma0's, 1 odma0's
  logic [11:0] awaddr, araddr;
  logic [31:0] wdata;
  logic [3:0] wstrb;
  logic [1:0] awvalid, awready, wvalid, wready, bvalid, bready;
  logic [1:0] arvalid, arready, rvalid, rready;
  logic [1:0][1:0] bresp, rresp;
  logic [1:0][31:0] rdata;

  axi_lite_fan #(
    .Slaves(2),
    .LowBits(12),
    .SelectBits(1),
    .Numbers(2'b1_0)
  ) i_fan (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .s_axi_awaddr(s_axi_control_awaddr),
    .s_axi_awvalid(s_axi_control_awvalid),
    .s_axi_awready(s_axi_control_awready),
    .s_axi_wdata(s_axi_control_wdata),
    .s_axi_wstrb(s_axi_control_wstrb),
    .s_axi_wvalid(s_axi_control_wvalid),
    .s_axi_wready(s_axi_control_wready),
    .s_axi_bresp(s_axi_control_bresp),
    .s_axi_bvalid(s_axi_control_bvalid),
    .s_axi_bready(s_axi_control_bready),
    .s_axi_araddr(s_axi_control_araddr),
    .s_axi_arvalid(s_axi_control_arvalid),
    .s_axi_arready(s_axi_control_arready),
    .s_axi_rdata(s_axi_control_rdata),
    .s_axi_rresp(s_axi_control_rresp),
    .s_axi_rvalid(s_axi_control_rvalid),
    .s_axi_rready(s_axi_control_rready),
    .m_axi_awaddr(awaddr),
    .m_axi_awvalid(awvalid),
    .m_axi_awready(awready),
    .m_axi_wdata(wdata),
    .m_axi_wstrb(wstrb),
    .m_axi_wvalid(wvalid),
    .m_axi_wready(wready),
    .m_axi_bresp(bresp),
    .m_axi_bvalid(bvalid),
    .m_axi_bready(bready),
    .m_axi_araddr(araddr),
    .m_axi_arvalid(arvalid),
    .m_axi_arready(arready),
    .m_axi_rdata(rdata),
    .m_axi_rresp(rresp),
    .m_axi_rvalid(rvalid),
    .m_axi_rready(rready)
  );

  // Reset of the accelerator. Through it the bus' side of the streams is in reset, too
  logic drain, drained, soft_reset, soft_reset_done, streams_rst_n;
  assign streams_rst_n = rst_ni && !soft_reset && !soft_reset_done;

  accelerator_reset #(
    .HoldClocks(8),
    .SeparateClock(SeparateClock)
  ) i_reset (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .soft_reset_i(soft_reset),
    .done_o(soft_reset_done),
    .acc_clk_i(acc_clk_i),
    .acc_rst_no(acc_rst_no)
  );

  // Its weights are constants: an accelerator that takes others has a shell of hw.shell.several
  logic [32:0] results;
  logic [57:0] unused_load;

  // Frames into the accelerator
  logic frame_valid, frame_ready;
  logic [8*InBeatBytes-1:0] frame_data;
  logic [8*((InLanes*InBits+7)/8)-1:0] frame_lanes;

  idma #(
    .BuildId(BuildId),
    .AddrWidth(AddrWidth),
    .DataWidth(DataWidth),
    .IdWidth(IdWidth),
    .BeatBytes(InBeatBytes),
    .FrameBeats(InFrameBeats),
    .Unit(InUnit),
    .MaxBurst(MaxBurst),
    .Outstanding(Outstanding),
    .FifoWords(FifoWords)
  ) i_idma0 (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .irq_o(irq_o[0]),
    .drain_o(drain),
    .drained_i(drained),
    .soft_reset_o(soft_reset),
    .soft_reset_done_i(soft_reset_done),
    .results_i(results),
    .load_o(unused_load),
    .load_i(33'b0),
    .out_valid_o(frame_valid),
    .out_ready_i(frame_ready),
    .out_data_o(frame_data),
    .s_axi_awaddr(awaddr),
    .s_axi_awvalid(awvalid[0]),
    .s_axi_awready(awready[0]),
    .s_axi_wdata(wdata),
    .s_axi_wstrb(wstrb),
    .s_axi_wvalid(wvalid[0]),
    .s_axi_wready(wready[0]),
    .s_axi_bresp(bresp[0]),
    .s_axi_bvalid(bvalid[0]),
    .s_axi_bready(bready[0]),
    .s_axi_araddr(araddr),
    .s_axi_arvalid(arvalid[0]),
    .s_axi_arready(arready[0]),
    .s_axi_rdata(rdata[0]),
    .s_axi_rresp(rresp[0]),
    .s_axi_rvalid(rvalid[0]),
    .s_axi_rready(rready[0]),
    .m_axi_arid(m_axi_gmem0_arid),
    .m_axi_araddr(m_axi_gmem0_araddr),
    .m_axi_arlen(m_axi_gmem0_arlen),
    .m_axi_arsize(m_axi_gmem0_arsize),
    .m_axi_arburst(m_axi_gmem0_arburst),
    .m_axi_arcache(m_axi_gmem0_arcache),
    .m_axi_arprot(m_axi_gmem0_arprot),
    .m_axi_arvalid(m_axi_gmem0_arvalid),
    .m_axi_arready(m_axi_gmem0_arready),
    .m_axi_rid(m_axi_gmem0_rid),
    .m_axi_rdata(m_axi_gmem0_rdata),
    .m_axi_rresp(m_axi_gmem0_rresp),
    .m_axi_rlast(m_axi_gmem0_rlast),
    .m_axi_rvalid(m_axi_gmem0_rvalid),
    .m_axi_rready(m_axi_gmem0_rready)
  );

  lane_narrow #(
    .Lanes(InLanes),
    .Bits(InBits),
    .ContainerBytes(InContainerBytes)
  ) i_narrow (
    .containers_i(frame_data),
    .lanes_o(frame_lanes)
  );

  stream_cross #(
    .Width(8 * ((InLanes * InBits + 7) / 8)),
    .SeparateClock(SeparateClock)
  ) i_cross_in (
    .in_clk_i(clk_i),
    .in_rst_ni(streams_rst_n),
    .in_valid_i(frame_valid),
    .in_ready_o(frame_ready),
    .in_data_i(frame_lanes),
    .out_clk_i(acc_clk_i),
    .out_rst_ni(acc_rst_no),
    .out_valid_o(acc_in_valid_o),
    .out_ready_i(acc_in_ready_i),
    .out_data_o(acc_in_data_o)
  );

  // Results out of the accelerator
  logic result_valid, result_ready;
  logic [8*((OutLanes*OutBits+7)/8)-1:0] result_lanes;
  logic [8*OutBeatBytes-1:0] result_data;

  stream_cross #(
    .Width(8 * ((OutLanes * OutBits + 7) / 8)),
    .SeparateClock(SeparateClock)
  ) i_cross_out (
    .in_clk_i(acc_clk_i),
    .in_rst_ni(acc_rst_no),
    .in_valid_i(acc_out_valid_i),
    .in_ready_o(acc_out_ready_o),
    .in_data_i(acc_out_data_i),
    .out_clk_i(clk_i),
    .out_rst_ni(streams_rst_n),
    .out_valid_o(result_valid),
    .out_ready_i(result_ready),
    .out_data_o(result_lanes)
  );

  lane_widen #(
    .Lanes(OutLanes),
    .Bits(OutBits),
    .ContainerBytes(OutContainerBytes),
    .IsSigned(OutIsSigned)
  ) i_widen (
    .lanes_i(result_lanes),
    .containers_o(result_data)
  );

  odma #(
    .BuildId(BuildId),
    .AddrWidth(AddrWidth),
    .DataWidth(DataWidth),
    .IdWidth(IdWidth),
    .BeatBytes(OutBeatBytes),
    .FrameBeats(OutFrameBeats),
    .MaxBurst(MaxBurst),
    .Outstanding(Outstanding),
    .FifoWords(FifoWords)
  ) i_odma0 (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .irq_o(irq_o[1]),
    .drain_i(drain),
    .drained_o(drained),
    .results_o(results),
    .in_valid_i(result_valid),
    .in_ready_o(result_ready),
    .in_data_i(result_data),
    .s_axi_awaddr(awaddr),
    .s_axi_awvalid(awvalid[1]),
    .s_axi_awready(awready[1]),
    .s_axi_wdata(wdata),
    .s_axi_wstrb(wstrb),
    .s_axi_wvalid(wvalid[1]),
    .s_axi_wready(wready[1]),
    .s_axi_bresp(bresp[1]),
    .s_axi_bvalid(bvalid[1]),
    .s_axi_bready(bready[1]),
    .s_axi_araddr(araddr),
    .s_axi_arvalid(arvalid[1]),
    .s_axi_arready(arready[1]),
    .s_axi_rdata(rdata[1]),
    .s_axi_rresp(rresp[1]),
    .s_axi_rvalid(rvalid[1]),
    .s_axi_rready(rready[1]),
    .m_axi_awid(m_axi_gmem1_awid),
    .m_axi_awaddr(m_axi_gmem1_awaddr),
    .m_axi_awlen(m_axi_gmem1_awlen),
    .m_axi_awsize(m_axi_gmem1_awsize),
    .m_axi_awburst(m_axi_gmem1_awburst),
    .m_axi_awcache(m_axi_gmem1_awcache),
    .m_axi_awprot(m_axi_gmem1_awprot),
    .m_axi_awvalid(m_axi_gmem1_awvalid),
    .m_axi_awready(m_axi_gmem1_awready),
    .m_axi_wdata(m_axi_gmem1_wdata),
    .m_axi_wstrb(m_axi_gmem1_wstrb),
    .m_axi_wlast(m_axi_gmem1_wlast),
    .m_axi_wvalid(m_axi_gmem1_wvalid),
    .m_axi_wready(m_axi_gmem1_wready),
    .m_axi_bid(m_axi_gmem1_bid),
    .m_axi_bresp(m_axi_gmem1_bresp),
    .m_axi_bvalid(m_axi_gmem1_bvalid),
    .m_axi_bready(m_axi_gmem1_bready)
  );

endmodule
