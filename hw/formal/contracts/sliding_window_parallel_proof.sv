// sliding_window_parallel: all taps of every window, in raster order.
module sliding_window_parallel_proof #(
  parameter int unsigned Width = 1,
  parameter int unsigned Folds = 1,
  parameter int unsigned Height = 3,
  parameter int unsigned Cols = 3,
  parameter int unsigned KernelH = 2,
  parameter int unsigned KernelW = 2,
  parameter int unsigned StrideH = 1,
  parameter int unsigned StrideW = 1,
  parameter int unsigned DilationH = 1,
  parameter int unsigned DilationW = 1,
  parameter RamStyle = "auto",
  // Clocks in which one of the ends has to move
  parameter int unsigned Clocks = 4,
  // Else the handshake alone: not the order, the taps and the progress
  parameter bit Order = 1'b1,
  // The size of the image is written, and this is the hardware of the greatest
  parameter bit Dynamic = 1'b0,
  parameter int unsigned MostHeight = Height,
  parameter int unsigned MostCols = Cols,
  parameter int unsigned SizeBits = 1,
  parameter logic [SizeBits-1:0] Sizes = '0,
  parameter bit Cover = 1'b0
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             choose,
  input logic             in_valid,
  input logic [Width-1:0] in_data,
  input logic             out_ready
);

  localparam int unsigned Taps = KernelH * KernelW;

  logic in_ready, out_valid, due, seen, first_q;
  logic [Taps*Width-1:0] out_data;

  sliding_window_parallel #(
    .Width(Width),
    .Folds(Folds),
    .Height(MostHeight),
    .Cols(MostCols),
    .KernelH(KernelH),
    .KernelW(KernelW),
    .StrideH(StrideH),
    .StrideW(StrideW),
    .DilationH(DilationH),
    .DilationW(DilationW),
    .RamStyle(RamStyle),
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

  initial first_q = 1'b1;
  always_ff @(posedge clk_i) first_q <= 1'b0;
  always_comb if (first_q) assume (!rst_ni);

  stream_contract #(
    .Width(Taps * Width)
  ) i_contract (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .valid_i(out_valid),
    .ready_i(out_ready),
    .data_i(out_data)
  );

  if (Order) begin : gen_order
    window_tracker #(
      .Width(Width),
      .Folds(Folds),
      .Height(Height),
      .Cols(Cols),
      .KernelH(KernelH),
      .KernelW(KernelW),
      .StrideH(StrideH),
      .StrideW(StrideW),
      .DilationH(DilationH),
      .DilationW(DilationW),
      .Serial(1'b0)
    ) i_tracker (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .choose_i(choose),
      .push_i(in_valid && in_ready),
      .push_data_i(in_data),
      .valid_i(out_valid),
      .pop_i(out_valid && out_ready),
      .data_i(out_data),
      .due_o(due),
      .seen_o(seen)
    );

    stream_progress #(
      .Clocks(Clocks)
    ) i_runs (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .may_i(in_valid && out_ready),
      .moves_i(in_ready || out_valid)
    );
    stream_progress #(
      .Clocks(Clocks)
    ) i_drains (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .may_i(due),
      .moves_i(out_valid)
    );
  end else begin : gen_handshake
    assign due = 1'b0;
    initial seen = 1'b0;
    always_ff @(posedge clk_i) seen <= out_valid && out_ready && rst_ni;
  end

  if (Cover) begin : gen_cover
    always_comb reach: assert (!seen);
  end

endmodule
