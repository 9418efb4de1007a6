// upsample_nearest: every beat of the image in order, and its copies where they belong, each equal
// to the beat that it is a copy of. Which beat that is says a count of the output's beats.
module upsample_nearest_proof #(
  parameter int unsigned Width = 1,
  parameter int unsigned Folds = 1,
  parameter int unsigned Height = 2,
  parameter int unsigned Cols = 2,
  parameter int unsigned ScaleH = 2,
  parameter int unsigned ScaleW = 2,
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

  localparam int unsigned Line = Cols * Folds;
  // Copies at a stretch
  localparam int unsigned Copies = (ScaleH * ScaleW * Cols + ScaleW) * Folds + 4;

  logic in_ready, out_valid;
  logic [Width-1:0] out_data;

  upsample_nearest #(
    .Width(Width),
    .Folds(Folds),
    .Height(MostHeight),
    .Cols(MostCols),
    .ScaleH(ScaleH),
    .ScaleW(ScaleW),
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

  // Of the beat at the output: in its pixel, which copy of it, column, which copy of the row
  logic [3:0] fold_q, copy_w_q, col_q, copy_h_q;
  logic pop, original, last_fold, last_copy_w, last_col;
  assign pop = out_valid && out_ready;
  assign original = (copy_w_q == '0) && (copy_h_q == '0);
  assign last_fold = (32'(fold_q) == Folds - 1);
  assign last_copy_w = (32'(copy_w_q) == ScaleW - 1);
  assign last_col = (32'(col_q) == Cols - 1);

  // The row as it left first
  logic [Line*Width-1:0] row_q;
  logic [Width-1:0] copied;
  always_comb begin
    copied = '0;
    for (int unsigned i = 0; i < Line; i++) begin
      if (32'(col_q) * Folds + 32'(fold_q) == i) copied = row_q[i*Width +: Width];
    end
  end

  always_ff @(posedge clk_i) begin
    for (int unsigned i = 0; i < Line; i++) begin
      if (pop && original && (32'(col_q) * Folds + 32'(fold_q) == i)) begin
        row_q[i*Width +: Width] <= out_data;
      end
    end
    if (!rst_ni) begin
      fold_q <= '0;
      copy_w_q <= '0;
      col_q <= '0;
      copy_h_q <= '0;
    end else if (pop) begin
      fold_q <= last_fold ? '0 : fold_q + 4'd1;
      if (last_fold) copy_w_q <= last_copy_w ? '0 : copy_w_q + 4'd1;
      if (last_fold && last_copy_w) col_q <= last_col ? '0 : col_q + 4'd1;
      if (last_fold && last_copy_w && last_col) begin
        copy_h_q <= (32'(copy_h_q) == ScaleH - 1) ? '0 : copy_h_q + 4'd1;
      end
    end
  end

  logic first_q, seen;
  logic [1:0] inside;
  initial first_q = 1'b1;
  always_ff @(posedge clk_i) first_q <= 1'b0;
  always_comb begin
    if (first_q) assume (!rst_ni);
    else if (out_valid && !original) copy_is_equal: assert (out_data == copied);
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
    .valid_i(out_valid && original),
    .pop_i(pop && original),
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
    .Clocks(Copies)
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
