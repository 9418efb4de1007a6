"""Plain Verilog around the DMAs and the accelerator: Vivado takes no SystemVerilog as a cell.

Ports have the names that Vivado infers interfaces from: ``s_axi_control_*``, ``m_axi_gmem0_*`` of
an idma, ``m_axi_gmem1_*`` of an odma, ``m_axis_0_*``, ``s_axis_0_*`` (of the accelerator one a
stream); the attributes say which clock and reset they belong to.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hw.ops.writable import BUS_BITS, WORD_BITS
from hw.shell.board_top import board_engines, has_sizes
from hw.shell.bus import Bus
from hw.shell.engines import ONE_OF_EACH, Engine, one_of_each
from hw.shell.ports import (
    CONTROL,
    FRAMES,
    RESULTS,
    Port,
    control_ports,
    memory_ports,
    memory_prefix,
    read_ports,
    write_ports,
)
from hw.shell.read_ports import parted
from hw.shell.streams import beat_bytes, lane_parameters
from hw.shell.verilog import instance
from hw.sim.design import Design

ACCELERATOR = "accelerator0"
#: The stream of a DMA's cell, as seen from it.
STREAM_IN, STREAM_OUT = "s_axis_0", "m_axis_0"
#: Bits of the address of one DMA's registers.
_REGISTER_BITS = 12
#: A port of a wrapper and the port of the inner module that it leads to.
_Link = tuple[Port, str]
#: Pins of the DMAs that write an accelerator's tables, where it has some that are written.
LOAD_PINS: dict[str, list[_Link]] = {
    "idma0": [
        (Port("output", BUS_BITS + 34, "load_request"), "load_o"),
        (Port("input", WORD_BITS + 1, "load_answer"), "load_i"),
        (Port("input", WORD_BITS + 1, "results"), "results_i"),
    ],
    "odma0": [(Port("output", WORD_BITS + 1, "results"), "results_o")],
}


@dataclass(frozen=True)
class Cell:
    """A cell of the block design: its name, its module's name and text.

    stream: of a DMA, the interface of the accelerator that it is wired to; empty for that itself.
    load: it has pins for the tables that are written (LOAD_PINS). memories: interfaces of those
    that it reads and writes, none of a cell without registers. more: further ones of an idma, each
    with an HP port to itself. video: interface of its video stream.
    """

    name: str
    module: str
    text: str
    stream: str = ""
    load: bool = False
    memories: tuple[str, ...] = ()
    video: str = ""
    more: tuple[str, ...] = ()

    @property
    def reads(self) -> bool:
        """Whether it is a DMA that reads memory."""
        return self.stream.startswith("s_axis")


def cell_wrappers(design: Design, build_id: int, bus: Bus | None = None) -> list[Cell]:
    """The cells ``idma0``, ``odma0``, ... by rising number, then ``accelerator0``.

    design: the stitched accelerator. build_id: 32 bits.
    """
    bus = bus or Bus()
    engines, load = board_engines(design, bus), bool(design.tables)
    cells = []
    seen = {True: 0, False: 0}
    for engine in engines:
        module = f"{design.top}_{engine.name}"
        links = _idma_links(engine, bus) if engine.reads else _odma_links(engine, bus)
        parameters = bus.dma_parameters(engine.stream, build_id)
        if engine.reads:
            parameters = bus.idma_parameters(engine.stream, build_id, engine.ports)
        if has_sizes(design):
            parameters |= {"Dynamic": 1}
        if load and engine.name in LOAD_PINS:
            links += LOAD_PINS[engine.name]
            parameters |= {"Load": 1, "LoadBits": BUS_BITS} if engine.reads else {}
        text = _dma(module, engine, links, parameters, bus)
        way = "s_axis" if engine.reads else "m_axis"
        is_loading = load and engine.name in LOAD_PINS
        memory = (FRAMES if engine.reads else RESULTS,)
        more = tuple(memory_prefix(ONE_OF_EACH[0], which) for which in range(1, engine.ports))
        stream = f"{way}_{seen[engine.reads]}"
        cells.append(Cell(engine.name, module, text, stream, is_loading, memory, more=more))
        seen[engine.reads] += 1
    module = f"{design.top}_{ACCELERATOR}"
    streams = {cell.name: cell.stream for cell in cells}
    text = _accelerator(module, design.top, engines, streams, load)
    return [*cells, Cell(ACCELERATOR, module, text)]


# --- the DMAs ---------------------------------------------------------------------------------


def _paired(outer: Iterable[Port], inner: Iterable[Port]) -> list[_Link]:
    return [(port, other.name) for port, other in zip(outer, inner, strict=True)]


def _control_links() -> list[_Link]:
    return _paired(control_ports(CONTROL, _REGISTER_BITS), control_ports("s_axi", _REGISTER_BITS))


def _stream(prefix: str, way: str, size: int) -> list[Port]:
    """tdata, tvalid, tready of an AXI-Stream of so many bytes; way: output for a master."""
    back = "input" if way == "output" else "output"
    widths = (("tdata", way, 8 * size), ("tvalid", way, 1), ("tready", back, 1))
    return [Port(direction, bits, f"{prefix}_{signal}") for signal, direction, bits in widths]


def _idma_links(engine: Engine, bus: Bus) -> list[_Link]:
    stream = _stream(STREAM_OUT, "output", beat_bytes(engine.stream))
    return [
        *_control_links(),
        *(
            link
            for which in range(engine.ports)
            for link in _paired(
                memory_ports(ONE_OF_EACH[0], *bus.widths, which), read_ports("m_axi", *bus.widths)
            )
        ),
        *zip(stream, ("out_data_o", "out_valid_o", "out_ready_i"), strict=True),
        (Port("output", 1, "drain"), "drain_o"),
        (Port("input", 1, "drained"), "drained_i"),
        (Port("output", 1, "soft_reset"), "soft_reset_o"),
        (Port("input", 1, "soft_reset_done"), "soft_reset_done_i"),
        (Port("output", 1, "irq"), "irq_o"),
    ]


def _odma_links(engine: Engine, bus: Bus) -> list[_Link]:
    stream = _stream(STREAM_IN, "input", beat_bytes(engine.stream))
    return [
        *_control_links(),
        *_paired(write_ports(RESULTS, *bus.widths), write_ports("m_axi", *bus.widths)),
        *zip(stream, ("in_data_i", "in_valid_i", "in_ready_o"), strict=True),
        (Port("input", 1, "drain"), "drain_i"),
        (Port("output", 1, "drained"), "drained_o"),
        (Port("output", 1, "irq"), "irq_o"),
    ]


def _dma(
    name: str, engine: Engine, links: list[_Link], parameters: Mapping[str, object], bus: Bus
) -> str:
    pins = {"clk_i": "aclk", "rst_ni": "aresetn"}
    pins |= {pin: port.name for port, pin in links}
    inner, loading = ("idma", "idma0") if engine.reads else ("odma", "odma0")
    wires = []
    for port, pin in LOAD_PINS[loading]:  # not led out where there is no load bus
        if pin in pins:
            continue
        pins[pin] = f"unused_{port.name}" if port.direction == "output" else f"{port.bits}'d0"
        if port.direction == "output":
            wires.append(f"  wire {_vector(port)}{pins[pin]};\n")
    body = []
    if engine.ports > 1:
        between = parted(ONE_OF_EACH[0], bus, engine.ports, "wide", ("aclk", "aresetn"))
        wires += [f"  wire [{bits - 1}:0] {wire};\n" for wire, bits in between.wires.items()]
        pins |= between.pins
        body.append(between.text)
    body = [*wires, *body, instance(inner, parameters, pins)]
    return module_text(name, [port for port, _ in links], body)


# --- the accelerator --------------------------------------------------------------------------


def _accelerator(
    name: str, top: str, engines: Sequence[Engine], streams: Mapping[str, str], load: bool
) -> str:
    """Between the DMAs' elements of whole bytes: the accelerator, its reset, its lanes.

    Of several DMAs of a kind also what joins their soft resets (``reset_join``). load: it has
    tables that are written, and so the way to their bus (``load_access``).
    """
    single = one_of_each(engines)
    ports, wires, narrow, widen = [], [], [], []
    inner = {"ap_clk": "aclk", "ap_rst_n": "accelerator_rst_n"}
    for engine in engines:
        stream, outside = engine.stream, streams[engine.name]
        lanes = f"{'in' if engine.reads else 'out'}_lanes"
        if not single:
            lanes = f"{engine.name}_lanes"
        size, way = beat_bytes(stream), "input" if engine.reads else "output"
        ports += _stream(outside, way, size)
        wires.append(f"  wire [{8 * stream.bytes - 1}:0] {lanes};\n")
        inner |= {
            f"{stream.wire}_tdata": lanes,
            f"{stream.wire}_tvalid": f"{outside}_tvalid",
            f"{stream.wire}_tready": f"{outside}_tready",
        }
        own = "" if single else f"i_{engine.name}_lanes"
        parameters = lane_parameters(stream)
        if engine.reads:
            pins = {"containers_i": f"{outside}_tdata", "lanes_o": lanes}
            narrow.append(instance("lane_narrow", parameters, pins, own))
        else:
            pins = {"lanes_i": lanes, "containers_o": f"{outside}_tdata"}
            parameters |= {"IsSigned": f"1'b{int(stream.signed)}"}
            widen.append(instance("lane_widen", parameters, pins, own))
    reset = {
        "clk_i": "aclk",
        "rst_ni": "aresetn",
        "soft_reset_i": "soft_reset",
        "done_o": "soft_reset_done",
        "acc_clk_i": "aclk",
        "acc_rst_no": "accelerator_rst_n",
    }
    joined: list[str] = []
    if single:
        ports += [Port("input", 1, "soft_reset"), Port("output", 1, "soft_reset_done")]
    else:
        ports += _join_ports(engines)
        wires.append("  wire soft_reset;\n")
        joined.append(_join(engines))
    if load:
        ports += [
            Port("input", BUS_BITS + 34, "load_request"),
            Port("output", WORD_BITS + 1, "load_answer"),
        ]
        wires.append(f"  wire [{BUS_BITS + 33}:0] load_bus;\n  wire [31:0] load_word;\n")
        joined.append(_access())
        inner |= {"load_i": "load_bus", "load_o": "load_word"}
    parts = [
        *joined,
        instance("accelerator_reset", {"HoldClocks": 8, "SeparateClock": "1'b0"}, reset),
        *narrow,
        instance(top, {}, inner),
        *widen,
    ]
    return module_text(name, ports, ["  wire accelerator_rst_n;\n" + "".join(wires), *parts])


def _access() -> str:
    """load_access between idma0's registers and the accelerator."""
    request = "load_request"
    pins = {
        "clk_i": "aclk",
        "rst_ni": "aresetn",
        "request_i": f"{request}[{BUS_BITS + 33}]",
        "write_i": f"{request}[{BUS_BITS + 32}]",
        "addr_i": f"{request}[{BUS_BITS + 31}:32]",
        "data_i": f"{request}[31:0]",
        "done_o": "load_answer[32]",
        "word_o": "load_answer[31:0]",
        "acc_clk_i": "aclk",
        "acc_rst_ni": "accelerator_rst_n",
        "load_o": "load_bus",
        "load_i": "load_word",
    }
    return instance("load_access", {"AddrBits": BUS_BITS, "SeparateClock": "1'b0"}, pins)


