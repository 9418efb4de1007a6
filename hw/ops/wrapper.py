"""Texts of the generated wrapper: FINN's port names around modules of ``hw/rtl``."""

from collections.abc import Mapping, Sequence

from hw.protocols import StreamNode

#: Pins of a module with the load bus, and the wires of the wrapper that they go to; those of a node
#: without tables.
LOAD = (("load_i", "load_bus"), ("load_o", "load_word"))
NO_LOAD = (("load_i", "'0"), ("load_o", "unused_load"))


class Verbatim(str):
    """Value of a parameter that is written as it is, not as a string."""


def instance_text(
    module: str,
    params: Mapping[str, int | str],
    connections: Sequence[tuple[str, str]],
    name: str = "i_core",
    reset: bool = True,
) -> str:
    """Text of an instance of module. connections: ports and wires, but for clock and reset.

    reset: it has one.
    """
    values = [
        f"    .{key}({value})" if isinstance(value, int | Verbatim) else f'    .{key}("{value}")'
        for key, value in params.items()
    ]
    pins = [
        f"    .{port}({wire})"
        for port, wire in (
            ("clk_i", "clk_i"),
            *((("rst_ni", "rst_ni"),) if reset else ()),
            *connections,
        )
    ]
    return (
        f"  {module} #(\n"
        + ",\n".join(values)
        + f"\n  ) {name} (\n"
        + ",\n".join(pins)
        + "\n  );\n"
    )


def stream_names(side: str, count: int) -> list[str]:
    """Names of a wrapper's streams at side "in" or "out": numbered where there are several."""
    return [side] if count == 1 else [f"{side}{index}" for index in range(count)]


def load_text(bits: int, bus_bits: int) -> str:
    """Wires of the load bus of a node with so many bits of addresses; 0: it has no tables."""
    if not bits:
        return ""
    return (
        f"  logic [{bits + 33}:0] load_bus;\n  logic [31:0] load_word;\n"
        f"  load_port #(\n    .BusBits({bus_bits}),\n    .LocalBits({bits}),\n"
        "    .Select(LoadSelect)\n  ) i_load (\n    .clk_i(clk_i),\n    .rst_ni(rst_ni),\n"
        "    .bus_i(load_i),\n    .bus_o(load_o),\n    .load_o(load_bus),\n"
        "    .load_i(load_word)\n  );\n"
    )


def wrapper_text(op: StreamNode, body: str, load: str = "", bus_bits: int = 0) -> str:
    """The module named as op's node, with the ports ``in<i>_V_*`` and ``out<i>_V_*``, around body.

    TDATA is padded to bytes; body sees the streams as ``RtlOp.rtl_body`` says. load: text of the
    load bus (``load_text``), whose address has bus_bits; the module then has its ports and the
    parameter LoadSelect, the upper bits of its addresses.
    """
    inputs = stream_names("in", op.stream_inputs())
    outputs = stream_names("out", op.stream_outputs())
    ports, wires, assigns, unused = [], [], [], []
    for index, name in enumerate(inputs):
        width, padded = op.get_instream_width(index), op.get_instream_width_padded(index)
        port = f"in{index}_V"
        ports += [
            f"  input  logic {port}_TVALID",
            f"  output logic {port}_TREADY",
            f"  input  logic [{padded - 1}:0] {port}_TDATA",
        ]
        wires.append(f"  logic [{width - 1}:0] {name}_data;\n")
        assigns += [
            f"  assign {name}_valid = {port}_TVALID;\n",
            f"  assign {port}_TREADY = {name}_ready;\n",
            f"  assign {name}_data = {port}_TDATA[{width - 1}:0];\n",
        ]
        if padded > width:
            unused.append(f"^{port}_TDATA[{padded - 1}:{width}]")
    for index, name in enumerate(outputs):
        width, padded = op.get_outstream_width(index), op.get_outstream_width_padded(index)
        port = f"out{index}_V"
        ports += [
            f"  output logic {port}_TVALID",
            f"  input  logic {port}_TREADY",
            f"  output logic [{padded - 1}:0] {port}_TDATA",
        ]
        wires.append(f"  logic [{width - 1}:0] {name}_data;\n")
        pad = padded - width
        data = f"{{{pad}'b0, {name}_data}}" if pad else f"{name}_data"
        assigns += [
            f"  assign {port}_TVALID = {name}_valid;\n",
            f"  assign {name}_ready = {port}_TREADY;\n",
            f"  assign {port}_TDATA = {data};\n",
        ]
    handshakes = ", ".join(f"{name}_valid, {name}_ready" for name in (*inputs, *outputs))
    padding = (
        f"  logic unused_padding;\n  assign unused_padding = {' ^ '.join(unused)};\n"
        if unused
        else ""
    )
    ports = ["  input  logic ap_clk", "  input  logic ap_rst_n", *ports]
    parameters = ""
    if load:
        ports += [
            f"  input  logic [{bus_bits + 33}:0] load_i",
            "  output logic [31:0] load_o",
        ]
        parameters = "#(\n  parameter int unsigned LoadSelect = 0\n) "
    return (
        f"// Generated for node {op.onnx_node.name} ({op.onnx_node.op_type}). Do not edit.\n"
        f"module {op.onnx_node.name} {parameters}(\n" + ",\n".join(ports) + "\n);\n"
        f"  logic clk_i, rst_ni;\n  logic {handshakes};\n{''.join(wires)}"
        f"  assign clk_i = ap_clk;\n  assign rst_ni = ap_rst_n;\n{''.join(assigns)}"
        f"{padding}{load}\n{body}\nendmodule\n"
    )
