// Candidates of the network's integers: what camera_path/decode.py says.
//
// The integers come in by row, column, anchor and channel (t_x, t_y, t_w, t_h, t_o, t_f), one a
// beat. A candidate goes out for each score of least_i or more, by row, column, anchor, and behind
// each frame a last beat (out_end_o, of which nothing else counts). least_i has to hold for a
// frame. An integer a clock; fourteen clocks from a candidate's last integer to its beat.
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

  // Beats that are or may come to be in the FIFO; one more frame's end and two candidates fit. They
  // are counted a clock late: candidates are six integers apart at least
  logic [3:0] reserved_d, reserved_q;
  logic may_q, pop_q, drop13_q, comes, comes_end;
  assign in_ready_o = may_q;
  assign step = in_valid_i && may_q;

  always_comb begin
    reserved_d = reserved_q;
    if (comes) reserved_d += 4'd1;
    if (comes_end) reserved_d += 4'd1;
    if (pop_q) reserved_d -= 4'd1;
    if (drop13_q) reserved_d -= 4'd1;
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
      pop_q <= 1'b0;
    end else begin
      reserved_q <= reserved_d;
      may_q <= (reserved_d <= 4'(Room - 2));
      pop_q <= out_valid_o && out_ready_i;
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
  logic [10:0] valid_q;
  logic [11*SideBits-1:0] sides_q;
  logic [2:0] kind1, kind10, kind11;
  logic end1, end11;
  logic [ColumnBits-1:0] column10;
  logic [RowBits-1:0] row10;
  logic [PlaceBits-1:0] place11;

  always_ff @(posedge clk_i) begin
    valid_q <= rst_ni ? {valid_q[9:0], step} : '0;
    sides_q <= (11*SideBits)'({sides_q, kind_q, last_channel && last_column && last_row, column_q,
                               row_q, place_q});
  end
  assign {kind1, end1} = sides_q[SideBits-1 -: 4];
  assign kind10 = sides_q[10*SideBits-1 -: 3];
  assign {column10, row10} = sides_q[9*SideBits+PlaceBits +: ColumnBits+RowBits];
  assign {kind11, end11} = sides_q[11*SideBits-1 -: 4];
  assign place11 = sides_q[10*SideBits +: PlaceBits];
  assign comes = valid_q[0] && (kind1 == 3'd5);
  assign comes_end = comes && end1;

  // 1 to 4: the integer times its factor, in two parts that a multiplier of 18 bits takes, and the
  // offset
  localparam int unsigned LowBits = 17;
  logic [FactorBits+OffsetBits-1:0] constants;
  logic signed [Bits-1:0] data1_q;
  logic signed [FactorBits-1:0] factor;
  logic signed [OffsetBits-1:0] offset, offset2_q;
  logic signed [Bits+LowBits:0] low2_q;
  logic signed [Bits+FactorBits-LowBits-1:0] high2_q, high3_q;
  logic signed [FixedBits-1:0] low3_q, fixed4_q;
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
    low2_q <= (Bits+LowBits+1)'(data1_q) * $signed((Bits+LowBits+1)'(factor[LowBits-1:0]));
    high2_q <= (Bits+FactorBits-LowBits)'(data1_q) *
               (Bits+FactorBits-LowBits)'($signed(factor[FactorBits-1:LowBits]));
    offset2_q <= offset;
    low3_q <= FixedBits'(low2_q) + FixedBits'(offset2_q);
    high3_q <= high2_q;
    fixed4_q <= low3_q + FixedBits'($signed({high3_q, LowBits'(0)}));
  end

  // 5: near zero, as all that is further away has the same addresses
  localparam int unsigned NearBits = 25;
  logic signed [NearBits-1:0] near5_q;
  logic [FixedBits-NearBits:0] above;
  assign above = fixed4_q[FixedBits-1:NearBits-1];

  always_ff @(posedge clk_i) begin
    near5_q <= (above == '0 || above == '1) ? fixed4_q[NearBits-1:0]
               : {fixed4_q[FixedBits-1], {(NearBits-1){!fixed4_q[FixedBits-1]}}};
  end

  // 6: t of 7 fractional bits, u of 11
  logic signed [12:0] t6_q, t_size;
  logic signed [16:0] u6_q;

  always_ff @(posedge clk_i) begin
    t6_q <= 13'(near5_q >>> 13) + 13'(near5_q[12]);
    u6_q <= 17'(near5_q >>> 9) + 17'(near5_q[8]);
  end

  // 7: addresses: t limited to 1023 either way; a power of 2, its exponent -2 to 14
  logic [9:0] sigmoid7_q;
  logic [10:0] power7_q;
  logic negative7_q, negative8_q, negative9_q;
  logic signed [5:0] exponent;
  logic [4:0] down7_q, down8_q, down9_q;
  assign t_size = t6_q[12] ? -t6_q : t6_q;
  assign exponent = u6_q[16:11];

  always_ff @(posedge clk_i) begin
    negative7_q <= t6_q[12];
    sigmoid7_q <= (t_size[12:10] != '0) ? 10'd1023 : t_size[9:0];
    // Bits that 2 ** exponent of 16 bits is shifted down: 15 - exponent
    if (exponent < -6'sd2) {down7_q, power7_q} <= {5'd17, 11'd0};
    else if (exponent > 6'sd14) {down7_q, power7_q} <= {5'd1, 11'd2047};
    else {down7_q, power7_q} <= {exponent[5], ~exponent[3:0], u6_q[10:0]};
  end

  // 8 and 9: the tables, and the registers of their memory
  logic [15:0] sigmoid8, power8, sigmoid9_q, power9_q;

  rom #(
    .Width(16),
    .Depth(1024),
    .File(SigmoidFile)
  ) i_sigmoid (
    .clk_i(clk_i),
    .addr_i(sigmoid7_q),
    .data_o(sigmoid8)
  );

  rom #(
    .Width(16),
    .Depth(2048),
    .File(PowerFile)
  ) i_power (
    .clk_i(clk_i),
    .addr_i(power7_q),
    .data_o(power8)
  );

  always_ff @(posedge clk_i) begin
    sigmoid9_q <= sigmoid8;
    power9_q <= power8;
    {negative9_q, negative8_q} <= {negative8_q, negative7_q};
    {down9_q, down8_q} <= {down8_q, down7_q};
  end

  // 10: the logistic function of 16 bits; twice half a side
  logic [15:0] sigmoid10_q, twice10_q;

  always_ff @(posedge clk_i) begin
    sigmoid10_q <= negative9_q ? -sigmoid9_q : sigmoid9_q;
    twice10_q <= 16'({1'b1, power9_q} >> down9_q);
  end

  // 11: the part of a cell, half a side, both halves up; the product of a score
  logic [15:0] o11_q;
  logic [14:0] half11_q;
  logic [17:0] cell11_q, part11_q;
  logic [31:0] part_product, product11_q;
  assign part_product = 32'(sigmoid10_q) * 32'(Cell) + 32'd32768;

  always_ff @(posedge clk_i) begin
    cell11_q <= ((kind10 == 3'd0) ? 18'(column10) : 18'(row10)) * 18'(Cell);
    part11_q <= 18'(part_product[31:16]);
    half11_q <= 15'((17'(twice10_q) + 17'd1) >> 1);
    product11_q <= 32'(o11_q) * 32'(sigmoid10_q);
    if (valid_q[9] && (kind10 == 3'd4)) o11_q <= sigmoid10_q;
  end

  // 12: what a candidate is made of
  logic signed [17:0] x12_q, y12_q, w12_q, h12_q;
  logic [15:0] score12_q;
  logic [31:0] score_sum;
  logic valid12_q, end12_q;
  logic [PlaceBits-1:0] place12_q;
  assign score_sum = product11_q + 32'd32768;

  always_ff @(posedge clk_i) begin
    if (valid_q[10]) begin
      unique case (kind11)
        3'd0: x12_q <= $signed(cell11_q + part11_q);
        3'd1: y12_q <= $signed(cell11_q + part11_q);
        3'd2: w12_q <= $signed(18'(half11_q));
        3'd3: h12_q <= $signed(18'(half11_q));
        default: score12_q <= score_sum[31:16];
      endcase
    end
    valid12_q <= rst_ni && valid_q[10] && (kind11 == 3'd5);
    end12_q <= end11;
    place12_q <= place11;
  end

  // 13: corners; a candidate below the threshold gives its place in the FIFO back
  logic [63:0] corners, corners13_q;
  logic push13_q, end13_q, ending14_q;
  logic [15:0] score13_q;
  logic [PlaceBits-1:0] place13_q;
  logic likely;
  assign likely = (17'(score12_q) >= least_i);

  // Limited to 16 bits, left first
  logic [71:0] sums;
  assign sums = {y12_q + h12_q, x12_q + w12_q, y12_q - h12_q, x12_q - w12_q};
  for (genvar i = 0; i < 4; i++) begin : gen_corner
    assign corners[i*16 +: 16] =
        (sums[i*18+15 +: 3] == 3'b000 || sums[i*18+15 +: 3] == 3'b111) ? sums[i*18 +: 16]
        : {sums[i*18+17], {15{!sums[i*18+17]}}};
  end

  // Into the FIFO; a frame's end in the clock behind its last candidate
  always_ff @(posedge clk_i) begin
    push13_q <= rst_ni && valid12_q && likely;
    drop13_q <= rst_ni && valid12_q && !likely;
    end13_q <= rst_ni && valid12_q && end12_q;
    ending14_q <= rst_ni && end13_q;
    corners13_q <= corners;
    score13_q <= score12_q;
    place13_q <= place12_q;
  end

  logic unused;
  assign unused = &{1'b0, t_size, sides_q, exponent, score_sum, part_product};

  logic unused_ready;

  stream_fifo #(
    .Width(1 + 16 + PlaceBits + 64),
    .Depth(Room),
    .RamStyle("distributed")
  ) i_out (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(push13_q || ending14_q),
    .in_ready_o(unused_ready),
    .in_data_i({ending14_q, score13_q, place13_q, corners13_q}),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o({out_end_o, out_score_o, out_place_o, out_corners_o})
  );

endmodule
