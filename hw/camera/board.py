"""The top level of a board with the camera path: ``<name>_board``, in a folder.

As ``hw.shell.board_top``, with ``camera_shell`` in the place of ``dma_shell``; the ports are the
same, but for a video stream (``s_axis_video``) in the place of the memory with frames. The folder
holds the accelerator's sources and memories, the camera path's modules and tables, the top level,
its file list and its JSON.
"""

import math
import shutil
from dataclasses import dataclass
from pathlib import Path

from camera_path.head import BOX_BITS, LARGEST_FRAME, OUTPUTS, HeadIntegers
from camera_path.resize import PADDING
from hw.camera import camera_sources
from hw.camera.memories import head_memories
from hw.camera.options import CameraOptions
from hw.errors import HardwareError
from hw.shell.board_top import only_stream
from hw.shell.bus import Bus
from hw.shell.ports import FRAMES, VIDEO, Port, board_ports, read_ports, video_ports
from hw.shell.streams import container_bytes
from hw.sim.design import INPUT, MEMORY_SUFFIXES, OUTPUT, Design
from outside.whole import whole_folder

#: The block of registers, in the place of the DMAs'.
BLOCK = "camera0"
#: What the shell's tables are called in the folder, behind the kind: of no network's own.
_TABLES = "camera_"
#: Words of the bus that a record of 16 bytes fills.
_DATA_BITS = (32, 64, 128)
_CHANNELS = 3
#: What a port of the shell gets that the top level has none for.
_REST = {"input": "'0", "output": ""}


@dataclass(frozen=True)
class DetectorHead:
    """The head of a network: constants, rows and columns of cells."""

    constants: HeadIntegers
    rows: int
    columns: int

    @property
    def integers(self) -> int:
        """Integers of a frame."""
        return self.rows * self.columns * self.constants.anchors * OUTPUTS


def network_side(design: Design) -> int:
    """Pixels of a side of the square that the design takes.

    HardwareError where its input is no stream of red, green and blue of 8 bits of a square.
    """
    source = only_stream(design, INPUT)
    pixels, rest = divmod(source.frame_beats * source.lanes, _CHANNELS)
    side = math.isqrt(pixels)
    fits = source.lanes in (1, _CHANNELS) or source.lanes % _CHANNELS == 0
    if rest or side * side != pixels or source.bits != 8 or source.signed or not fits:
        raise HardwareError(
            f"design {design.top}: its input is no square of pixels of 3 unsigned channels of 8 "
            "bits, which the camera path gives"
        )
    if side > LARGEST_FRAME:
        raise HardwareError(
            f"design {design.top}: {side} x {side} pixels; expected {LARGEST_FRAME} a side at most"
        )
    return side


def _parameters(
    design: Design,
    head: DetectorHead,
    options: CameraOptions,
    build_id: int,
    bus: Bus,
    separate_clock: bool,
) -> dict[str, str]:
    source, result = only_stream(design, INPUT), only_stream(design, OUTPUT)
    side = network_side(design)
    constants = head.constants
    cell = constants.stride << BOX_BITS
    if (found := result.frame_beats * result.lanes) != head.integers:
        raise HardwareError(
            f"design {design.top}: {found} integers of a frame; a detector of {constants.anchors} "
            f"anchors and {head.rows} x {head.columns} cells has {head.integers}"
        )
    if max(head.rows, head.columns) * cell > LARGEST_FRAME << BOX_BITS:
        raise HardwareError(
            f"design {design.top}: {head.rows} x {head.columns} cells of {constants.stride} "
            f"pixels; expected {LARGEST_FRAME} pixels a side at most"
        )
    names = _table_names()
    return {
        "BuildId": f"32'h{build_id:08x}",
        "AddrWidth": str(bus.address_bits),
        "DataWidth": str(bus.data_bits),
        "IdWidth": str(bus.id_bits),
        "MaxBurst": str(bus.max_burst),
        "Outstanding": str(bus.outstanding),
        "FifoWords": str(bus.fifo_words),
        "Pixels": str(options.pixels),
        "MaxSide": str(options.max_side),
        "Candidates": str(options.candidates),
        "Side": str(side),
        "Level": str(PADDING),
        "InLanes": str(source.lanes),
        "OutLanes": str(result.lanes),
        "OutBits": str(result.bits),
        "OutContainerBytes": str(container_bytes(result.bits)),
        "OutIsSigned": f"1'b{int(result.signed)}",
        "Rows": str(head.rows),
        "Columns": str(head.columns),
        "Anchors": str(constants.anchors),
        "Cell": str(cell),
        "HeadFile": f'"{names[0]}"',
        "SigmoidFile": f'"{names[1]}"',
        "PowerFile": f'"{names[2]}"',
        "SeparateClock": f"1'b{int(separate_clock)}",
        "IsVideo": f"1'b{int(options.is_video)}",
    }


def camera_ports(options: CameraOptions, bus: Bus, separate_clock: bool = False) -> list[Port]:
    """Ports of the board's top level: those of a DMA shell's, or a video stream for a memory."""
    ports = board_ports(bus.address_bits, bus.data_bits, bus.id_bits, separate_clock)
    if not options.is_video:
        return ports
    kept = [port for port in ports if not port.name.startswith(f"{FRAMES}_")]
    return [*kept, *video_ports(VIDEO, options.pixels)]


