"""C++ and test bench header of one operator as a top level of its own, as Vitis HLS takes it.

The top function is named as the node and has the ports of the node's RTL wrapper (``in0_V``,
``out0_V``, TDATA padded to bytes), so that one graph may hold IP of both kinds. FINN calls this by
``code_generation_ipgen`` (``write_ipgen``); ``hw.hls.vitis`` calls it for every node of a graph.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path

from qonnx.core.datatype import BaseDataType
from qonnx.core.modelwrapper import ModelWrapper

from hw.errors import HardwareError
from hw.hls.lanes import stream_type
from hw.hls.tcl import script
from hw.protocols import HlsOperator, StreamNode

HLS_DIR = Path(__file__).parent
#: Vitis HLS refuses wider ports (UG1399, AXI4-Stream interfaces).
MAX_PORT_BITS = 4096
#: FINN's names: top_<node>.cpp, hls_syn_<node>.tcl, project_<node>/sol1.
TOP_FILE, TCL_FILE = "top_{}.cpp", "hls_syn_{}.tcl"


@dataclass(frozen=True)
class Port:
    """A stream at the edge of a top level. bits: of a lane; beats: of one frame (N = 1)."""

    name: str
    bits: int
    signed: bool
    lanes: int
    beats: int

    @property
    def bytes(self) -> int:
        """Bytes of TDATA."""
        return (self.bits * self.lanes + 7) // 8

    @property
    def arguments(self) -> str:
        """Template arguments of the stream, and the first ones of the adapters."""
        return f"{self.bits}, {str(self.signed).lower()}, {self.lanes}"

    @property
    def type(self) -> str:
        """C++ type of the port."""
        return f"df::port_t<{self.bits}, {self.lanes}>"

    def checked(self, what: str) -> "Port":
        """This port, or HardwareError where Vitis HLS would refuse it."""
        if self.bits * self.lanes > MAX_PORT_BITS:
            raise HardwareError(
                f"{what}: its stream {self.name} has {self.bits * self.lanes} bits ({self.lanes} "
                f"lanes); Vitis HLS takes ports of {MAX_PORT_BITS} at most: lower PE or SIMD"
            )
        return self


def in_ports(op: StreamNode) -> list[Port]:
    """The streams into an operator."""
    return [
        _port(
            op, f"in{i}_V", op.get_input_datatype(i), op.lanes_of(i), op.get_normal_input_shape(i)
        )
        for i in range(op.stream_inputs())
    ]


def out_ports(op: StreamNode) -> list[Port]:
    """The streams out of an operator."""
    return [
        _port(
            op,
            f"out{i}_V",
            op.get_output_datatype(i),
            op.lanes_out(),
            op.get_normal_output_shape(i),
        )
        for i in range(op.stream_outputs())
    ]


def _port(
    op: StreamNode, name: str, datatype: BaseDataType, lanes: int, shape: Sequence[int]
) -> Port:
    node = op.onnx_node.name
    stream_type(node, datatype, lanes)  # refuses what no lane can hold
    beats = prod(map(int, shape[1:])) // lanes
    port = Port(name, int(datatype.bitwidth()), bool(datatype.signed()), int(lanes), beats)
    return port.checked(f"node {node}")


def tables_text(op: HlsOperator, model: ModelWrapper) -> str:
    """``<node>_tables.hpp``: the operator's constant tables; empty where it has none."""
    tables = op.hls_tables(model)
    if not tables:
        return ""
    body = "\n".join(table.text() for table in tables)
    return (
        f"// Constant tables of node {op.onnx_node.name}. Generated, do not edit.\n"
        f'#pragma once\n\n#include "types.hpp"\n\n{body}'
    )


