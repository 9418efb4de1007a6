// shuffle: the beats of a block of Rows x Cols pixels column by column, and none before the block
// is whole.
//
// One beat of a block, at a place and in a block that are free, is followed: where its place comes
// at the output, the beat there has to be that one.
module shuffle_proof #(
  parameter int unsigned Width = 1,
  parameter int unsigned Rows = 2,
  parameter int unsigned Cols = 2,
  parameter int unsigned Folds = 1,
  parameter bit Cover = 1'b0
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             choose,
  input logic             in_valid,
  input logic [Width-1:0] in_data,
  input logic             out_ready
);

  localparam int unsigned Beats = Rows * Cols * Folds;

  logic in_ready, out_valid;
  logic [Width-1:0] out_data;

  shuffle #(
    .Width(Width),
    .Beats(Beats),
    .Axes(3),
    .Counts({32'(Cols), 32'(Rows), 32'(Folds)}),
    .Strides({32'(Folds), 32'(Cols * Folds), 32'd1})
  ) i_dut (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(in_valid),
    .in_ready_o(in_ready),
    .in_data_i(in_data),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready),
    .out_data_o(out_data)
  );

  logic first_q;
  initial first_q = 1'b1;
  always_ff @(posedge clk_i) first_q <= 1'b0;
  always_comb if (first_q) assume (!rst_ni);

  // The beat that comes in, by its number; the one at the output, by row, column and fold
  (* anyconst *) logic [3:0] chosen_row, chosen_col, chosen_fold;
  logic [3:0] in_row_q, in_col_q, in_fold_q, out_row_q, out_col_q, out_fold_q;
  logic push, pop, in_done, out_done, is_chosen, here;
  // Whole blocks that came in and did not leave yet, and how many of them lie ahead of the chosen
  logic [2:0] whole_q, ahead_q;
  logic follow_q, seen_q;
  logic [Width-1:0] word_q;

  always_comb begin
    assume (32'(chosen_row) < Rows && 32'(chosen_col) < Cols && 32'(chosen_fold) < Folds);
  end

  assign push = in_valid && in_ready;
  assign pop = out_valid && out_ready;
  assign in_done = push && (32'(in_row_q) == Rows - 1) && (32'(in_col_q) == Cols - 1)
                   && (32'(in_fold_q) == Folds - 1);
  assign out_done = pop && (32'(out_row_q) == Rows - 1) && (32'(out_col_q) == Cols - 1)
                    && (32'(out_fold_q) == Folds - 1);
  assign is_chosen = push && choose && !follow_q && (in_row_q == chosen_row)
                     && (in_col_q == chosen_col) && (in_fold_q == chosen_fold);
  assign here = follow_q && (ahead_q == '0) && (out_row_q == chosen_row)
                && (out_col_q == chosen_col) && (out_fold_q == chosen_fold);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      {in_row_q, in_col_q, in_fold_q, out_row_q, out_col_q, out_fold_q} <= '0;
      whole_q <= '0;
      follow_q <= 1'b0;
      seen_q <= 1'b0;
    end else begin
      if (push) begin  // column within row
        in_fold_q <= (32'(in_fold_q) == Folds - 1) ? '0 : in_fold_q + 4'd1;
        if (32'(in_fold_q) == Folds - 1) begin
          in_col_q <= (32'(in_col_q) == Cols - 1) ? '0 : in_col_q + 4'd1;
          if (32'(in_col_q) == Cols - 1) begin
            in_row_q <= (32'(in_row_q) == Rows - 1) ? '0 : in_row_q + 4'd1;
          end
        end
      end
      if (pop) begin  // row within column
        out_fold_q <= (32'(out_fold_q) == Folds - 1) ? '0 : out_fold_q + 4'd1;
        if (32'(out_fold_q) == Folds - 1) begin
          out_row_q <= (32'(out_row_q) == Rows - 1) ? '0 : out_row_q + 4'd1;
          if (32'(out_row_q) == Rows - 1) begin
            out_col_q <= (32'(out_col_q) == Cols - 1) ? '0 : out_col_q + 4'd1;
          end
        end
      end
      whole_q <= whole_q + {2'b0, in_done} - {2'b0, out_done};
      if (is_chosen) follow_q <= 1'b1;
      else if (out_done && ahead_q == '0) follow_q <= 1'b0;
      if (pop && here) seen_q <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!follow_q) begin
      word_q <= in_data;
      ahead_q <= whole_q - {2'b0, out_done};
    end else if (out_done) begin
      ahead_q <= ahead_q - 3'd1;
    end
  end

  initial begin
    whole_q = '0;
    follow_q = 1'b0;
    seen_q = 1'b0;
  end

  always_comb begin
    if (!first_q && out_valid) not_early: assert (whole_q != '0);
    if (!first_q && out_valid && here) in_order: assert (out_data == word_q);
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

  // One of the ends moves; what is whole comes out without a further beat, and with the consumer
  // going the producer is not kept waiting for longer than a block
  stream_progress #(
    .Clocks(4)
  ) i_runs (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .may_i(in_valid && out_ready),
    .moves_i(in_ready || out_valid)
  );
  stream_progress #(
    .Clocks(Beats + 4)
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
    .may_i(whole_q != '0),
    .moves_i(out_valid)
  );

  if (Cover) begin : gen_cover
    always_comb reach: assert (!seen_q);
  end

endmodule
