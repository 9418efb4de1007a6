// The network's integers to memory: candidates, boxes, records, and raw integers where asked for.
//
// A frame (`job`) stays until `job_ready_o`, which is high for one clock when the bus has answered all
// of it (box_write). Its integers are taken meanwhile.
module camera_results #(
  parameter int unsigned AddrWidth = 32,
  parameter int unsigned DataWidth = 64,
  parameter int unsigned IdWidth = 1,
  // Words of the longest burst; bursts under way; words of the FIFO
  parameter int unsigned MaxBurst = 16,
  parameter int unsigned Outstanding = 4,
  parameter int unsigned FifoWords = 64,
  // Candidates kept
  parameter int unsigned Candidates = 64,
  // The network's output: lanes, bits of one, bytes of an element in memory
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
  // Not to be set
  parameter int unsigned CountBits = $clog2(Candidates + 1),
  parameter int unsigned OutWidth = 8 * ((OutLanes * OutBits + 7) / 8)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  // Frames, behind the network
  input  logic                 job_valid_i,
  output logic                 job_ready_o,
  input  logic [AddrWidth-1:0] job_records_i,
  input  logic [AddrWidth-1:0] job_raw_address_i,
  input  logic                 job_raw_i,
  input  logic [16:0]          job_least_i,
  input  logic [16:0]          job_overlap_i,
  input  logic [CountBits-1:0] job_most_i,
  // What the header says besides
  input  logic [31:0]          job_size_i,
  input  logic [31:0]          job_note_i,
  input  logic [31:0]          number_i,
  // The network's integers; a frame's last one is taken
  input  logic                 in_valid_i,
  output logic                 in_ready_o,
  input  logic [OutWidth-1:0]  in_data_i,
  output logic                 last_o,
  // See dma_write
  input  logic                 stop_i,
  output logic                 quiet_o,
  output logic                 slverr_o,
  output logic                 decerr_o,
  output logic [AddrWidth-1:0] error_address_o,
  output logic [IdWidth-1:0]     m_axi_awid,
  output logic [AddrWidth-1:0]   m_axi_awaddr,
  output logic [7:0]             m_axi_awlen,
  output logic [2:0]             m_axi_awsize,
  output logic [1:0]             m_axi_awburst,
  output logic [3:0]             m_axi_awcache,
  output logic [2:0]             m_axi_awprot,
  output logic                   m_axi_awvalid,
  input  logic                   m_axi_awready,
  output logic [DataWidth-1:0]   m_axi_wdata,
  output logic [DataWidth/8-1:0] m_axi_wstrb,
  output logic                   m_axi_wlast,
  output logic                   m_axi_wvalid,
  input  logic                   m_axi_wready,
  input  logic [IdWidth-1:0]     m_axi_bid,
  input  logic [1:0]             m_axi_bresp,
  input  logic                   m_axi_bvalid,
  output logic                   m_axi_bready
);

  localparam int unsigned WordBytes = DataWidth / 8;
  localparam int unsigned Places = Rows * Columns * Anchors;
  localparam int unsigned PlaceBits = (Places > 1) ? $clog2(Places) : 1;
  localparam int unsigned RawBytes = 6 * Places * OutContainerBytes;

  logic raw_valid, raw_ready, raw_last, box_valid, box_ready, box_end;
  logic [DataWidth-1:0] raw;
  logic [15:0] score;
  logic [PlaceBits-1:0] place;
  logic [63:0] corners;

  camera_boxes #(
    .Lanes(OutLanes),
    .Bits(OutBits),
    .ContainerBytes(OutContainerBytes),
    .IsSigned(OutIsSigned),
    .Rows(Rows),
    .Columns(Columns),
    .Anchors(Anchors),
    .Cell(Cell),
    .HeadFile(HeadFile),
    .SigmoidFile(SigmoidFile),
    .PowerFile(PowerFile),
    .Candidates(Candidates),
    .WordBytes(WordBytes)
  ) i_boxes (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .job_valid_i(job_valid_i),
    .job_done_i(job_ready_o),
    .job_raw_i(job_raw_i),
    .job_least_i(job_least_i),
    .job_overlap_i(job_overlap_i),
    .job_most_i(job_most_i),
    .last_o(last_o),
    .in_valid_i(in_valid_i),
    .in_ready_o(in_ready_o),
    .in_data_i(in_data_i),
    .raw_valid_o(raw_valid),
    .raw_ready_i(raw_ready),
    .raw_data_o(raw),
    .raw_last_o(raw_last),
    .box_valid_o(box_valid),
    .box_ready_i(box_ready),
    .box_end_o(box_end),
    .box_score_o(score),
    .box_place_o(place),
    .box_corners_o(corners)
  );

  box_write #(
    .AddrWidth(AddrWidth),
    .DataWidth(DataWidth),
    .IdWidth(IdWidth),
    .MaxBurst(MaxBurst),
    .Outstanding(Outstanding),
    .FifoWords(FifoWords),
    .RawBytes(RawBytes),
    .PlaceBits(PlaceBits),
    .CountBits(CountBits)
  ) i_write (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .job_valid_i(job_valid_i),
    .job_ready_o(job_ready_o),
    .job_records_i(job_records_i),
    .job_raw_address_i(job_raw_address_i),
    .job_raw_i(job_raw_i),
    .job_size_i(job_size_i),
    .job_note_i(job_note_i),
    .number_i(number_i),
    .raw_valid_i(raw_valid),
    .raw_ready_o(raw_ready),
    .raw_data_i(raw),
    .raw_last_i(raw_last),
    .box_valid_i(box_valid),
    .box_ready_o(box_ready),
    .box_end_i(box_end),
    .box_score_i(score),
    .box_place_i(place),
    .box_corners_i(corners),
    .stop_i(stop_i),
    .quiet_o(quiet_o),
    .slverr_o(slverr_o),
    .decerr_o(decerr_o),
    .error_address_o(error_address_o),
    .m_axi_awid(m_axi_awid),
    .m_axi_awaddr(m_axi_awaddr),
    .m_axi_awlen(m_axi_awlen),
    .m_axi_awsize(m_axi_awsize),
    .m_axi_awburst(m_axi_awburst),
    .m_axi_awcache(m_axi_awcache),
    .m_axi_awprot(m_axi_awprot),
    .m_axi_awvalid(m_axi_awvalid),
    .m_axi_awready(m_axi_awready),
    .m_axi_wdata(m_axi_wdata),
    .m_axi_wstrb(m_axi_wstrb),
    .m_axi_wlast(m_axi_wlast),
    .m_axi_wvalid(m_axi_wvalid),
    .m_axi_wready(m_axi_wready),
    .m_axi_bid(m_axi_bid),
    .m_axi_bresp(m_axi_bresp),
    .m_axi_bvalid(m_axi_bvalid),
    .m_axi_bready(m_axi_bready)
  );

endmodule
