// mvau: for each vector the sums (or thresholds reached) of its rows, in order, with weights and
// thresholds of files; the harness has them as tables, the rows of the memory one above the other.
module mvau_proof #(
  parameter int unsigned MW = 2,
  parameter int unsigned MH = 2,
  parameter int unsigned SIMD = 1,
  parameter int unsigned PE = 1,
  parameter int unsigned Sets = 1,
  parameter int unsigned Turns = 1,
  parameter int unsigned ABits = 1,
  parameter bit ASigned = 1'b0,
  parameter int unsigned WBits = 1,
  parameter int WStep = 2,
  parameter int WMin = -1,
  parameter bit Signs = 1'b0,
  parameter bit Products = 1'b0,
  parameter int unsigned AccBits = 3,
  parameter int unsigned NumThresholds = 0,
  parameter int unsigned ThresholdBits = 4,
  parameter int unsigned OutBits = 3,
  parameter logic [Turns*MW*MH*WBits-1:0] WeightTable = '0,
  parameter logic [((NumThresholds > 0) ? MH*NumThresholds*ThresholdBits : 1)-1:0]
      ThresholdTable = '0,
  parameter WeightFile = "weights.mem",
  parameter ThresholdFile = "",
  // If thresholds are searched, the files of the memories (see the module)
  parameter bit ThresholdSearch = 1'b0,
  parameter int unsigned SearchStages = (NumThresholds > 0) ? $clog2(NumThresholds + 1) : 1,
  parameter logic [PE*SearchStages*48-1:0] SearchFiles = '0,
  // Most row folds inside (PushLatency + 2, see the module), and clocks in which an end moves
  parameter int unsigned Most = 8,
  parameter int unsigned Clocks = 16,
  // The sums are compared, else their number alone
  parameter bit Values = 1'b1,
  // The consumer may wait (else it takes every beat at once)
  parameter bit Stalls = 1'b1,
  parameter bit Cover = 1'b0
) (
  input logic                  clk_i,
  input logic                  rst_ni,
  input logic                  choose,
  input logic                  in_valid,
  input logic [Sets*SIMD*ABits-1:0] in_data,
  input logic                  out_ready
);

  localparam int unsigned SF = MW / SIMD;
  localparam int unsigned NF = MH / PE;
  localparam int unsigned Width = PE * OutBits;

  logic in_ready, out_valid, take, done;
  logic [Width-1:0] out_data;
  assign take = in_valid && in_ready;

  mvau #(
    .MW(MW),
    .MH(MH),
    .SIMD(SIMD),
    .PE(PE),
    .Sets(Sets),
    .Turns(Turns),
    .ABits(ABits),
    .ASigned(ASigned),
    .WBits(WBits),
    .WStep(WStep),
    .WMin(WMin),
    .Signs(Signs),
    .Products(Products),
    .AccBits(AccBits),
    .NumThresholds(NumThresholds),
    .ThresholdBits(ThresholdBits),
    .OutBits(OutBits),
    .WeightFile(WeightFile),
    .ThresholdFile(ThresholdFile),
    .ThresholdSearch(ThresholdSearch),
    .SearchStages(SearchStages),
    .SearchFileBits(48),
    .SearchFiles(SearchFiles)
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

  // Which beat of the vector is at the input; the sums of all rows so far, and with this beat
  logic [7:0] sf_q, turn_q;
  logic [MH*AccBits-1:0] sums_q, sums_d;
  logic [NF*Width-1:0] results;
  logic [AccBits-1:0] act, weight, code;
  assign done = take && (32'(sf_q) == SF - 1);

  always_comb begin
    sums_d = sums_q;
    act = '0;
    code = '0;
    weight = '0;
    for (int unsigned h = 0; h < MH; h++) begin
      for (int unsigned s = 0; s < SIMD; s++) begin
        // lane s of the row's set
        act = {{AccBits{ASigned && in_data[((h/(MH/Sets))*SIMD + s)*ABits + ABits - 1]}},
               in_data[((h/(MH/Sets))*SIMD + s)*ABits +: ABits]};
        code = '0;
        for (int unsigned f = 0; f < Turns * SF; f++) begin
          // row (turn*NF + nf)*SF + sf, code pe*SIMD + s, of output row h = nf*PE + pe
          if ((32'(sf_q) == f % SF) && (32'(turn_q) == f / SF)) begin
            code = {{AccBits{1'b0}},
                    WeightTable[(((((f/SF)*NF + h/PE)*SF + f%SF)*PE + h%PE)*SIMD + s)*WBits
                                +: WBits]};
          end
        end
        weight = code * WStep + WMin;
        sums_d[h*AccBits +: AccBits] = sums_d[h*AccBits +: AccBits] + act * weight;
      end
    end
  end

  logic signed [31:0] sum, limit;
  logic [OutBits-1:0] count;
  always_comb begin
    results = '0;
    sum = 0;
    limit = 0;
    count = '0;
    for (int unsigned h = 0; h < MH; h++) begin
      sum = {{(32-AccBits){sums_d[h*AccBits + AccBits - 1]}}, sums_d[h*AccBits +: AccBits]};
      count = '0;
      for (int unsigned i = 0; i < NumThresholds; i++) begin
        limit = {{(32-ThresholdBits){ThresholdTable[(h*NumThresholds + i)*ThresholdBits
                                                    + ThresholdBits - 1]}},
                 ThresholdTable[(h*NumThresholds + i)*ThresholdBits +: ThresholdBits]};
        if (limit <= sum) count = count + 1'b1;
      end
      results[h*OutBits +: OutBits] = (NumThresholds == 0) ? sum[OutBits-1:0] : count;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || done) begin
      sf_q <= '0;
      sums_q <= '0;
    end else if (take) begin
      sf_q <= sf_q + 8'd1;
      sums_q <= sums_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) turn_q <= '0;
    else if (done) turn_q <= (32'(turn_q) == Turns - 1) ? '0 : turn_q + 8'd1;
  end

  if (!Stalls) begin : gen_ready
    always_comb assume (out_ready);
  end

  logic [$clog2(Most+NF+1)-1:0] unused_inside;

  stream_proof #(
    .UnitBits(Width),
    .InUnits(NF),
    .OutUnits(1),
    .Most(Most),
    .Clocks(Clocks),
    .Cover(Cover)
  ) i_proof (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .choose_i(choose && (Values || Cover)),
    .in_valid_i(in_valid),
    .in_ready_i(in_ready),
    .push_i(done),
    .push_data_i(results),
    .out_valid_i(out_valid),
    .out_ready_i(out_ready),
    .out_data_i(out_data),
    .inside_o(unused_inside)
  );

endmodule
