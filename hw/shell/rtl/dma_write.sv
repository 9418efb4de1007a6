// Writes a stream of words to an AXI4 bus in bursts.
//
// A burst is only begun when the FIFO holds all its words, so that the bus never waits for the
// stream. Up to Outstanding bursts are under way, all with identifier 0. The word marked
// `in_last_i` is written with the strobes `tail_strobe_i`, every other one whole. With `stop_i` no
// burst begins; those under way are finished.
//
// Reset (`rst_ni`) may only be used alone, that is while the bus goes on, when `quiet_o` is high.
module dma_write #(
  parameter int unsigned AddrWidth = 32,
  // Bits of a word of the bus, and of the identifiers
  parameter int unsigned DataWidth = 64,
  parameter int unsigned IdWidth = 1,
  // Words of the longest burst; bursts under way; words of the FIFO
  parameter int unsigned MaxBurst = 16,
  parameter int unsigned Outstanding = 4,
  parameter int unsigned FifoWords = 64
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  // Bursts
  input  logic                      burst_valid_i,
  output logic                      burst_taken_o,
  input  logic [AddrWidth-1:0]      burst_address_i,
  input  logic [$clog2(MaxBurst):0] burst_words_i,
  input  logic                      stop_i,
  // No burst is under way
  output logic                      quiet_o,
  // For one clock at each answer that is an error: of the address of its burst
  output logic                      slverr_o,
  output logic                      decerr_o,
  output logic [AddrWidth-1:0]      error_address_o,
  // Words
  input  logic                      in_valid_i,
  output logic                      in_ready_o,
  input  logic [DataWidth-1:0]      in_data_i,
  input  logic                      in_last_i,
  // Holds while a transfer runs
  input  logic [DataWidth/8-1:0]    tail_strobe_i,
  // Bus, by the names of AXI
  output logic [IdWidth-1:0]        m_axi_awid,
  output logic [AddrWidth-1:0]      m_axi_awaddr,
  output logic [7:0]                m_axi_awlen,
  output logic [2:0]                m_axi_awsize,
  output logic [1:0]                m_axi_awburst,
  output logic [3:0]                m_axi_awcache,
  output logic [2:0]                m_axi_awprot,
  output logic                      m_axi_awvalid,
  input  logic                      m_axi_awready,
  output logic [DataWidth-1:0]      m_axi_wdata,
  output logic [DataWidth/8-1:0]    m_axi_wstrb,
  output logic                      m_axi_wlast,
  output logic                      m_axi_wvalid,
  input  logic                      m_axi_wready,
  input  logic [IdWidth-1:0]        m_axi_bid,
  input  logic [1:0]                m_axi_bresp,
  input  logic                      m_axi_bvalid,
  output logic                      m_axi_bready
);

  localparam int unsigned FlightBits = $clog2(Outstanding + 1);
  localparam int unsigned HeldBits = $clog2(FifoWords + 1);
  localparam int unsigned BurstBits = $clog2(MaxBurst) + 1;

  if (DataWidth < 16 || DataWidth > 1024 || (DataWidth & (DataWidth - 1)) != 0) begin : gen_check_d
    $error("dma_write: DataWidth must be a power of two, 16 to 1024");
  end
  if (Outstanding == 0) begin : gen_check_outstanding
    $error("dma_write: Outstanding must be at least 1");
  end
  if (FifoWords < MaxBurst) begin : gen_check_fifo
    $error("dma_write: FifoWords must be at least MaxBurst");
  end

  logic aw_valid_q;
  logic [AddrWidth-1:0] aw_addr_q;
  logic [7:0] aw_len_q;
  // Words in the FIFO that no burst has claimed
  logic [HeldBits-1:0] held_q;
  logic [FlightBits-1:0] flight_q;
  logic issue, word_in, word_out, answered, held_enough;

  assign held_enough = held_q >= HeldBits'(burst_words_i);
  assign issue = burst_valid_i && !stop_i && !aw_valid_q && held_enough
                 && (flight_q != FlightBits'(Outstanding));
  assign burst_taken_o = issue;
  assign word_in = in_valid_i && in_ready_o;
  assign word_out = m_axi_wvalid && m_axi_wready;
  assign answered = m_axi_bvalid && m_axi_bready;
  assign quiet_o = (flight_q == '0);

  // Address channel
  assign m_axi_awid = '0;
  assign m_axi_awaddr = aw_addr_q;
  assign m_axi_awlen = aw_len_q;
  assign m_axi_awsize = 3'($clog2(DataWidth / 8));
  assign m_axi_awburst = 2'b01;  // incrementing
  assign m_axi_awcache = 4'b0011;  // bufferable, modifiable
  assign m_axi_awprot = 3'b000;
  assign m_axi_awvalid = aw_valid_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) aw_valid_q <= 1'b0;
    else if (issue) aw_valid_q <= 1'b1;
    else if (m_axi_awready) aw_valid_q <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (issue) begin
      aw_addr_q <= burst_address_i;
      aw_len_q <= 8'(burst_words_i) - 8'd1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      flight_q <= '0;
      held_q <= '0;
    end else begin
      flight_q <= flight_q + FlightBits'(issue) - FlightBits'(answered);
      held_q <= held_q - (issue ? HeldBits'(burst_words_i) : '0) + HeldBits'(word_in);
    end
  end

  // Data channel: lengths of the bursts whose words are still to go, and words left of this one
  logic [BurstBits-1:0] length, left_q;
  logic length_valid, length_taken, words_valid, word_last;
  logic unused_ready;

  assign length_taken = length_valid && ((left_q == '0) || (word_out && m_axi_wlast));
  assign m_axi_wvalid = words_valid && (left_q != '0);
  assign m_axi_wlast = (left_q == BurstBits'(1));
  assign m_axi_wstrb = word_last ? tail_strobe_i : '1;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) left_q <= '0;
    else if (length_taken) left_q <= length;
    else if (word_out) left_q <= left_q - BurstBits'(1);
  end

  stream_fifo #(
    .Width(BurstBits),
    .Depth(Outstanding),
    .RamStyle("distributed")
  ) i_lengths (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(issue),
    .in_ready_o(unused_ready),
    .in_data_i(burst_words_i),
    .out_valid_o(length_valid),
    .out_ready_i(length_taken),
    .out_data_o(length)
  );

  stream_fifo #(
    .Width(DataWidth + 1),
    .Depth(FifoWords),
    .RamStyle("distributed")
  ) i_words (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(in_valid_i),
    .in_ready_o(in_ready_o),
    .in_data_i({in_last_i, in_data_i}),
    .out_valid_o(words_valid),
    .out_ready_i(m_axi_wready && (left_q != '0)),
    .out_data_o({word_last, m_axi_wdata})
  );

  // Answers, and the addresses of the bursts under way
  logic b_ready_q;
  assign m_axi_bready = b_ready_q;
  assign slverr_o = answered && (m_axi_bresp == 2'b10);
  assign decerr_o = answered && (m_axi_bresp == 2'b11);

  always_ff @(posedge clk_i) begin
    b_ready_q <= rst_ni;
  end

  logic unused_address_ready, unused_valid;
  stream_fifo #(
    .Width(AddrWidth),
    .Depth(Outstanding),
    .RamStyle("distributed")
  ) i_addresses (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(issue),
    .in_ready_o(unused_address_ready),
    .in_data_i(burst_address_i),
    .out_valid_o(unused_valid),
    .out_ready_i(answered),
    .out_data_o(error_address_o)
  );

  logic unused_bus;
  assign unused_bus = ^m_axi_bid;

endmodule
