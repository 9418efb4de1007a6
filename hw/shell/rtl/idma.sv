// DMA from memory into a stream: AXI4-Lite slave, AXI4 read master, AXI-Stream.
//
// Reads COUNT frames of FrameBeats beats of BeatBytes bytes, one behind the other, and gives them
// as beats. Its soft reset is that of the whole accelerator: `drain_o` asks the odma to come to
// rest, and when `drained_i` says so, `soft_reset_o` rises, until `soft_reset_done_i` rises, which
// then has to fall. Registers: docs/registers.md. Bus ports have AXI's names without suffix.
module idma #(
  parameter logic [31:0] BuildId = 32'h0,
  parameter int unsigned AddrWidth = 32,
  parameter int unsigned DataWidth = 64,
  parameter int unsigned IdWidth = 1,
  // Bytes of a stream beat, beats of a frame
  parameter int unsigned BeatBytes = 3,
  parameter int unsigned FrameBeats = 16,
  // Bytes that are moved at a time between words and beats (byte_gearbox)
  parameter int unsigned Unit = 1,
  // Words of the longest burst; bursts under way; words of the FIFO
  parameter int unsigned MaxBurst = 16,
  parameter int unsigned Outstanding = 4,
  parameter int unsigned FifoWords = 64,
  // The accelerator has tables that can be written; bits of an address of its load bus
  parameter bit Load = 1'b0,
  parameter int unsigned LoadBits = 24,
  // The size of a frame is written, and FrameBeats the greatest
  parameter bit Dynamic = 1'b0
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  output logic                   irq_o,
  // Reset of what lies behind
  output logic                   drain_o,
  input  logic                   drained_i,
  output logic                   soft_reset_o,
  input  logic                   soft_reset_done_i,
  // Of odma0, if Load: a transfer runs, and its frames so far (results_o)
  input  logic [32:0]            results_i,
  // To load_access, if Load: request, write, address, word; from it: done, word
  output logic [LoadBits+33:0]   load_o,
  input  logic [32:0]            load_i,
  // Stream
  output logic                   out_valid_o,
  input  logic                   out_ready_i,
  output logic [8*BeatBytes-1:0] out_data_o,
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
  output logic [IdWidth-1:0]     m_axi_arid,
  output logic [AddrWidth-1:0]   m_axi_araddr,
  output logic [7:0]             m_axi_arlen,
  output logic [2:0]             m_axi_arsize,
  output logic [1:0]             m_axi_arburst,
  output logic [3:0]             m_axi_arcache,
  output logic [2:0]             m_axi_arprot,
  output logic                   m_axi_arvalid,
  input  logic                   m_axi_arready,
  input  logic [IdWidth-1:0]     m_axi_rid,
  input  logic [DataWidth-1:0]   m_axi_rdata,
  input  logic [1:0]             m_axi_rresp,
  input  logic                   m_axi_rlast,
  input  logic                   m_axi_rvalid,
  output logic                   m_axi_rready
);

  localparam int unsigned WordBytes = DataWidth / 8;
  localparam int unsigned WordsBits = AddrWidth - $clog2(WordBytes) + 1;
  localparam int unsigned BurstBits = $clog2(MaxBurst) + 1;
  localparam int unsigned TailBits = $clog2(WordBytes) + 1;

  logic go, stop, clear, engine_rst_n, quiet, finished, resetting, hold;
  logic [AddrWidth-1:0] address, burst_address, error_address;
  logic [WordsBits-1:0] words, words_left_q;
  logic [TailBits-1:0] tail_bytes;
  logic slverr, decerr, check, busy, active, last;
  logic [31:0] count, frames, beats, stalls, clocks, frame_beats;
  logic [3:0] load_event;
  logic [31:0] load_data, load_address, load_word;
  logic [2:0] load_status;

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
    .resetting_o(resetting),
    .quiet_i(quiet),
    .finished_i(finished),
    .slverr_i(slverr),
    .decerr_i(decerr),
    .error_address_i(error_address),
    .drain_i(1'b0),
    .hold_i(hold),
    .frames_i(frames),
    .beats_i(beats),
    .stalls_i(stalls),
    .clocks_i(clocks),
    .load_event_o(load_event),
    .load_data_o(load_data),
    .load_address_i(load_address),
    .load_word_i(load_word),
    .load_status_i({Load, load_status})
  );

  // Weights that are written: only while both sides are at rest and all frames have come out

  if (Load) begin : gen_load
    logic request, write;
    logic [LoadBits-1:0] load_addr;
    logic [31:0] written;

    dma_load #(
      .AddrBits(LoadBits)
    ) i_load (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .event_i(load_event),
      .data_i(load_data),
      .address_o(load_address),
      .word_o(load_word),
      .status_o(load_status),
      .quiet_i(!busy && !resetting && !results_i[32] && (frames == results_i[31:0])),
      .request_o(request),
      .write_o(write),
      .addr_o(load_addr),
      .data_o(written),
      .done_i(load_i[32]),
      .word_i(load_i[31:0])
    );

    assign load_o = {request, write, load_addr, written};
  end else begin : gen_no_load
    logic unused_load;
    assign unused_load = ^{load_event, load_data, load_i, results_i};
    assign load_o = '0;
    assign load_address = '0;
    assign load_word = '0;
    assign load_status = '0;
  end

  // Soft reset of the rest: once both sides are at rest, one pulse with an answer
  logic soft_reset_q, answered_q;
  assign drain_o = resetting;
  assign soft_reset_o = soft_reset_q;
  assign hold = !(answered_q && !soft_reset_done_i);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      soft_reset_q <= 1'b0;
      answered_q <= 1'b0;
    end else begin
      soft_reset_q <= clear && drained_i && !answered_q && !soft_reset_done_i;
      if (!resetting) answered_q <= 1'b0;
      else if (soft_reset_q && soft_reset_done_i) answered_q <= 1'b1;
    end
  end

  // Memory to words
  logic burst_valid, burst_taken, unused_planned;
  logic [BurstBits-1:0] burst_words;
  logic word_valid, word_ready;
  logic [DataWidth-1:0] word;

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
    .finished_o(unused_planned)
  );

  dma_read #(
    .AddrWidth(AddrWidth),
    .DataWidth(DataWidth),
    .IdWidth(IdWidth),
    .MaxBurst(MaxBurst),
    .Outstanding(Outstanding),
    .FifoWords(FifoWords)
  ) i_read (
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

  // Words to beats; words are counted for the last one, which ends the transfer's bytes
  always_ff @(posedge clk_i) begin
    if (go) words_left_q <= words;
    else if (word_valid && word_ready) words_left_q <= words_left_q - WordsBits'(1);
  end

  logic unused_last;
  byte_gearbox #(
    .InBytes(WordBytes),
    .OutBytes(BeatBytes),
    .Unit(Unit)
  ) i_gearbox (
    .clk_i(clk_i),
    .rst_ni(engine_rst_n),
    .in_valid_i(word_valid),
    .in_ready_o(word_ready),
    .in_data_i(word),
    .in_last_i(words_left_q == WordsBits'(1)),
    .in_bytes_i(tail_bytes),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o),
    .out_last_o(unused_last)
  );

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
    .valid_i(out_valid_o),
    .ready_i(out_ready_i),
    .active_o(active),
    .last_o(last),
    .frames_o(frames),
    .beats_o(beats),
    .stalls_o(stalls),
    .clocks_o(clocks)
  );

  assign finished = active && last && out_valid_o && out_ready_i;

endmodule
