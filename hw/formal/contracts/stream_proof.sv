// What is proven of every module with one stream in and one out: handshake, order and progress.
//
// The module's own harness says what should come out: `push_i` with `push_data_i`, InUnits units,
// at each beat taken at the input that completes some. Reset is free, but for the first clock.
module stream_proof #(
  parameter int unsigned UnitBits = 8,
  parameter int unsigned InUnits = 1,
  parameter int unsigned OutUnits = 1,
  // Most units inside, and clocks in which one of the ends has to move
  parameter int unsigned Most = 16,
  parameter int unsigned Clocks = 4,
  // Only the opposite: that nothing ever gets through, which has to be disproven
  parameter bit Cover = 1'b0,
  // Not to be set
  parameter int unsigned CountBits = $clog2(Most + InUnits + 1)
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         choose_i,
  input  logic                         in_valid_i,
  input  logic                         in_ready_i,
  input  logic                         push_i,
  input  logic [InUnits*UnitBits-1:0]  push_data_i,
  input  logic                         out_valid_i,
  input  logic                         out_ready_i,
  input  logic [OutUnits*UnitBits-1:0] out_data_i,
  output logic [CountBits-1:0]         inside_o
);

  logic first_q, seen;
  initial first_q = 1'b1;
  always_ff @(posedge clk_i) first_q <= 1'b0;
  always_comb if (first_q) assume (!rst_ni);

  stream_contract #(
    .Width(OutUnits * UnitBits)
  ) i_contract (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .valid_i(out_valid_i),
    .ready_i(out_ready_i),
    .data_i(out_data_i)
  );

  stream_tracker #(
    .UnitBits(UnitBits),
    .InUnits(InUnits),
    .OutUnits(OutUnits),
    .Most(Most)
  ) i_tracker (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .choose_i(choose_i),
    .push_i(push_i),
    .push_data_i(push_data_i),
    .push_units_i(CountBits'(InUnits)),
    .valid_i(out_valid_i),
    .pop_i(out_valid_i && out_ready_i),
    .data_i(out_data_i),
    .units_i(CountBits'(OutUnits)),
    .inside_o(inside_o),
    .seen_o(seen)
  );

  // Both ends keep going; and what is complete comes out without a further beat
  stream_progress #(
    .Clocks(Clocks)
  ) i_runs (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .may_i(in_valid_i && out_ready_i),
    .moves_i(in_ready_i || out_valid_i)
  );
  stream_progress #(
    .Clocks(Clocks)
  ) i_drains (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .may_i(inside_o >= CountBits'(OutUnits)),
    .moves_i(out_valid_i)
  );

  if (Cover) begin : gen_cover
    always_comb reach: assert (!seen);
  end

endmodule
