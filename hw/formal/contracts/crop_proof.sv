// crop: of an image the beats of the places that are kept, in order, against counts kept apart.
module crop_proof #(
  parameter int unsigned Width = 1,
  parameter int unsigned Folds = 1,
  parameter int unsigned Height = 3,
  parameter int unsigned Cols = 3,
  parameter int unsigned FirstFold = 0,
  parameter int unsigned LastFold = 0,
  parameter int unsigned StepFold = 1,
  parameter int unsigned FirstRow = 1,
  parameter int unsigned LastRow = 2,
  parameter int unsigned StepRow = 1,
  parameter int unsigned FirstCol = 0,
  parameter int unsigned LastCol = 1,
  parameter int unsigned StepCol = 1,
  parameter bit Cover = 1'b0
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             choose,
  input logic             in_valid,
  input logic [Width-1:0] in_data,
  input logic             out_ready
);

  logic in_ready, out_valid;
  logic [Width-1:0] out_data;

  crop #(
    .Width(Width),
    .Folds(Folds),
    .Height(Height),
    .Cols(Cols),
    .FirstFold(FirstFold),
    .LastFold(LastFold),
    .StepFold(StepFold),
    .FirstRow(FirstRow),
    .LastRow(LastRow),
    .StepRow(StepRow),
    .FirstCol(FirstCol),
    .LastCol(LastCol),
    .StepCol(StepCol)
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

  // Beats of the image so far, and the places that the next one is at
  logic [7:0] taken_q;
  logic [7:0] fold, col, row;
  logic take, keep;

  assign take = in_valid && in_ready;
  assign fold = taken_q % 8'(Folds);
  assign col = (taken_q / 8'(Folds)) % 8'(Cols);
  assign row = taken_q / 8'(Folds * Cols);
  assign keep = (fold >= 8'(FirstFold)) && (fold <= 8'(LastFold)) &&
      ((fold - 8'(FirstFold)) % 8'(StepFold) == 0) &&
      (col >= 8'(FirstCol)) && (col <= 8'(LastCol)) &&
      ((col - 8'(FirstCol)) % 8'(StepCol) == 0) &&
      (row >= 8'(FirstRow)) && (row <= 8'(LastRow)) && ((row - 8'(FirstRow)) % 8'(StepRow) == 0);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      taken_q <= '0;
    end else if (take) begin
      taken_q <= (taken_q == 8'(Folds * Cols * Height - 1)) ? '0 : taken_q + 8'd1;
    end
  end

  // What is not kept is taken at once
  always_comb if (rst_ni && !keep) taken: assert (in_ready);

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
    .push_i(take && keep),
    .push_data_i(in_data),
    .out_valid_i(out_valid),
    .out_ready_i(out_ready),
    .out_data_i(out_data),
    .inside_o(unused_inside)
  );

endmodule
