"""A top level around one operator, so that its timing can be had without its neighbours.

Every input bit comes from a register of its own (they form one shift register), every output bit
goes into one (behind them a second row folds all bits into one output): four pins in all, and every
path of the operator lies between registers, as in the network.
"""

import re

from hw.errors import HardwareError

_PORT = re.compile(r"\b(input|output)\s+logic\s+(?:\[(\d+):0\]\s+)?(\w+)")
#: Clock and reset of every wrapper.
CLOCK, RESET = "ap_clk", "ap_rst_n"


def ports(source: str) -> list[tuple[str, str, int]]:
    """(direction, name, bits) of each port of the module in source but clock and reset."""
    header = source.partition(");")[0]
    found = [(way, name, int(top or 0) + 1) for way, top, name in _PORT.findall(header)]
    return [port for port in found if port[1] not in (CLOCK, RESET)]


def with_registers(name: str, source: str) -> str:
    """SystemVerilog of the module ``<name>_pnr`` around the module name, whose text is source.

    HardwareError if it has no input or no output.
    """
    place = {"input": 0, "output": 0}
    connections = [f"    .{CLOCK}(clk_i)", f"    .{RESET}(reset_q)"]
    for way, port, bits in ports(source):
        wires = "in_q" if way == "input" else "outputs"
        connections.append(f"    .{port}({wires}[{place[way] + bits - 1}:{place[way]}])")
        place[way] += bits
    inputs, outputs = place["input"], place["output"]
    if not inputs or not outputs:
        raise HardwareError(f"node {name}: no input or no output to place registers at")
    return f"""// Generated around {name} to measure its timing. Do not edit.
module {name}_pnr (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic d_i,
  output logic q_o
);
  logic reset_q;
  logic [{inputs - 1}:0] in_q;
  logic [{outputs - 1}:0] outputs, out_q, mixed_q;

  always_ff @(posedge clk_i) begin
    reset_q <= rst_ni;
    in_q <= {inputs}'({{in_q, d_i}});
    out_q <= outputs;
    mixed_q <= {outputs}'({{mixed_q, 1'b0}}) ^ out_q;
  end
  assign q_o = mixed_q[{outputs - 1}];

  {name} i_operator (
{f",{chr(10)}".join(connections)}
  );
endmodule
"""
