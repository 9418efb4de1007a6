// Beats of Lanes elements to the next two elements, of which one or both are taken in a clock.
//
// A beat is reserved (`reserve_i`) while there is room (`free_o`), and comes (`push_i`) some clocks
// later, which cannot be refused. The next element and the one behind it are seen at the output with
// valid bits; `take_i` takes the first, `take_two_i` the other one too. `drop_i` drops what is then
// left of the beat of which elements have been taken; nothing where none have. One lane: the second
// is never there.
//
// A beat's first element is taken from the FIFO; then the rest waits in a register.
module pixel_lanes #(
  // Elements of a beat: a power of two; bits of an element
  parameter int unsigned Lanes = 2,
  parameter int unsigned Width = 66,
  // Beats held
  parameter int unsigned Depth = 512
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  output logic                   free_o,
  input  logic                   reserve_i,
  input  logic                   push_i,
  input  logic [Lanes*Width-1:0] in_data_i,
  output logic [1:0]             out_valid_o,
  output logic [Width-1:0]       out_first_o,
  output logic [Width-1:0]       out_second_o,
  input  logic                   take_i,
  input  logic                   take_two_i,
  input  logic                   drop_i
);

  if (Lanes == 0 || (Lanes & (Lanes - 1)) != 0) begin : gen_check_lanes
    $error("pixel_lanes: Lanes must be a power of two");
  end

  localparam int unsigned LaneBits = (Lanes > 1) ? $clog2(Lanes) : 1;
  localparam int unsigned CountBits = $clog2(Depth + 1);
  localparam logic [LaneBits-1:0] LastLane = LaneBits'(Lanes - 1);

  logic valid, pop, unused_ready;
  logic [Lanes*Width-1:0] head, rest_q, beat, second_beat;
  // The lane of the next element, and of the one behind it
  logic [LaneBits-1:0] lane_q, second;
  assign second = (Lanes > 1) ? lane_q + LaneBits'(1) : '0;

  // --- places that are neither filled nor reserved

  logic [CountBits-1:0] places_d, places_q;
  logic free_q;
  assign free_o = free_q;

  always_comb begin
    places_d = places_q;
    if (reserve_i && !pop) places_d = places_q - CountBits'(1);
    if (pop && !reserve_i) places_d = places_q + CountBits'(1);
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      places_q <= CountBits'(Depth);
      free_q <= 1'b0;
    end else begin
      places_q <= places_d;
      free_q <= (places_d != '0);
    end
  end

  stream_fifo #(
    .Width(Lanes * Width),
    .Depth(Depth)
  ) i_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(push_i),
    .in_ready_o(unused_ready),
    .in_data_i(in_data_i),
    .out_valid_o(valid),
    .out_ready_i(pop),
    .out_data_o(head)
  );

  // --- a beat leaves the FIFO as its first element is taken

  assign pop = take_i && ((lane_q == '0) || (take_two_i && (lane_q == LastLane)));
  assign beat = (lane_q == '0) ? head : rest_q;
  assign second_beat = (lane_q == '0 || lane_q == LastLane) ? head : rest_q;
  assign out_valid_o[0] = valid || (lane_q != '0);
  assign out_valid_o[1] = (Lanes > 1) && (valid || (lane_q != '0 && lane_q != LastLane));
  assign out_first_o = beat[32'(lane_q)*Width +: Width];
  assign out_second_o = second_beat[32'(second)*Width +: Width];

  always_ff @(posedge clk_i) begin
    if (!rst_ni || drop_i || (Lanes == 1)) lane_q <= '0;
    else if (take_two_i) lane_q <= lane_q + LaneBits'(2);
    else if (take_i) lane_q <= lane_q + LaneBits'(1);
    if (pop) rest_q <= head;
  end

  // The first element never waits there
  logic unused_rest;
  assign unused_rest = ^rest_q[Width-1:0];

endmodule
