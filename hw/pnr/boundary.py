"""A top level around one operator, so that its timing can be had without its neighbours.

Every input bit comes from a register of its own (they form one shift register), every output bit
goes into one (behind them a second row folds all bits into one output): four pins in all, and every
path of the operator lies between registers, as in the network.
"""

import re

from hw.errors import HardwareError

_PORT = re.compile(r"\b(input|output)\s+logic\s+(?:\[(\d+):0\]\s+)?(\w+)")
_ANY_PORT = re.compile(r"\b(input|output)\s+logic\s+(?:\[([^\]]+):0\]\s+)?(\w+)")
_PARAMETERS = re.compile(r"#\(\n(.*?)\n\) \(", re.DOTALL)
#: Clock and reset of every wrapper, and of a module that has parameters.
CLOCK, RESET = "ap_clk", "ap_rst_n"
MODULE_CLOCK, MODULE_RESET = "clk_i", "rst_ni"


def ports(source: str) -> list[tuple[str, str, int]]:
    """(direction, name, bits) of each port of the module in source but clock and reset."""
    header = source.partition(");")[0]
    found = [(way, name, int(top or 0) + 1) for way, top, name in _PORT.findall(header)]
    return [port for port in found if port[1] not in (CLOCK, RESET)]


def with_registers(name: str, source: str) -> str:
    """SystemVerilog of the module ``<name>_pnr`` around the module name, whose text is source.

    That is a wrapper, of no parameters, or a module at the parameters that its text says.
    HardwareError if it has no input or no output.
    """
    if "parameter" in source.partition(");")[0]:
        return _around_parameters(name, source)
    place = {"input": 0, "output": 0}
    connections = [f"    .{CLOCK}(clk_i)", f"    .{RESET}(reset_q)"]
    for way, port, bits in ports(source):
        wires = "in_q" if way == "input" else "outputs"
        connections.append(f"    .{port}({wires}[{place[way] + bits - 1}:{place[way]}])")
        place[way] += bits
    inputs, outputs = place["input"], place["output"]
    if not inputs or not outputs:
        raise HardwareError(f"node {name}: no input or no output to place registers at")
    return _text(name, "", str(inputs), str(outputs), connections)


def _around_parameters(name: str, source: str) -> str:
    """The same, of a module whose ports are as wide as its parameters say."""
    header = re.sub(r"//[^\n]*", "", source[source.index(f"module {name} ") :])
    header = header.partition("\n);")[0]
    parameters = _PARAMETERS.search(header)
    ways: dict[str, list[tuple[str, str]]] = {"input": [], "output": []}
    for way, top, port in _ANY_PORT.findall(header):
        if port not in (MODULE_CLOCK, MODULE_RESET):
            ways[way].append((port, f"({top or 0}) + 1"))
    if parameters is None or not all(ways.values()):
        raise HardwareError(f"node {name}: no input or no output to place registers at")
    connections = [f"    .{MODULE_CLOCK}(clk_i)", f"    .{MODULE_RESET}(reset_q)"]
    for wires, found in (("in_q", ways["input"]), ("outputs", ways["output"])):
        for at, (port, bits) in enumerate(found):
            place = " + ".join(bits for _, bits in found[:at]) or "0"
            connections.append(f"    .{port}({wires}[{place} +: {bits}])")
    inputs, outputs = (" + ".join(bits for _, bits in found) for found in ways.values())
    made = f" #(\n{parameters[1]}\n)"
    return _text(name, made, f"({inputs})", f"({outputs})", connections)


def _text(name: str, parameters: str, inputs: str, outputs: str, connections: list[str]) -> str:
    """SystemVerilog of the registers around a module; inputs, outputs: bits in all."""
    last = str(int(outputs) - 1) if outputs.isdigit() else f"{outputs}-1"
    first = str(int(inputs) - 1) if inputs.isdigit() else f"{inputs}-1"
    return f"""// Generated around {name} to measure its timing. Do not edit.
module {name}_pnr{parameters} (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic d_i,
  output logic q_o
);
  logic reset_q;
  logic [{first}:0] in_q;
  logic [{last}:0] outputs, out_q, mixed_q;

  always_ff @(posedge clk_i) begin
    reset_q <= rst_ni;
    in_q <= {inputs}'({{in_q, d_i}});
    out_q <= outputs;
    mixed_q <= {outputs}'({{mixed_q, 1'b0}}) ^ out_q;
  end
  assign q_o = mixed_q[{last}];

  {name} i_operator (
{f",{chr(10)}".join(connections)}
  );
endmodule
"""
