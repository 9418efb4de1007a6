// lane_products: Latency clocks after values and codes, the product of each lane's value with the
// code of each row, in full. The harness multiplies bit by bit.
module lane_products_proof #(
  parameter int unsigned Lanes = 1,
  parameter int unsigned Rows = 2,
  parameter int unsigned ABits = 3,
  parameter bit ASigned = 1'b0,
  parameter int unsigned WBits = 2,
  parameter int unsigned Latency = 1,
  parameter bit Cover = 1'b0
) (
  input logic                        clk_i,
  input logic [Lanes*ABits-1:0]      values,
  input logic [Rows*Lanes*WBits-1:0] codes
);

  localparam int unsigned PBits = ABits + WBits;
  localparam int unsigned Width = Rows * Lanes * PBits;

  logic [Width-1:0] products, expected;

  lane_products #(
    .Lanes(Lanes),
    .Rows(Rows),
    .ABits(ABits),
    .ASigned(ASigned),
    .WBits(WBits),
    .Latency(Latency)
  ) i_dut (
    .clk_i(clk_i),
    .act_i(values),
    .codes_i(codes),
    .products_o(products)
  );

  logic [PBits-1:0] value, product;
  always_comb begin
    expected = '0;
    value = '0;
    product = '0;
    for (int unsigned r = 0; r < Rows; r++) begin
      for (int unsigned l = 0; l < Lanes; l++) begin
        value = {{WBits{ASigned && values[l*ABits + ABits - 1]}}, values[l*ABits +: ABits]};
        product = '0;
        for (int unsigned b = 0; b < WBits; b++) begin
          if (codes[(r*Lanes + l)*WBits + b]) product = product + (value << b);
        end
        expected[(r*Lanes + l)*PBits +: PBits] = product;
      end
    end
  end

  logic [Latency*Width-1:0] expected_q;
  logic [Latency-1:0] valid_q;
  initial valid_q = '0;
  always_ff @(posedge clk_i) begin
    expected_q <= {expected_q, expected};
    valid_q <= {valid_q, 1'b1};
  end

  always_comb begin
    if (valid_q[Latency-1]) begin
      right_products: assert (products == expected_q[(Latency-1)*Width +: Width]);
    end
  end

  if (Cover) begin : gen_cover
    always_comb reach: assert (!(valid_q[Latency-1] && products == Width'(1)));
  end

endmodule
