// DMA from a stream into memory: AXI4-Lite slave, AXI-Stream, AXI4 write master.
//
// Takes COUNT frames of FrameBeats beats of BeatBytes bytes and writes them one behind the other.
// Beats of a next transfer wait until it is started. Its soft reset is its own; while the idma's is
// under way (`drain_i`) it takes part: `drained_o` says that it is in reset, with no burst under
// way. Registers: docs/registers.md. Bus ports have AXI's names without suffix.
module odma #(
  parameter logic [31:0] BuildId = 32'h0,
  parameter int unsigned AddrWidth = 32,
  parameter int unsigned DataWidth = 64,
  parameter int unsigned IdWidth = 1,
  // Bytes of a stream beat, beats of a frame
  parameter int unsigned BeatBytes = 3,
  parameter int unsigned FrameBeats = 16,
  // Words of the longest burst; bursts under way; words of the FIFO
  parameter int unsigned MaxBurst = 16,
  parameter int unsigned Outstanding = 4,
  parameter int unsigned FifoWords = 64,
  // The size of a frame is written, and FrameBeats the greatest
  parameter bit Dynamic = 1'b0
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  output logic                   irq_o,
  // Reset together with the idma
  input  logic                   drain_i,
  output logic                   drained_o,
  // For the idma's LOAD_STATUS: a transfer runs, and its frames so far
  output logic [32:0]            results_o,
  // Stream
  input  logic                   in_valid_i,
  output logic                   in_ready_o,
  input  logic [8*BeatBytes-1:0] in_data_i,
  // Registers
  input  logic [11:0]            s_axi_awaddr,
  input  logic                   s_axi_awvalid,
  output logic                   s_axi_awready,
  input  logic [31:0]            s_axi_wdata,
  input  logic [3:0]             s_axi_wstrb,
  input  logic                   s_axi_wvalid,
  output logic                   s_axi_wready,
  output logic [1:0]             s_axi_bresp,
  output logic                   s_axi_bvalid,
  input  logic                   s_axi_bready,
  input  logic [11:0]            s_axi_araddr,
  input  logic                   s_axi_arvalid,
  output logic                   s_axi_arready,
  output logic [31:0]            s_axi_rdata,
  output logic [1:0]             s_axi_rresp,
  output logic                   s_axi_rvalid,
  input  logic                   s_axi_rready,
  // Memory
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
  localparam int unsigned WordsBits = AddrWidth - $clog2(WordBytes) + 1;
  localparam int unsigned BurstBits = $clog2(MaxBurst) + 1;
  localparam int unsigned TailBits = $clog2(WordBytes) + 1;

  logic go, stop, clear, engine_rst_n, quiet, finished, unused_resetting;
  logic [AddrWidth-1:0] address, burst_address, error_address;
  logic [WordsBits-1:0] words;
  logic [TailBits-1:0] tail_bytes;
  logic slverr, decerr, check, busy, active, last;
  logic [31:0] count, frames, beats, stalls, clocks, frame_beats;
  logic [3:0] unused_event;
  logic [31:0] unused_data;

  assign engine_rst_n = rst_ni && !clear;

  dma_front #(
    .BuildId(BuildId),
    .AddrWidth(AddrWidth),
    .WordBytes(WordBytes),
    .FrameBytes(BeatBytes * FrameBeats),
    .FrameBeats(FrameBeats),
    .Dynamic(Dynamic)
  ) i_front (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .irq_o(irq_o),
    .s_axi_awaddr(s_axi_awaddr),
    .s_axi_awvalid(s_axi_awvalid),
    .s_axi_awready(s_axi_awready),
    .s_axi_wdata(s_axi_wdata),
    .s_axi_wstrb(s_axi_wstrb),
    .s_axi_wvalid(s_axi_wvalid),
    .s_axi_wready(s_axi_wready),
    .s_axi_bresp(s_axi_bresp),
    .s_axi_bvalid(s_axi_bvalid),
    .s_axi_bready(s_axi_bready),
    .s_axi_araddr(s_axi_araddr),
    .s_axi_arvalid(s_axi_arvalid),
    .s_axi_arready(s_axi_arready),
    .s_axi_rdata(s_axi_rdata),
    .s_axi_rresp(s_axi_rresp),
    .s_axi_rvalid(s_axi_rvalid),
    .s_axi_rready(s_axi_rready),
    .frame_beats_o(frame_beats),
    .check_o(check),
    .count_o(count),
    .go_o(go),
    .address_o(address),
    .words_o(words),
    .tail_bytes_o(tail_bytes),
    .busy_o(busy),
    .stop_o(stop),
    .clear_o(clear),
    .resetting_o(unused_resetting),
    .quiet_i(quiet),
    .finished_i(finished),
    .slverr_i(slverr),
    .decerr_i(decerr),
    .error_address_i(error_address),
    .drain_i(drain_i),
    .hold_i(1'b0),
    .frames_i(frames),
    .beats_i(beats),
    .stalls_i(stalls),
    .clocks_i(clocks),
    .load_event_o(unused_event),
    .load_data_o(unused_data),
    .load_address_i(32'b0),
    .load_word_i(32'b0),
    .load_status_i(4'b0)
  );

  assign results_o = {busy, frames};

  // The front stays in its reset for as long as the idma asks for it
  assign drained_o = clear && drain_i;

  // Beats to words
  logic taking, gear_ready, word_valid, word_ready, word_last;
  logic [DataWidth-1:0] word;
  assign taking = active && !stop;
  assign in_ready_o = gear_ready && taking;

  dma_meter #(
    .FrameBeats(FrameBeats),
    .Dynamic(Dynamic)
  ) i_meter (
    .clk_i(clk_i),
    .rst_ni(engine_rst_n),
    .load_i(check),
    .count_i(count),
    .frame_beats_i(frame_beats),
    .go_i(go),
    .busy_i(busy),
    .valid_i(in_valid_i),
    .ready_i(in_ready_o),
    .active_o(active),
    .last_o(last),
    .frames_o(frames),
    .beats_o(beats),
    .stalls_o(stalls),
    .clocks_o(clocks)
  );

  byte_gearbox #(
    .InBytes(BeatBytes),
    .OutBytes(WordBytes)
  ) i_gearbox (
    .clk_i(clk_i),
    .rst_ni(engine_rst_n),
    .in_valid_i(in_valid_i && taking),
    .in_ready_o(gear_ready),
    .in_data_i(in_data_i),
    .in_last_i(last),
    .in_bytes_i(($clog2(BeatBytes)+1)'(BeatBytes)),
    .out_valid_o(word_valid),
    .out_ready_i(word_ready),
    .out_data_o(word),
    .out_last_o(word_last)
  );

  // Words to memory
  logic burst_valid, burst_taken, planned;
  logic [BurstBits-1:0] burst_words;
  logic [WordBytes-1:0] tail_strobe;

  dma_bursts #(
    .AddrWidth(AddrWidth),
    .WordBytes(WordBytes),
    .MaxBurst(MaxBurst)
  ) i_bursts (
    .clk_i(clk_i),
    .rst_ni(engine_rst_n),
    .start_i(go),
    .address_i(address),
    .words_i(words),
    .valid_o(burst_valid),
    .taken_i(burst_taken),
    .address_o(burst_address),
    .words_o(burst_words),
    .finished_o(planned)
  );

  for (genvar i = 0; i < WordBytes; i++) begin : gen_strobe
    assign tail_strobe[i] = tail_bytes > TailBits'(i);
  end

  dma_write #(
    .AddrWidth(AddrWidth),
    .DataWidth(DataWidth),
    .IdWidth(IdWidth),
    .MaxBurst(MaxBurst),
    .Outstanding(Outstanding),
    .FifoWords(FifoWords)
  ) i_write (
    .clk_i(clk_i),
    .rst_ni(engine_rst_n),
    .burst_valid_i(burst_valid),
    .burst_taken_o(burst_taken),
    .burst_address_i(burst_address),
    .burst_words_i(burst_words),
    .stop_i(stop),
    .quiet_o(quiet),
    .slverr_o(slverr),
    .decerr_o(decerr),
    .error_address_o(error_address),
    .in_valid_i(word_valid),
    .in_ready_o(word_ready),
    .in_data_i(word),
    .in_last_i(word_last),
    .tail_strobe_i(tail_strobe),
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

  assign finished = planned && quiet;

endmodule
