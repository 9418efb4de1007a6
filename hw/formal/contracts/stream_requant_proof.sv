// stream_requant: the levels of every value, in order. Factors and offsets are those of a file; the
// harness has them as Table, a lane's word for each channel, laid out as in the memory.
module stream_requant_proof #(
  parameter int unsigned Lanes = 1,
  parameter int unsigned InBits = 2,
  parameter bit InSigned = 1'b0,
  parameter int unsigned OutBits = 3,
  parameter int Low = -1,
  parameter int High = 2,
  parameter int unsigned Channels = 2,
  parameter int unsigned Rows = 2,
  parameter int unsigned FactorBits = 2,
  parameter int unsigned OffsetBits = 3,
  parameter int unsigned Offsets = 1,
  parameter int unsigned Drop = 1,
  parameter int unsigned Shift = 1,
  parameter logic [Channels*(FactorBits + Offsets*OffsetBits)-1:0] Table = '0,
  parameter MemFile = "line.mem",
  // The levels are compared, else their number alone
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
  localparam int unsigned LaneBits = FactorBits + Offsets * OffsetBits;
  // Clocks in the pipeline (see the module's header), and with them places
  localparam int unsigned PushLatency = 4 + ((Folds > 1) ? 2 : 1);
  localparam int unsigned Most = PushLatency + 2;

  logic in_ready, out_valid, take;
  logic [Width-1:0] out_data, expected;
  assign take = in_valid && in_ready;

  stream_requant #(
    .Lanes(Lanes),
    .InBits(InBits),
    .InSigned(InSigned),
    .OutBits(OutBits),
    .Low(Low),
    .High(High),
    .Channels(Channels),
    .Rows(Rows),
    .FactorBits(FactorBits),
    .OffsetBits(OffsetBits),
    .Offsets(Offsets),
    .Drop(Drop),
    .Shift(Shift),
    .MemFile(MemFile)
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

  // Integers of 32 bits, with their signs; a product by adding and doubling
  logic signed [31:0] value, product, offset, level;
  logic [LaneBits-1:0] word;
  always_comb begin
    expected = '0;
    value = 0;
    product = 0;
    offset = 0;
    level = 0;
    word = '0;
    for (int unsigned l = 0; l < Lanes; l++) begin
      value = {{(32-InBits){InSigned && in_data[l*InBits + InBits - 1]}}, in_data[l*InBits +: InBits]};
      for (int unsigned f = 0; f < Folds; f++) begin
        if (32'(fold_q) == f) word = Table[(f*Lanes + l)*LaneBits +: LaneBits];
      end
      product = 0;
      for (int unsigned i = 0; i < FactorBits; i++) begin
        if (word[i]) product = product + (value <<< i);
      end
      level = 0;
      for (int unsigned part = 0; part < Offsets; part++) begin
        offset = {{(32-OffsetBits){word[FactorBits + part*OffsetBits + OffsetBits - 1]}},
                  word[FactorBits + part*OffsetBits +: OffsetBits]};
        level = level + (((product >>> Drop) + offset) >>> Shift);
      end
      if (level < Low) level = Low;
      if (level > High) level = High;
      expected[l*OutBits +: OutBits] = level[OutBits-1:0];
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
