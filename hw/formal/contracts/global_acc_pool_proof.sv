// global_acc_pool: the sums over an image, one for each channel, in order; against sums that are
// kept apart, one for each fold.
module global_acc_pool_proof #(
  parameter int unsigned Lanes = 1,
  parameter int unsigned InBits = 2,
  parameter int unsigned OutBits = 3,
  parameter bit IsSigned = 1'b0,
  parameter int unsigned Folds = 1,
  parameter int unsigned Pixels = 2,
  parameter bit Cover = 1'b0
) (
  input logic                    clk_i,
  input logic                    rst_ni,
  input logic                    choose,
  input logic                    in_valid,
  input logic [Lanes*InBits-1:0] in_data,
  input logic                    out_ready
);

  localparam int unsigned Width = Lanes * OutBits;

  logic in_ready, out_valid;
  logic [Width-1:0] out_data;

  global_acc_pool #(
    .Lanes(Lanes),
    .InBits(InBits),
    .OutBits(OutBits),
    .IsSigned(IsSigned),
    .Folds(Folds),
    .Pixels(Pixels)
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

  // Where the beat at the input is, and the sums of its channels in the pixels before
  logic [3:0] fold_q, pixel_q;
  logic [Folds*Width-1:0] sums_q;
  logic [Width-1:0] before, sums;
  logic take, last_fold, last_pixel;
  assign take = in_valid && in_ready;
  assign last_fold = (32'(fold_q) == Folds - 1);
  assign last_pixel = (32'(pixel_q) == Pixels - 1);

  always_comb begin
    before = '0;
    for (int unsigned i = 0; i < Folds; i++) begin
      if (32'(fold_q) == i && pixel_q != '0) before = sums_q[i*Width +: Width];
    end
    sums = before;
    for (int unsigned l = 0; l < Lanes; l++) begin
      sums[l*OutBits +: OutBits] = sums[l*OutBits +: OutBits]
          + {{(OutBits-InBits){IsSigned && in_data[l*InBits + InBits - 1]}},
             in_data[l*InBits +: InBits]};
    end
  end

  always_ff @(posedge clk_i) begin
    for (int unsigned i = 0; i < Folds; i++) begin
      if (take && (32'(fold_q) == i)) sums_q[i*Width +: Width] <= sums;
    end
    if (!rst_ni) begin
      fold_q <= '0;
      pixel_q <= '0;
    end else if (take) begin
      fold_q <= last_fold ? '0 : fold_q + 4'd1;
      if (last_fold) pixel_q <= last_pixel ? '0 : pixel_q + 4'd1;
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
    .push_i(take && last_pixel),
    .push_data_i(sums),
    .out_valid_i(out_valid),
    .out_ready_i(out_ready),
    .out_data_i(out_data),
    .inside_o(unused_inside)
  );

endmodule