def _join_ports(engines: Sequence[Engine]) -> list[Port]:
    """Pins of each DMA for the module that joins their soft resets, named after it."""
    ports = [Port("output", 1, "drain"), Port("output", 1, "soft_reset_done")]
    for engine in engines:
        if engine.reads:
            ports += [
                Port("input", 1, f"{engine.name}_drain"),
                Port("output", 1, f"{engine.name}_drained"),
                Port("input", 1, f"{engine.name}_soft_reset"),
            ]
        else:
            ports.append(Port("input", 1, f"{engine.name}_drained"))
    return ports


def _join(engines: Sequence[Engine]) -> str:
    def gathered(reads: bool, pin: str) -> str:
        names = [f"{engine.name}_{pin}" for engine in engines if engine.reads == reads]
        return "{" + ", ".join(reversed(names)) + "}"  # the first one is bit 0

    inputs = sum(engine.reads for engine in engines)
    pins = {
        "drain_i": gathered(True, "drain"),
        "drained_o": gathered(True, "drained"),
        "soft_reset_i": gathered(True, "soft_reset"),
        "drain_o": "drain",
        "drained_i": gathered(False, "drained"),
        "soft_reset_o": "soft_reset",
    }
    return instance("reset_join", {"Inputs": inputs, "Outputs": len(engines) - inputs}, pins)


