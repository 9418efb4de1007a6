// Writes what a frame has come to into memory: raw integers if asked for, a record for each box, and
// the header last.
//
// A frame (`job_valid_i`) stays until `job_ready_o`, which is high for one clock when the bus has
// answered all of it; `number_i` is the header's. Raw integers come as words, the last one marked;
// boxes one a beat, with a last beat behind each frame's (`box_end_i`). Records and header take 16
// bytes each: docs/registers-camera.md.
module box_write #(
  parameter int unsigned AddrWidth = 32,
  // Bits of a word of the bus: 32, 64 or 128; and of the identifiers
  parameter int unsigned DataWidth = 64,
  parameter int unsigned IdWidth = 1,
  // Words of the longest burst; bursts under way; words of the FIFO
  parameter int unsigned MaxBurst = 16,
  parameter int unsigned Outstanding = 4,
  parameter int unsigned FifoWords = 64,
  // Bytes of a frame's raw integers
  parameter int unsigned RawBytes = 64,
  // Bits of a box's place and of the number of boxes
  parameter int unsigned PlaceBits = 11,
  parameter int unsigned CountBits = 7
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  // Frames
  input  logic                 job_valid_i,
  output logic                 job_ready_o,
  input  logic [AddrWidth-1:0] job_records_i,
  input  logic [AddrWidth-1:0] job_raw_address_i,
  input  logic                 job_raw_i,
  // Width and height of the frame, as the header has them
  input  logic [31:0]          job_size_i,
  // Its last word
  input  logic [31:0]          job_note_i,
  input  logic [31:0]          number_i,
  // Raw integers, where job_raw_i says so
  input  logic                 raw_valid_i,
  output logic                 raw_ready_o,
  input  logic [DataWidth-1:0] raw_data_i,
  input  logic                 raw_last_i,
  // Boxes
  input  logic                 box_valid_i,
  output logic                 box_ready_o,
  input  logic                 box_end_i,
  input  logic [15:0]          box_score_i,
  input  logic [PlaceBits-1:0] box_place_i,
  input  logic [63:0]          box_corners_i,
  // See dma_write
  input  logic                 stop_i,
  output logic                 quiet_o,
  output logic                 slverr_o,
  output logic                 decerr_o,
  output logic [AddrWidth-1:0] error_address_o,
  output logic [IdWidth-1:0]   m_axi_awid,
  output logic [AddrWidth-1:0] m_axi_awaddr,
  output logic [7:0]           m_axi_awlen,
  output logic [2:0]           m_axi_awsize,
  output logic [1:0]           m_axi_awburst,
  output logic [3:0]           m_axi_awcache,
  output logic [2:0]           m_axi_awprot,
  output logic                 m_axi_awvalid,
  input  logic                 m_axi_awready,
  output logic [DataWidth-1:0] m_axi_wdata,
  output logic [DataWidth/8-1:0] m_axi_wstrb,
  output logic                 m_axi_wlast,
  output logic                 m_axi_wvalid,
  input  logic                 m_axi_wready,
  input  logic [IdWidth-1:0]   m_axi_bid,
  input  logic [1:0]           m_axi_bresp,
  input  logic                 m_axi_bvalid,
  output logic                 m_axi_bready
);

  localparam int unsigned WordBytes = DataWidth / 8;
  localparam int unsigned Shift = $clog2(WordBytes);
  localparam int unsigned WordsBits = AddrWidth - Shift + 1;
  localparam int unsigned BurstBits = $clog2(MaxBurst) + 1;
  // A record's words
  localparam int unsigned Words = 128 / DataWidth;
  localparam int unsigned IndexBits = (Words > 1) ? $clog2(Words) : 1;
  localparam int unsigned RawWords = (RawBytes + WordBytes - 1) / WordBytes;
  localparam int unsigned RawTail = RawBytes - (RawWords - 1) * WordBytes;

  if (DataWidth != 32 && DataWidth != 64 && DataWidth != 128) begin : gen_check_width
    $error("box_write: DataWidth must be 32, 64 or 128");
  end
  if (MaxBurst * DataWidth < 128) begin : gen_check_burst
    $error("box_write: a burst must hold a record of 128 bits");
  end
  if (RawBytes == 0 || PlaceBits > 32 || CountBits > 32) begin : gen_check
    $error("box_write: RawBytes must be at least 1, PlaceBits and CountBits at most 32");
  end

  // --- the frame's course: raw integers; boxes, each words and a burst, the header as the last;
  // the bus' answers

  typedef enum logic [2:0] {Idle, Start, Raw, Boxes, Answers, Done} state_e;
  state_e state_q;
  logic [CountBits-1:0] count_q;
  logic [IndexBits-1:0] index_q;
  // Of the record at the input: its words, its burst are out; all of the raw words are in
  logic words_out_q, burst_out_q, raw_in_q;
  logic raw_planned, taken, push, free, words_out, burst_out, record_done, quiet;

  logic [127:0] record;
  assign record = box_end_i ? {job_note_i, job_size_i, 32'(count_q), number_i}
                            : {16'd0, box_score_i, 32'(box_place_i), box_corners_i};

  assign job_ready_o = (state_q == Done);
  assign words_out = words_out_q || (push && (state_q == Boxes) && (index_q == IndexBits'(Words-1)));
  assign burst_out = burst_out_q || (taken && (state_q == Boxes));
  assign record_done = (state_q == Boxes) && box_valid_i && words_out && burst_out;
  assign box_ready_o = record_done;
  assign raw_ready_o = (state_q == Raw) && free && !raw_in_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= Idle;
      count_q <= '0;
      index_q <= '0;
      words_out_q <= 1'b0;
      burst_out_q <= 1'b0;
      raw_in_q <= 1'b0;
    end else begin
      unique case (state_q)
        Idle: if (job_valid_i) state_q <= job_raw_i ? Start : Boxes;
        Start: state_q <= Raw;
        Raw: if (raw_in_q && raw_planned) state_q <= Boxes;
        Boxes: if (record_done && box_end_i) state_q <= Answers;
        Answers: if (quiet) state_q <= Done;
        default: state_q <= Idle;
      endcase
      if (state_q == Idle) count_q <= '0;
      else if (record_done && !box_end_i) count_q <= count_q + CountBits'(1);
      if (state_q == Boxes && push) begin
        index_q <= (index_q == IndexBits'(Words - 1)) ? '0 : index_q + IndexBits'(1);
      end
      words_out_q <= words_out && !record_done;
      burst_out_q <= burst_out && !record_done;
      raw_in_q <= (state_q == Raw) && (raw_in_q || (raw_valid_i && raw_ready_o && raw_last_i));
    end
  end

  // --- bursts: of the raw integers by dma_bursts, of a record one

  logic raw_burst_valid, burst_valid;
  logic [AddrWidth-1:0] raw_burst_address, burst_address, record_address;
  logic [BurstBits-1:0] raw_burst_words, burst_words;

  dma_bursts #(
    .AddrWidth(AddrWidth),
    .WordBytes(WordBytes),
    .MaxBurst(MaxBurst)
  ) i_bursts (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .start_i(state_q == Start),
    .address_i(job_raw_address_i),
    .words_i(WordsBits'(RawWords)),
    .valid_o(raw_burst_valid),
    .taken_i(taken && (state_q == Raw)),
    .address_o(raw_burst_address),
    .words_o(raw_burst_words),
    .finished_o(raw_planned)
  );

  assign record_address = job_records_i
      + (box_end_i ? '0 : AddrWidth'({32'(count_q) + 32'd1, 4'b0000}));
  assign burst_valid = (state_q == Raw) ? raw_burst_valid
                                        : (state_q == Boxes) && box_valid_i && !burst_out_q;
  assign burst_address = (state_q == Raw) ? raw_burst_address : record_address;
  assign burst_words = (state_q == Raw) ? raw_burst_words : BurstBits'(Words);

  // --- words

  logic word_valid;
  logic [DataWidth-1:0] word;
  assign word_valid = (state_q == Raw) ? raw_valid_i && !raw_in_q
                                       : (state_q == Boxes) && box_valid_i && !words_out_q;
  assign word = (state_q == Raw) ? raw_data_i : DataWidth'(record >> (DataWidth * 32'(index_q)));
  assign push = word_valid && free;

  dma_write #(
    .AddrWidth(AddrWidth),
    .DataWidth(DataWidth),
    .IdWidth(IdWidth),
    .MaxBurst(MaxBurst),
    .Outstanding(Outstanding),
    .FifoWords(FifoWords)
  ) i_write (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .burst_valid_i(burst_valid),
    .burst_taken_o(taken),
    .burst_address_i(burst_address),
    .burst_words_i(burst_words),
    .stop_i(stop_i),
    .quiet_o(quiet),
    .slverr_o(slverr_o),
    .decerr_o(decerr_o),
    .error_address_o(error_address_o),
    .in_valid_i(word_valid),
    .in_ready_o(free),
    .in_data_i(word),
    .in_last_i((state_q == Raw) && raw_last_i),
    .tail_strobe_i(WordBytes'((65'd1 << RawTail) - 65'd1)),
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

  assign quiet_o = quiet;

endmodule
