// pixel_lanes: the elements come out in the order in which they are in the beats, one or two at a time,
// none lost or doubled but for the rest of a beat that is dropped; as many beats fit as are reserved.
module pixel_lanes_proof #(
  parameter int unsigned Lanes = 2,
  parameter int unsigned Depth = 2,
  parameter bit Drops = 1'b0,
  parameter bit Cover = 1'b0
) (
  input logic               clk_i,
  input logic               rst_ni,
  input logic               choose,
  input logic               reserve,
  input logic               push,
  input logic [2*Lanes-1:0] in_data,
  input logic               take,
  input logic               take_two,
  input logic               drop
);

  logic free;
  logic [1:0] out_valid, first, second;

  pixel_lanes #(
    .Lanes(Lanes),
    .Width(2),
    .Depth(Depth)
  ) i_dut (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .free_o(free),
    .reserve_i(reserve),
    .push_i(push),
    .in_data_i(in_data),
    .out_valid_o(out_valid),
    .out_first_o(first),
    .out_second_o(second),
    .take_i(take),
    .take_two_i(take_two),
    .drop_i(drop)
  );

  // Beats of the FIFO, and the rest of one
  localparam int unsigned Most = Lanes * Depth + Lanes;
  localparam int unsigned CountBits = $clog2(Most + Lanes + 1);
  logic first_q, seen, started;
  // Beats that are reserved and have not come
  logic [CountBits-1:0] due_q;
  // Elements of the beat at the output that have been taken
  logic [CountBits-1:0] taken_q, inside, units, seen_units;
  initial first_q = 1'b1;
  logic [CountBits-1:0] now, behind;
  assign now = CountBits'(take) + CountBits'(take_two);
  assign behind = CountBits'((32'(taken_q) + 32'(now)) % Lanes);
  // A rest counts as taken
  assign units = now + ((drop && behind != '0) ? CountBits'(Lanes) - behind : '0);
  // A second element may lack while the first is there
  assign seen_units = CountBits'(out_valid[0]) + CountBits'(out_valid[1]);
  assign started = !first_q;

  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    if (!rst_ni || drop) taken_q <= '0;
    else taken_q <= behind;
    if (!rst_ni) due_q <= '0;
    else due_q <= due_q + CountBits'(reserve) - CountBits'(push);
  end

  always_comb begin
    if (first_q) assume (!rst_ni);
    // What is there may be taken; a rest is dropped where there is one
    assume (!take || out_valid[0]);
    assume (!take_two || (take && out_valid[1]));
    assume (!drop || Drops);
    // A beat is reserved where there is room, and comes once
    assume (!reserve || free);
    assume (!push || due_q != '0);
    if (started) pairs: assert (!out_valid[1] || out_valid[0]);
  end

  stream_tracker #(
    .UnitBits(2), .InUnits(Lanes), .OutUnits(Lanes + 1), .Most(Most), .Compared(2),
    .CountBits(CountBits)
  ) i_order (
    .clk_i(clk_i), .rst_ni(rst_ni), .choose_i(choose), .push_i(push),
    .push_data_i(in_data), .push_units_i(CountBits'(Lanes)), .valid_i(|out_valid),
    .pop_i(take || (drop && units != '0)), .data_i((2*Lanes+2)'({second, first})), .units_i((take || (drop && units != '0)) ? units : seen_units),
    .inside_o(inside), .seen_o(seen)
  );
  // What is inside is at hand
  stream_progress #(.Clocks(2)) i_comes (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(inside != '0), .moves_i(out_valid[0])
  );

  if (Cover) begin : gen_cover
    always_comb reach: assert (!seen);
  end

endmodule
