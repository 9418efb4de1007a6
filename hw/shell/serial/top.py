"""Top levels around an accelerator: with the serial shell, and for a board with its PLL.

``<top>_serial`` has a clock, a reset and the two wires of the line: what a simulation runs.
``<top>_<board>`` adds what the board has: the oscillator's PLL, a reset, lamps.
"""

import shutil
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from hw import RTL_DIR
from hw.boards import Board, SerialSide
from hw.errors import HardwareError
from hw.ops.sizes import DYNAMIC, SIZES
from hw.ops.writable import WRITABLE
from hw.pnr.families import FAMILIES
from hw.pnr.family import Clock
from hw.pnr.netlist import simulation_sources
from hw.shell import SHELL_RTL_DIR
from hw.shell.board_top import only_stream
from hw.shell.serial import SERIAL_RTL_DIR
from hw.shell.streams import container_bytes, frame_bytes
from hw.sim.design import INPUT, MEMORY_SUFFIXES, OUTPUT, Design

#: Modules of the library and of the DMA shell that this one needs.
_NEEDED = (
    RTL_DIR / "stream_fifo.sv",
    RTL_DIR / "stream_width_converter.sv",
    SHELL_RTL_DIR / "lane_narrow.sv",
    SHELL_RTL_DIR / "lane_widen.sv",
)
#: A bit of the line in clocks, at least: below it sampling is too coarse.
MIN_CLOCKS_PER_BIT = 8


@dataclass(frozen=True)
class Line:
    """The serial line. clock: of the accelerator in Hz; baud: bits a second."""

    clock: Fraction
    baud: int = 3_000_000

    @property
    def bit_time(self) -> int:
        """Clocks of a bit, times 256. HardwareError for a line too fast for the clock."""
        if self.baud < 1 or self.clock / self.baud < MIN_CLOCKS_PER_BIT:
            raise HardwareError(
                f"serial line of {self.baud} baud with a clock of {float(self.clock) / 1e6:g} MHz: "
                f"expected 1 baud to {int(self.clock / MIN_CLOCKS_PER_BIT)}"
            )
        return round(256 * self.clock / self.baud)


def write(design: Design, folder: Path, line: Line, build_id: int) -> Design:
    """Copy design and the shell into folder, beside the module ``<top>_serial``.

    Ports: clk_i, rst_ni, rx_i, tx_o, lamps_o. Returns it as a Design without streams.
    """
    if design.tables:
        table = design.tables[0]
        what = DYNAMIC if table.kind == SIZES else WRITABLE
        raise HardwareError(
            f"node {table.node}: {what} = 1, but the serial shell has no way to the load bus; "
            "expected 0, or a board with a Zynq"
        )
    folder.mkdir(parents=True, exist_ok=True)
    memories = [p.name for p in design.folder.iterdir() if p.suffix in MEMORY_SUFFIXES]
    for name in (*design.sources, *memories):
        shutil.copyfile(design.folder / name, folder / name)
    modules = [*_NEEDED, *sorted(SERIAL_RTL_DIR.glob("*.sv"))]
    for path in modules:
        shutil.copyfile(path, folder / path.name)
    top = f"{design.top}_serial"
    (folder / f"{top}.sv").write_text(_serial_top(top, design, line, build_id), encoding="utf-8")
    names = dict.fromkeys([*design.sources, *(path.name for path in modules), f"{top}.sv"])
    return replace(design, top=top, folder=folder, sources=tuple(names), streams=(), fifos=())


def _serial_top(top: str, design: Design, line: Line, build_id: int) -> str:
    source, result = only_stream(design, INPUT), only_stream(design, OUTPUT)
    parameters = {
        "BitTime": line.bit_time,
        "BuildId": f"32'h{build_id:08x}",
        "InLanes": source.lanes,
        "InBits": source.bits,
        "InElementBytes": container_bytes(source.bits),
        "InFrameBytes": frame_bytes(source),
        "OutLanes": result.lanes,
        "OutBits": result.bits,
        "OutSigned": f"1'b{int(result.signed)}",
        "OutElementBytes": container_bytes(result.bits),
        "OutFrameBytes": frame_bytes(result),
    }
    text = [
        "// Generated: an accelerator and its serial shell. Do not edit.",
        f"module {top} (",
        "  input  logic       clk_i,",
        "  input  logic       rst_ni,",
        "  input  logic       rx_i,",
        "  output logic       tx_o,",
        "  output logic [2:0] lamps_o",
        ");",
        "  logic accel_rst_n, in_valid, in_ready, out_valid, out_ready;",
        f"  logic [{8 * source.bytes - 1}:0] in_data;",
        f"  logic [{8 * result.bytes - 1}:0] out_data;",
        "",
        "  serial_shell #(",
        ",\n".join(f"    .{name}({value})" for name, value in parameters.items()),
        "  ) i_shell (",
        "    .clk_i(clk_i),",
        "    .rst_ni(rst_ni),",
        "    .rx_i(rx_i),",
        "    .tx_o(tx_o),",
        "    .accel_rst_no(accel_rst_n),",
        "    .in_valid_o(in_valid),",
        "    .in_ready_i(in_ready),",
        "    .in_data_o(in_data),",
        "    .out_valid_i(out_valid),",
        "    .out_ready_o(out_ready),",
        "    .out_data_i(out_data),",
        "    .lamps_o(lamps_o)",
        "  );",
        "",
        f"  {design.top} i_accelerator (",
        "    .ap_clk(clk_i),",
        "    .ap_rst_n(accel_rst_n),",
        f"    .{source.wire}_tdata(in_data),",
        f"    .{source.wire}_tvalid(in_valid),",
        f"    .{source.wire}_tready(in_ready),",
        f"    .{result.wire}_tdata(out_data),",
        f"    .{result.wire}_tvalid(out_valid),",
        f"    .{result.wire}_tready(out_ready)",
        "  );",
        "endmodule",
        "",
    ]
    return "\n".join(text)


