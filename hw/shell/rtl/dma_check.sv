// Checks of a transfer before it begins: address and count become words of the bus, or an error.
//
// `start_i` begins it; 33 clocks later either `accept_o` is high for one clock, or `refuse_o` with
// the errors. The bytes of the transfer are made by adding, one bit of the count a clock: no
// multiplier. `words_o`, `tail_bytes_o` and `address_o` hold until the next start.
module dma_check #(
  // Bits of the bus' byte address
  parameter int unsigned AddrWidth = 32,
  // Bytes of a word of the bus, a power of two
  parameter int unsigned WordBytes = 8,
  // Bytes of a frame, unless Dynamic
  parameter int unsigned FrameBytes = 64,
  parameter bit Dynamic = 1'b0
) (
  input  logic                                    clk_i,
  input  logic                                    rst_ni,
  input  logic                                    start_i,
  input  logic [63:0]                             address_i,
  input  logic [31:0]                             count_i,
  // Bytes of a frame, if Dynamic
  input  logic [31:0]                             frame_bytes_i,
  output logic                                    accept_o,
  output logic                                    refuse_o,
  output logic                                    misaligned_o,
  output logic                                    zero_count_o,
  output logic                                    wraps_o,
  output logic [AddrWidth-1:0]                    address_o,
  // Words of the bus, the last one perhaps not full
  output logic [AddrWidth-$clog2(WordBytes):0]    words_o,
  // Bytes of the last word, 1 to WordBytes
  output logic [$clog2(WordBytes):0]              tail_bytes_o
);

  localparam int unsigned Shift = $clog2(WordBytes);
  localparam int unsigned CountBits = 32;
  localparam int unsigned StepBits = $clog2(CountBits + 1);

  if (AddrWidth < 12 || AddrWidth > 64) begin : gen_check_address
    $error("dma_check: AddrWidth must be 12 to 64");
  end
  if (WordBytes < 2 || (WordBytes & (WordBytes - 1)) != 0) begin : gen_check_word
    $error("dma_check: WordBytes must be a power of two, at least 2");
  end
  if (FrameBytes == 0) begin : gen_check_frame
    $error("dma_check: FrameBytes must be at least 1");
  end

  logic [63:0] address_q;
  logic [CountBits-1:0] count_q;
  logic zero_q, overflow_q, run_q;
  logic [StepBits-1:0] step_q;
  // Bytes so far. One bit more than an address: a transfer may fill the whole memory
  logic [AddrWidth:0] bytes_q;
  // Twice that, and a frame of up to 32 bits: no carry is lost
  localparam int unsigned SumBits = ((AddrWidth > 32) ? AddrWidth : 32) + 3;
  logic [SumBits-1:0] sum;
  logic last;

  if (Dynamic) begin : gen_dynamic
    assign sum = (SumBits'(bytes_q) << 1)
                 + (count_q[CountBits-1] ? SumBits'(frame_bytes_i) : '0);
  end else begin : gen_constant
    logic unused_bytes;
    assign unused_bytes = ^frame_bytes_i;
    assign sum = (SumBits'(bytes_q) << 1) + (count_q[CountBits-1] ? SumBits'(FrameBytes) : '0);
  end
  assign last = (step_q == StepBits'(CountBits));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      run_q <= 1'b0;
    end else begin
      if (start_i) run_q <= 1'b1;
      else if (last) run_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      address_q <= address_i;
      count_q <= count_i;
      zero_q <= (count_i == '0);
      overflow_q <= 1'b0;
      step_q <= '0;
      bytes_q <= '0;
    end else if (run_q && !last) begin
      bytes_q <= sum[AddrWidth:0];
      overflow_q <= overflow_q || (|sum[SumBits-1:AddrWidth+1]);
      count_q <= count_q << 1;
      step_q <= step_q + StepBits'(1);
    end
  end

  // The byte behind the last one; 2 ** AddrWidth itself is allowed
  logic [AddrWidth+1:0] behind;
  logic beyond, high;
  assign behind = (AddrWidth+2)'(address_q[AddrWidth-1:0]) + (AddrWidth+2)'(bytes_q);
  assign beyond = behind[AddrWidth+1] || (behind[AddrWidth] && (|behind[AddrWidth-1:0]));
  if (AddrWidth < 64) begin : gen_high
    assign high = |address_q[63:AddrWidth];
  end else begin : gen_no_high
    assign high = 1'b0;
  end

  assign misaligned_o = |address_q[Shift-1:0];
  assign zero_count_o = zero_q;
  assign wraps_o = overflow_q || beyond || high;
  assign refuse_o = run_q && last && (misaligned_o || zero_count_o || wraps_o);
  assign accept_o = run_q && last && !(misaligned_o || zero_count_o || wraps_o);

  logic [AddrWidth+1:0] rounded;
  logic unused_rounded;
  assign rounded = (AddrWidth+2)'(bytes_q) + (AddrWidth+2)'(WordBytes - 1);
  assign unused_rounded = ^{rounded[AddrWidth+1], rounded[Shift-1:0]};
  assign address_o = address_q[AddrWidth-1:0];
  assign words_o = rounded[AddrWidth:Shift];
  assign tail_bytes_o = (bytes_q[Shift-1:0] == '0) ? (Shift+1)'(WordBytes)
                                                   : (Shift+1)'(bytes_q[Shift-1:0]);

endmodule
