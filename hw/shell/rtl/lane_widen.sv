// From a stream's lanes to memory's elements: every lane extended to a container. No logic.
module lane_widen #(
  parameter int unsigned Lanes = 1,
  // Bits of a lane, bytes of its container
  parameter int unsigned Bits = 12,
  parameter int unsigned ContainerBytes = 2,
  // Whether the highest bit of a lane is its sign
  parameter bit IsSigned = 1'b1
) (
  input  logic [8*((Lanes*Bits+7)/8)-1:0] lanes_i,
  output logic [8*ContainerBytes*Lanes-1:0]   containers_o
);

  if (Lanes == 0 || Bits == 0 || Bits > 8 * ContainerBytes) begin : gen_check_bits
    $error("lane_widen: Bits must be 1 to 8 * ContainerBytes, Lanes at least 1");
  end

  localparam int unsigned Container = 8 * ContainerBytes;

  for (genvar i = 0; i < Lanes; i++) begin : gen_lane
    if (IsSigned) begin : gen_signed
      assign containers_o[i*Container +: Container] = Container'($signed(lanes_i[i*Bits +: Bits]));
    end else begin : gen_unsigned
      assign containers_o[i*Container +: Container] = Container'(lanes_i[i*Bits +: Bits]);
    end
  end

  logic unused_padding;
  assign unused_padding = ^lanes_i;

endmodule
