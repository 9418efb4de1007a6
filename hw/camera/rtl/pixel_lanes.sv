// Beats of Lanes elements to the next two elements, of which one or both are taken in a clock.
//
// A FIFO for each lane; the next element is at the head of one, the one behind it at that of the
// next lane. Both are seen at the output with valid bits; `take_i` takes the first, `take_two_i` the
// other one too. `drop_i` takes what is left of the beat of which elements have been taken; nothing
// where none have. One lane: the second is never there.
module pixel_lanes #(
  // Elements of a beat: a power of two; bits of an element
  parameter int unsigned Lanes = 2,
  parameter int unsigned Width = 66,
  // Beats held
  parameter int unsigned Depth = 512
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   in_valid_i,
  output logic                   in_ready_o,
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

  logic [Lanes-1:0] room, valid, pop;
  logic [Lanes*Width-1:0] heads;
  // The lane of the next element, and of the one behind it
  logic [LaneBits-1:0] lane_q, second;
  assign second = (Lanes > 1) ? lane_q + LaneBits'(1) : '0;
  // Lanes from the next element's on, where some of its beat have been taken
  logic [Lanes-1:0] rest;
  assign rest = (lane_q == '0) ? '0 : {Lanes{1'b1}} << lane_q;
  assign in_ready_o = &room;

  for (genvar i = 0; i < Lanes; i++) begin : gen_lane
    logic here;
    assign here = (lane_q == LaneBits'(i));
    assign pop[i] = (take_i && here) || (take_two_i && (second == LaneBits'(i)))
                    || (drop_i && rest[i]);

    stream_fifo #(
      .Width(Width),
      .Depth(Depth)
    ) i_fifo (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .in_valid_i(in_valid_i && in_ready_o),
      .in_ready_o(room[i]),
      .in_data_i(in_data_i[i*Width +: Width]),
      .out_valid_o(valid[i]),
      .out_ready_i(pop[i]),
      .out_data_o(heads[i*Width +: Width])
    );
  end

  assign out_valid_o = {(Lanes > 1) && valid[second], valid[lane_q]};
  assign out_first_o = heads[32'(lane_q)*Width +: Width];
  assign out_second_o = heads[32'(second)*Width +: Width];

  always_ff @(posedge clk_i) begin
    if (!rst_ni || drop_i || (Lanes == 1)) lane_q <= '0;
    else if (take_two_i) lane_q <= lane_q + LaneBits'(2);
    else if (take_i) lane_q <= lane_q + LaneBits'(1);
  end

endmodule
