// Levels of a stream by multiplication and shift: of p = factor*in >>> Drop and each offset
// (p + offset) >>> Shift, added up, held within Low and High.
//
// A pixel is Channels / Lanes beats; lane l of fold f is channel f*Lanes + l. Row f of the memory
// holds those of fold f: of lane l at l*(FactorBits + Offsets*OffsetBits) the factor, unsigned, and
// above it the offsets, two's complement. A memory of one row is of all folds.
//
// One beat a clock. The pipeline runs free behind credits: `in_ready_o` is a register. Latency from
// a beat taken to its result: 1 + RowLatency + 4 clocks, where RowLatency is 2, or 1 where a pixel
// is one beat. Two registers behind the product let tools put it into DSP slices.
module stream_requant #(
  // Channels a beat
  parameter int unsigned Lanes = 2,
  // Bits of an input, and whether it is two's complement
  parameter int unsigned InBits = 8,
  parameter bit InSigned = 1'b1,
  // Bits of an output, and its limits
  parameter int unsigned OutBits = 9,
  parameter int Low = -256,
  parameter int High = 255,
  parameter int unsigned Channels = 4,
  // Rows of the memory: Channels / Lanes, or 1
  parameter int unsigned Rows = 2,
  // Bits of a factor and of an offset, and offsets (1 or 2)
  parameter int unsigned FactorBits = 4,
  parameter int unsigned OffsetBits = 6,
  parameter int unsigned Offsets = 1,
  parameter int unsigned Drop = 1,
  parameter int unsigned Shift = 2,
  // $readmemh file of the memory; "" leaves it zero
  parameter MemFile = "",
  // "auto", "block", "distributed" or "logic"
  parameter RamStyle = "auto"
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  input  logic                     in_valid_i,
  output logic                     in_ready_o,
  input  logic [Lanes*InBits-1:0]  in_data_i,
  output logic                     out_valid_o,
  input  logic                     out_ready_i,
  output logic [Lanes*OutBits-1:0] out_data_o
);

  localparam int unsigned Folds = Channels / Lanes;
  localparam int unsigned FoldBits = (Folds > 1) ? $clog2(Folds) : 1;
  localparam int unsigned RowLatency = (Folds > 1) ? 2 : 1;
  localparam int unsigned PushLatency = RowLatency + 4;
  localparam int unsigned LaneBits = FactorBits + Offsets * OffsetBits;
  localparam int unsigned ProductBits = InBits + 1 + FactorBits + 1;
  // What is left of a product, one offset more, and a level, of which there are two
  localparam int unsigned RestBits = (ProductBits > Drop + 1) ? ProductBits - Drop : 2;
  localparam int unsigned SumBits = ((RestBits > OffsetBits) ? RestBits : OffsetBits) + 1;
  localparam int unsigned LevelBits = ((SumBits + 1 > 33) ? SumBits + 1 : 33);

  if ((Lanes == 0) || (Channels % Lanes != 0)) begin : gen_check_lanes
    $error("stream_requant: Lanes must divide Channels");
  end
  if ((Rows != 1) && (Rows != Folds)) begin : gen_check_rows
    $error("stream_requant: Rows must be 1 or Channels / Lanes");
  end
  if ((InBits == 0) || (OutBits == 0) || (OutBits > 32)) begin : gen_check_bits
    $error("stream_requant: InBits must be at least 1, OutBits 1 to 32");
  end
  if ((FactorBits == 0) || (OffsetBits == 0) || (Offsets == 0) || (Offsets > 2))
  begin : gen_check_row
    $error("stream_requant: FactorBits and OffsetBits must be at least 1, Offsets 1 or 2");
  end
  if (Low > High) begin : gen_check_limits
    $error("stream_requant: Low must not be above High");
  end

  logic take;
  logic [FoldBits-1:0] fold_q;
  logic [Lanes*InBits-1:0] input_q, value;
  logic [Lanes*LaneBits-1:0] row, factors;
  logic [Lanes*OutBits-1:0] results_q;
  // valid_q[i]: a beat is i + 1 clocks in the pipeline
  logic [PushLatency-1:0] valid_q;

  assign take = in_valid_i && in_ready_o;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      fold_q <= '0;
      valid_q <= '0;
    end else begin
      if (take) fold_q <= (fold_q == FoldBits'(Folds - 1)) ? '0 : fold_q + FoldBits'(1);
      valid_q <= {valid_q[PushLatency-2:0], take};
    end
  end

  always_ff @(posedge clk_i) input_q <= in_data_i;

  rom #(
    .Width(Lanes * LaneBits),
    .Depth(Rows),
    .File(MemFile),
    .Style(RamStyle)
  ) i_factors (
    .clk_i(clk_i),
    .addr_i(fold_q[((Rows > 1) ? FoldBits : 1)-1:0]),
    .data_o(row)
  );

  if (Folds > 1) begin : gen_row
    always_ff @(posedge clk_i) begin
      value <= input_q;
      factors <= row;
    end
  end else begin : gen_constant_row
    assign value = input_q;
    assign factors = row;
  end

  for (genvar l = 0; l < Lanes; l++) begin : gen_lane
    logic signed [ProductBits-1:0] lane, factor, product_q, product_qq;
    logic signed [RestBits-1:0] rest;
    logic signed [SumBits-1:0] first_q;
    logic signed [LevelBits-1:0] level;
    // Of the value in the multiplier, of its product, and of that a clock later
    logic [Offsets*OffsetBits-1:0] offsets, offsets_q, offsets_qq;

    assign lane = ProductBits'($signed(
        {InSigned && value[l*InBits + InBits - 1], value[l*InBits +: InBits]}));
    assign factor = ProductBits'($signed({1'b0, factors[l*LaneBits +: FactorBits]}));
    assign offsets = factors[l*LaneBits + FactorBits +: Offsets*OffsetBits];
    assign rest = RestBits'(product_qq >>> Drop);

    always_ff @(posedge clk_i) begin
      product_q <= lane * factor;
      product_qq <= product_q;
      offsets_q <= offsets;
      offsets_qq <= offsets_q;
      first_q <= SumBits'(rest) + SumBits'($signed(offsets_qq[0 +: OffsetBits]));
    end

    if (Offsets == 2) begin : gen_second
      logic signed [SumBits-1:0] second_q;
      always_ff @(posedge clk_i) begin
        second_q <= SumBits'(rest) + SumBits'($signed(offsets_qq[OffsetBits +: OffsetBits]));
      end
      assign level = LevelBits'(first_q >>> Shift) + LevelBits'(second_q >>> Shift);
    end else begin : gen_one
      assign level = LevelBits'(first_q >>> Shift);
    end

    always_ff @(posedge clk_i) begin
      results_q[l*OutBits +: OutBits] <=
          (level < LevelBits'($signed(Low))) ? OutBits'(Low) :
          (level > LevelBits'($signed(High))) ? OutBits'(High) : OutBits'(level);
    end
  end

  credit_fifo #(
    .Width(Lanes * OutBits),
    .Depth(PushLatency + 2)
  ) i_out (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .free_o(in_ready_o),
    .take_i(take),
    .push_i(valid_q[PushLatency-1]),
    .data_i(results_q),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
