// From the network's integers to boxes and raw words, one frame at a time.
//
// Integers are taken once their frame (`job_valid_i`) is there, and those of the next one when
// `job_done_i` has ended it. Boxes go out best first, with a last beat behind each frame's; where
// `job_raw_i` says so, the integers go out too, as words in memory's layout, the last one marked.
module camera_boxes #(
  // The network's stream: lanes of a beat, bits of a lane, bytes of its element in memory
  parameter int unsigned Lanes = 1,
  parameter int unsigned Bits = 12,
  parameter int unsigned ContainerBytes = 2,
  parameter bit IsSigned = 1'b1,
  // Cells, anchors, and 1/16 pixels of a cell
  parameter int unsigned Rows = 16,
  parameter int unsigned Columns = 16,
  parameter int unsigned Anchors = 5,
  parameter int unsigned Cell = 512,
  parameter HeadFile = "",
  parameter SigmoidFile = "",
  parameter PowerFile = "",
  // Candidates kept; bytes of a word
  parameter int unsigned Candidates = 64,
  parameter int unsigned WordBytes = 8,
  // Not to be set
  parameter int unsigned CountBits = $clog2(Candidates + 1),
  parameter int unsigned Places = Rows * Columns * Anchors,
  parameter int unsigned PlaceBits = (Places > 1) ? $clog2(Places) : 1
) (
  input  logic                           clk_i,
  input  logic                           rst_ni,
  input  logic                           job_valid_i,
  input  logic                           job_done_i,
  input  logic                           job_raw_i,
  input  logic [16:0]                    job_least_i,
  input  logic [16:0]                    job_overlap_i,
  input  logic [CountBits-1:0]           job_most_i,
  // The frame's last integer is taken
  output logic                           last_o,
  input  logic                           in_valid_i,
  output logic                           in_ready_o,
  input  logic [8*((Lanes*Bits+7)/8)-1:0] in_data_i,
  output logic                           raw_valid_o,
  input  logic                           raw_ready_i,
  output logic [8*WordBytes-1:0]         raw_data_o,
  output logic                           raw_last_o,
  output logic                           box_valid_o,
  input  logic                           box_ready_i,
  output logic                           box_end_o,
  output logic [15:0]                    box_score_o,
  output logic [PlaceBits-1:0]           box_place_o,
  output logic [63:0]                    box_corners_o
);

  localparam int unsigned Width = Lanes * Bits;
  localparam int unsigned FrameBeats = 6 * Places / Lanes;
  localparam int unsigned BeatBits = $clog2(FrameBeats + 1);
  // Two's complement
  localparam int unsigned DecodeBits = Bits + (IsSigned ? 0 : 1);

  if (Lanes == 0 || (6 * Places) % Lanes != 0) begin : gen_check
    $error("camera_boxes: a frame's integers must fill its beats");
  end

  // --- the frame's beats

  logic [BeatBits-1:0] left_q;
  logic taking, fork_ready, step, last;
  assign taking = job_valid_i && (left_q != '0);
  assign in_ready_o = taking && fork_ready;
  assign step = in_valid_i && in_ready_o;
  assign last = (left_q == BeatBits'(1));
  assign last_o = step && last;

  always_ff @(posedge clk_i) begin
    if (!rst_ni || job_done_i) left_q <= BeatBits'(FrameBeats);
    else if (step) left_q <= left_q - BeatBits'(1);
  end

  logic [1:0] fork_valid, fork_taken;
  logic [2*(Width+1)-1:0] fork_data;
  logic unused_padding, unused_last;
  assign unused_padding = ^in_data_i;
  assign unused_last = fork_data[Width];

  duplicate_streams #(
    .Width(Width + 1),
    .Outputs(2)
  ) i_fork (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(in_valid_i && taking),
    .in_ready_o(fork_ready),
    .in_data_i({last, in_data_i[Width-1:0]}),
    .out_valid_o(fork_valid),
    .out_ready_i(fork_taken),
    .out_data_o(fork_data)
  );

  // --- raw words

  logic [8*((Width+7)/8)-1:0] raw_lanes;
  logic [8*Lanes*ContainerBytes-1:0] containers;
  logic gear_ready;
  assign raw_lanes = (8*((Width+7)/8))'(fork_data[Width+1 +: Width]);
  assign fork_taken[1] = !job_raw_i || gear_ready;

  lane_widen #(
    .Lanes(Lanes),
    .Bits(Bits),
    .ContainerBytes(ContainerBytes),
    .IsSigned(IsSigned)
  ) i_widen (
    .lanes_i(raw_lanes),
    .containers_o(containers)
  );

  byte_gearbox #(
    .InBytes(Lanes * ContainerBytes),
    .OutBytes(WordBytes)
  ) i_gearbox (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(fork_valid[1] && job_raw_i),
    .in_ready_o(gear_ready),
    .in_data_i(containers),
    .in_last_i(fork_data[2*(Width+1)-1]),
    .in_bytes_i(($clog2(Lanes*ContainerBytes)+1)'(Lanes * ContainerBytes)),
    .out_valid_o(raw_valid_o),
    .out_ready_i(raw_ready_i),
    .out_data_o(raw_data_o),
    .out_last_o(raw_last_o)
  );

  // --- candidates, one integer after the other, and the best of them

  logic one_valid, one_ready, found_valid, found_ready, found_end;
  logic [Bits-1:0] one;
  logic [DecodeBits-1:0] wide;
  logic [15:0] found_score;
  logic [PlaceBits-1:0] found_place;
  logic [63:0] found_corners;

  stream_width_converter #(
    .InWidth(Width),
    .OutWidth(Bits)
  ) i_ones (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(fork_valid[0]),
    .in_ready_o(fork_taken[0]),
    .in_data_i(fork_data[Width-1:0]),
    .out_valid_o(one_valid),
    .out_ready_i(one_ready),
    .out_data_o(one)
  );

  if (IsSigned) begin : gen_signed
    assign wide = one;
  end else begin : gen_unsigned
    assign wide = {1'b0, one};
  end

  decode_boxes #(
    .Bits(DecodeBits),
    .Rows(Rows),
    .Columns(Columns),
    .Anchors(Anchors),
    .Cell(Cell),
    .HeadFile(HeadFile),
    .SigmoidFile(SigmoidFile),
    .PowerFile(PowerFile)
  ) i_decode (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .least_i(job_least_i),
    .in_valid_i(one_valid),
    .in_ready_o(one_ready),
    .in_data_i(wide),
    .out_valid_o(found_valid),
    .out_ready_i(found_ready),
    .out_end_o(found_end),
    .out_score_o(found_score),
    .out_place_o(found_place),
    .out_corners_o(found_corners)
  );

  suppress_boxes #(
    .Most(Candidates),
    .PlaceBits(PlaceBits)
  ) i_suppress (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .overlap_i(job_overlap_i),
    .most_i(job_most_i),
    .in_valid_i(found_valid),
    .in_ready_o(found_ready),
    .in_end_i(found_end),
    .in_score_i(found_score),
    .in_place_i(found_place),
    .in_corners_i(found_corners),
    .out_valid_o(box_valid_o),
    .out_ready_i(box_ready_i),
    .out_end_o(box_end_o),
    .out_score_o(box_score_o),
    .out_place_o(box_place_o),
    .out_corners_o(box_corners_o)
  );

endmodule
