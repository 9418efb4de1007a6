// Reads frames from memory: lines of any stride and place, as beats of pixels.
//
// A frame (`job_valid_i`) stays until `job_ready_o`, which is high for one clock when its last beat
// has gone out. Its size goes out at `cfg` first, once. Then bursts are asked for line after line;
// from one line to the next lie five clocks in which none is.
module frame_read #(
  parameter int unsigned AddrWidth = 32,
  // Bits of a word of the bus, and of the identifiers
  parameter int unsigned DataWidth = 64,
  parameter int unsigned IdWidth = 1,
  // Words of the longest burst; bursts under way; words of the FIFO
  parameter int unsigned MaxBurst = 16,
  parameter int unsigned Outstanding = 4,
  parameter int unsigned FifoWords = 64,
  // Pixels of a beat; of a frame's side at most
  parameter int unsigned Lanes = 2,
  parameter int unsigned MaxSide = 1920,
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
  // Sizes, for the letterbox
  output logic                 cfg_valid_o,
  input  logic                 cfg_ready_i,
  output logic [SideBits-1:0]  cfg_width_o,
  output logic [SideBits-1:0]  cfg_height_o,
  // Bytes of pixels, as pixel_format takes them
  output logic                 out_valid_o,
  input  logic                 out_ready_i,
  output logic [1:0]           out_format_o,
  output logic [24*Lanes-1:0]  out_data_o,
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

  localparam int unsigned WordBytes = DataWidth / 8;
  localparam int unsigned Shift = $clog2(WordBytes);
  localparam int unsigned WordsBits = AddrWidth - Shift + 1;
  localparam int unsigned BurstBits = $clog2(MaxBurst) + 1;

  if (MaxSide == 0 || AddrWidth < LineBits) begin : gen_check
    $error("frame_read: MaxSide must be at least 1, and an address hold a line");
  end

  // --- the frame's course: its size goes out, the rest begins, bursts of each line, the last beat

  localparam logic [SideBits-1:0] One = SideBits'(1);
  typedef enum logic [2:0] {Idle, Give, Go, Line, Plan, Wait, Done} state_e;
  state_e state_q;
  logic [AddrWidth-1:0] line_q;
  // Lines that have not been asked for, as a complement, which counts up
  logic [SideBits-1:0] lines_q;
  logic planned, finished, finished_q;
  logic [Shift+LineBits:0] bytes;
  logic [WordsBits-1:0] words;

  assign cfg_valid_o = (state_q == Give);
  assign cfg_width_o = job_width_i;
  assign cfg_height_o = job_height_i;
  assign job_ready_o = (state_q == Done);
  // From the first word's first byte to the line's last
  assign bytes = (Shift+LineBits+1)'(line_q[Shift-1:0]) + (Shift+LineBits+1)'(job_line_bytes_i)
                 + (Shift+LineBits+1)'(WordBytes - 1);
  assign words = WordsBits'(bytes >> Shift);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= Idle;
      finished_q <= 1'b0;
    end else begin
      unique case (state_q)
        Idle: if (job_valid_i) state_q <= Give;
        Give: if (cfg_ready_i) state_q <= Go;
        Go: state_q <= Line;
        Line: state_q <= Plan;
        Plan: if (planned) state_q <= (lines_q == ~One) ? Wait : Line;
        Wait: if (finished_q) state_q <= Done;
        default: state_q <= Idle;
      endcase
      finished_q <= finished || (finished_q && (state_q != Done));
    end
    if (state_q == Go) begin
      line_q <= job_address_i;
      lines_q <= ~job_height_i;
    end else if (state_q == Plan && planned) begin
      line_q <= line_q + AddrWidth'(job_stride_i);
      lines_q <= lines_q + SideBits'(1);
    end
  end

  // --- memory to words

  logic burst_valid, burst_taken;
  logic [AddrWidth-1:0] burst_address;
  logic [BurstBits-1:0] burst_words;
  logic word_valid, word_ready;
  logic [DataWidth-1:0] word;

  dma_bursts #(
    .AddrWidth(AddrWidth),
    .WordBytes(WordBytes),
    .MaxBurst(MaxBurst)
  ) i_bursts (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .start_i(state_q == Line),
    .address_i(line_q),
    .words_i(words),
    .valid_o(burst_valid),
    .taken_i(burst_taken),
    .address_o(burst_address),
    .words_o(burst_words),
    .finished_o(planned)
  );

  dma_read #(
    .AddrWidth(AddrWidth),
    .DataWidth(DataWidth),
    .IdWidth(IdWidth),
    .MaxBurst(MaxBurst),
    .Outstanding(Outstanding),
    .FifoWords(FifoWords),
    .RamStyle("block")
  ) i_read (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .burst_valid_i(burst_valid),
    .burst_taken_o(burst_taken),
    .burst_address_i(burst_address),
    .burst_words_i(burst_words),
    .stop_i(stop_i),
    .quiet_o(quiet_o),
    .slverr_o(slverr_o),
    .decerr_o(decerr_o),
    .error_address_o(error_address_o),
    .out_valid_o(word_valid),
    .out_ready_i(word_ready),
    .out_data_o(word),
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

  // --- words to beats of pixels

  assign out_format_o = job_format_i;

  line_beats #(
    .WordBytes(WordBytes),
    .Lanes(Lanes),
    .LineBits(LineBits),
    .SideBits(SideBits)
  ) i_beats (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .frame_valid_i(state_q == Go),
    .frame_lines_i(job_height_i),
    .frame_width_i(job_width_i),
    .frame_line_bytes_i(job_line_bytes_i),
    .frame_first_i(job_address_i[Shift-1:0]),
    .frame_stride_i(job_stride_i[Shift-1:0]),
    .frame_format_i(job_format_i),
    .in_valid_i(word_valid),
    .in_ready_o(word_ready),
    .in_data_i(word),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o),
    .finished_o(finished)
  );

endmodule
