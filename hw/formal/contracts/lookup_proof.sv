// lookup: the beats of each index's row, in order. The table is that of a file; the harness has it as
// Table, row 0 lowest, laid out as in the memory.
module lookup_proof #(
  parameter int unsigned IndexBits = 2,
  parameter int unsigned Rows = 3,
  parameter int unsigned Channels = 2,
  parameter int unsigned Lanes = 1,
  parameter int unsigned Bits = 2,
  parameter logic [Rows*Channels*Bits-1:0] Table = '0,
  parameter MemFile = "rows.mem",
  // The beats are compared, else their number alone
  parameter bit Values = 1'b1,
  // The consumer may wait (else it takes every beat at once)
  parameter bit Stalls = 1'b1,
  parameter bit Cover = 1'b0
) (
  input logic                 clk_i,
  input logic                 rst_ni,
  input logic                 choose,
  input logic                 in_valid,
  input logic [IndexBits-1:0] in_data,
  input logic                 out_ready
);

  localparam int unsigned Folds = Channels / Lanes;
  localparam int unsigned RowBits = Channels * Bits;
  // Places of the output FIFO, and beats of an index that are to come
  localparam int unsigned Most = 4 + Folds;

  logic in_ready, out_valid;
  logic [Lanes*Bits-1:0] out_data;
  logic [RowBits-1:0] expected;

  lookup #(
    .IndexBits(IndexBits),
    .Rows(Rows),
    .Channels(Channels),
    .Lanes(Lanes),
    .Bits(Bits),
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

  // Of an index of no row it is row 0
  always_comb begin
    expected = Table[RowBits-1:0];
    for (int unsigned i = 0; i < Rows; i++) begin
      if (32'(in_data) == i) expected = Table[i*RowBits +: RowBits];
    end
  end

  if (!Stalls) begin : gen_ready
    always_comb assume (out_ready);
  end

  logic [$clog2(Most+Folds+1)-1:0] unused_inside;

  stream_proof #(
    .UnitBits(Lanes * Bits),
    .InUnits(Folds),
    .Most(Most),
    .Clocks(4 + Folds),
    .Cover(Cover)
  ) i_proof (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .choose_i(choose && (Values || Cover)),
    .in_valid_i(in_valid),
    .in_ready_i(in_ready),
    .push_i(in_valid && in_ready),
    .push_data_i(expected),
    .out_valid_i(out_valid),
    .out_ready_i(out_ready),
    .out_data_i(out_data),
    .inside_o(unused_inside)
  );

endmodule
