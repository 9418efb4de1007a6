// The number of the greatest of every Labels neighbouring elements of a stream; of equal ones the
// first.
//
// Labels / Lanes beats give one beat of one number, in the order of the stream. One input beat a
// clock is sustained. The greatest of a beat is found in one clock.
module label_select #(
  // Elements of an input beat (divides Labels)
  parameter int unsigned Lanes = 2,
  // Elements of which one is chosen
  parameter int unsigned Labels = 4,
  // Bits of an element, and whether it is two's complement
  parameter int unsigned InBits = 4,
  parameter bit IsSigned = 1'b0,
  // Bits of a number; enough for Labels - 1
  parameter int unsigned OutBits = 2
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    in_valid_i,
  output logic                    in_ready_o,
  input  logic [Lanes*InBits-1:0] in_data_i,
  output logic                    out_valid_o,
  input  logic                    out_ready_i,
  output logic [OutBits-1:0]      out_data_o
);

  if (Lanes == 0 || Labels == 0 || InBits == 0) begin : gen_check_zero
    $error("label_select: no parameter may be 0");
  end else if (Labels % Lanes != 0) begin : gen_check_lanes
    $error("label_select: Lanes must divide Labels");
  end
  if (OutBits == 0 || OutBits > 32 || ((64'd1 << OutBits) < 64'(Labels))) begin : gen_check_bits
    $error("label_select: OutBits must be 1 to 32, enough for Labels - 1");
  end

  localparam int unsigned Beats = Labels / Lanes;

  // The greatest of this beat, its sign turned where elements have one, and its lane
  logic [InBits-1:0] beat_value;
  logic [OutBits-1:0] beat_lane;
  logic [Lanes*InBits-1:0] values;

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    assign values[lane*InBits +: InBits] =
        in_data_i[lane*InBits +: InBits] ^ (InBits'(IsSigned) << (InBits - 1));
  end

  always_comb begin
    beat_value = values[InBits-1:0];
    beat_lane = '0;
    for (int unsigned i = 1; i < Lanes; i++) begin
      if (values[i*InBits +: InBits] > beat_value) begin
        beat_value = values[i*InBits +: InBits];
        beat_lane = OutBits'(i);
      end
    end
  end

  logic [OutBits-1:0] best;
  logic completes, fifo_ready;

  assign in_ready_o = !completes || fifo_ready;

  if (Beats == 1) begin : gen_whole
    assign completes = 1'b1;
    assign best = beat_lane;
  end else begin : gen_over_beats
    localparam int unsigned CountBits = $clog2(Beats);
    logic [CountBits-1:0] count_q;
    // Number of this beat's first element
    logic [OutBits-1:0] first_q;
    logic [InBits-1:0] value_q;
    logic [OutBits-1:0] best_q;
    logic step, is_first, is_better;

    assign is_first = (count_q == '0);
    assign completes = (count_q == CountBits'(Beats - 1));
    assign step = in_valid_i && in_ready_o;
    assign is_better = is_first || (beat_value > value_q);
    assign best = is_better ? first_q + beat_lane : best_q;

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        count_q <= '0;
        first_q <= '0;
      end else if (step) begin
        count_q <= completes ? '0 : count_q + CountBits'(1);
        first_q <= completes ? '0 : first_q + OutBits'(Lanes);
      end
    end

    always_ff @(posedge clk_i) begin
      if (step && is_better) begin
        value_q <= beat_value;
        best_q <= first_q + beat_lane;
      end
    end
  end

  stream_fifo #(
    .Width(OutBits),
    .Depth(2)
  ) i_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(in_valid_i && completes),
    .in_ready_o(fifo_ready),
    .in_data_i(best),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
