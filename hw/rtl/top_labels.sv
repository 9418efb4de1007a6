// The numbers of the K greatest (or least) of every Labels neighbouring elements of a stream, in
// their order; of equal ones those that come first.
//
// Labels / Lanes beats give one beat of K numbers, the first in the least significant bits. One
// input beat a clock is sustained: each of its elements is put into its place among the K so far,
// all in one clock. label_select.sv is the smaller module for the one greatest.
module top_labels #(
  // Elements of an input beat (divides Labels)
  parameter int unsigned Lanes = 2,
  // Elements of which some are chosen, and how many are
  parameter int unsigned Labels = 4,
  parameter int unsigned K = 2,
  // Bits of an element, and whether it is two's complement
  parameter int unsigned InBits = 4,
  parameter bit IsSigned = 1'b0,
  // The least are chosen
  parameter bit Least = 1'b0,
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
  output logic [K*OutBits-1:0]    out_data_o
);

  if (Lanes == 0 || Labels == 0 || InBits == 0) begin : gen_check_zero
    $error("top_labels: no parameter may be 0");
  end else if (Labels % Lanes != 0) begin : gen_check_lanes
    $error("top_labels: Lanes must divide Labels");
  end
  if (K == 0 || K > Labels) begin : gen_check_k
    $error("top_labels: K must be 1 to Labels");
  end
  if (OutBits == 0 || OutBits > 32 || ((64'd1 << OutBits) < 64'(Labels))) begin : gen_check_bits
    $error("top_labels: OutBits must be 1 to 32, enough for Labels - 1");
  end

  localparam int unsigned Beats = Labels / Lanes;
  // What turns an element into an unsigned number of the wanted order
  localparam logic [InBits-1:0] Turn = {InBits{Least}} ^ (InBits'(IsSigned) << (InBits - 1));

  // The places so far: filled or not, element and number of each; place 0 is the first
  logic [K-1:0] filled_q;
  logic [K*InBits-1:0] values_q;
  logic [K*OutBits-1:0] numbers_q;
  // Number of this beat's first element
  logic [OutBits-1:0] first_q;
  // The same with this beat's elements
  logic [K-1:0] filled;
  logic [K*InBits-1:0] values;
  logic [K*OutBits-1:0] numbers;
  logic completes, fifo_ready;

  assign in_ready_o = !completes || fifo_ready;

  always_comb begin
    filled = filled_q;
    values = values_q;
    numbers = numbers_q;
    for (int unsigned i = 0; i < Lanes; i++) begin
      logic [InBits-1:0] value;
      logic [K-1:0] better;
      value = in_data_i[i*InBits +: InBits] ^ Turn;
      for (int unsigned j = 0; j < K; j++) begin
        better[j] = !filled[j] || (value > values[j*InBits +: InBits]);
      end
      // the last place first: each place takes the one before it where that is moved on
      for (int unsigned j = 1; j < K; j++) begin
        if (better[K-1-j]) begin
          filled[K-j] = filled[K-1-j];
          values[(K-j)*InBits +: InBits] = values[(K-1-j)*InBits +: InBits];
          numbers[(K-j)*OutBits +: OutBits] = numbers[(K-1-j)*OutBits +: OutBits];
        end else if (better[K-j]) begin
          filled[K-j] = 1'b1;
          values[(K-j)*InBits +: InBits] = value;
          numbers[(K-j)*OutBits +: OutBits] = first_q + OutBits'(i);
        end
      end
      if (better[0]) begin
        filled[0] = 1'b1;
        values[0 +: InBits] = value;
        numbers[0 +: OutBits] = first_q + OutBits'(i);
      end
    end
  end

  if (Beats == 1) begin : gen_whole
    assign completes = 1'b1;
    assign filled_q = '0;
    assign values_q = '0;
    assign numbers_q = '0;
    assign first_q = '0;

    logic unused;
    assign unused = ^{filled, values};
  end else begin : gen_over_beats
    localparam int unsigned CountBits = $clog2(Beats);
    logic [CountBits-1:0] count_q;
    logic step;

    assign completes = (count_q == CountBits'(Beats - 1));
    assign step = in_valid_i && in_ready_o;

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        count_q <= '0;
        first_q <= '0;
        filled_q <= '0;
      end else if (step) begin
        count_q <= completes ? '0 : count_q + CountBits'(1);
        first_q <= completes ? '0 : first_q + OutBits'(Lanes);
        filled_q <= completes ? '0 : filled;
      end
    end

    always_ff @(posedge clk_i) begin
      if (step) begin
        values_q <= values;
        numbers_q <= numbers;
      end
    end
  end

  stream_fifo #(
    .Width(K * OutBits),
    .Depth(2)
  ) i_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(in_valid_i && completes),
    .in_ready_o(fifo_ready),
    .in_data_i(numbers),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
