// From memory's elements to a stream's lanes: of each container of bytes the lowest Bits. No logic.
module lane_narrow #(
  parameter int unsigned Lanes = 3,
  // Bits of a lane, bytes of its container
  parameter int unsigned Bits = 8,
  parameter int unsigned ContainerBytes = 1
) (
  input  logic [8*ContainerBytes*Lanes-1:0]   containers_i,
  // Padded to bytes with zeros
  output logic [8*((Lanes*Bits+7)/8)-1:0] lanes_o
);

  if (Lanes == 0 || Bits == 0 || Bits > 8 * ContainerBytes) begin : gen_check_bits
    $error("lane_narrow: Bits must be 1 to 8 * ContainerBytes, Lanes at least 1");
  end

  always_comb begin
    lanes_o = '0;
    for (int unsigned i = 0; i < Lanes; i++) begin
      lanes_o[i*Bits +: Bits] = containers_i[8*ContainerBytes*i +: Bits];
    end
  end

  logic unused_containers;
  assign unused_containers = ^containers_i;

endmodule
