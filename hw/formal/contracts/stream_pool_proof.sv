// stream_pool: the maximum, or the sum, of each window and channel, in raster order; against the
// pixels of the image kept apart.
module stream_pool_proof #(
  parameter int unsigned Lanes = 1,
  parameter int unsigned Bits = 1,
  parameter int unsigned MidBits = 1,
  parameter int unsigned OutBits = 1,
  parameter bit IsSigned = 1'b0,
  parameter bit IsSum = 1'b0,
  parameter int unsigned Folds = 1,
  parameter int unsigned Height = 2,
  parameter int unsigned Cols = 3,
  parameter int unsigned KernelH = 2,
  parameter int unsigned KernelW = 2,
  parameter int unsigned StrideH = 1,
  parameter int unsigned StrideW = 1,
  parameter int unsigned DilationH = 1,
  parameter int unsigned DilationW = 1,
  // The size of the image is written, and this is the hardware of the greatest
  parameter bit Dynamic = 1'b0,
  parameter int unsigned MostHeight = Height,
  parameter int unsigned MostCols = Cols,
  parameter int unsigned AcrossBits = 1,
  parameter int unsigned DownBits = 1,
  parameter logic [AcrossBits+DownBits-1:0] Sizes = '0,
  parameter bit Cover = 1'b0
) (
  input logic                  clk_i,
  input logic                  rst_ni,
  input logic                  choose,
  input logic                  in_valid,
  input logic [Lanes*Bits-1:0] in_data,
  input logic                  out_ready
);

  localparam int unsigned Width = Lanes * Bits;
  localparam int unsigned OutWidth = Lanes * OutBits;
  localparam int unsigned ReachH = (KernelH - 1) * DilationH + 1;
  localparam int unsigned ReachW = (KernelW - 1) * DilationW + 1;
  localparam int unsigned Beats = Height * Cols * Folds;

  logic in_ready, out_valid;
  logic [OutWidth-1:0] out_data;

  stream_pool #(
    .Lanes(Lanes),
    .Bits(Bits),
    .MidBits(MidBits),
    .OutBits(OutBits),
    .IsSigned(IsSigned),
    .IsSum(IsSum),
    .Folds(Folds),
    .Height(MostHeight),
    .Cols(MostCols),
    .KernelH(KernelH),
    .KernelW(KernelW),
    .StrideH(StrideH),
    .StrideW(StrideW),
    .DilationH(DilationH),
    .DilationW(DilationW),
    .Dynamic(Dynamic),
    .AcrossBits(AcrossBits),
    .DownBits(DownBits)
  ) i_dut (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .sizes_i(Sizes),
    .in_valid_i(in_valid),
    .in_ready_o(in_ready),
    .in_data_i(in_data),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready),
    .out_data_o(out_data)
  );

  // Where the beat at the input is, and whether it completes a window
  logic [3:0] fold_q, col_q, row_q;
  logic take, completes, last_fold, last_col, last_row;
  assign take = in_valid && in_ready;
  assign last_fold = (32'(fold_q) == Folds - 1);
  assign last_col = (32'(col_q) == Cols - 1);
  assign last_row = (32'(row_q) == Height - 1);

  always_comb begin
    completes = 1'b0;
    for (int unsigned r = ReachH - 1; r < Height; r += StrideH) begin
      for (int unsigned c = ReachW - 1; c < Cols; c += StrideW) begin
        if (32'(row_q) == r && 32'(col_q) == c) completes = 1'b1;
      end
    end
  end

  // The beats of this image so far, and with this one
  logic [Beats*Width-1:0] image_q, image_d;
  logic [31:0] place;
  assign place = (32'(row_q) * Cols + 32'(col_q)) * Folds + 32'(fold_q);

  always_comb begin
    image_d = image_q;
    for (int unsigned i = 0; i < Beats; i++) begin
      if (place == i) image_d[i*Width +: Width] = in_data;
    end
  end

  always_ff @(posedge clk_i) begin
    if (take) image_q <= image_d;
    if (!rst_ni) begin
      fold_q <= '0;
      col_q <= '0;
      row_q <= '0;
    end else if (take) begin
      fold_q <= last_fold ? '0 : fold_q + 4'd1;
      if (last_fold) col_q <= last_col ? '0 : col_q + 4'd1;
      if (last_fold && last_col) row_q <= last_row ? '0 : row_q + 4'd1;
    end
  end

  // Two's complement with its sign inverted is in the order of numbers without sign
  localparam logic [Bits-1:0] Flip = IsSigned ? (Bits'(1) << (Bits - 1)) : '0;
  logic [OutWidth-1:0] joined;
  logic [Bits-1:0] value;
  logic [31:0] back;

  always_comb begin
    joined = '0;
    value = '0;
    back = '0;
    for (int unsigned l = 0; l < Lanes; l++) begin
      for (int unsigned r = 0; r < KernelH; r++) begin
        for (int unsigned c = 0; c < KernelW; c++) begin
          back = (r * DilationH * Cols + c * DilationW) * Folds;
          value = '0;
          for (int unsigned i = 0; i < Beats; i++) begin
            if (place == i + back) value = image_d[i*Width + l*Bits +: Bits];
          end
          if (IsSum) begin
            joined[l*OutBits +: OutBits] = joined[l*OutBits +: OutBits]
                + {{(OutBits-Bits){IsSigned && value[Bits-1]}}, value};
          end else if ((value ^ Flip) > joined[l*OutBits +: Bits]) begin
            joined[l*OutBits +: Bits] = value ^ Flip;
          end
        end
      end
      if (!IsSum) joined[l*OutBits +: Bits] = joined[l*OutBits +: Bits] ^ Flip;
    end
  end

  logic [3:0] unused_inside;

  stream_proof #(
    .UnitBits(OutWidth),
    .Most(10),
    .Clocks(8),
    .Cover(Cover)
  ) i_proof (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .choose_i(choose),
    .in_valid_i(in_valid),
    .in_ready_i(in_ready),
    .push_i(take && completes),
    .push_data_i(joined),
    .out_valid_i(out_valid),
    .out_ready_i(out_ready),
    .out_data_i(out_data),
    .inside_o(unused_inside)
  );

endmodule
