// No deadlock: where `may_i` stays, `moves_i` comes within Clocks clocks.
module stream_progress #(
  parameter int unsigned Clocks = 4
) (
  input logic clk_i,
  input logic rst_ni,
  input logic may_i,
  input logic moves_i
);

  localparam int unsigned CountBits = $clog2(Clocks + 1);
  logic [CountBits-1:0] waited_q;
  initial waited_q = '0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni || !may_i || moves_i) waited_q <= '0;
    else if (waited_q != CountBits'(Clocks)) waited_q <= waited_q + CountBits'(1);
  end

  always_comb progress: assert (waited_q != CountBits'(Clocks));

endmodule
