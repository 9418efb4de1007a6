// A part of an image: some rows, some columns of these, some beats of each pixel.
//
// Of each axis every Step-th place from First to Last is kept. A pixel is Folds beats of Width bits.
// Images follow each other without a pause or a reset. One input beat a clock is sustained: what is
// not kept is taken at once, whether or not there is room behind.
module crop #(
  // Bits of a beat
  parameter int unsigned Width = 8,
  // Beats of a pixel, rows and columns that come in
  parameter int unsigned Folds = 1,
  parameter int unsigned Height = 4,
  parameter int unsigned Cols = 4,
  // Which of them are kept
  parameter int unsigned FirstFold = 0,
  parameter int unsigned LastFold = 0,
  parameter int unsigned StepFold = 1,
  parameter int unsigned FirstRow = 1,
  parameter int unsigned LastRow = 2,
  parameter int unsigned StepRow = 1,
  parameter int unsigned FirstCol = 1,
  parameter int unsigned LastCol = 3,
  parameter int unsigned StepCol = 1
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic [Width-1:0] in_data_i,
  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o
);

  if (Width == 0) begin : gen_check
    $error("crop: Width must be at least 1");
  end

  logic keep_fold, keep_row, keep_col, last_fold, last_col, unused_last_row;
  logic keep, step, ready;

  assign keep = keep_fold && keep_row && keep_col;
  assign in_ready_o = ready || !keep;
  assign step = in_valid_i && in_ready_o;

  crop_axis #(
    .Size(Folds),
    .First(FirstFold),
    .Last(LastFold),
    .Step(StepFold)
  ) i_fold (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .step_i(step),
    .keep_o(keep_fold),
    .last_o(last_fold)
  );
  crop_axis #(
    .Size(Cols),
    .First(FirstCol),
    .Last(LastCol),
    .Step(StepCol)
  ) i_col (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .step_i(step && last_fold),
    .keep_o(keep_col),
    .last_o(last_col)
  );
  crop_axis #(
    .Size(Height),
    .First(FirstRow),
    .Last(LastRow),
    .Step(StepRow)
  ) i_row (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .step_i(step && last_fold && last_col),
    .keep_o(keep_row),
    .last_o(unused_last_row)
  );

  stream_fifo #(
    .Width(Width),
    .Depth(2)
  ) i_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(in_valid_i && keep),
    .in_ready_o(ready),
    .in_data_i(in_data_i),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
