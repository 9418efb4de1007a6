// threshold_search: CountBits clocks after a value, how many thresholds of its row it reaches. The
// thresholds are those of files; the harness has them as ThresholdTable, the rows one above the
// other, each with its smallest threshold lowest.
module threshold_search_proof #(
  parameter int unsigned ValueBits = 3,
  parameter int unsigned ThresholdBits = 3,
  parameter int unsigned CountBits = 2,
  parameter int unsigned Rows = 1,
  parameter int unsigned FileBits = 48,
  parameter logic [CountBits*FileBits-1:0] Files = '0,
  parameter logic [Rows*(2**CountBits-1)*ThresholdBits-1:0] ThresholdTable = '0,
  parameter bit Cover = 1'b0
) (
  input logic                                      clk_i,
  input logic [((Rows > 1) ? $clog2(Rows) : 1)-1:0] row,
  input logic [ValueBits-1:0]                      value
);

  localparam int unsigned Each = 2 ** CountBits - 1;

  logic [CountBits-1:0] count, reached;

  threshold_search #(
    .ValueBits(ValueBits),
    .ThresholdBits(ThresholdBits),
    .CountBits(CountBits),
    .Rows(Rows),
    .FileBits(FileBits),
    .Files(Files)
  ) i_dut (
    .clk_i(clk_i),
    .row_i(row),
    .value_i(value),
    .count_o(count)
  );

  // The row comes a clock ahead of its value
  logic [7:0] row_q;
  always_ff @(posedge clk_i) row_q <= 8'(row);

  always_comb assume (32'(row) < Rows);

  // Integers of 32 bits, with their signs; every threshold is compared with
  logic signed [31:0] number, limit;
  always_comb begin
    number = {{(32-ValueBits){value[ValueBits-1]}}, value};
    limit = 0;
    reached = '0;
    for (int unsigned r = 0; r < Rows; r++) begin
      for (int unsigned i = 0; i < Each; i++) begin
        limit = {{(32-ThresholdBits){ThresholdTable[(r*Each + i)*ThresholdBits + ThresholdBits - 1]}},
                 ThresholdTable[(r*Each + i)*ThresholdBits +: ThresholdBits]};
        if (32'(row_q) == r && limit <= number) reached = reached + 1'b1;
      end
    end
  end

  // What has to come out, and whether row and value came in since the beginning
  logic [CountBits*CountBits-1:0] expected_q;
  logic [CountBits:0] valid_q;
  initial valid_q = '0;
  always_ff @(posedge clk_i) begin
    expected_q <= {expected_q, reached};
    valid_q <= {valid_q, 1'b1};
  end

  always_comb begin
    if (valid_q[CountBits]) begin
      right_count: assert (count == expected_q[(CountBits-1)*CountBits +: CountBits]);
    end
  end

  if (Cover) begin : gen_cover
    always_comb reach: assert (!(valid_q[CountBits] && count == CountBits'(1)));
  end

endmodule
