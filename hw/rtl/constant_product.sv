// The product of an integer and a constant, as a sum of shifted copies: no multiplier.
//
// Combinational. What does not fit into Bits wraps, as in two's complement.
module constant_product #(
  // Bits of the integer and of the product
  parameter int unsigned Bits = 4,
  parameter int Factor = 3
) (
  input  logic [Bits-1:0] data_i,
  output logic [Bits-1:0] data_o
);

  localparam int unsigned Size = (Factor < 0) ? -Factor : Factor;

  if (Factor == 0) begin : gen_check
    $error("constant_product: Factor must not be 0");
  end

  if (Size == 1) begin : gen_one
    assign data_o = (Factor < 0) ? -data_i : data_i;
  end else begin : gen_sum
    logic [Bits-1:0] partial [33];

    assign partial[0] = '0;
    for (genvar i = 0; i < 32; i++) begin : gen_bit
      if (Size[i]) begin : gen_added
        assign partial[i+1] = partial[i] + (data_i << i);
      end else begin : gen_passed
        assign partial[i+1] = partial[i];
      end
    end
    assign data_o = (Factor < 0) ? -partial[32] : partial[32];
  end

endmodule
