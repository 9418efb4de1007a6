// decode_boxes: of each frame the candidates of the threshold go out once, in their order, and a last
// beat behind them; what was not taken stays; nothing is lost for want of room; it does not stop.
//
// What scores and corners are is simulated: here a score is any, and the threshold is one that every
// score reaches or none.
module decode_boxes_proof #(
  parameter int unsigned Columns = 1,
  parameter int unsigned Anchors = 1,
  parameter bit Cover = 1'b0
) (
  input logic clk_i,
  input logic rst_ni,
  input logic choose,
  input logic keep,
  input logic in_valid,
  input logic in_data,
  input logic out_ready
);

  localparam int unsigned Places = Columns * Anchors;
  localparam int unsigned PlaceBits = (Places > 1) ? $clog2(Places) : 1;
  // Clocks from an integer to the one in which its candidate is kept or dropped
  localparam int unsigned Latency = 12;
  // Candidates and ends within
  localparam int unsigned Most = 3;
  localparam int unsigned ColumnBits = (Columns > 1) ? $clog2(Columns) : 1;
  localparam int unsigned ChannelBits = $clog2(6 * Anchors);
  // What travels beside an integer: kind, end, column, row, place
  localparam int unsigned SideBits = 5 + ColumnBits + PlaceBits;

  logic in_ready, out_valid, out_end, take;
  logic [15:0] out_score;
  logic [PlaceBits-1:0] out_place;
  logic [63:0] out_corners;

  decode_boxes #(
    .Bits(1),
    .Rows(1),
    .Columns(Columns),
    .Anchors(Anchors),
    .Cell(1),
    .Room(Most)
  ) i_dut (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .least_i({17{!keep}}),
    .in_valid_i(in_valid),
    .in_ready_o(in_ready),
    .in_data_i(in_data),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready),
    .out_end_o(out_end),
    .out_score_o(out_score),
    .out_place_o(out_place),
    .out_corners_o(out_corners)
  );

  // Its state, of which is said what it is: the proof is short so
  (* hierconn *) wire [3:0] \i_dut.reserved_q ;
  (* hierconn *) wire [2:0] \i_dut.kind_q ;
  (* hierconn *) wire [PlaceBits-1:0] \i_dut.place_q ;
  (* hierconn *) wire [ColumnBits-1:0] \i_dut.column_q ;
  (* hierconn *) wire [ChannelBits-1:0] \i_dut.channel_q ;
  (* hierconn *) wire [10:0] \i_dut.valid_q ;
  (* hierconn *) wire [11*SideBits-1:0] \i_dut.sides_q ;

  (* hierconn *) wire \i_dut.valid12_q ;
  (* hierconn *) wire \i_dut.end12_q ;
  (* hierconn *) wire \i_dut.push13_q ;
  (* hierconn *) wire \i_dut.drop13_q ;
  (* hierconn *) wire \i_dut.pop_q ;
  (* hierconn *) wire \i_dut.end13_q ;
  (* hierconn *) wire \i_dut.ending14_q ;
  (* hierconn *) wire [PlaceBits-1:0] \i_dut.place12_q ;
  (* hierconn *) wire [1:0] \i_dut.i_out.count_q ;
  (* hierconn *) wire \i_dut.may_q ;
  (* hierconn *) wire \i_dut.i_out.ready_q ;

  // Integers, and candidates, on their way, by the clocks that they have been; a frame's last one
  logic first_q, push, push_end_q, seen;
  logic [2:0] kind_q;
  logic [PlaceBits-1:0] place_q;
  logic [Latency-1:0] way_q, ends_q;
  logic [Latency*PlaceBits-1:0] places_q;
  logic [2:0] inside;
  // Clocks in which what comes would be taken, and nothing was taken or came
  logic [$clog2(Latency+4)-1:0] waited_q;
  logic [3:0] due;
  initial first_q = 1'b1;
  initial waited_q = '0;
  initial {way_q, ends_q} = '0;
  assign take = in_valid && in_ready;
  assign push = way_q[Latency-1] && keep;

  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    if (!rst_ni || !(in_valid && out_ready) || (in_ready || out_valid)) waited_q <= '0;
    else if (32'(waited_q) != Latency + 3) waited_q <= waited_q + 4'd1;
    if (!rst_ni) begin
      kind_q <= '0;
      place_q <= '0;
      {way_q, ends_q} <= '0;
      push_end_q <= 1'b0;
    end else begin
      if (take) kind_q <= (kind_q == 3'd5) ? '0 : kind_q + 3'd1;
      if (take && kind_q == 3'd5) begin
        place_q <= (place_q == PlaceBits'(Places - 1)) ? '0 : place_q + PlaceBits'(1);
      end
      way_q <= {way_q[Latency-2:0], take && kind_q == 3'd5};
      ends_q <= {ends_q[Latency-2:0],
                 take && kind_q == 3'd5 && place_q == PlaceBits'(Places - 1)};
      push_end_q <= ends_q[Latency-1];
    end
    places_q <= (Latency*PlaceBits)'({places_q, place_q});
  end

  logic [Latency-2:0] same_way, same_ends, same_places;
  for (genvar i = 0; i < Latency - 1; i++) begin : gen_way
    logic [SideBits-1:0] side;
    assign side = \i_dut.sides_q [i*SideBits +: SideBits];
    assign same_way[i] = (way_q[i] == (\i_dut.valid_q [i] && side[SideBits-1 -: 3] == 3'd5));
    assign same_ends[i] = (ends_q[i] == (way_q[i] && side[SideBits-4]));
    assign same_places[i] = !way_q[i] || (side[PlaceBits-1:0] == places_q[i*PlaceBits +: PlaceBits]);
  end

  // Where nothing is taken, what is within is as many clocks further
  logic [Latency-1:0] still;
  for (genvar i = 0; i < Latency; i++) begin : gen_still
    assign still[i] = !way_q[i] || (32'(waited_q) <= i);
  end

  // Candidates less than six integers behind another
  logic [Latency-1:0] near;
  always_comb begin
    near = '0;
    for (int unsigned i = 1; i < 6; i++) near |= way_q & (way_q >> i);
  end

  // Places that are reserved for what has not come, and that are to be given back
  always_comb begin
    due = 4'(push_end_q) + 4'(\i_dut.drop13_q ) + 4'(\i_dut.pop_q );
    for (int unsigned i = 1; i < Latency; i++) due += 4'(way_q[i]) + 4'(ends_q[i]);
  end

  always_comb begin
    if (first_q) assume (!rst_ni);
    if (!first_q) begin
      reserved: assert (\i_dut.reserved_q == 4'(inside) + due);
      room_for_all: assert (\i_dut.reserved_q <= 4'(Most));
      room_for_two: assert (!\i_dut.may_q || \i_dut.reserved_q <= 4'(Most - 2));
      may: assert (\i_dut.may_q == (\i_dut.reserved_q <= 4'(Most - 2))
                   || (\i_dut.reserved_q == '0 && !\i_dut.i_out.ready_q && waited_q == '0));
      further: assert (&still && (waited_q == '0 || !\i_dut.pop_q )
                       && (32'(waited_q) <= Latency
                           || !(push_end_q || \i_dut.drop13_q || \i_dut.push13_q ))
                       && (32'(waited_q) <= Latency + 1 || !\i_dut.ending14_q ));
      progress: assert (32'(waited_q) != Latency + 3);
      not_yet_reserved: assert (!way_q[0] || \i_dut.reserved_q <= 4'(Most - 2));
      no_push_in_vain: assert (\i_dut.i_out.ready_q || \i_dut.i_out.count_q == 2'(Most)
                               || (inside == '0 && due == '0 && !\i_dut.may_q ));
      apart: assert (near == '0 && !(way_q[0] && kind_q != '0)
                     && !(|way_q[4:0] && kind_q == 3'd5) && !(|way_q[3:0] && kind_q > 3'd3)
                     && !(|way_q[2:0] && kind_q > 3'd2) && !(|way_q[1:0] && kind_q > 3'd1));
      kind: assert (kind_q <= 3'd5 && \i_dut.kind_q == kind_q);
      place: assert (\i_dut.place_q == place_q);
      channel: assert (32'(\i_dut.channel_q ) == 6 * (32'(place_q) % Anchors) + 32'(kind_q));
      column: assert (32'(\i_dut.column_q ) == 32'(place_q) / Anchors);
      candidates: assert (&same_way);
      ends: assert (&same_ends);
      places: assert (&same_places);
      candidate: assert (\i_dut.valid12_q == way_q[Latency-1]);
      last_candidate: assert ((\i_dut.valid12_q && \i_dut.end12_q ) == ends_q[Latency-1]);
      its_place: assert (!way_q[Latency-1]
                         || \i_dut.place12_q == places_q[(Latency-1)*PlaceBits +: PlaceBits]);
      end_behind: assert (\i_dut.end13_q == push_end_q);
      one_at_a_time: assert (!(\i_dut.push13_q && \i_dut.ending14_q ));
      in_the_fifo: assert (4'(inside) == 4'(\i_dut.i_out.count_q ) + 4'(\i_dut.push13_q )
                           + 4'(\i_dut.ending14_q ));
    end
  end

  stream_contract #(
    .Width(PlaceBits + 2)
  ) i_stays (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(out_valid), .ready_i(out_ready),
    .data_i({out_end, out_place, out_score[0]})
  );
  // An end's place is none
  stream_tracker #(
    .UnitBits(PlaceBits + 1),
    .Most(Most)
  ) i_order (
    .clk_i(clk_i), .rst_ni(rst_ni), .choose_i(choose), .push_i(push || push_end_q),
    .push_data_i({push_end_q, push_end_q ? '0 : places_q[Latency*PlaceBits-1 -: PlaceBits]}),
    .push_units_i(3'd1), .valid_i(out_valid), .pop_i(out_valid && out_ready),
    .data_i({out_end, out_end ? '0 : out_place}), .units_i(3'd1), .inside_o(inside), .seen_o(seen)
  );
  // What is within comes out
  stream_progress #(
    .Clocks(2)
  ) i_comes (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(inside != '0), .moves_i(out_valid)
  );

  // A candidate has been taken
  logic came_q, unused_seen;
  initial came_q = 1'b0;
  assign unused_seen = seen;
  always_ff @(posedge clk_i) begin
    came_q <= rst_ni && (came_q || (out_valid && out_ready && !out_end));
  end
  if (Cover) begin : gen_cover
    always_comb reach: assert (!came_q);
  end

endmodule
