// Output FIFO of a pipeline that never stops. Credits keep it from overflowing.
//
// A beat reserves its place when it enters the pipeline (`take_i`) and fills it some clocks later
// (`push_i`), which cannot be refused. `free_o` says that there is a place to reserve. A place is
// free again in the clock after its beat left at the output. `free_o` comes from a register. To
// sustain a beat every clock, Depth has to be at least the clocks from take_i to push_i, plus 2.
module credit_fifo #(
  // Bits of a beat
  parameter int unsigned Width = 8,
  // Places
  parameter int unsigned Depth = 4
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  output logic             free_o,
  input  logic             take_i,
  input  logic             push_i,
  input  logic [Width-1:0] data_i,
  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o
);

  localparam int unsigned CountBits = $clog2(Depth + 1);

  if (Width == 0) begin : gen_check_width
    $error("credit_fifo: Width must be at least 1");
  end
  if (Depth == 0) begin : gen_check_depth
    $error("credit_fifo: Depth must be at least 1");
  end

  // Places that are neither filled nor reserved
  logic [CountBits-1:0] credits_d, credits_q;
  logic free_q;
  logic give;

  assign give = out_valid_o && out_ready_i;
  assign free_o = free_q;

  always_comb begin
    credits_d = credits_q;
    if (take_i && !give) credits_d = credits_q - CountBits'(1);
    if (give && !take_i) credits_d = credits_q + CountBits'(1);
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      credits_q <= CountBits'(Depth);
      free_q <= 1'b0;
    end else begin
      credits_q <= credits_d;
      free_q <= (credits_d != '0);
    end
  end

  logic unused_ready;

  stream_fifo #(
    .Width(Width),
    .Depth(Depth),
    .RamStyle("distributed")
  ) i_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(push_i),
    .in_ready_o(unused_ready),
    .in_data_i(data_i),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
