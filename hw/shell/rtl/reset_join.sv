// The soft reset of several idmas and odmas: once every idma asks for it and all are at rest.
//
// An idma's RESET asks all odmas to come to rest (`drain_o`). The idmas are a chain: each takes the
// soft reset of the one behind it for the word that this one is at rest, and those behind it too;
// the last one looks at the odmas. The first one's is the accelerator's, whose answer goes to all.
module reset_join #(
  parameter int unsigned Inputs = 2,
  parameter int unsigned Outputs = 2
) (
  // Of each idma
  input  logic [Inputs-1:0]  drain_i,
  output logic [Inputs-1:0]  drained_o,
  input  logic [Inputs-1:0]  soft_reset_i,
  // To all odmas, and of each
  output logic               drain_o,
  input  logic [Outputs-1:0] drained_i,
  // To the accelerator
  output logic               soft_reset_o
);

  if (Inputs < 1 || Outputs < 1) begin : gen_check
    $error("reset_join: Inputs and Outputs must be at least 1");
  end

  assign drain_o = |drain_i;
  assign soft_reset_o = soft_reset_i[0];
  assign drained_o[Inputs-1] = &drained_i;
  for (genvar i = 1; i < Inputs; i++) begin : gen_chain
    assign drained_o[i-1] = soft_reset_i[i];
  end

endmodule
