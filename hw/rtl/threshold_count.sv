// How many of a channel's thresholds a value reaches (threshold <= value), for one lane.
//
// No valid: new value and thresholds every clock, the count Latency later. Up to ParallelLimit
// thresholds are compared at once and the results added (2 clocks). More are searched by halving:
// every clock compares the middle one of those left and keeps the half above or below it, which
// takes CountBits comparators instead of NumThresholds, and CountBits clocks. The search needs
// the thresholds in ascending order, threshold 0 the smallest.
//
// If Constant, thresholds never change, and each of those compared at once takes a few LUTs (a
// ladder of AND and OR gates, five bits a LUT) instead of a carry chain.
module threshold_count #(
  // Bits of the value, two's complement
  parameter int unsigned ValueBits = 8,
  // Thresholds, at least 1
  parameter int unsigned NumThresholds = 3,
  // Bits of a threshold, two's complement
  parameter int unsigned ThresholdBits = 8,
  // Most thresholds that are compared in parallel
  parameter int unsigned ParallelLimit = 15,
  // The thresholds are constants
  parameter bit Constant = 1'b0,
  // Bits of the count; not to be set
  parameter int unsigned CountBits = $clog2(NumThresholds + 1),
  // Clocks from input to count; the parent's idea of it, checked
  parameter int unsigned Latency = (NumThresholds > ParallelLimit) ? CountBits : 2
) (
  input  logic                                   clk_i,
  input  logic [ValueBits-1:0]                   value_i,
  // Threshold 0 in the least significant bits
  input  logic [NumThresholds*ThresholdBits-1:0] thresholds_i,
  output logic [CountBits-1:0]                   count_o
);

  localparam bit Search = NumThresholds > ParallelLimit;
  // Thresholds that fill up a search's tree are never reached, for which there is one bit more
  localparam bit Filled = Search && (NumThresholds + 1 < 2 ** CountBits);
  localparam int unsigned CmpBits =
      ((ValueBits > ThresholdBits) ? ValueBits : ThresholdBits) + (Filled ? 1 : 0);

  if ((ValueBits == 0) || (ThresholdBits == 0) || (NumThresholds == 0)) begin : gen_check_zero
    $error("threshold_count: ValueBits, ThresholdBits and NumThresholds must be at least 1");
  end
  if (Latency != (Search ? CountBits : 2)) begin : gen_check_latency
    $error("threshold_count: Latency is not the module's");
  end

  // Value and thresholds in CmpBits bits, plus 2**(CmpBits-1): compared without signs, which is
  // less logic
  localparam logic [CmpBits-1:0] Top = CmpBits'(1) << (CmpBits - 1);
  logic [CmpBits-1:0] first_value;
  logic [NumThresholds*CmpBits-1:0] thresholds;

  assign first_value = CmpBits'($signed(value_i)) ^ Top;
  for (genvar i = 0; i < NumThresholds; i++) begin : gen_threshold
    assign thresholds[i*CmpBits +: CmpBits] =
        CmpBits'($signed(thresholds_i[i*ThresholdBits +: ThresholdBits])) ^ Top;
  end

  if (!Search) begin : gen_parallel
    logic [NumThresholds-1:0] reached_d, reached_q;
    logic [CountBits-1:0] count_d, count_q;

    for (genvar i = 0; i < NumThresholds; i++) begin : gen_compare
      if (Constant) begin : gen_ladder
        logic [CmpBits-1:0] limit;
        assign limit = thresholds[i*CmpBits +: CmpBits];
        // From the least significant bit: limit <= value of the bits so far
        always_comb begin
          reached_d[i] = 1'b1;
          for (int unsigned b = 0; b < CmpBits; b++) begin
            reached_d[i] = limit[b] ? (reached_d[i] & first_value[b])
                                    : (reached_d[i] | first_value[b]);
          end
        end
      end else begin : gen_carry_chain
        assign reached_d[i] = (thresholds[i*CmpBits +: CmpBits] <= first_value);
      end
    end

    always_comb begin
      count_d = '0;
      for (int unsigned i = 0; i < NumThresholds; i++) begin
        count_d = count_d + CountBits'(reached_q[i]);
      end
    end

    always_ff @(posedge clk_i) begin
      reached_q <= reached_d;
      count_q <= count_d;
    end

    assign count_o = count_q;
  end else begin : gen_search
    for (genvar j = 0; j < CountBits; j++) begin : gen_step
      // Thresholds left before this step, in ascending order; Half of them below the middle one
      localparam int unsigned Left = 2 ** (CountBits - j) - 1;
      localparam int unsigned Half = Left / 2;
      logic [Left*CmpBits-1:0] left;
      logic [CmpBits-1:0] value, middle;
      // Bits of the count that are known, most significant first
      logic [j:0] count_d, count_q;

      if (j == 0) begin : gen_first
        assign value = first_value;
        for (genvar i = 0; i < Left; i++) begin : gen_fill
          if (i < NumThresholds) begin : gen_given
            assign left[i*CmpBits +: CmpBits] = thresholds[i*CmpBits +: CmpBits];
          end else begin : gen_never
            assign left[i*CmpBits +: CmpBits] = '1;
          end
        end
        assign count_d = (middle <= value);
      end else begin : gen_later
        assign value = gen_step[j-1].gen_rest.value_q;
        assign left = gen_step[j-1].count_q[0]
            ? gen_step[j-1].gen_rest.above_q : gen_step[j-1].gen_rest.below_q;
        assign count_d = {gen_step[j-1].count_q, (middle <= value)};
      end

      assign middle = left[Half*CmpBits +: CmpBits];
      always_ff @(posedge clk_i) count_q <= count_d;

      if (Half > 0) begin : gen_rest
        logic [Half*CmpBits-1:0] below_q, above_q;
        logic [CmpBits-1:0] value_q;
        always_ff @(posedge clk_i) begin
          below_q <= left[0 +: Half*CmpBits];
          above_q <= left[(Half+1)*CmpBits +: Half*CmpBits];
          value_q <= value;
        end
      end
    end

    assign count_o = gen_step[CountBits-1].count_q;
  end

endmodule
