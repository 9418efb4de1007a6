// Maximum or sum over windows of an image: a sliding window, and what joins its taps.
//
// A pixel is Folds beats of Lanes values. Taps of a window lie DilationH rows and DilationW columns
// apart. A sum that does not fit into OutBits wraps; a maximum has InBits. Images follow each other
// without a pause or a reset. One input beat a clock is sustained.
module pool_pass #(
  // Values of a beat
  parameter int unsigned Lanes = 1,
  // Bits of a value, and of a result; both are signed or neither
  parameter int unsigned InBits = 4,
  parameter int unsigned OutBits = 4,
  parameter bit IsSigned = 1'b0,
  // 1: sums, 0: maxima
  parameter bit IsSum = 1'b0,
  // Beats of a pixel
  parameter int unsigned Folds = 1,
  // Rows and columns of the image
  parameter int unsigned Height = 8,
  parameter int unsigned Cols = 8,
  parameter int unsigned KernelH = 1,
  parameter int unsigned KernelW = 3,
  parameter int unsigned StrideH = 1,
  parameter int unsigned StrideW = 1,
  // Rows and columns from a tap to the next
  parameter int unsigned DilationH = 1,
  parameter int unsigned DilationW = 1,
  // "auto", "block" or "distributed"
  parameter RamStyle = "auto",
  // The size of the image comes by sizes_i, Height x Cols being the greatest; a change of it takes
  // effect with a reset
  parameter bit Dynamic = 1'b0,
  // Bits of sizes_i
  parameter int unsigned SizeBits = 1
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  // As sliding_window_parallel has them, unless Dynamic unused
  input  logic [SizeBits-1:0] sizes_i,
  input  logic                     in_valid_i,
  output logic                     in_ready_o,
  input  logic [Lanes*InBits-1:0]  in_data_i,
  output logic                     out_valid_o,
  input  logic                     out_ready_i,
  output logic [Lanes*OutBits-1:0] out_data_o
);

  localparam int unsigned Taps = KernelH * KernelW;

  if (OutBits != InBits && !(IsSum && OutBits > InBits && Taps > 1)) begin : gen_check_bits
    $error("pool_pass: OutBits must be InBits, or more where there are sums");
  end

  logic taps_valid, taps_ready;
  logic [Taps*Lanes*InBits-1:0] taps;

  sliding_window_parallel #(
    .Width(Lanes * InBits),
    .Folds(Folds),
    .Height(Height),
    .Cols(Cols),
    .KernelH(KernelH),
    .KernelW(KernelW),
    .StrideH(StrideH),
    .StrideW(StrideW),
    .DilationH(DilationH),
    .DilationW(DilationW),
    .RamStyle(RamStyle),
    .Dynamic(Dynamic),
    .SizeBits(SizeBits)
  ) i_window (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .sizes_i(sizes_i),
    .in_valid_i(in_valid_i),
    .in_ready_o(in_ready_o),
    .in_data_i(in_data_i),
    .out_valid_o(taps_valid),
    .out_ready_i(taps_ready),
    .out_data_o(taps)
  );

  if (Taps == 1) begin : gen_one
    assign out_valid_o = taps_valid;
    assign taps_ready = out_ready_i;
    assign out_data_o = taps;
  end else if (IsSum) begin : gen_sum
    pixel_sum #(
      .Side(Taps),
      .Channels(Lanes),
      .InBits(InBits),
      .OutBits(OutBits),
      .IsSigned(IsSigned)
    ) i_sum (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .in_valid_i(taps_valid),
      .in_ready_o(taps_ready),
      .in_data_i(taps),
      .out_valid_o(out_valid_o),
      .out_ready_i(out_ready_i),
      .out_data_o(out_data_o)
    );
  end else begin : gen_max
    pixel_max #(
      .Windows(1),
      .Side(Taps),
      .Channels(Lanes),
      .Bits(InBits),
      .IsSigned(IsSigned)
    ) i_max (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .in_valid_i(taps_valid),
      .in_ready_o(taps_ready),
      .in_data_i(taps),
      .out_valid_o(out_valid_o),
      .out_ready_i(out_ready_i),
      .out_data_o(out_data_o)
    );
  end

endmodule
