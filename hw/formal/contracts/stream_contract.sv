// A stream's handshake: a beat that was not taken stays, with its data, until it is.
//
// A reset ends the obligation. Asserted of an output; assumed of an input whose module relies on it.
module stream_contract #(
  parameter int unsigned Width = 8,
  parameter bit Assumed = 1'b0
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             valid_i,
  input logic             ready_i,
  input logic [Width-1:0] data_i
);

  logic waits_q;
  logic [Width-1:0] data_q;
  initial waits_q = 1'b0;

  always_ff @(posedge clk_i) begin
    waits_q <= rst_ni && valid_i && !ready_i;
    data_q <= data_i;
  end

  if (Assumed) begin : gen_assume
    always_comb if (waits_q && rst_ni) assume (valid_i && data_i == data_q);
  end else begin : gen_assert
    always_comb begin
      if (waits_q && rst_ni) valid_stays: assert (valid_i);
      if (waits_q && rst_ni) data_stays: assert (data_i == data_q);
    end
  end

endmodule
