// Frames in memory, or of a video input, to the network's pixels: reader, pixel format, letterbox,
// lanes.
//
// A frame stays at `job` until `job_ready_o`, high for one clock when it has been read (frame_read,
// video_read).
// Out go the Side * Side pixels of each, red, green, blue, InLanes channels a beat.
module camera_frames #(
  parameter int unsigned AddrWidth = 32,
  parameter int unsigned DataWidth = 64,
  parameter int unsigned IdWidth = 1,
  // Words of the longest burst; bursts under way; words of the FIFO
  parameter int unsigned MaxBurst = 16,
  parameter int unsigned Outstanding = 4,
  parameter int unsigned FifoWords = 64,
  // Pixels of a beat, of a frame's side at most; beats of sums that the letterbox holds
  parameter int unsigned Pixels = 2,
  parameter int unsigned MaxSide = 1920,
  parameter int unsigned Depth = 512,
  // The network: pixels of a side, the border's level, lanes of a beat of its input
  parameter int unsigned Side = 512,
  parameter int unsigned Level = 128,
  parameter int unsigned InLanes = 3,
  // Frames come from the video input, not from memory
  parameter bit IsVideo = 1'b0,
  // Not to be set
  parameter int unsigned SideBits = $clog2(MaxSide + 1),
  parameter int unsigned LineBits = SideBits + 2
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  // Frames
  input  logic                 job_valid_i,
  output logic                 job_ready_o,
  input  logic [AddrWidth-1:0] job_address_i,
  input  logic [31:0]          job_stride_i,
  input  logic [SideBits-1:0]  job_width_i,
  input  logic [SideBits-1:0]  job_height_i,
  input  logic [1:0]           job_format_i,
  input  logic [LineBits-1:0]  job_line_bytes_i,
  // The network's pixels
  output logic                 out_valid_o,
  input  logic                 out_ready_i,
  output logic [8*InLanes-1:0] out_data_o,
  // The video input, and what happens there: video_read
  input  logic                 s_axis_video_tvalid,
  output logic                 s_axis_video_tready,
  input  logic [24*Pixels-1:0] s_axis_video_tdata,
  input  logic                 s_axis_video_tuser,
  input  logic                 s_axis_video_tlast,
  output logic                 video_began_o,
  output logic                 video_dropped_o,
  output logic [2:0]           video_faults_o,
  output logic                 video_more_o,
  output logic [31:0]          video_size_o,
  // See dma_read
  input  logic                 stop_i,
  output logic                 quiet_o,
  output logic                 slverr_o,
  output logic                 decerr_o,
  output logic [AddrWidth-1:0] error_address_o,
  output logic [IdWidth-1:0]   m_axi_arid,
  output logic [AddrWidth-1:0] m_axi_araddr,
  output logic [7:0]           m_axi_arlen,
  output logic [2:0]           m_axi_arsize,
  output logic [1:0]           m_axi_arburst,
  output logic [3:0]           m_axi_arcache,
  output logic [2:0]           m_axi_arprot,
  output logic                 m_axi_arvalid,
  input  logic                 m_axi_arready,
  input  logic [IdWidth-1:0]   m_axi_rid,
  input  logic [DataWidth-1:0] m_axi_rdata,
  input  logic [1:0]           m_axi_rresp,
  input  logic                 m_axi_rlast,
  input  logic                 m_axi_rvalid,
  output logic                 m_axi_rready
);

  if ((3 % InLanes != 0) && (InLanes % 3 != 0)) begin : gen_check_lanes
    $error("camera_frames: InLanes must be a part or a multiple of a pixel's 3 channels");
  end

  logic cfg_valid, cfg_ready, beat_valid, beat_ready, rgb_valid, rgb_ready;
  logic square_valid, square_ready;
  logic [SideBits-1:0] cfg_width, cfg_height;
  logic [1:0] beat_format;
  logic [24*Pixels-1:0] beat, rgb;
  logic [23:0] square;

  if (!IsVideo) begin : gen_memory
    frame_read #(
      .AddrWidth(AddrWidth),
      .DataWidth(DataWidth),
      .IdWidth(IdWidth),
      .MaxBurst(MaxBurst),
      .Outstanding(Outstanding),
      .FifoWords(FifoWords),
      .Lanes(Pixels),
      .MaxSide(MaxSide)
    ) i_read (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .job_valid_i(job_valid_i),
      .job_ready_o(job_ready_o),
      .job_address_i(job_address_i),
      .job_stride_i(job_stride_i),
      .job_width_i(job_width_i),
      .job_height_i(job_height_i),
      .job_format_i(job_format_i),
      .job_line_bytes_i(job_line_bytes_i),
      .cfg_valid_o(cfg_valid),
      .cfg_ready_i(cfg_ready),
      .cfg_width_o(cfg_width),
      .cfg_height_o(cfg_height),
      .out_valid_o(beat_valid),
      .out_ready_i(beat_ready),
      .out_format_o(beat_format),
      .out_data_o(beat),
      .stop_i(stop_i),
      .quiet_o(quiet_o),
      .slverr_o(slverr_o),
      .decerr_o(decerr_o),
      .error_address_o(error_address_o),
      .m_axi_arid(m_axi_arid),
      .m_axi_araddr(m_axi_araddr),
      .m_axi_arlen(m_axi_arlen),
      .m_axi_arsize(m_axi_arsize),
      .m_axi_arburst(m_axi_arburst),
      .m_axi_arcache(m_axi_arcache),
      .m_axi_arprot(m_axi_arprot),
      .m_axi_arvalid(m_axi_arvalid),
      .m_axi_arready(m_axi_arready),
      .m_axi_rid(m_axi_rid),
      .m_axi_rdata(m_axi_rdata),
      .m_axi_rresp(m_axi_rresp),
      .m_axi_rlast(m_axi_rlast),
      .m_axi_rvalid(m_axi_rvalid),
      .m_axi_rready(m_axi_rready)
    );

    logic unused_video;
    assign unused_video = ^{s_axis_video_tvalid, s_axis_video_tdata, s_axis_video_tuser,
                            s_axis_video_tlast};
    assign s_axis_video_tready = 1'b0;
    assign video_began_o = 1'b0;
    assign video_dropped_o = 1'b0;
    assign video_faults_o = '0;
    assign video_more_o = 1'b0;
    assign video_size_o = '0;
  end else begin : gen_video
    video_read #(
      .Lanes(Pixels),
      .MaxSide(MaxSide)
    ) i_read (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .job_valid_i(job_valid_i),
      .job_ready_o(job_ready_o),
      .job_width_i(job_width_i),
      .job_height_i(job_height_i),
      .job_format_i(job_format_i),
      .cfg_valid_o(cfg_valid),
      .cfg_ready_i(cfg_ready),
      .cfg_width_o(cfg_width),
      .cfg_height_o(cfg_height),
      .out_valid_o(beat_valid),
      .out_ready_i(beat_ready),
      .out_format_o(beat_format),
      .out_data_o(beat),
      .began_o(video_began_o),
      .dropped_o(video_dropped_o),
      .faults_o(video_faults_o),
      .more_o(video_more_o),
      .seen_width_o(video_size_o[15:0]),
      .seen_height_o(video_size_o[31:16]),
      .stop_i(stop_i),
      .s_axis_video_tvalid(s_axis_video_tvalid),
      .s_axis_video_tready(s_axis_video_tready),
      .s_axis_video_tdata(s_axis_video_tdata),
      .s_axis_video_tuser(s_axis_video_tuser),
      .s_axis_video_tlast(s_axis_video_tlast)
    );

    logic unused_memory;
    assign unused_memory = ^{job_address_i, job_stride_i, job_line_bytes_i, m_axi_arready, m_axi_rid,
                             m_axi_rdata, m_axi_rresp, m_axi_rlast, m_axi_rvalid};
    assign quiet_o = 1'b1;
    assign slverr_o = 1'b0;
    assign decerr_o = 1'b0;
    assign error_address_o = '0;
    assign m_axi_arid = '0;
    assign m_axi_araddr = '0;
    assign m_axi_arlen = '0;
    assign m_axi_arsize = '0;
    assign m_axi_arburst = '0;
    assign m_axi_arcache = '0;
    assign m_axi_arprot = '0;
    assign m_axi_arvalid = 1'b0;
    assign m_axi_rready = 1'b0;
  end

  pixel_format #(
    .Lanes(Pixels)
  ) i_format (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .format_i(beat_format),
    .in_valid_i(beat_valid),
    .in_ready_o(beat_ready),
    .in_data_i(beat),
    .out_valid_o(rgb_valid),
    .out_ready_i(rgb_ready),
    .out_data_o(rgb)
  );

  letterbox #(
    .Lanes(Pixels),
    .MaxOld(MaxSide),
    .Size(Side),
    .Level(Level),
    .Depth(Depth)
  ) i_letterbox (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .cfg_valid_i(cfg_valid),
    .cfg_ready_o(cfg_ready),
    .cfg_width_i(cfg_width),
    .cfg_height_i(cfg_height),
    .in_valid_i(rgb_valid),
    .in_ready_o(rgb_ready),
    .in_data_i(rgb),
    .out_valid_o(square_valid),
    .out_ready_i(square_ready),
    .out_data_o(square)
  );

  stream_width_converter #(
    .InWidth(24),
    .OutWidth(8 * InLanes)
  ) i_lanes (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(square_valid),
    .in_ready_o(square_ready),
    .in_data_i(square),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
