// Checks of a frame before it is handed over: sizes, format, stride, and where all of it ends.
//
// `start_i` takes the registers; some 20 clocks later `done_o` is high for one clock, with
// `accept_o` or the errors. The product of lines and stride is made by adding, a bit a clock. What
// goes on with the frame (`job`) holds until the next start.
module camera_check #(
  // Bits of the bus' byte address; bytes of its word
  parameter int unsigned AddrWidth = 32,
  parameter int unsigned WordBytes = 8,
  // Pixels of a frame's side at most; candidates kept; bytes of a frame's raw integers
  parameter int unsigned MaxSide = 1920,
  parameter int unsigned Candidates = 64,
  parameter int unsigned RawBytes = 64,
  // Frames come from elsewhere: address and stride are not looked at
  parameter bit IsVideo = 1'b0,
  // Not to be set
  parameter int unsigned SideBits = $clog2(MaxSide + 1),
  parameter int unsigned LineBits = SideBits + 2,
  parameter int unsigned CountBits = $clog2(Candidates + 1)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 start_i,
  input  logic [63:0]          address_i,
  input  logic [31:0]          stride_i,
  input  logic [15:0]          width_i,
  input  logic [15:0]          height_i,
  input  logic [7:0]           format_i,
  input  logic [15:0]          most_i,
  input  logic [63:0]          records_i,
  input  logic [63:0]          raw_address_i,
  input  logic                 raw_i,
  output logic                 busy_o,
  output logic                 done_o,
  output logic                 accept_o,
  // Bits of ERROR
  output logic                 misaligned_o,
  output logic                 size_o,
  output logic                 wraps_o,
  output logic                 format_o,
  output logic                 odd_width_o,
  output logic                 stride_o,
  // The frame
  output logic [AddrWidth-1:0] job_address_o,
  output logic [31:0]          job_stride_o,
  output logic [SideBits-1:0]  job_width_o,
  output logic [SideBits-1:0]  job_height_o,
  output logic [1:0]           job_format_o,
  output logic [LineBits-1:0]  job_line_bytes_o,
  output logic [CountBits-1:0] job_most_o,
  output logic [AddrWidth-1:0] job_records_o,
  output logic [AddrWidth-1:0] job_raw_address_o,
  output logic                 job_raw_o
);

  if (AddrWidth < 12 || AddrWidth > 64) begin : gen_check_address
    $error("camera_check: AddrWidth must be 12 to 64");
  end
  if (MaxSide == 0 || MaxSide > 65535 || Candidates == 0 || Candidates > 65535) begin : gen_check
    $error("camera_check: MaxSide and Candidates must be 1 to 65535");
  end

  localparam int unsigned StepBits = $clog2(SideBits + 4);
  // A product of stride and lines, and one bit more than an address
  localparam int unsigned BytesBits = 32 + SideBits + 1;
  localparam int unsigned SumBits = ((BytesBits > AddrWidth) ? BytesBits : AddrWidth) + 2;

  logic run_q, wraps_q, size_q, format_q, odd_q, stride_q, misaligned_q;
  logic [StepBits-1:0] step_q;
  logic [SideBits-1:0] lines_q;
  logic [31:0] stride_bytes_q;
  logic [BytesBits-1:0] bytes_q;
  logic [LineBits-1:0] line_bytes;
  logic [SideBits-1:0] width;

  // Bytes of a line: 3 a pixel, 1 or 2. A width beyond the limit is refused anyway
  assign width = SideBits'(width_i);
  assign line_bytes = (format_i[1:0] == 2'd2) ? LineBits'(width)
                    : (format_i[1:0] == 2'd3) ? LineBits'({width, 1'b0})
                    : LineBits'({width, 1'b0}) + LineBits'(width);

  // Steps: a bit of the product each, then the ends of frame, records and raw integers
  logic multiply, last;
  assign multiply = (step_q < StepBits'(SideBits));
  assign last = (step_q == StepBits'(SideBits + 3));

  logic [AddrWidth-1:0] base;
  logic [SumBits-1:0] behind, length;
  logic looked_at, beyond;

  always_comb begin
    base = job_address_o;
    length = SumBits'(bytes_q) + SumBits'(job_line_bytes_o);
    looked_at = !IsVideo;
    if (step_q == StepBits'(SideBits + 1)) begin
      base = job_records_o;
      length = (SumBits'(job_most_o) + SumBits'(1)) << 4;
      looked_at = 1'b1;
    end else if (step_q == StepBits'(SideBits + 2)) begin
      base = job_raw_address_o;
      length = SumBits'(RawBytes);
      looked_at = job_raw_o;
    end
  end

  // The byte behind the last one; 2 ** AddrWidth itself is allowed
  assign behind = SumBits'(base) + length;
  assign beyond = (behind > (SumBits'(1) << AddrWidth));

  // Bits of the registers that the bus has none for
  logic high;
  if (AddrWidth < 64) begin : gen_high
    assign high = (!IsVideo && (address_i[63:AddrWidth] != '0))
                  || (records_i[63:AddrWidth] != '0)
                  || (raw_i && (raw_address_i[63:AddrWidth] != '0));
  end else begin : gen_no_high
    assign high = 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) run_q <= 1'b0;
    else if (start_i) run_q <= 1'b1;
    else if (last) run_q <= 1'b0;

    if (start_i) begin
      step_q <= '0;
      lines_q <= SideBits'(height_i) - SideBits'(1);
      bytes_q <= '0;
      wraps_q <= high;
      size_q <= (width_i == '0) || (height_i == '0) || (width_i > 16'(MaxSide))
                || (height_i > 16'(MaxSide));
      format_q <= (format_i > 8'd3);
      odd_q <= (format_i == 8'd3) && width_i[0];
      stride_q <= !IsVideo && (stride_i != '0) && (stride_i < 32'(line_bytes));
      misaligned_q <= (records_i[3:0] != '0)
                      || (raw_i && ((raw_address_i[15:0] & 16'(WordBytes - 1)) != '0));
      stride_bytes_q <= (stride_i == '0) ? 32'(line_bytes) : stride_i;
      job_line_bytes_o <= line_bytes;
      job_most_o <= (most_i > 16'(Candidates)) ? CountBits'(Candidates) : CountBits'(most_i);
      job_address_o <= address_i[AddrWidth-1:0];
      job_width_o <= width;
      job_height_o <= SideBits'(height_i);
      job_format_o <= format_i[1:0];
      job_records_o <= records_i[AddrWidth-1:0];
      job_raw_address_o <= raw_address_i[AddrWidth-1:0];
      job_raw_o <= raw_i;
    end else if (run_q && !last) begin
      step_q <= step_q + StepBits'(1);
      if (multiply) begin
        bytes_q <= (bytes_q << 1) + (lines_q[SideBits-1] ? BytesBits'(stride_bytes_q) : '0);
        lines_q <= lines_q << 1;
      end else begin
        wraps_q <= wraps_q || (looked_at && beyond);
      end
    end
  end

  logic good;
  assign good = !(misaligned_q || size_q || wraps_q || format_q || odd_q || stride_q);
  assign busy_o = run_q;
  assign done_o = run_q && last;
  assign accept_o = done_o && good;
  assign job_stride_o = stride_bytes_q;
  assign misaligned_o = done_o && misaligned_q;
  assign size_o = done_o && size_q;
  // Of a frame that cannot be, no end is known
  assign wraps_o = done_o && wraps_q && !size_q && !format_q;
  assign format_o = done_o && format_q;
  assign odd_width_o = done_o && odd_q;
  assign stride_o = done_o && stride_q;

endmodule