# --- Verilog ----------------------------------------------------------------------------------


def interfaces(ports: Iterable[str]) -> list[str]:
    """Names of the bus interfaces among the names of a wrapper's ports, in their order."""
    found = {}
    for name in ports:
        prefix, _, signal = name.rpartition("_")
        if (
            prefix in (CONTROL, RESULTS)
            or prefix.startswith(FRAMES)
            or signal in ("tdata", "tvalid", "tready")
        ):
            found[prefix] = True
    return list(found)


def module_text(name: str, ports: list[Port], body: list[str]) -> str:
    """Verilog-2001 of a module with clock, reset and ports; the attributes are for Vivado."""
    buses = interfaces(port.name for port in ports)
    lines = [
        '  (* X_INTERFACE_INFO = "xilinx.com:signal:clock:1.0 aclk CLK" *)\n'
        f'  (* X_INTERFACE_PARAMETER = "ASSOCIATED_BUSIF {":".join(buses)}, '
        'ASSOCIATED_RESET aresetn" *)\n'
        "  input  wire aclk",
        '  (* X_INTERFACE_INFO = "xilinx.com:signal:reset:1.0 aresetn RST" *)\n'
        '  (* X_INTERFACE_PARAMETER = "POLARITY ACTIVE_LOW" *)\n'
        "  input  wire aresetn",
    ]
    lines += [f"  {port.direction:6} wire {_vector(port)}{port.name}" for port in ports]
    return (
        "// Generated: Vivado makes cells of Verilog alone. Do not edit.\n"
        f"module {name} (\n" + ",\n".join(lines) + "\n);\n\n" + "\n".join(body) + "endmodule\n"
    )


def _vector(port: Port) -> str:
    """The range; AXI's IDs and data are vectors even of one bit."""
    signal = port.name.rpartition("_")[2]
    always = signal in ("awid", "arid", "bid", "rid", "tdata")
    return f"[{port.bits - 1}:0] " if port.bits > 1 or always else ""
