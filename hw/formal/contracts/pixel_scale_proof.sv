// pixel_scale: each beat in order, times the factors of its row and its column.
module pixel_scale_proof #(
  parameter int unsigned Lanes = 1,
  parameter int unsigned InBits = 2,
  parameter bit InSigned = 1'b0,
  parameter int unsigned OutBits = 5,
  parameter int unsigned Folds = 1,
  parameter int unsigned Height = 2,
  parameter int unsigned Cols = 2,
  parameter int unsigned FactorBits = 2,
  parameter logic [Height*FactorBits-1:0] Rows = {2'd1, 2'd2},
  parameter logic [Cols*FactorBits-1:0] Columns = {2'd3, 2'd1},
  parameter bit Cover = 1'b0
) (
  input logic                    clk_i,
  input logic                    rst_ni,
  input logic                    choose,
  input logic                    in_valid,
  input logic [Lanes*InBits-1:0] in_data,
  input logic                    out_ready
);

  logic in_ready, out_valid, take;
  logic [Lanes*OutBits-1:0] out_data, expected;
  assign take = in_valid && in_ready;

  pixel_scale #(
    .Lanes(Lanes),
    .InBits(InBits),
    .InSigned(InSigned),
    .OutBits(OutBits),
    .Folds(Folds),
    .Height(Height),
    .Cols(Cols),
    .FactorBits(FactorBits),
    .Rows(Rows),
    .Columns(Columns)
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

  // Beats taken of the image
  logic [7:0] taken_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) taken_q <= '0;
    else if (take) taken_q <= (32'(taken_q) == Folds * Cols * Height - 1) ? '0 : taken_q + 8'd1;
  end

  // The factor by adding: row's times column's
  logic [31:0] factor;
  always_comb begin
    factor = 0;
    for (int unsigned y = 0; y < Height; y++) begin
      for (int unsigned x = 0; x < Cols; x++) begin
        if (32'(taken_q) / Folds == y * Cols + x) begin
          factor = 32'(Rows[y*FactorBits +: FactorBits]) * 32'(Columns[x*FactorBits +: FactorBits]);
        end
      end
    end
  end

  logic signed [31:0] value, product;
  always_comb begin
    expected = '0;
    value = 0;
    product = 0;
    for (int unsigned l = 0; l < Lanes; l++) begin
      value = {{(32-InBits){InSigned && in_data[l*InBits + InBits - 1]}}, in_data[l*InBits +: InBits]};
      product = 0;
      for (int unsigned i = 0; i < 2 * FactorBits; i++) begin
        if (factor[i]) product = product + (value <<< i);
      end
      expected[l*OutBits +: OutBits] = product[OutBits-1:0];
    end
  end

  logic [1:0] unused_inside;

  stream_proof #(
    .UnitBits(Lanes * OutBits),
    .Most(2),
    .Clocks(3),
    .Cover(Cover)
  ) i_proof (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .choose_i(choose),
    .in_valid_i(in_valid),
    .in_ready_i(in_ready),
    .push_i(take),
    .push_data_i(expected),
    .out_valid_i(out_valid),
    .out_ready_i(out_ready),
    .out_data_i(out_data),
    .inside_o(unused_inside)
  );

endmodule
