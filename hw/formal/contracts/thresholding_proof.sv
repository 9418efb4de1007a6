// thresholding: OutBias and the number of thresholds reached, in order. The thresholds are those of
// a file; the harness has them as ThresholdTable, laid out as a row of the memory above the other.
module thresholding_proof #(
  parameter int unsigned Lanes = 1,
  parameter int unsigned InBits = 2,
  parameter bit InSigned = 1'b0,
  parameter int unsigned OutBits = 2,
  parameter int OutBias = 0,
  parameter int unsigned Channels = 2,
  parameter int unsigned NumThresholds = 3,
  parameter int unsigned ThresholdBits = 4,
  parameter logic [Channels*NumThresholds*ThresholdBits-1:0] ThresholdTable = '0,
  parameter MemFile = "thresholds.mem",
  // If thresholds are searched, the files of the memories (see the module)
  parameter bit ThresholdSearch = 1'b0,
  parameter logic [Lanes*$clog2(NumThresholds+1)*48-1:0] SearchFiles = '0,
  // The counts are compared, else their number alone
  parameter bit Values = 1'b1,
  // The consumer may wait (else it takes every beat at once)
  parameter bit Stalls = 1'b1,
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
  localparam int unsigned Folds = Channels / Lanes;
  // Clocks in the pipeline (see the module's header), and with them places
  localparam int unsigned CountLatency =
      ((NumThresholds > 15) || ThresholdSearch) ? $clog2(NumThresholds + 1) : 2;
  localparam int unsigned PushLatency =
      CountLatency + (((Folds > 1) && !ThresholdSearch) ? 2 : 1);
  localparam int unsigned Most = PushLatency + 2;

  logic in_ready, out_valid, take;
  logic [Width-1:0] out_data, expected;
  assign take = in_valid && in_ready;

  thresholding #(
    .Lanes(Lanes),
    .InBits(InBits),
    .InSigned(InSigned),
    .OutBits(OutBits),
    .OutBias(OutBias),
    .Channels(Channels),
    .NumThresholds(NumThresholds),
    .ThresholdBits(ThresholdBits),
    .MemFile(MemFile),
    .ThresholdSearch(ThresholdSearch),
    .SearchStages($clog2(NumThresholds + 1)),
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

  logic [7:0] fold_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) fold_q <= '0;
    else if (take) fold_q <= (32'(fold_q) == Folds - 1) ? '0 : fold_q + 8'd1;
  end

  // Integers of 32 bits, with their signs
  logic signed [31:0] value, limit, count;
  always_comb begin
    expected = '0;
    value = 0;
    limit = 0;
    count = 0;
    for (int unsigned l = 0; l < Lanes; l++) begin
      value = {{(32-InBits){InSigned && in_data[l*InBits + InBits - 1]}}, in_data[l*InBits +: InBits]};
      count = OutBias;
      for (int unsigned f = 0; f < Folds; f++) begin
        for (int unsigned i = 0; i < NumThresholds; i++) begin
          limit = {{(32-ThresholdBits){ThresholdTable[((f*Lanes + l)*NumThresholds + i)
                                                      *ThresholdBits + ThresholdBits - 1]}},
                   ThresholdTable[((f*Lanes + l)*NumThresholds + i)*ThresholdBits
                                  +: ThresholdBits]};
          if (32'(fold_q) == f && limit <= value) count = count + 1;
        end
      end
      expected[l*OutBits +: OutBits] = count[OutBits-1:0];
    end
  end

  if (!Stalls) begin : gen_ready
    always_comb assume (out_ready);
  end

  logic [$clog2(Most+2)-1:0] unused_inside;

  stream_proof #(
    .UnitBits(Width),
    .Most(Most),
    .Clocks(PushLatency + 2),
    .Cover(Cover)
  ) i_proof (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .choose_i(choose && (Values || Cover)),
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
