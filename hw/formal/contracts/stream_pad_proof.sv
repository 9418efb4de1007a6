// stream_pad: the beats of the image in order inside a border of one value. Where the border is says a
// count of the output's beats.
module stream_pad_proof #(
  parameter int unsigned Width = 2,
  parameter int unsigned Folds = 1,
  parameter int unsigned Height = 2,
  parameter int unsigned Cols = 2,
  parameter int unsigned StrideH = 1,
  parameter int unsigned StrideW = 1,
  parameter int unsigned Top = 1,
  parameter int unsigned Bottom = 1,
  parameter int unsigned Left = 1,
  parameter int unsigned Right = 1,
  parameter logic [Width-1:0] Fill = '0,
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

  localparam int unsigned WideRows = (Height - 1) * StrideH + 1;
  localparam int unsigned WideCols = (Cols - 1) * StrideW + 1;
  localparam int unsigned OutCols = Left + WideCols + Right;
  localparam int unsigned OutRows = Top + WideRows + Bottom;
  // Beats of border at a stretch, all around a row and between two images
  localparam int unsigned Border = ((Top + Bottom + StrideH) * OutCols + Left + Right + StrideW) * Folds + 4;

  logic in_ready, out_valid;
  logic [Width-1:0] out_data;

  stream_pad #(
    .Width(Width),
    .Folds(Folds),
    .Height(MostHeight),
    .Cols(MostCols),
    .StrideH(StrideH),
    .StrideW(StrideW),
    .Top(Top),
    .Bottom(Bottom),
    .Left(Left),
    .Right(Right),
    .Fill(Fill),
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

  // Where in the padded image the beat at the output is
  logic [15:0] fold_q, col_q, row_q;
  logic pop, image;
  assign pop = out_valid && out_ready;
  assign image = (32'(col_q) >= Left) && (32'(col_q) < Left + WideCols) && (32'(row_q) >= Top)
                 && (32'(row_q) < Top + WideRows) && ((32'(col_q) - Left) % StrideW == 0)
                 && ((32'(row_q) - Top) % StrideH == 0);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      fold_q <= '0;
      col_q <= '0;
      row_q <= '0;
    end else if (pop) begin
      fold_q <= (32'(fold_q) == Folds - 1) ? '0 : fold_q + 16'd1;
      if (32'(fold_q) == Folds - 1) begin
        col_q <= (32'(col_q) == OutCols - 1) ? '0 : col_q + 16'd1;
        if (32'(col_q) == OutCols - 1) row_q <= (32'(row_q) == OutRows - 1) ? '0 : row_q + 16'd1;
      end
    end
  end

  logic first_q, seen;
  logic [1:0] inside;
  initial first_q = 1'b1;
  always_ff @(posedge clk_i) first_q <= 1'b0;
  always_comb begin
    if (first_q) assume (!rst_ni);
    else if (out_valid && !image) border_is_fill: assert (out_data == Fill);
  end

  stream_contract #(
    .Width(Width)
  ) i_contract (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .valid_i(out_valid),
    .ready_i(out_ready),
    .data_i(out_data)
  );

  stream_tracker #(
    .UnitBits(Width),
    .Most(2)
  ) i_tracker (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .choose_i(choose),
    .push_i(in_valid && in_ready),
    .push_data_i(in_data),
    .push_units_i(2'd1),
    .valid_i(out_valid && image),
    .pop_i(pop && image),
    .data_i(out_data),
    .units_i(2'd1),
    .inside_o(inside),
    .seen_o(seen)
  );

  // One of the ends moves; and with the consumer going the producer is not kept waiting forever
  stream_progress #(
    .Clocks(3)
  ) i_runs (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .may_i(in_valid && out_ready),
    .moves_i(in_ready || out_valid)
  );
  stream_progress #(
    .Clocks(Border)
  ) i_takes (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .may_i(in_valid && out_ready),
    .moves_i(in_ready)
  );
  stream_progress #(
    .Clocks(3)
  ) i_drains (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .may_i(inside != '0),
    .moves_i(out_valid)
  );

  if (Cover) begin : gen_cover
    always_comb reach: assert (!seen);
  end

endmodule