def node_top(op: HlsOperator, model: ModelWrapper) -> str:
    """``top_<node>.cpp``: the operator between the adapters of its ports."""
    name = op.onnx_node.name
    sources, sinks = in_ports(op), out_ports(op)
    includes = ["ports.hpp", f"{op.hls_function()}.hpp"]
    if op.hls_tables(model):
        includes.append(f"{name}_tables.hpp")
    lines = "\n".join(f'#include "{include}"' for include in includes)
    wires = [*_names("source", len(sources)), *_names("sink", len(sinks))]
    streams = list(zip((*sources, *sinks), wires, strict=True))
    interfaces = "".join(f"#pragma HLS INTERFACE axis port = {port.name}\n" for port, _ in streams)
    declared = "".join(
        f'  df::stream_t<{port.arguments}> {wire}("{wire}");\n'
        f"#pragma HLS STREAM variable = {wire} depth = 2\n"
        f"#pragma HLS AGGREGATE variable = {wire} compact = bit\n"
        for port, wire in streams
    )
    reads = "".join(
        f"  df::read_port<{port.arguments}, {port.beats}>({port.name}, {wire});\n"
        for port, wire in streams[: len(sources)]
    )
    writes = "".join(
        f"  df::write_port<{port.arguments}, {port.beats}>({wire}, {port.name});\n"
        for port, wire in streams[len(sources) :]
    )
    return f"""// Node {name} ({op.onnx_node.op_type}) as a top level for Vitis HLS.
// Generated, do not edit.
{lines}

{prototype(name, [*sources, *sinks])} {{
{interfaces}#pragma HLS INTERFACE ap_ctrl_none port = return
#pragma HLS DATAFLOW
{declared}{reads}  {op.hls_call(model, *wires)}
{writes}}}
"""


def _names(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [f"{name}{index}" for index in range(count)]


def prototype(name: str, ports: Sequence[Port]) -> str:
    """Declaration of a top function, without the semicolon."""
    return f"void {name}({', '.join(f'{port.type} &{port.name}' for port in ports)})"


def bench_header(
    name: str, sources: Sequence[Port], sinks: Sequence[Port], vectors: Sequence[str]
) -> str:
    """``bench.hpp``: what ``testbench.cpp`` has to know of this top level.

    vectors: file names of the beats of each input, then of each output.
    """
    ports = [*sources, *sinks]
    names = [f"in{index}" for index in range(len(sources))]
    names += [f"out{index}" for index in range(len(sinks))]
    streams = "".join(
        f"""
struct {label} {{
  using port_t = {port.type};
  static const char *file() {{ return "{file}"; }}
  static constexpr unsigned bytes = {port.bytes};
  static constexpr std::size_t beats = {port.beats};  // of a frame
}};
"""
        for label, port, file in zip(names, ports, vectors, strict=True)
    )
    listed = [" ".join(f"X({n})" for n in names if n.startswith(side)) for side in ("in", "out")]
    return f"""// What testbench.cpp has to know of {name}. Generated, do not edit.
#pragma once

#include <cstddef>

#include "ports.hpp"

{prototype(name, ports)};

namespace bench {{

constexpr const char *name = "{name}";
{streams}
}}  // namespace bench

// The streams in and out, and the call on objects of these names that have a port
#define BENCH_INPUTS(X) {listed[0]}
#define BENCH_OUTPUTS(X) {listed[1]}
#define BENCH_CALL() {name}({", ".join(f"{label}.port" for label in names)})
"""


def copy_headers(folder: Path, stand_ins: bool = False) -> list[str]:
    """Copy the operators' headers (with the stand-ins, if told to) into folder; their names."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [path.name for path in HLS_DIR.glob("*.hpp")]
    if stand_ins:
        (folder / "stand_ins").mkdir(exist_ok=True)
        names += [f"stand_ins/{path.name}" for path in (HLS_DIR / "stand_ins").glob("*.h*")]
    for name in names:
        shutil.copyfile(HLS_DIR / name, folder / name)
    return sorted(names)


def write_ipgen(op: HlsOperator, model: ModelWrapper, fpgapart: str, clk: float) -> None:
    """FINN's ``code_generation_ipgen``: sources and Tcl in code_gen_dir_ipgen.

    FINN's HLSSynthIP (``ipgen_singlenode_code``) then runs Vitis HLS on it: synthesis and export.
    """
    op.check()
    name = op.onnx_node.name
    folder = Path(op.get_nodeattr("code_gen_dir_ipgen"))
    copy_headers(folder / "include")
    (folder / TOP_FILE.format(name)).write_text(node_top(op, model), encoding="utf-8")
    if tables := tables_text(op, model):
        (folder / f"{name}_tables.hpp").write_text(tables, encoding="utf-8")
    text = script(
        name,
        [TOP_FILE.format(name)],
        fpgapart,
        clk,
        include="include",
        directives=[*op.ipgen_default_directives(), *op.ipgen_extra_directives()],
        bench=None,
    )
    (folder / TCL_FILE.format(name)).write_text(text, encoding="utf-8")
