// lane_pairs and signed_tree: the dot product with signs, plus the constant that the signs make (see
// signed_tree).
module signed_tree_proof #(
  parameter int unsigned Lanes = 5,
  parameter int unsigned Bits = 2,
  parameter bit IsSigned = 1'b0,
  parameter bit Cover = 1'b0
) (
  input logic                  clk_i,
  input logic [Lanes*Bits-1:0] lanes,
  input logic [Lanes-1:0]      signs
);

  localparam int unsigned Pairs = (Lanes + 1) / 2;
  localparam int unsigned Fours = (Lanes + 3) / 4;
  localparam int unsigned OutBits =
      IsSigned ? Bits + 2 + $clog2(Fours) : $clog2(Fours * ((32'd4 << Bits) - 1) + 1);
  localparam int unsigned Latency = (Fours == 1) ? 1 : 1 + ($clog2(Fours) + 1) / 2;

  logic [Pairs*(Bits+1)-1:0] sums, diffs;
  logic [OutBits-1:0] sum;
  // The lanes and signs of the clock in which their pairs come
  logic [Lanes*Bits-1:0] lanes_q;
  logic [Lanes-1:0] signs_q;
  always_ff @(posedge clk_i) begin
    lanes_q <= lanes;
    signs_q <= signs;
  end

  lane_pairs #(
    .Lanes(Lanes),
    .Bits(Bits),
    .IsSigned(IsSigned)
  ) i_pairs (
    .clk_i(clk_i),
    .data_i(lanes),
    .sums_o(sums),
    .diffs_o(diffs)
  );

  signed_tree #(
    .Lanes(Lanes),
    .Bits(Bits),
    .IsSigned(IsSigned)
  ) i_dut (
    .clk_i(clk_i),
    .data_i(lanes_q),
    .sums_i(sums),
    .diffs_i(diffs),
    .signs_i(signs_q),
    .sum_o(sum)
  );

  // By the module's header: each negative lane brings a constant
  logic [31:0] total, lane, constant;
  always_comb begin
    total = '0;
    lane = '0;
    constant = '0;
    for (int unsigned i = 0; i < Lanes; i++) begin
      lane = {{(32-Bits){IsSigned && lanes_q[i*Bits + Bits - 1]}}, lanes_q[i*Bits +: Bits]};
      if (IsSigned) constant = (i % 2 == 1 || i == Lanes - 1) ? 32'hFFFFFFFF : 32'd0;
      else if (i % 2 == 1) constant = (32'd1 << Bits) - 32'd1;
      else if (i == Lanes - 1) constant = (32'd2 << Bits) - 32'd1;
      else constant = 32'd1 << Bits;
      total = signs_q[i] ? total + lane : total - lane + constant;
    end
  end

  logic [Latency*OutBits-1:0] expected_q;
  logic [Latency:0] valid_q;
  initial valid_q = '0;
  always_ff @(posedge clk_i) begin
    expected_q <= {expected_q, total[OutBits-1:0]};
    valid_q <= {valid_q, 1'b1};
  end

  always_comb begin
    if (valid_q[Latency]) right_sum: assert (sum == expected_q[(Latency-1)*OutBits +: OutBits]);
  end

  if (Cover) begin : gen_cover
    always_comb reach: assert (!(valid_q[Latency] && sum == OutBits'(3)));
  end

endmodule
