// Beats of pictures: as many as their configurations say, no more.
//
// A configuration brings `count_i` beats; each beat that passes takes one. While none is due none may
// stand at the port. That the last ones come is left to stream_progress, which asks `due_o`.
module picture_contract #(
  parameter int unsigned CountBits = 6
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 cfg_i,
  input  logic [CountBits-1:0] count_i,
  // A beat stands at the port (of an input: the module is ready); it passes
  input  logic                 valid_i,
  input  logic                 pass_i,
  output logic [CountBits-1:0] due_o
);

  logic [CountBits-1:0] due_q;
  logic started_q;
  initial started_q = 1'b0;
  assign due_o = due_q;

  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!rst_ni) due_q <= '0;
    else due_q <= due_q + (cfg_i ? count_i : '0) - CountBits'(pass_i);
  end

  always_comb if (started_q && valid_i) no_more: assert (due_q != '0);

endmodule