def serial_side(board: Board) -> SerialSide:
    """The board's oscillator, line and lamps; HardwareError where it has no serial line."""
    if board.serial is None:
        raise HardwareError(f"board {board.name}: it is not described as one at a serial line")
    return board.serial


def board_ports(side: SerialSide) -> list[tuple[str, int, str]]:
    """(direction, bits, name) of each port of a board's top level, named as its pins are."""
    inputs = [("input", 1, name) for name in (side.oscillator, side.rx, side.button)]
    outputs = [("output", 1, name) for name in (side.tx, *side.high)]
    return [*inputs, *outputs, ("output", side.leds, "led")]


def write_board(serial: Design, board: Board, pll: Clock) -> Design:
    """Write ``<top>_<board>.sv`` beside the serial top level; returns its Design.

    Ports are named as in the board's file of pins. The reset ends 2**12 clocks after the PLL has
    locked, and the button makes another. Lamps, from the first: the shell's three, then the two
    wires of the line, which light while they are low.
    """
    side = serial_side(board)
    top = f"{serial.top.removesuffix('_serial')}_{side.loader}"
    ports = [
        f"  {way:<6} logic {f'[{bits - 1}:0] ' if bits > 1 else ''}{name}"
        for way, bits, name in board_ports(side)
    ]
    lit = f"{{{side.leds - 5}'d0, !{side.tx}, !{side.rx}, lamps}}"
    text = [
        f"// Generated: an accelerator with its serial shell on {board.name}. Do not edit.",
        f"// Clock: {float(pll.in_mhz):g} MHz to {float(pll.out_mhz):g} MHz.",
        f"module {top} (",
        ",\n".join(ports),
        ");",
        "  logic clk, locked, rst_n_q;",
        "  logic [2:0] lamps;",
        "  // Asynchronous inputs, two registers each",
        "  logic [1:0] button_q, locked_q;",
        "  logic [12:0] wait_q;",
        "",
        pll.instance(side.oscillator, "clk", "locked"),
        "  initial begin",
        "    rst_n_q = 1'b0;",
        "    locked_q = '0;",
        "    button_q = '1;",
        "    wait_q = '0;",
        "  end",
        "",
        "  always_ff @(posedge clk) begin",
        "    locked_q <= {locked_q[0], locked};",
        f"    button_q <= {{button_q[0], {side.button}}};",
        "    if (!locked_q[1] || button_q[1]) wait_q <= '0;",
        "    else if (!wait_q[12]) wait_q <= wait_q + 13'd1;",
        "    rst_n_q <= wait_q[12];",
        "  end",
        "",
        f"  {serial.top} i_serial (",
        "    .clk_i(clk),",
        "    .rst_ni(rst_n_q),",
        f"    .rx_i({side.rx}),",
        f"    .tx_o({side.tx}),",
        "    .lamps_o(lamps)",
        "  );",
        "",
        f"  assign led = {'~' if side.leds_low else ''}{lit};",
        *(f"  assign {name} = 1'b1;" for name in side.high),
        "endmodule",
        "",
    ]
    (serial.folder / f"{top}.sv").write_text("\n".join(text), encoding="utf-8")
    return replace(serial, top=top, sources=(*serial.sources, f"{top}.sv"))


def write_netlist_bench(design: Design, board: Board) -> Design:
    """A board's synthesized top level as a serial top level that simulates.

    ``<top>.json`` in the design's folder is the netlist that nextpnr gets. The oscillator's pin
    gets the accelerator's clock (the PLL's model passes it on), the button is the reset.
    """
    side = serial_side(board)
    sources = simulation_sources(design.folder, design.top, FAMILIES[board.family])
    top = f"{design.top}_bench"
    pins = {side.oscillator: "clk_i", side.rx: "rx_i", side.tx: "tx_o", side.button: "!rst_ni"}
    pins |= {"led": "led", **{name: f"unused_{name}" for name in side.high}}
    unused = ["led", *(f"unused_{name}" for name in side.high)]
    text = [
        "// Generated: the netlist of a board's top level, to simulate. Do not edit.",
        f"module {top} (",
        "  input  logic       clk_i,",
        "  input  logic       rst_ni,",
        "  input  logic       rx_i,",
        "  output logic       tx_o,",
        "  output logic [2:0] lamps_o",
        ");",
        f"  logic [{side.leds - 1}:0] led;",
        *(f"  logic unused_{name};" for name in side.high),
        "  logic unused_outputs;",
        "",
        f"  {design.top} i_board (",
        ",\n".join(f"    .{pin}({wire})" for pin, wire in pins.items()),
        "  );",
        "",
        f"  assign lamps_o = {'~' if side.leds_low else ''}led[2:0];",
        f"  assign unused_outputs = ^{{{', '.join(unused)}}};",
        "endmodule",
        "",
    ]
    (design.folder / f"{top}.sv").write_text("\n".join(text), encoding="utf-8")
    return replace(design, top=top, sources=(*sources, f"{top}.sv"))
