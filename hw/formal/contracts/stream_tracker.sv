// What goes into a stream comes out of it: nothing lost, doubled, altered or reordered.
//
// A beat that goes in brings up to InUnits units, one that comes out takes up to OutUnits, lowest
// first: how many is said beside it. One unit of
// any beat is chosen (`choose_i` and `unit` are free) and followed: it has to come out behind just
// those that were ahead of it. As the choice is free, that holds of every unit. What comes out has
// to have gone in in an earlier clock.
module stream_tracker #(
  parameter int unsigned UnitBits = 8,
  parameter int unsigned InUnits = 1,
  parameter int unsigned OutUnits = 1,
  // Most units that may be inside
  parameter int unsigned Most = 16,
  // Units of a beat that are compared; those behind leave unseen
  parameter int unsigned Compared = OutUnits,
  // Not to be set
  parameter int unsigned CountBits = $clog2(Most + InUnits + 1)
) (
  // The clock, or with clocks that are independent the steps of time (hence gclk, which with one
  // clock means the same)
  (* gclk *)
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         choose_i,
  // A beat goes in
  input  logic                         push_i,
  input  logic [InUnits*UnitBits-1:0]  push_data_i,
  input  logic [CountBits-1:0]         push_units_i,
  // A beat stands at the output, and is taken
  input  logic                         valid_i,
  input  logic                         pop_i,
  input  logic [OutUnits*UnitBits-1:0] data_i,
  input  logic [CountBits-1:0]         units_i,
  // Units inside
  output logic [CountBits-1:0]         inside_o,
  // The chosen unit has come out
  output logic                         seen_o
);

  (* anyconst *) logic [CountBits-1:0] unit;
  logic [CountBits-1:0] inside_q, ahead_q;
  logic follow_q, seen_q, here;
  logic [UnitBits-1:0] unit_q;

  assign inside_o = inside_q;
  assign seen_o = seen_q;
  assign here = follow_q && (ahead_q < units_i);

  always_comb assume (unit < CountBits'(InUnits));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      inside_q <= '0;
      follow_q <= 1'b0;
      seen_q <= 1'b0;
    end else begin
      inside_q <= inside_q + (push_i ? push_units_i : '0)
                           - (pop_i ? units_i : '0);
      if (pop_i && here) begin
        follow_q <= 1'b0;
        seen_q <= 1'b1;
      end else if (push_i && choose_i && !follow_q && (unit < push_units_i)) begin
        follow_q <= 1'b1;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!follow_q) begin
      ahead_q <= inside_q + unit - (pop_i ? units_i : '0);
      unit_q <= push_data_i[unit*UnitBits +: UnitBits];
    end else if (pop_i) begin
      ahead_q <= ahead_q - units_i;
    end
  end

  initial begin
    inside_q = '0;
    follow_q = 1'b0;
    seen_q = 1'b0;
  end

  // After the first clock, in which everything is reset
  logic started_q;
  initial started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;

  always_comb begin
    room: assert (inside_q <= CountBits'(Most));
    if (started_q && valid_i) not_doubled: assert (inside_q >= units_i && units_i != '0);
    if (follow_q) not_lost: assert (ahead_q < inside_q);
    if (valid_i && here && 32'(ahead_q) < Compared) in_order: assert (data_i[ahead_q*UnitBits +: UnitBits] == unit_q);
  end

endmodule
