// Cuts a transfer into bursts: at most MaxBurst words, none across a boundary of 4 KB.
//
// After `start_i` one burst after the other stands at the output, each until `taken_i`; between two
// lie two clocks. `finished_o` is high when the last one has been taken, and after reset.
module dma_bursts #(
  // Bits of the byte address, bytes of a word, words of the longest burst (powers of two)
  parameter int unsigned AddrWidth = 32,
  parameter int unsigned WordBytes = 8,
  parameter int unsigned MaxBurst = 16
) (
  input  logic                                 clk_i,
  input  logic                                 rst_ni,
  input  logic                                 start_i,
  // A multiple of WordBytes
  input  logic [AddrWidth-1:0]                 address_i,
  input  logic [AddrWidth-$clog2(WordBytes):0] words_i,
  output logic                                 valid_o,
  input  logic                                 taken_i,
  output logic [AddrWidth-1:0]                 address_o,
  // Words of this burst, 1 to MaxBurst
  output logic [$clog2(MaxBurst):0]            words_o,
  output logic                                 finished_o
);

  localparam int unsigned Shift = $clog2(WordBytes);
  localparam int unsigned PageWords = 4096 / WordBytes;
  localparam int unsigned PageBits = $clog2(PageWords);
  localparam int unsigned LeftBits = AddrWidth - Shift + 1;
  localparam int unsigned BurstBits = $clog2(MaxBurst) + 1;

  if (MaxBurst == 0 || MaxBurst > 256 || (MaxBurst & (MaxBurst - 1)) != 0) begin : gen_check_burst
    $error("dma_bursts: MaxBurst must be a power of two, 1 to 256");
  end
  if (MaxBurst * WordBytes > 4096) begin : gen_check_page
    $error("dma_bursts: the longest burst must fit into 4096 bytes");
  end

  // Word address and words left
  logic [AddrWidth-Shift-1:0] word_q;
  logic [LeftBits-1:0] left_q;
  logic [BurstBits-1:0] words_q;
  logic valid_q;

  // In the first clock: words to the next boundary of 4 KB, or of the longest burst
  logic [PageBits:0] page_left;
  logic [BurstBits-1:0] limit_d, limit_q;
  logic limited_q;
  assign page_left = (PageBits+1)'(PageWords) - (PageBits+1)'(word_q[PageBits-1:0]);
  assign limit_d = (page_left < (PageBits+1)'(MaxBurst)) ? BurstBits'(page_left)
                                                         : BurstBits'(MaxBurst);

  // In the second: or the words left
  logic left_short;
  logic [BurstBits-1:0] words_d;
  assign left_short = (left_q[LeftBits-1:BurstBits] == '0) && (left_q[BurstBits-1:0] < limit_q);
  assign words_d = left_short ? left_q[BurstBits-1:0] : limit_q;

  assign valid_o = valid_q;
  assign words_o = words_q;
  assign address_o = {word_q, Shift'(0)};
  assign finished_o = (left_q == '0);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
      limited_q <= 1'b0;
      left_q <= '0;
    end else if (start_i) begin
      valid_q <= 1'b0;
      limited_q <= 1'b0;
      left_q <= words_i;
    end else if (valid_q) begin
      if (taken_i) begin
        valid_q <= 1'b0;
        limited_q <= 1'b0;
        left_q <= left_q - LeftBits'(words_q);
      end
    end else begin
      limited_q <= 1'b1;
      valid_q <= limited_q && (left_q != '0);
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_i) word_q <= address_i[AddrWidth-1:Shift];
    else if (valid_q && taken_i) word_q <= word_q + (AddrWidth-Shift)'(words_q);
    limit_q <= limit_d;
    if (!valid_q) words_q <= words_d;
  end

  logic unused_address;
  assign unused_address = ^address_i[Shift-1:0];

endmodule
