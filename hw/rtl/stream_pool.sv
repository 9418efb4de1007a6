// Maximum or sum over windows of any size, stride and dilation, no padding.
//
// A pixel is Folds beats of Lanes values. First the pixels of each row of a window are joined, then
// its rows: two passes, of KernelW and of KernelH taps; one that would change nothing is left out.
// Rows and columns that no window reaches are dropped. Images follow each other without a pause or
// a reset. One input beat a clock is sustained.
module stream_pool #(
  // Values of a beat
  parameter int unsigned Lanes = 1,
  // Bits of a value, of the sum of a row's, of a result
  parameter int unsigned Bits = 4,
  parameter int unsigned MidBits = 4,
  parameter int unsigned OutBits = 4,
  parameter bit IsSigned = 1'b0,
  // 1: sums, 0: maxima, whose bits are all the same
  parameter bit IsSum = 1'b0,
  // Beats of a pixel
  parameter int unsigned Folds = 1,
  // Rows and columns of the image
  parameter int unsigned Height = 8,
  parameter int unsigned Cols = 8,
  parameter int unsigned KernelH = 3,
  parameter int unsigned KernelW = 3,
  parameter int unsigned StrideH = 1,
  parameter int unsigned StrideW = 1,
  // Rows and columns from a pixel of a window to the next
  parameter int unsigned DilationH = 1,
  parameter int unsigned DilationW = 1,
  // Of the lines: "auto", "block" or "distributed"
  parameter RamStyle = "auto",
  // The size of the image comes by sizes_i, Height x Cols being the greatest; a change of it takes
  // effect with a reset
  parameter bit Dynamic = 1'b0,
  // Bits of the sizes of the first pass and of the second; one that is left out takes 1
  parameter int unsigned AcrossBits = 1,
  parameter int unsigned DownBits = 1
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  // As sliding_window_parallel has them, unless Dynamic unused
  input  logic [AcrossBits+DownBits-1:0] sizes_i,
  input  logic                     in_valid_i,
  output logic                     in_ready_o,
  input  logic [Lanes*Bits-1:0]    in_data_i,
  output logic                     out_valid_o,
  input  logic                     out_ready_i,
  output logic [Lanes*OutBits-1:0] out_data_o
);

  // Whether there is a pass down the columns; without one there is one along the rows
  localparam bit Down = (KernelH > 1) || (StrideH > 1);
  localparam bit Across = (KernelW > 1) || (StrideW > 1) || !Down;

  logic mid_valid, mid_ready;
  logic [Lanes*MidBits-1:0] mid_data;

  if (Across) begin : gen_across
    pool_pass #(
      .Lanes(Lanes),
      .InBits(Bits),
      .OutBits(MidBits),
      .IsSigned(IsSigned),
      .IsSum(IsSum),
      .Folds(Folds),
      .Height(Height),
      .Cols(Cols),
      .KernelH(1),
      .KernelW(KernelW),
      .StrideH(1),
      .StrideW(StrideW),
      .DilationH(1),
      .DilationW(DilationW),
      .RamStyle(RamStyle),
      .Dynamic(Dynamic),
      .SizeBits(AcrossBits)
    ) i_across (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .sizes_i(sizes_i[AcrossBits+DownBits-1:DownBits]),
      .in_valid_i(in_valid_i),
      .in_ready_o(in_ready_o),
      .in_data_i(in_data_i),
      .out_valid_o(mid_valid),
      .out_ready_i(mid_ready),
      .out_data_o(mid_data)
    );
  end else begin : gen_not_across
    logic unused_sizes;
    assign unused_sizes = ^sizes_i[AcrossBits+DownBits-1:DownBits];
    assign mid_valid = in_valid_i;
    assign in_ready_o = mid_ready;
    assign mid_data = in_data_i;
  end

  if (Down) begin : gen_down
    pool_pass #(
      .Lanes(Lanes),
      .InBits(MidBits),
      .OutBits(OutBits),
      .IsSigned(IsSigned),
      .IsSum(IsSum),
      .Folds(Folds),
      .Height(Height),
      // (a stride of 0 must reach the window's check)
      .Cols((StrideW > 0) ? (Cols - ((KernelW - 1) * DilationW + 1)) / StrideW + 1 : 1),
      .KernelH(KernelH),
      .KernelW(1),
      .StrideH(StrideH),
      .StrideW(1),
      .DilationH(DilationH),
      .DilationW(1),
      .RamStyle(RamStyle),
      .Dynamic(Dynamic),
      .SizeBits(DownBits)
    ) i_down (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .sizes_i(sizes_i[DownBits-1:0]),
      .in_valid_i(mid_valid),
      .in_ready_o(mid_ready),
      .in_data_i(mid_data),
      .out_valid_o(out_valid_o),
      .out_ready_i(out_ready_i),
      .out_data_o(out_data_o)
    );
  end else begin : gen_not_down
    logic unused_sizes;
    assign unused_sizes = ^sizes_i[DownBits-1:0];
    assign out_valid_o = mid_valid;
    assign mid_ready = out_ready_i;
    assign out_data_o = mid_data;
  end

endmodule
