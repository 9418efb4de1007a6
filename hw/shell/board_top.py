"""The top level of a board: a stitched accelerator with the shell, ``<name>_board``, in a folder.

The folder holds all that a tool needs: the accelerator's sources and memories, the modules of
``hw/shell/rtl``, the top level, the file list ``<name>_board.f`` and ``<name>_board.json``.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from hw import RTL_DIR
from hw.errors import HardwareError
from hw.modules import Variant
from hw.shell import SHELL_RTL_DIR
from hw.shell.ports import Port, board_ports
from hw.sim.design import INPUT, MEMORY_SUFFIXES, OUTPUT, Design, Stream
from outside.whole import whole_folder

#: Bytes that an element may take in memory.
CONTAINERS = (1, 2, 4)
#: Modules of hw/rtl that the shell is made of.
_LIBRARY = ("stream_fifo.sv",)
_PACKAGE = "dma_registers_pkg.sv"
#: What AXI4 allows: widths of the data, lengths of a burst in words (powers of two) and in bytes.
_DATA_BITS = (32, 64, 128, 256, 512, 1024)
_BURSTS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_PAGE = 4096
#: The shell with one clock and with two; no valid or ready of it follows an input at once.
SHELL_VARIANTS = (
    Variant("dma_shell"),
    Variant("dma_shell", {"SeparateClock": 1, "Outstanding": 1, "MaxBurst": 1}),
)


@dataclass(frozen=True)
class Bus:
    """The masters' side of the shell.

    address_bits: of a byte address. data_bits: of a word. id_bits: of the identifiers, which are
    always 0. max_burst: words of the longest burst (16: also AXI3's limit). outstanding: bursts
    under way in each direction. fifo_words: words of the FIFO in each direction.
    """

    address_bits: int = 32
    data_bits: int = 64
    id_bits: int = 1
    max_burst: int = 16
    outstanding: int = 4
    fifo_words: int = 64

    def check(self) -> None:
        """Raise HardwareError where the RTL could not be built so."""
        if not 12 <= self.address_bits <= 64:
            raise HardwareError(f"bus of {self.address_bits} address bits: expected 12 to 64")
        if self.data_bits not in _DATA_BITS:
            raise HardwareError(f"bus of {self.data_bits} data bits: expected one of {_DATA_BITS}")
        size = self.data_bits // 8
        if self.max_burst not in _BURSTS or self.max_burst * size > _PAGE:
            raise HardwareError(
                f"bursts of up to {self.max_burst} words of {size} bytes: expected a power of two, "
                f"at most 256 words and {_PAGE} bytes"
            )
        if self.fifo_words < self.max_burst:
            raise HardwareError(
                f"FIFOs of {self.fifo_words} words: expected {self.max_burst} or more, one burst"
            )
        if self.outstanding < 1:
            raise HardwareError(f"{self.outstanding} bursts under way: expected 1 or more")


def container_bytes(bits: int) -> int:
    """Bytes that an element of so many bits takes in memory: 1, 2 or 4, the fewest that hold it."""
    for size in CONTAINERS:
        if bits <= 8 * size:
            return size
    raise HardwareError(f"an element of {bits} bits is wider than {8 * CONTAINERS[-1]} bits")


def frame_bytes(stream: Stream) -> int:
    """Bytes that a frame of a stream takes in memory."""
    return stream.frame_beats * stream.lanes * container_bytes(stream.bits)


def only_stream(design: Design, kind: str) -> Stream:
    """The design's one stream of a kind, INPUT or OUTPUT; HardwareError if it is not one."""
    streams = design.of_kind(kind)
    if len(streams) != 1:
        names = ", ".join(stream.name for stream in streams) or "none"
        raise HardwareError(f"design {design.top}: a board needs one {kind} stream, not {names}")
    try:
        container_bytes(streams[0].bits)
    except HardwareError as error:
        raise HardwareError(f"design {design.top}, stream {streams[0].name}: {error}") from error
    return streams[0]


def _parameters(design: Design, build_id: int, bus: Bus, separate_clock: bool) -> dict[str, str]:
    source, result = only_stream(design, INPUT), only_stream(design, OUTPUT)
    return {
        "BuildId": f"32'h{build_id:08x}",
        "AddrWidth": str(bus.address_bits),
        "DataWidth": str(bus.data_bits),
        "IdWidth": str(bus.id_bits),
        "MaxBurst": str(bus.max_burst),
        "Outstanding": str(bus.outstanding),
        "FifoWords": str(bus.fifo_words),
        "InLanes": str(source.lanes),
        "InBits": str(source.bits),
        "InContainerBytes": str(container_bytes(source.bits)),
        "InFrameBeats": str(source.frame_beats),
        "OutLanes": str(result.lanes),
        "OutBits": str(result.bits),
        "OutContainerBytes": str(container_bytes(result.bits)),
        "OutFrameBeats": str(result.frame_beats),
        "OutIsSigned": f"1'b{int(result.signed)}",
        "SeparateClock": f"1'b{int(separate_clock)}",
    }


def top_text(
    design: Design, *, build_id: int, bus: Bus | None = None, separate_clock: bool = False
) -> str:
    """Text of the top level. Without separate_clock the accelerator runs on the bus' clock."""
    bus = bus or Bus()
    source, result = only_stream(design, INPUT), only_stream(design, OUTPUT)
    ports = board_ports(bus.address_bits, bus.data_bits, bus.id_bits, separate_clock)
    parameters = _parameters(design, build_id, bus, separate_clock)
    shell = [f"    .{port.name}({port.name})" for port in ports if port.name != "acc_clk_i"]
    acc_clock = "acc_clk_i" if separate_clock else "clk_i"
    shell += [
        f"    .acc_clk_i({acc_clock})",
        "    .acc_rst_no(acc_rst_n)",
        "    .acc_in_valid_o(in_valid)",
        "    .acc_in_ready_i(in_ready)",
        "    .acc_in_data_o(in_data)",
        "    .acc_out_valid_i(out_valid)",
        "    .acc_out_ready_o(out_ready)",
        "    .acc_out_data_i(out_data)",
    ]
    accelerator = [f"    .ap_clk({acc_clock})", "    .ap_rst_n(acc_rst_n)"]
    for wire, name in ((source.wire, "in"), (result.wire, "out")):
        for signal, end in (("tdata", "data"), ("tvalid", "valid"), ("tready", "ready")):
            accelerator.append(f"    .{wire}_{signal}({name}_{end})")
    return "".join(
        [
            "// Generated by hw.shell.board_top. Do not edit.\n",
            f"module {design.top}_board (\n",
            ",\n".join(f"  {port}" for port in ports),
            "\n);\n\n  logic acc_rst_n, in_valid, in_ready, out_valid, out_ready;\n",
            f"  logic [{8 * source.bytes - 1}:0] in_data;\n",
            f"  logic [{8 * result.bytes - 1}:0] out_data;\n\n  dma_shell #(\n",
            ",\n".join(f"    .{name}({value})" for name, value in parameters.items()),
            "\n  ) i_shell (\n",
            ",\n".join(shell),
            f"\n  );\n\n  {design.top} i_accelerator (\n",
            ",\n".join(accelerator),
            "\n  );\n\nendmodule\n",
        ]
    )


def shell_text(design: Design, *, build_id: int, bus: Bus | None = None) -> str:
    """Text of module ``<top>_shell``: the shell of a design's board, the accelerator left out.

    Its ports are the board's and those towards the accelerator, so that nothing is taken away when
    it is synthesized alone.
    """
    bus = bus or Bus()
    source, result = only_stream(design, INPUT), only_stream(design, OUTPUT)
    ports = [
        *board_ports(bus.address_bits, bus.data_bits, bus.id_bits, False),
        Port("output", 1, "acc_rst_no"),
        Port("output", 1, "acc_in_valid_o"),
        Port("input", 1, "acc_in_ready_i"),
        Port("output", 8 * source.bytes, "acc_in_data_o"),
        Port("input", 1, "acc_out_valid_i"),
        Port("output", 1, "acc_out_ready_o"),
        Port("input", 8 * result.bytes, "acc_out_data_i"),
    ]
    parameters = _parameters(design, build_id, bus, separate_clock=False)
    wires = [*(f"    .{port.name}({port.name})" for port in ports), "    .acc_clk_i(clk_i)"]
    return "".join(
        [
            "// Generated by hw.shell.board_top. Do not edit.\n",
            f"module {design.top}_shell (\n",
            ",\n".join(f"  {port}" for port in ports),
            "\n);\n\n  dma_shell #(\n",
            ",\n".join(f"    .{name}({value})" for name, value in parameters.items()),
            "\n  ) i_shell (\n",
            ",\n".join(wires),
            "\n  );\n\nendmodule\n",
        ]
    )


def _check(design: Design, bus: Bus, build_id: int) -> None:
    if not 0 <= build_id < 1 << 32:
        raise HardwareError(f"design {design.top}: build id {build_id:#x} has more than 32 bits")
    bus.check()
    for name in _shell_files():
        if name in design.sources and name not in _LIBRARY:
            raise HardwareError(f"design {design.top}: its source {name} has a name of the shell's")


def _shell_files() -> list[str]:
    """The shell's own files in compile order: the package first."""
    names = sorted(path.name for path in SHELL_RTL_DIR.glob("*.sv"))
    return [_PACKAGE, *(name for name in names if name != _PACKAGE)]


def shell_sources() -> list[Path]:
    """Everything that module ``dma_shell`` needs, in compile order."""
    package, *modules = (SHELL_RTL_DIR / name for name in _shell_files())
    return [package, *(RTL_DIR / name for name in _LIBRARY), *modules]


def _fill(design: Design, work: Path, text: str) -> Design:
    """Copy and write everything into work; return the design as it lies there."""
    top = f"{design.top}_board"
    for name in design.sources:
        shutil.copyfile(design.folder / name, work / name)
    for path in design.folder.iterdir():
        if path.suffix in MEMORY_SUFFIXES:
            shutil.copyfile(path, work / path.name)
    shell = _shell_files()
    for name in shell:
        shutil.copyfile(SHELL_RTL_DIR / name, work / name)
    library = [name for name in _LIBRARY if name not in design.sources]
    for name in library:
        shutil.copyfile(RTL_DIR / name, work / name)
    (work / f"{top}.sv").write_text(text, encoding="utf-8")
    package, *modules = shell
    sources = (package, *library, *design.sources, *modules, f"{top}.sv")
    (work / f"{top}.f").write_text("\n".join(sources) + "\n", encoding="utf-8")
    made = Design(top, work, sources, ())
    made.save()
    return made


def write(
    design: Design,
    folder: Path,
    *,
    build_id: int,
    bus: Bus | None = None,
    separate_clock: bool = False,
) -> Design:
    """Write the board's top level of a stitched design into folder, with all it needs.

    The accelerator has one input and one output stream. build_id: what register BUILD_ID reads
    as, 32 bits. separate_clock: the accelerator gets a clock port of its own, ``acc_clk_i``.
    Returns the design ``<top>_board``, which has no streams. The folder appears whole or not at
    all; an earlier one of this kind is replaced, any other is refused with HardwareError.
    """
    bus = bus or Bus()
    _check(design, bus, build_id)
    text = top_text(design, build_id=build_id, bus=bus, separate_clock=separate_clock)
    folder = folder.resolve()
    ours = folder / f"{design.top}_board.f"
    if folder.exists() and any(folder.iterdir()) and not ours.exists():
        raise HardwareError(f"{folder}: holds something else than {design.top}_board")
    try:
        with whole_folder(folder) as work:
            _fill(design, work, text)
    except OSError as error:
        raise HardwareError(f"{folder}: cannot be written: {error}") from error
    return Design.load(folder / f"{design.top}_board.json")
