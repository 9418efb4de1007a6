// max_pool: the maximum of each window and channel, in raster order; against maxima kept apart, one
// for each window of a row and each fold.
module max_pool_proof #(
  parameter int unsigned Lanes = 1,
  parameter int unsigned Bits = 1,
  parameter bit IsSigned = 1'b0,
  parameter int unsigned Folds = 1,
  parameter int unsigned Height = 2,
  parameter int unsigned Cols = 4,
  parameter int unsigned KernelH = 2,
  parameter int unsigned KernelW = 2,
  // The size of the image is written, and this is the hardware of the greatest
  parameter bit Dynamic = 1'b0,
  parameter int unsigned MostHeight = Height,
  parameter int unsigned MostCols = Cols,
  parameter int unsigned SizeBits = 1,
  parameter logic [SizeBits-1:0] Sizes = '0,
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
  localparam int unsigned OutW = Cols / KernelW;
  localparam int unsigned OutH = Height / KernelH;

  logic in_ready, out_valid;
  logic [Width-1:0] out_data;

  max_pool #(
    .Lanes(Lanes),
    .Bits(Bits),
    .IsSigned(IsSigned),
    .Folds(Folds),
    .Height(MostHeight),
    .Cols(MostCols),
    .KernelH(KernelH),
    .KernelW(KernelW),
    .Dynamic(Dynamic),
    .SizeBits(SizeBits)
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

  // Where the beat at the input is: fold, pixel of the window, window of the row, row of windows
  logic [3:0] fold_q, kcol_q, krow_q, ocol_q, orow_q;
  logic take, inside, done;
  assign take = in_valid && in_ready;
  assign inside = (32'(ocol_q) < OutW) && (32'(orow_q) < OutH);
  assign done = take && inside && (32'(kcol_q) == KernelW - 1) && (32'(krow_q) == KernelH - 1);

  logic last_fold, last_kcol, last_col, last_krow, last_row;
  assign last_fold = (32'(fold_q) == Folds - 1);
  assign last_kcol = (32'(kcol_q) == KernelW - 1);
  assign last_col = (32'(ocol_q) * KernelW + 32'(kcol_q) == Cols - 1);
  assign last_krow = (32'(krow_q) == KernelH - 1);
  assign last_row = (32'(orow_q) * KernelH + 32'(krow_q) == Height - 1);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      fold_q <= '0;
      kcol_q <= '0;
      krow_q <= '0;
      ocol_q <= '0;
      orow_q <= '0;
    end else if (take) begin
      fold_q <= last_fold ? '0 : fold_q + 4'd1;
      if (last_fold) begin
        kcol_q <= (last_kcol || last_col) ? '0 : kcol_q + 4'd1;
        ocol_q <= last_col ? '0 : ocol_q + 4'(last_kcol);
      end
      if (last_fold && last_col) begin
        krow_q <= (last_krow || last_row) ? '0 : krow_q + 4'd1;
        orow_q <= last_row ? '0 : orow_q + 4'(last_krow);
      end
    end
  end

  // Two's complement with its sign inverted is in the order of numbers without sign
  localparam logic [Bits-1:0] Flip = IsSigned ? (Bits'(1) << (Bits - 1)) : '0;
  logic [OutW*Folds*Width-1:0] maxima_q;
  logic [Width-1:0] so_far, maximum;
  logic [Bits-1:0] value;

  always_comb begin
    so_far = '0;
    for (int unsigned i = 0; i < OutW * Folds; i++) begin
      if (32'(ocol_q) * Folds + 32'(fold_q) == i) so_far = maxima_q[i*Width +: Width];
    end
    if (kcol_q == '0 && krow_q == '0) so_far = '0;
    maximum = '0;
    value = '0;
    for (int unsigned l = 0; l < Lanes; l++) begin
      value = in_data[l*Bits +: Bits] ^ Flip;
      maximum[l*Bits +: Bits] = (value > so_far[l*Bits +: Bits]) ? value : so_far[l*Bits +: Bits];
    end
  end

  always_ff @(posedge clk_i) begin
    for (int unsigned i = 0; i < OutW * Folds; i++) begin
      if (take && (32'(ocol_q) * Folds + 32'(fold_q) == i)) maxima_q[i*Width +: Width] <= maximum;
    end
  end

  logic [1:0] unused_inside;

  stream_proof #(
    .UnitBits(Width),
    .Most(2),
    .Clocks(3),
    .Cover(Cover)
  ) i_proof (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .choose_i(choose),
    .in_valid_i(in_valid),
    .in_ready_i(in_ready),
    .push_i(done),
    .push_data_i(maximum ^ {Lanes{Flip}}),
    .out_valid_i(out_valid),
    .out_ready_i(out_ready),
    .out_data_i(out_data),
    .inside_o(unused_inside)
  );

endmodule
