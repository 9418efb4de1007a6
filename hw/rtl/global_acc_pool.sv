// Sums of each channel over all pixels of an image.
//
// A pixel is Folds beats of Lanes values; behind the Pixels of an image Folds beats of sums leave. A
// sum that does not fit into OutBits wraps. Images follow each other without a pause or a reset. One
// input beat a clock is sustained.
//
// The sums so far lie in a RAM of Folds rows, read one address ahead of where it is written.
module global_acc_pool #(
  // Values of a beat
  parameter int unsigned Lanes = 1,
  // Bits of a value, and of a sum; both are signed or neither
  parameter int unsigned InBits = 4,
  parameter int unsigned OutBits = 8,
  parameter bit IsSigned = 1'b0,
  // Beats of a pixel
  parameter int unsigned Folds = 2,
  // Pixels of an image
  parameter int unsigned Pixels = 16,
  // "auto", "block" or "distributed"
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

  localparam logic [127:0] Style = 128'(RamStyle);

  if ((Style != 128'("auto")) && (Style != 128'("block")) && (Style != 128'("distributed")))
  begin : gen_check_style
    $error("global_acc_pool: RamStyle must be auto, block or distributed");
  end
  if (Lanes == 0 || InBits == 0 || Folds == 0 || Pixels == 0) begin : gen_check_zero
    $error("global_acc_pool: no parameter may be 0");
  end
  if (OutBits < InBits) begin : gen_check_bits
    $error("global_acc_pool: OutBits must be at least InBits");
  end

  localparam int unsigned Width = Lanes * OutBits;
  localparam int unsigned FoldBits = (Folds > 1) ? $clog2(Folds) : 1;
  localparam int unsigned PixelBits = (Pixels > 1) ? $clog2(Pixels) : 1;

  // Position of the beat at the input, and whether its pixel is the image's first or last
  logic [FoldBits-1:0] fold_d, fold_q;
  logic [PixelBits-1:0] pixel_q;
  logic is_first_q, is_last_q, last_fold, fifo_ready, step;

  assign last_fold = (fold_q == FoldBits'(Folds - 1));
  assign fold_d = last_fold ? '0 : fold_q + FoldBits'(1);
  assign in_ready_o = !is_last_q || fifo_ready;
  assign step = in_valid_i && in_ready_o;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      fold_q <= '0;
      pixel_q <= '0;
      is_first_q <= 1'b1;
      is_last_q <= (Pixels == 1);
    end else if (step) begin
      fold_q <= fold_d;
      if (last_fold) begin
        pixel_q <= is_last_q ? '0 : pixel_q + PixelBits'(1);
        is_first_q <= is_last_q;
        is_last_q <= is_last_q ? (Pixels == 1) : (pixel_q == PixelBits'(Pixels - 2));
      end
    end
  end

  // The sums of the pixels before, and with this one
  logic [Width-1:0] before_q, sums;

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic [OutBits-1:0] value;
    if (IsSigned) begin : gen_signed
      assign value = OutBits'($signed(in_data_i[lane*InBits +: InBits]));
    end else begin : gen_unsigned
      assign value = OutBits'(in_data_i[lane*InBits +: InBits]);
    end
    assign sums[lane*OutBits +: OutBits] =
        value + (is_first_q ? '0 : before_q[lane*OutBits +: OutBits]);
  end

  if (Folds == 1) begin : gen_one
    always_ff @(posedge clk_i) begin
      if (step) before_q <= sums;
    end
  end else begin : gen_ram
    (* ram_style = RamStyle, no_rw_check *)
    logic [Width-1:0] mem [Folds];

    always_ff @(posedge clk_i) begin
      if (step) mem[fold_q] <= sums;
    end

    always_ff @(posedge clk_i) begin
      if (step) before_q <= mem[fold_d];
    end
  end

  stream_fifo #(
    .Width(Width),
    .Depth(2)
  ) i_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(in_valid_i && is_last_q),
    .in_ready_o(fifo_ready),
    .in_data_i(sums),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
