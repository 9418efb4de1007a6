// Sums every Group neighbouring channels of a stream.
//
// If Lanes is a multiple of Group, each beat gives one beat of Lanes / Group sums. If Lanes divides
// Group, every Group / Lanes beats give one beat of one sum. A sum that does not fit into OutBits
// wraps. One input beat a clock is sustained. The sum over a beat is made in one clock.
module group_sum #(
  // Channels of an input beat
  parameter int unsigned Lanes = 4,
  // Channels summed
  parameter int unsigned Group = 2,
  // Bits of a channel, and of a sum; both are signed or neither
  parameter int unsigned InBits = 2,
  parameter int unsigned OutBits = 3,
  parameter bit IsSigned = 1'b0
) (
  input  logic                                                   clk_i,
  input  logic                                                   rst_ni,
  input  logic                                                   in_valid_i,
  output logic                                                   in_ready_o,
  input  logic [Lanes*InBits-1:0]                                in_data_i,
  output logic                                                   out_valid_o,
  input  logic                                                   out_ready_i,
  output logic [((Lanes>Group) ? Lanes/Group : 1)*OutBits-1:0] out_data_o
);

  if (Lanes == 0 || Group == 0 || InBits == 0) begin : gen_check_zero
    $error("group_sum: no parameter may be 0");
  end else if ((Lanes % Group != 0) && (Group % Lanes != 0)) begin : gen_check_lanes
    $error("group_sum: Lanes must be a multiple or a divisor of Group");
  end
  if (OutBits < InBits) begin : gen_check_bits
    $error("group_sum: OutBits must be at least InBits");
  end

  localparam int unsigned OutLanes = (Lanes > Group) ? Lanes / Group : 1;
  // Terms of one beat that belong to one sum, and beats of one sum
  localparam int unsigned Terms = Lanes / OutLanes;
  localparam int unsigned Beats = (Group > Lanes) ? Group / Lanes : 1;
  localparam int unsigned Width = OutLanes * OutBits;

  logic [Width-1:0] beat_sums, sums;
  logic completes, fifo_ready;

  for (genvar lane = 0; lane < OutLanes; lane++) begin : gen_lane
    logic [Terms*OutBits-1:0] terms;

    for (genvar term = 0; term < Terms; term++) begin : gen_term
      localparam int unsigned Lane = lane * Terms + term;
      if (IsSigned) begin : gen_signed
        assign terms[term*OutBits +: OutBits] =
            OutBits'($signed(in_data_i[Lane*InBits +: InBits]));
      end else begin : gen_unsigned
        assign terms[term*OutBits +: OutBits] = OutBits'(in_data_i[Lane*InBits +: InBits]);
      end
    end

    always_comb begin
      beat_sums[lane*OutBits +: OutBits] = '0;
      for (int unsigned i = 0; i < Terms; i++) begin
        beat_sums[lane*OutBits +: OutBits] =
            beat_sums[lane*OutBits +: OutBits] + terms[i*OutBits +: OutBits];
      end
    end
  end

  assign in_ready_o = !completes || fifo_ready;

  if (Beats == 1) begin : gen_whole
    assign completes = 1'b1;
    assign sums = beat_sums;
  end else begin : gen_accumulate
    localparam int unsigned CountBits = $clog2(Beats);
    logic [CountBits-1:0] count_q;
    logic [Width-1:0] sums_q;
    logic step;

    assign completes = (count_q == CountBits'(Beats - 1));
    assign step = in_valid_i && in_ready_o;
    assign sums = sums_q + beat_sums;

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        count_q <= '0;
        sums_q <= '0;
      end else if (step) begin
        count_q <= completes ? '0 : count_q + CountBits'(1);
        sums_q <= completes ? '0 : sums;
      end
    end
  end

  stream_fifo #(
    .Width(Width),
    .Depth(2)
  ) i_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(in_valid_i && completes),
    .in_ready_o(fifo_ready),
    .in_data_i(sums),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
