// The sum or product of each beat and a constant of its place in the image, lane by lane.
//
// The constants lie in a memory of Depth rows, a row for a beat, lane 0 in the lowest bits. Row 0 is
// of the first beat behind a reset; behind the last row comes row 0 again. So a memory of an image
// is repeated frame by frame, one of a row of pixels row by row.
//
// One beat a clock. The beat waits in registers while its row is read, behind credits: `in_ready_o`
// is of registers alone. Latency: five clocks.
module elementwise_constant #(
  // "add", "mul", "max" or "min"
  parameter Operation = "add",
  // Channels of a beat
  parameter int unsigned Lanes = 1,
  // Bits of a channel, and whether it is in two's complement, of what comes in and of a constant
  parameter int unsigned InBits = 2,
  parameter bit InSigned = 1'b0,
  parameter int unsigned ConstantBits = 2,
  parameter bit ConstantSigned = 1'b0,
  // What comes in is multiplied by it first
  parameter int Factor = 1,
  // Bits of a result, which hold what comes in times its factor, and the constants, too
  parameter int unsigned OutBits = 3,
  // Whether a result is in two's complement
  parameter bit OutSigned = 1'b0,
  // Whether a product is a multiplier
  parameter bit IsMultiplier = 1'b0,
  // Rows of the memory
  parameter int unsigned Depth = 6,
  // $readmemh file of the memory; "" leaves it zero
  parameter MemFile = "",
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

  localparam int unsigned AddrBits = (Depth > 1) ? $clog2(Depth) : 1;
  localparam int unsigned InWidth = Lanes * InBits;
  localparam int unsigned RowWidth = Lanes * ConstantBits;
  localparam int unsigned PushLatency = 2;

  if (Depth == 0 || ConstantBits == 0) begin : gen_check
    $error("elementwise_constant: Depth and ConstantBits must be at least 1");
  end

  logic free, take;
  logic [AddrBits-1:0] addr_q;
  logic [RowWidth-1:0] row, row_q;
  logic [InWidth-1:0] beat_q, held_q;
  // valid_q[i]: a beat is i + 1 clocks in the pipeline
  logic [PushLatency-1:0] valid_q;

  assign in_ready_o = free;
  assign take = in_valid_i && free;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      addr_q <= '0;
      valid_q <= '0;
    end else begin
      if (take) addr_q <= (addr_q == AddrBits'(Depth - 1)) ? '0 : addr_q + AddrBits'(1);
      valid_q <= {valid_q[PushLatency-2:0], take};
    end
  end

  always_ff @(posedge clk_i) begin
    beat_q <= in_data_i;
    held_q <= beat_q;
    row_q <= row;
  end

  rom #(
    .Width(RowWidth),
    .Depth(Depth),
    .File(MemFile),
    .Style(RamStyle)
  ) i_constants (
    .clk_i(clk_i),
    .addr_i(addr_q),
    .data_o(row)
  );

  // A beat and its constants side by side
  logic both_valid, both_ready;
  logic [InWidth-1:0] both_beat;
  logic [RowWidth-1:0] both_row;

  credit_fifo #(
    .Width(InWidth + RowWidth),
    .Depth(PushLatency + 2)
  ) i_both (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .free_o(free),
    .take_i(take),
    .push_i(valid_q[PushLatency-1]),
    .data_i({row_q, held_q}),
    .out_valid_o(both_valid),
    .out_ready_i(both_ready),
    .out_data_o({both_row, both_beat})
  );

  logic [1:0] ready_of;
  logic unused_ready;
  assign both_ready = ready_of[0];
  assign unused_ready = ready_of[1];

  elementwise_binary #(
    .Operation(Operation),
    .Lanes(Lanes),
    .In0Bits(InBits),
    .In0Signed(InSigned),
    .In1Bits(ConstantBits),
    .In1Signed(ConstantSigned),
    .Factor0(Factor),
    .OutBits(OutBits),
    .OutSigned(OutSigned),
    .IsMultiplier(IsMultiplier)
  ) i_of_two (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i({both_valid, both_valid}),
    .in_ready_o(ready_of),
    .in0_data_i(both_beat),
    .in1_data_i(both_row),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
