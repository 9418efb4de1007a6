// The shell around a network, with the camera path: a frame of any size in memory, or of a video
// stream, goes in, boxes come out into memory.
//
// Ports as dma_shell's, and one block of registers, camera0 (docs/registers-camera.md); irq_o[1] is 0.
// Frames are read by the master gmem0; records, and raw integers where they are asked for, are
// written by gmem1. The accelerator takes pixels of 8 bits, red, green, blue, and gives the integers
// of a detector's head. Its ports belong to acc_clk_i, which has to be clk_i unless SeparateClock.
module camera_shell #(
  parameter logic [31:0] BuildId = 32'h0,
  parameter int unsigned AddrWidth = 32,
  // 32, 64 or 128
  parameter int unsigned DataWidth = 64,
  parameter int unsigned IdWidth = 1,
  // Words of the longest burst; bursts under way in each direction; words of each FIFO
  parameter int unsigned MaxBurst = 16,
  parameter int unsigned Outstanding = 4,
  parameter int unsigned FifoWords = 64,
  // Camera: pixels of a beat, of a side at most; candidates kept; beats of sums in the letterbox
  parameter int unsigned Pixels = 2,
  parameter int unsigned MaxSide = 1920,
  parameter int unsigned Candidates = 64,
  parameter int unsigned Depth = 512,
  // The network: pixels of a side, the border's level, lanes of a beat of its input
  parameter int unsigned Side = 512,
  parameter int unsigned Level = 128,
  parameter int unsigned InLanes = 3,
  // Its output: lanes, bits of one, bytes of an element in memory
  parameter int unsigned OutLanes = 1,
  parameter int unsigned OutBits = 12,
  parameter int unsigned OutContainerBytes = 2,
  parameter bit OutIsSigned = 1'b1,
  // Its head: cells, anchors, 1/16 pixels of a cell; files as decode_boxes reads them
  parameter int unsigned Rows = 16,
  parameter int unsigned Columns = 16,
  parameter int unsigned Anchors = 5,
  parameter int unsigned Cell = 512,
  parameter HeadFile = "",
  parameter SigmoidFile = "",
  parameter PowerFile = "",
  parameter bit SeparateClock = 1'b0,
  // Frames come from the video input; nothing is read by gmem0
  parameter bit IsVideo = 1'b0
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  output logic [1:0]             irq_o,
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
  // Memory for the boxes
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
  // AXI4-Stream Video, where IsVideo: video_read
  input  logic                   s_axis_video_tvalid,
  output logic                   s_axis_video_tready,
  input  logic [24*Pixels-1:0]   s_axis_video_tdata,
  input  logic                   s_axis_video_tuser,
  input  logic                   s_axis_video_tlast,
  // The accelerator
  input  logic                   acc_clk_i,
  output logic                   acc_rst_no,
  output logic                   acc_in_valid_o,
  input  logic                   acc_in_ready_i,
  output logic [8*InLanes-1:0]   acc_in_data_o,
  input  logic                   acc_out_valid_i,
  output logic                   acc_out_ready_o,
  input  logic [8*((OutLanes*OutBits+7)/8)-1:0] acc_out_data_i
);

  localparam int unsigned WordBytes = DataWidth / 8;
  localparam int unsigned SideBits = $clog2(MaxSide + 1);
  localparam int unsigned LineBits = SideBits + 2;
  localparam int unsigned CountBits = $clog2(Candidates + 1);
  localparam int unsigned RawBytes = 6 * Rows * Columns * Anchors * OutContainerBytes;
  localparam int unsigned OutWidth = 8 * ((OutLanes * OutBits + 7) / 8);

  // --- registers, and frames that wait
  logic read_valid, read_ready, box_valid, box_ready, box_raw, network_last, unused_select;
  logic [AddrWidth-1:0] read_address, box_records, box_raw_address;
  logic [31:0] read_stride, box_size, box_note, number, video_size;
  logic video_began, video_dropped, video_more;
  logic [2:0] video_faults;
  logic [SideBits-1:0] read_width, read_height;
  logic [1:0] read_format;
  logic [LineBits-1:0] read_line_bytes;
  logic [16:0] box_least, box_overlap;
  logic [CountBits-1:0] box_most;
  logic stop, clear, engines_rst_n, soft_reset, soft_reset_done;
  logic read_quiet, read_slverr, read_decerr, write_quiet, write_slverr, write_decerr;
  logic [AddrWidth-1:0] read_error_address, write_error_address;

  assign irq_o[1] = 1'b0;
  assign engines_rst_n = rst_ni && !clear;
  assign unused_select = s_axi_control_awaddr[12] ^ s_axi_control_araddr[12];

  camera_front #(
    .BuildId(BuildId),
    .AddrWidth(AddrWidth),
    .WordBytes(WordBytes),
    .MaxSide(MaxSide),
    .Candidates(Candidates),
    .RawBytes(RawBytes),
    .Side(Side),
    .IsVideo(IsVideo)
  ) i_front (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .irq_o(irq_o[0]),
    .s_axi_awaddr(s_axi_control_awaddr[11:0]),
    .s_axi_awvalid(s_axi_control_awvalid),
    .s_axi_awready(s_axi_control_awready),
    .s_axi_wdata(s_axi_control_wdata),
    .s_axi_wstrb(s_axi_control_wstrb),
    .s_axi_wvalid(s_axi_control_wvalid),
    .s_axi_wready(s_axi_control_wready),
    .s_axi_bresp(s_axi_control_bresp),
    .s_axi_bvalid(s_axi_control_bvalid),
    .s_axi_bready(s_axi_control_bready),
    .s_axi_araddr(s_axi_control_araddr[11:0]),
    .s_axi_arvalid(s_axi_control_arvalid),
    .s_axi_arready(s_axi_control_arready),
    .s_axi_rdata(s_axi_control_rdata),
    .s_axi_rresp(s_axi_control_rresp),
    .s_axi_rvalid(s_axi_control_rvalid),
    .s_axi_rready(s_axi_control_rready),
    .read_valid_o(read_valid),
    .read_ready_i(read_ready),
    .read_address_o(read_address),
    .read_stride_o(read_stride),
    .read_width_o(read_width),
    .read_height_o(read_height),
    .read_format_o(read_format),
    .read_line_bytes_o(read_line_bytes),
    .box_valid_o(box_valid),
    .box_ready_i(box_ready),
    .box_records_o(box_records),
    .box_raw_address_o(box_raw_address),
    .box_raw_o(box_raw),
    .box_size_o(box_size),
    .box_note_o(box_note),
    .box_least_o(box_least),
    .box_overlap_o(box_overlap),
    .box_most_o(box_most),
    .number_o(number),
    .network_last_i(network_last),
    .video_began_i(video_began),
    .video_dropped_i(video_dropped),
    .video_faults_i(video_faults),
    .video_more_i(video_more),
    .video_size_i(video_size),
    .stop_o(stop),
    .clear_o(clear),
    .read_quiet_i(read_quiet),
    .read_slverr_i(read_slverr),
    .read_decerr_i(read_decerr),
    .read_error_address_i(read_error_address),
    .write_quiet_i(write_quiet),
    .write_slverr_i(write_slverr),
    .write_decerr_i(write_decerr),
    .write_error_address_i(write_error_address),
    .soft_reset_o(soft_reset),
    .soft_reset_done_i(soft_reset_done)
  );

  // Reset of the accelerator. Through it the bus' side of the streams is in reset, too
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

  // --- frames to the network's pixels
  logic lanes_valid, lanes_ready;
  logic [8*InLanes-1:0] lanes;

  camera_frames #(
    .AddrWidth(AddrWidth),
    .DataWidth(DataWidth),
    .IdWidth(IdWidth),
    .MaxBurst(MaxBurst),
    .Outstanding(Outstanding),
    .FifoWords(FifoWords),
    .Pixels(Pixels),
    .MaxSide(MaxSide),
    .Depth(Depth),
    .Side(Side),
    .Level(Level),
    .InLanes(InLanes),
    .IsVideo(IsVideo)
  ) i_frames (
    .clk_i(clk_i),
    .rst_ni(engines_rst_n),
    .job_valid_i(read_valid),
    .job_ready_o(read_ready),
    .job_address_i(read_address),
    .job_stride_i(read_stride),
    .job_width_i(read_width),
    .job_height_i(read_height),
    .job_format_i(read_format),
    .job_line_bytes_i(read_line_bytes),
    .out_valid_o(lanes_valid),
    .out_ready_i(lanes_ready),
    .out_data_o(lanes),
    .s_axis_video_tvalid(s_axis_video_tvalid),
    .s_axis_video_tready(s_axis_video_tready),
    .s_axis_video_tdata(s_axis_video_tdata),
    .s_axis_video_tuser(s_axis_video_tuser),
    .s_axis_video_tlast(s_axis_video_tlast),
    .video_began_o(video_began),
    .video_dropped_o(video_dropped),
    .video_faults_o(video_faults),
    .video_more_o(video_more),
    .video_size_o(video_size),
    .stop_i(stop),
    .quiet_o(read_quiet),
    .slverr_o(read_slverr),
    .decerr_o(read_decerr),
    .error_address_o(read_error_address),
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

  stream_cross #(
    .Width(8 * InLanes),
    .SeparateClock(SeparateClock)
  ) i_cross_in (
    .in_clk_i(clk_i),
    .in_rst_ni(engines_rst_n),
    .in_valid_i(lanes_valid),
    .in_ready_o(lanes_ready),
    .in_data_i(lanes),
    .out_clk_i(acc_clk_i),
    .out_rst_ni(acc_rst_no),
    .out_valid_o(acc_in_valid_o),
    .out_ready_i(acc_in_ready_i),
    .out_data_o(acc_in_data_o)
  );

  // --- the network's integers to memory
  logic result_valid, result_ready;
  logic [OutWidth-1:0] result;

  stream_cross #(
    .Width(OutWidth),
    .SeparateClock(SeparateClock)
  ) i_cross_out (
    .in_clk_i(acc_clk_i),
    .in_rst_ni(acc_rst_no),
    .in_valid_i(acc_out_valid_i),
    .in_ready_o(acc_out_ready_o),
    .in_data_i(acc_out_data_i),
    .out_clk_i(clk_i),
    .out_rst_ni(engines_rst_n),
    .out_valid_o(result_valid),
    .out_ready_i(result_ready),
    .out_data_o(result)
  );

  camera_results #(
    .AddrWidth(AddrWidth),
    .DataWidth(DataWidth),
    .IdWidth(IdWidth),
    .MaxBurst(MaxBurst),
    .Outstanding(Outstanding),
    .FifoWords(FifoWords),
    .Candidates(Candidates),
    .OutLanes(OutLanes),
    .OutBits(OutBits),
    .OutContainerBytes(OutContainerBytes),
    .OutIsSigned(OutIsSigned),
    .Rows(Rows),
    .Columns(Columns),
    .Anchors(Anchors),
    .Cell(Cell),
    .HeadFile(HeadFile),
    .SigmoidFile(SigmoidFile),
    .PowerFile(PowerFile)
  ) i_results (
    .clk_i(clk_i),
    .rst_ni(engines_rst_n),
    .job_valid_i(box_valid),
    .job_ready_o(box_ready),
    .job_records_i(box_records),
    .job_raw_address_i(box_raw_address),
    .job_raw_i(box_raw),
    .job_least_i(box_least),
    .job_overlap_i(box_overlap),
    .job_most_i(box_most),
    .job_size_i(box_size),
    .job_note_i(box_note),
    .number_i(number),
    .in_valid_i(result_valid),
    .in_ready_o(result_ready),
    .in_data_i(result),
    .last_o(network_last),
    .stop_i(stop),
    .quiet_o(write_quiet),
    .slverr_o(write_slverr),
    .decerr_o(write_decerr),
    .error_address_o(write_error_address),
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
