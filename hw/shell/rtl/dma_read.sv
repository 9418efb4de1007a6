// Reads bursts from an AXI4 bus into a stream of words.
//
// A burst is only asked for when the FIFO has room for all of it, so that the bus never waits for
// the stream. Up to Outstanding bursts are under way, all with identifier 0, so that they are
// answered in order. With `stop_i` no burst begins and words that still come are dropped.
//
// Reset (`rst_ni`) may only be used alone, that is while the bus goes on, when `quiet_o` is high.
module dma_read #(
  parameter int unsigned AddrWidth = 32,
  // Bits of a word of the bus, and of the identifiers
  parameter int unsigned DataWidth = 64,
  parameter int unsigned IdWidth = 1,
  // Words of the longest burst; bursts under way; words of the FIFO
  parameter int unsigned MaxBurst = 16,
  parameter int unsigned Outstanding = 4,
  parameter int unsigned FifoWords = 64,
  // What they are held in: "distributed" or "block" (stream_fifo)
  parameter RamStyle = "distributed"
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
  // For one clock at each word that comes with an error: of the address of its burst
  output logic                      slverr_o,
  output logic                      decerr_o,
  output logic [AddrWidth-1:0]      error_address_o,
  // Words
  output logic                      out_valid_o,
  input  logic                      out_ready_i,
  output logic [DataWidth-1:0]      out_data_o,
  // Bus, by the names of AXI
  output logic [IdWidth-1:0]        m_axi_arid,
  output logic [AddrWidth-1:0]      m_axi_araddr,
  output logic [7:0]                m_axi_arlen,
  output logic [2:0]                m_axi_arsize,
  output logic [1:0]                m_axi_arburst,
  output logic [3:0]                m_axi_arcache,
  output logic [2:0]                m_axi_arprot,
  output logic                      m_axi_arvalid,
  input  logic                      m_axi_arready,
  input  logic [IdWidth-1:0]        m_axi_rid,
  input  logic [DataWidth-1:0]      m_axi_rdata,
  input  logic [1:0]                m_axi_rresp,
  input  logic                      m_axi_rlast,
  input  logic                      m_axi_rvalid,
  output logic                      m_axi_rready
);

  localparam int unsigned FlightBits = $clog2(Outstanding + 1);
  localparam int unsigned SpaceBits = $clog2(FifoWords + 1);

  if (DataWidth < 16 || DataWidth > 1024 || (DataWidth & (DataWidth - 1)) != 0) begin : gen_check_d
    $error("dma_read: DataWidth must be a power of two, 16 to 1024");
  end
  if (Outstanding == 0) begin : gen_check_outstanding
    $error("dma_read: Outstanding must be at least 1");
  end
  if (FifoWords < MaxBurst) begin : gen_check_fifo
    $error("dma_read: FifoWords must be at least MaxBurst");
  end

  logic ar_valid_q;
  logic [AddrWidth-1:0] ar_addr_q;
  logic [7:0] ar_len_q;
  // Places of the FIFO that no burst has reserved
  logic [SpaceBits-1:0] space_q;
  logic [FlightBits-1:0] flight_q;
  logic issue, word_in, burst_in, word_out, fifo_ready, space_enough;

  assign space_enough = space_q >= SpaceBits'(burst_words_i);
  assign issue = burst_valid_i && !stop_i && !ar_valid_q && space_enough
                 && (flight_q != FlightBits'(Outstanding));
  assign burst_taken_o = issue;
  assign word_in = m_axi_rvalid && m_axi_rready;
  assign burst_in = word_in && m_axi_rlast;
  assign word_out = out_valid_o && out_ready_i;
  assign quiet_o = (flight_q == '0);

  // Address channel
  assign m_axi_arid = '0;
  assign m_axi_araddr = ar_addr_q;
  assign m_axi_arlen = ar_len_q;
  assign m_axi_arsize = 3'($clog2(DataWidth / 8));
  assign m_axi_arburst = 2'b01;  // incrementing
  assign m_axi_arcache = 4'b0011;  // bufferable, modifiable
  assign m_axi_arprot = 3'b000;
  assign m_axi_arvalid = ar_valid_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) ar_valid_q <= 1'b0;
    else if (issue) ar_valid_q <= 1'b1;
    else if (m_axi_arready) ar_valid_q <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (issue) begin
      ar_addr_q <= burst_address_i;
      ar_len_q <= 8'(burst_words_i) - 8'd1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      flight_q <= '0;
      space_q <= SpaceBits'(FifoWords);
    end else begin
      flight_q <= flight_q + FlightBits'(issue) - FlightBits'(burst_in);
      space_q <= space_q - (issue ? SpaceBits'(burst_words_i) : '0) + SpaceBits'(word_out);
    end
  end

  // Data channel. There is room for every word of a burst: ready is high while one is under way
  logic bad;
  assign m_axi_rready = fifo_ready;
  assign bad = m_axi_rresp[1];
  assign slverr_o = word_in && (m_axi_rresp == 2'b10);
  assign decerr_o = word_in && (m_axi_rresp == 2'b11);

  stream_fifo #(
    .Width(DataWidth),
    .Depth(FifoWords),
    .RamStyle(RamStyle)
  ) i_words (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(m_axi_rvalid && !stop_i && !bad),
    .in_ready_o(fifo_ready),
    .in_data_i(m_axi_rdata),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

  // Addresses of the bursts under way
  logic unused_ready, unused_valid;
  stream_fifo #(
    .Width(AddrWidth),
    .Depth(Outstanding),
    .RamStyle("distributed")
  ) i_addresses (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(issue),
    .in_ready_o(unused_ready),
    .in_data_i(burst_address_i),
    .out_valid_o(unused_valid),
    .out_ready_i(burst_in),
    .out_data_o(error_address_o)
  );

  logic unused_bus;
  assign unused_bus = ^{m_axi_rid, m_axi_rresp[0]};

endmodule