def shell_pins(options: CameraOptions, bus: Bus) -> list[str]:
    """Connections of camera_shell's ports to those of the top level, by name; others are at rest.

    Without those of the accelerator and of its clock.
    """
    ports = camera_ports(options, bus)
    pins = [f".{port.name}({port.name})" for port in ports]
    absent = read_ports(FRAMES, *bus.widths) if options.is_video else video_ports(VIDEO, 1)
    return pins + [f".{port.name}({_REST[port.direction]})" for port in absent]


def _table_names() -> list[str]:
    """Names of the tables' files in a board's folder: head, logistic function, powers."""
    return [f"{_TABLES}{kind}.mem" for kind in ("head", "sigmoid", "power")]


def tables(head: HeadIntegers) -> dict[str, str]:
    """Texts of the tables' files, by their names in a board's folder."""
    return dict(zip(_table_names(), head_memories(head).values(), strict=True))


def top_text(
    design: Design,
    head: DetectorHead,
    options: CameraOptions,
    *,
    build_id: int,
    bus: Bus | None = None,
    separate_clock: bool = False,
) -> str:
    """Text of the top level. Without separate_clock the accelerator runs on the bus' clock."""
    bus = bus or Bus()
    source, result = only_stream(design, INPUT), only_stream(design, OUTPUT)
    ports = camera_ports(options, bus, separate_clock)
    parameters = _parameters(design, head, options, build_id, bus, separate_clock)
    acc_clock = "acc_clk_i" if separate_clock else "clk_i"
    shell = [f"    {pin}" for pin in shell_pins(options, bus)]
    shell += [f"    .acc_clk_i({acc_clock})", "    .acc_rst_no(acc_rst_n)"]
    accelerator = [f"    .ap_clk({acc_clock})", "    .ap_rst_n(acc_rst_n)"]
    for wire, name, ends in (
        (source.wire, "in", ("valid_o", "ready_i", "data_o")),
        (result.wire, "out", ("valid_i", "ready_o", "data_i")),
    ):
        for end in ends:
            signal = end.partition("_")[0]
            shell.append(f"    .acc_{name}_{end}({name}_{signal})")
            accelerator.append(f"    .{wire}_t{signal}({name}_{signal})")
    return "".join(
        [
            "// Generated by hw.camera.board. Do not edit.\n",
            f"module {design.top}_board (\n",
            ",\n".join(f"  {port}" for port in ports),
            "\n);\n\n  logic acc_rst_n, in_valid, in_ready, out_valid, out_ready;\n",
            f"  logic [{8 * source.bytes - 1}:0] in_data;\n",
            f"  logic [{8 * result.bytes - 1}:0] out_data;\n\n  camera_shell #(\n",
            ",\n".join(f"    .{name}({value})" for name, value in parameters.items()),
            "\n  ) i_shell (\n",
            ",\n".join(shell),
            f"\n  );\n\n  {design.top} i_accelerator (\n",
            ",\n".join(accelerator),
            "\n  );\n\nendmodule\n",
        ]
    )


def _check(design: Design, options: CameraOptions, bus: Bus, build_id: int) -> None:
    if not 0 <= build_id < 1 << 32:
        raise HardwareError(f"design {design.top}: build id {build_id:#x} has more than 32 bits")
    bus.check()
    options.check()
    if bus.data_bits not in _DATA_BITS or bus.max_burst * bus.data_bits < 128:
        raise HardwareError(
            f"bus of {bus.data_bits} data bits, bursts of {bus.max_burst} words: the camera path "
            "expects 32, 64 or 128 bits, and bursts of 16 bytes or more"
        )
    for path in camera_sources("camera_shell"):
        mine = design.folder / path.name
        if path.name in design.sources and mine.read_bytes() != path.read_bytes():
            raise HardwareError(
                f"design {design.top}: its source {path.name} has a name of the shell's"
            )


def _fill(design: Design, work: Path, text: str, memories: dict[str, str]) -> Design:
    """Copy and write everything into work; return the design as it lies there."""
    top = f"{design.top}_board"
    for name in design.sources:
        shutil.copyfile(design.folder / name, work / name)
    for path in design.folder.iterdir():
        if path.suffix in MEMORY_SUFFIXES:
            shutil.copyfile(path, work / path.name)
    for name, content in memories.items():
        (work / name).write_text(content, encoding="utf-8")
    shell = [path for path in camera_sources("camera_shell") if path.name not in design.sources]
    for path in shell:
        shutil.copyfile(path, work / path.name)
    (work / f"{top}.sv").write_text(text, encoding="utf-8")
    sources = (*(path.name for path in shell), *design.sources, f"{top}.sv")
    (work / f"{top}.f").write_text("\n".join(sources) + "\n", encoding="utf-8")
    made = Design(top, work, sources, ())
    made.save()
    return made


def write(
    design: Design,
    folder: Path,
    head: DetectorHead,
    options: CameraOptions,
    *,
    build_id: int,
    bus: Bus | None = None,
    separate_clock: bool = False,
) -> Design:
    """Write the board's top level of a stitched detector into folder, with all it needs.

    head: of its output. The rest is as of ``hw.shell.board_top.write``.
    """
    bus = bus or Bus()
    _check(design, options, bus, build_id)
    text = top_text(
        design, head, options, build_id=build_id, bus=bus, separate_clock=separate_clock
    )
    folder = folder.resolve()
    ours = folder / f"{design.top}_board.f"
    if folder.exists() and any(folder.iterdir()) and not ours.exists():
        raise HardwareError(f"{folder}: holds something else than {design.top}_board")
    try:
        with whole_folder(folder) as work:
            _fill(design, work, text, tables(head.constants))
    except OSError as error:
        raise HardwareError(f"{folder}: cannot be written: {error}") from error
    return Design.load(folder / f"{design.top}_board.json")
