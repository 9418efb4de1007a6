// Candidates of the network's integers: what camera_path/decode.py says.
//
// The integers come in by row, column, anchor and channel (t_x, t_y, t_w, t_h, t_o, t_f), one a
// beat. A candidate goes out for each score of least_i or more, by row, column, anchor, and behind
// each frame a last beat (out_end_o, of which nothing else counts). least_i has to hold for a
// frame. An integer a clock; nine clocks from a candidate's last integer to its beat.
//
// Files ($readmemh, hw.camera.memories writes them): of each channel {factor, offset}, and the
// tables of the logistic function and of powers of 2.
module decode_boxes #(
  // Bits of the network's integers, two's complement
  parameter int unsigned Bits = 16,
  // Cells and anchors, and 1/16 pixels of a cell
  parameter int unsigned Rows = 16,
  parameter int unsigned Columns = 16,
  parameter int unsigned Anchors = 5,
  parameter int unsigned Cell = 512,
  parameter HeadFile = "",
  parameter SigmoidFile = "",
  parameter PowerFile = "",
  // Candidates and ends that wait at most, 3 to 14
  parameter int unsigned Room = 8,
  // Not to be set
  parameter int unsigned Places = Rows * Columns * Anchors,
  parameter int unsigned PlaceBits = (Places > 1) ? $clog2(Places) : 1
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic [16:0]          least_i,
  input  logic                 in_valid_i,
  output logic                 in_ready_o,
  input  logic [Bits-1:0]      in_data_i,
  output logic                 out_valid_o,
  input  logic                 out_ready_i,
  output logic                 out_end_o,
  output logic [15:0]          out_score_o,
  output logic [PlaceBits-1:0] out_place_o,
  // Left, top, right, bottom in 1/16 pixels, left least significant
  output logic [63:0]          out_corners_o
);

  localparam int unsigned FactorBits = 25;
  localparam int unsigned OffsetBits = 32;
  localparam int unsigned Channels = 6 * Anchors;
  localparam int unsigned ChannelBits = $clog2(Channels);
  localparam int unsigned ColumnBits = (Columns > 1) ? $clog2(Columns) : 1;
  localparam int unsigned RowBits = (Rows > 1) ? $clog2(Rows) : 1;
  localparam int unsigned FixedBits = ((Bits + FactorBits > OffsetBits) ? Bits + FactorBits
                                                                        : OffsetBits) + 1;

  if (Bits == 0 || Rows == 0 || Columns == 0 || Anchors == 0 || Cell == 0) begin : gen_check_zero
    $error("decode_boxes: no parameter may be 0");
  end
  if (Room < 3 || Room > 14) begin : gen_check_room
    $error("decode_boxes: Room must be 3 to 14");
  end
  if (Rows * Cell > 16384 || Columns * Cell > 16384) begin : gen_check_cells
    $error("decode_boxes: the frame must have 1024 pixels a side at most");
  end

  // --- where the integer at the input lies

  logic [2:0] kind_q;
  logic [ChannelBits-1:0] channel_q;
  logic [ColumnBits-1:0] column_q;
  logic [RowBits-1:0] row_q;
  logic [PlaceBits-1:0] place_q;
  logic step, last_kind, last_channel, last_column, last_row;

  assign last_kind = (kind_q == 3'd5);
  assign last_channel = (channel_q == ChannelBits'(Channels - 1));
  assign last_column = (column_q == ColumnBits'(Columns - 1));
  assign last_row = (row_q == RowBits'(Rows - 1));

  // Beats that are or may come to be in the FIFO; one more frame's end and two candidates fit
  logic [3:0] reserved_d, reserved_q;
  logic may_q, pop, drop;
  assign in_ready_o = may_q;
  assign step = in_valid_i && may_q;
  assign pop = out_valid_o && out_ready_i;

  always_comb begin
    reserved_d = reserved_q;
    if (step && last_kind) reserved_d += 4'd1;
    if (step && last_channel && last_column && last_row) reserved_d += 4'd1;
    if (pop) reserved_d -= 4'd1;
    if (drop) reserved_d -= 4'd1;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      kind_q <= '0;
      channel_q <= '0;
      column_q <= '0;
      row_q <= '0;
      place_q <= '0;
      reserved_q <= '0;
      may_q <= 1'b0;
    end else begin
      reserved_q <= reserved_d;
      may_q <= (reserved_d <= 4'(Room - 2));
      if (step) begin
        kind_q <= last_kind ? '0 : kind_q + 3'd1;
        channel_q <= last_channel ? '0 : channel_q + ChannelBits'(1);
        if (last_channel) column_q <= last_column ? '0 : column_q + ColumnBits'(1);
        if (last_channel && last_column) row_q <= last_row ? '0 : row_q + RowBits'(1);
        if (last_kind) begin
          place_q <= (place_q == PlaceBits'(Places - 1)) ? '0 : place_q + PlaceBits'(1);
        end
      end
    end
  end

  // --- the pipeline; what travels beside each integer

  localparam int unsigned SideBits = 4 + ColumnBits + RowBits + PlaceBits;
  logic [5:0] valid_q;
  logic [6*SideBits-1:0] sides_q;
  logic [2:0] kind6;
  logic end6;
  logic [ColumnBits-1:0] column6;
  logic [RowBits-1:0] row6;
  logic [PlaceBits-1:0] place6;

  always_ff @(posedge clk_i) begin
    valid_q <= rst_ni ? {valid_q[4:0], step} : '0;
    sides_q <= (6*SideBits)'({sides_q, kind_q, last_channel && last_column && last_row, column_q,
                              row_q, place_q});
  end
  assign {kind6, end6, column6, row6, place6} = sides_q[5*SideBits +: SideBits];

  // 1 to 3: the integer times its factor, and the offset
  logic [FactorBits+OffsetBits-1:0] constants;
  logic signed [Bits-1:0] data1_q;
  logic signed [FactorBits-1:0] factor;
  logic signed [OffsetBits-1:0] offset, offset2_q;
  logic signed [FixedBits-1:0] product2_q, fixed3_q;
  assign {factor, offset} = constants;

  rom #(
    .Width(FactorBits + OffsetBits),
    .Depth(Channels),
    .File(HeadFile)
  ) i_head (
    .clk_i(clk_i),
    .addr_i(channel_q),
    .data_o(constants)
  );

  always_ff @(posedge clk_i) begin
    data1_q <= in_data_i;
    product2_q <= FixedBits'(data1_q) * FixedBits'(factor);
    offset2_q <= offset;
    fixed3_q <= product2_q + FixedBits'(offset2_q);
  end

  // 4: addresses: t of 7 fractional bits, limited to 1023 either way; a power of 11, to -2..15
  logic signed [FixedBits-1:0] t, t_size, u;
  logic [9:0] sigmoid4_q;
  logic [10:0] power4_q;
  logic negative4_q, negative5_q;
  logic signed [5:0] shift4_q, shift5_q;
  assign t = (fixed3_q + FixedBits'(32'sd4096)) >>> 13;
  assign t_size = (t < 0) ? -t : t;
  assign u = (fixed3_q + FixedBits'(32'sd256)) >>> 9;

  always_ff @(posedge clk_i) begin
    negative4_q <= (t < 0);
    sigmoid4_q <= (t_size > FixedBits'(32'sd1023)) ? 10'd1023 : t_size[9:0];
    if (u < FixedBits'(-32'sd4096)) {shift4_q, power4_q} <= {-6'sd2, 11'd0};
    else if (u > FixedBits'(32'sd30719)) {shift4_q, power4_q} <= {6'sd14, 11'd2047};
    else {shift4_q, power4_q} <= u[16:0];
  end

  // 5: the tables
  logic [15:0] sigmoid5, power5;

  rom #(
    .Width(16),
    .Depth(1024),
    .File(SigmoidFile)
  ) i_sigmoid (
    .clk_i(clk_i),
    .addr_i(sigmoid4_q),
    .data_o(sigmoid5)
  );

  rom #(
    .Width(16),
    .Depth(2048),
    .File(PowerFile)
  ) i_power (
    .clk_i(clk_i),
    .addr_i(power4_q),
    .data_o(power5)
  );

  // 6: the logistic function of 16 bits; half a side
  logic [15:0] sigmoid6_q;
  logic [14:0] half6_q;
  logic [4:0] down;
  logic [17:0] rounded;
  assign down = 5'(6'sd16 - shift5_q);
  assign rounded = {1'b0, 1'b1, power5} + (18'd1 << (down - 5'd1));

  always_ff @(posedge clk_i) begin
    negative5_q <= negative4_q;
    shift5_q <= shift4_q;
    sigmoid6_q <= negative5_q ? -sigmoid5 : sigmoid5;
    half6_q <= 15'(rounded >> down);
  end

  // 7: what a candidate is made of
  logic signed [17:0] x7_q, y7_q, w7_q, h7_q;
  logic [15:0] o7_q, score7_q, part;
  logic [31:0] score_product, part_product;
  logic valid7_q, end7_q;
  logic [PlaceBits-1:0] place7_q;

  // The part of a cell, halves up
  assign part_product = 32'(sigmoid6_q) * 32'(Cell) + 32'd32768;
  assign part = part_product[31:16];
  assign score_product = 32'(o7_q) * 32'(sigmoid6_q) + 32'd32768;

  always_ff @(posedge clk_i) begin
    if (valid_q[5]) begin
      unique case (kind6)
        3'd0: x7_q <= $signed(18'(column6) * 18'(Cell) + 18'(part));
        3'd1: y7_q <= $signed(18'(row6) * 18'(Cell) + 18'(part));
        3'd2: w7_q <= $signed(18'(half6_q));
        3'd3: h7_q <= $signed(18'(half6_q));
        3'd4: o7_q <= sigmoid6_q;
        default: score7_q <= score_product[31:16];
      endcase
    end
    valid7_q <= rst_ni && valid_q[5] && (kind6 == 3'd5);
    end7_q <= end6;
    place7_q <= place6;
  end

  // 8: corners; a candidate below the threshold gives its place in the FIFO back
  logic [63:0] corners, corners8_q;
  logic push8_q, ending8_q, end8_q;
  logic [15:0] score8_q;
  logic [PlaceBits-1:0] place8_q;
  logic likely;
  assign likely = (17'(score7_q) >= least_i);
  assign drop = valid7_q && !likely;

  // Limited to 16 bits, left first
  logic [71:0] sums;
  assign sums = {y7_q + h7_q, x7_q + w7_q, y7_q - h7_q, x7_q - w7_q};
  for (genvar i = 0; i < 4; i++) begin : gen_corner
    assign corners[i*16 +: 16] =
        (sums[i*18+15 +: 3] == 3'b000 || sums[i*18+15 +: 3] == 3'b111) ? sums[i*18 +: 16]
        : {sums[i*18+17], {15{!sums[i*18+17]}}};
  end

  // Into the FIFO; a frame's end in the clock behind its last candidate
  always_ff @(posedge clk_i) begin
    push8_q <= rst_ni && valid7_q && likely;
    end8_q <= rst_ni && valid7_q && end7_q;
    ending8_q <= rst_ni && end8_q;
    corners8_q <= corners;
    score8_q <= score7_q;
    place8_q <= place7_q;
  end

  logic unused;
  assign unused = &{1'b0, u, t_size, rounded,
                    score_product, part_product};

  logic unused_ready;

  stream_fifo #(
    .Width(1 + 16 + PlaceBits + 64),
    .Depth(Room),
    .RamStyle("distributed")
  ) i_out (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(push8_q || ending8_q),
    .in_ready_o(unused_ready),
    .in_data_i({ending8_q, score8_q, place8_q, corners8_q}),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o({out_end_o, out_score_o, out_place_o, out_corners_o})
  );

endmodule
