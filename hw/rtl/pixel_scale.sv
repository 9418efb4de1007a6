// Times a factor of each pixel's place: that of its row times that of its column.
//
// A pixel is Folds beats of Lanes elements. Images follow each other without a pause or a reset. One
// beat a clock; the factor of a pixel is ready in a register. Latency: one clock.
module pixel_scale #(
  // Elements of a beat
  parameter int unsigned Lanes = 2,
  // Bits of an input, whether it is two's complement, and bits of an output
  parameter int unsigned InBits = 8,
  parameter bit InSigned = 1'b0,
  parameter int unsigned OutBits = 12,
  // Beats of a pixel, rows and columns of the image
  parameter int unsigned Folds = 2,
  parameter int unsigned Height = 2,
  parameter int unsigned Cols = 3,
  // Bits of a factor, and the factors of each row and of each column, the first lowest
  parameter int unsigned FactorBits = 3,
  parameter logic [Height*FactorBits-1:0] Rows = {3'd2, 3'd3},
  parameter logic [Cols*FactorBits-1:0] Columns = {3'd3, 3'd2, 3'd3}
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  input  logic                     in_valid_i,
  output logic                     in_ready_o,
  input  logic [Lanes*InBits-1:0]  in_data_i,
  output logic                     out_valid_o,
  input  logic                     out_ready_i,
  output logic [Lanes*OutBits-1:0] out_data_o
);

  if (Lanes == 0 || InBits == 0 || OutBits == 0 || FactorBits == 0) begin : gen_check_bits
    $error("pixel_scale: Lanes, InBits, OutBits and FactorBits must be at least 1");
  end
  if (Folds == 0 || Height == 0 || Cols == 0) begin : gen_check_size
    $error("pixel_scale: Folds, Height and Cols must be at least 1");
  end

  localparam int unsigned FoldBits = (Folds > 1) ? $clog2(Folds) : 1;
  localparam int unsigned RowBits = (Height > 1) ? $clog2(Height) : 1;
  localparam int unsigned ColBits = (Cols > 1) ? $clog2(Cols) : 1;
  localparam int unsigned BothBits = 2 * FactorBits;
  localparam int unsigned ProductBits = InBits + BothBits + 2;

  logic [FoldBits-1:0] fold_q;
  // Place of the pixel whose factor is fetched: the one behind that which comes in
  logic [RowBits-1:0] row_q;
  logic [ColBits-1:0] col_q;
  logic [BothBits-1:0] factor_q;
  logic ready, step, last_fold, last_col;

  assign in_ready_o = ready;
  assign step = in_valid_i && ready;
  assign last_fold = (fold_q == FoldBits'(Folds - 1));
  assign last_col = (col_q == ColBits'(Cols - 1));

  // Factors of a place
  logic [FactorBits-1:0] row_factor, col_factor;
  assign row_factor = Rows[32'(row_q)*FactorBits +: FactorBits];
  assign col_factor = Columns[32'(col_q)*FactorBits +: FactorBits];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      fold_q <= '0;
      row_q <= (Cols == 1 && Height > 1) ? RowBits'(1) : '0;
      col_q <= (Cols > 1) ? ColBits'(1) : '0;
      factor_q <= BothBits'(Rows[0 +: FactorBits]) * BothBits'(Columns[0 +: FactorBits]);
    end else if (step) begin
      fold_q <= last_fold ? '0 : fold_q + FoldBits'(1);
      if (last_fold) begin
        factor_q <= BothBits'(row_factor) * BothBits'(col_factor);
        col_q <= last_col ? '0 : col_q + ColBits'(1);
        if (last_col) row_q <= (row_q == RowBits'(Height - 1)) ? '0 : row_q + RowBits'(1);
      end
    end
  end

  logic [Lanes*OutBits-1:0] products;

  for (genvar l = 0; l < Lanes; l++) begin : gen_lane
    logic signed [ProductBits-1:0] value, product;
    assign value = ProductBits'($signed(
        {InSigned && in_data_i[l*InBits + InBits - 1], in_data_i[l*InBits +: InBits]}));
    // By shifts and adds, so that no tool takes a multiplier
    always_comb begin
      product = '0;
      for (int unsigned i = 0; i < BothBits; i++) begin
        if (factor_q[i]) product = product + (value <<< i);
      end
    end
    assign products[l*OutBits +: OutBits] = OutBits'(product);
  end

  stream_fifo #(
    .Width(Lanes * OutBits),
    .Depth(2)
  ) i_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(in_valid_i),
    .in_ready_o(ready),
    .in_data_i(products),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
