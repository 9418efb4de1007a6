"""The boards of ``loops.py`` written out, side by side in one top level: built once."""

from pathlib import Path

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from hw.shell.board_top import write
from hw.shell.ports import board_ports
from hw.sim.design import INPUT, OUTPUT, Design, Stream
from hw.stitch import stitch
from tests.hw.bench import one_node_model
from tests.hw.shell.loops import BOARDS, OPERATOR, Loop

#: Holds a few beats.
LOOP = """
module {name} (
  input  logic ap_clk, input logic ap_rst_n,
  input  logic [{high}:0] s_axis_0_tdata, input logic s_axis_0_tvalid,
  output logic s_axis_0_tready, output logic [{high}:0] m_axis_0_tdata,
  output logic m_axis_0_tvalid, input logic m_axis_0_tready
);
  stream_fifo #(.Width({high} + 1), .Depth({depth})) i_fifo (
    .clk_i(ap_clk), .rst_ni(ap_rst_n),
    .in_valid_i(s_axis_0_tvalid), .in_ready_o(s_axis_0_tready), .in_data_i(s_axis_0_tdata),
    .out_valid_o(m_axis_0_tvalid), .out_ready_i(m_axis_0_tready), .out_data_o(m_axis_0_tdata)
  );
endmodule
"""


def loop_design(loop: Loop, folder: Path) -> Design:
    """Write the accelerator alone and return it as stitching would."""
    folder.mkdir(parents=True)
    form = {"lanes": loop.lanes, "bits": loop.bits, "signed": loop.signed}
    source = Stream("x", "s_axis_0", INPUT, frame_beats=loop.frame_beats, **form)
    result = Stream("y", "m_axis_0", OUTPUT, frame_beats=loop.frame_beats, **form)
    name = f"{loop.name}_loop"
    text = LOOP.format(name=name, high=8 * source.bytes - 1, depth=loop.depth)
    (folder / f"{name}.sv").write_text(text)
    return Design(name, folder, (f"{name}.sv",), (source, result))


def operator_model() -> ModelWrapper:
    """A matrix-vector unit with signed sums: a small real accelerator, frames of 2 x 3 x 12."""
    weights = np.random.default_rng(3).choice([-1, 1], size=(12, 5))
    params = {"MW": 12, "MH": 5, "SIMD": 6, "PE": 5, "noActivation": 1}
    types = {"weightDataType": "INT8", "inputDataType": "UINT3", "outputDataType": "INT16"}
    params |= types
    return one_node_model("MultiLevelMVAU", (1, 2, 3, 12), params, [(weights, "INT8")])


def _operator_design(folder: Path) -> Design:
    return stitch([operator_model()], folder, OPERATOR.name + "_loop")


def write_boards(folder: Path) -> tuple[str, list[Path]]:
    """Write every board and a top level with all of them; its name and the sources, in order.

    The ports of board ``<name>`` are called ``<name>_<port>``; clocks and resets alike.
    """
    sources: dict[str, Path] = {}
    ports, instances = [], []
    for loop in BOARDS.values():
        accelerator = folder / f"{loop.name}_loop"
        made = _operator_design(accelerator) if loop is OPERATOR else loop_design(loop, accelerator)
        board = write(
            made,
            folder / loop.name,
            build_id=sum(map(ord, loop.name)),
            bus=loop.bus,
            separate_clock=loop.separate_clock,
        )
        for name in board.sources:
            sources.setdefault(name, board.folder / name)
        bus = loop.bus
        pins = []
        for port in board_ports(bus.address_bits, bus.data_bits, bus.id_bits, loop.separate_clock):
            outside = f"{loop.name}_{port.name}"
            ports.append(f"  {port}".replace(f" {port.name}", f" {outside}"))
            pins.append(f".{port.name}({outside})")
        instances.append(f"  {board.top} i_{loop.name} ({', '.join(pins)});\n")
    top = folder / "boards.sv"
    top.write_text(f"module boards (\n{','.join(ports)}\n);\n{''.join(instances)}endmodule\n")
    return "boards", [*sources.values(), top]
