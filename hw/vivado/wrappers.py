"""Plain Verilog around idma, odma and the accelerator: Vivado takes no SystemVerilog as a cell.

Ports have the names that Vivado infers interfaces from: ``s_axi_control_*``, ``m_axi_gmem0_*``,
``m_axi_gmem1_*``, ``m_axis_0_*``, ``s_axis_0_*``; the attributes say which clock and reset they
belong to.
"""

from collections.abc import Iterable, Mapping

from hw.shell.board_top import Bus, container_bytes
from hw.shell.ports import CONTROL, FRAMES, RESULTS, Port, control_ports, read_ports, write_ports
from hw.sim.design import INPUT, OUTPUT, Design, Stream

#: The streams of the cells, as seen from each.
STREAM_IN, STREAM_OUT = "s_axis_0", "m_axis_0"
INTERFACES = (CONTROL, FRAMES, RESULTS, STREAM_IN, STREAM_OUT)
#: Bits of the address of one DMA's registers.
_REGISTER_BITS = 12
#: A port of a wrapper and the port of the inner module that it leads to.
_Link = tuple[Port, str]


def cell_wrappers(design: Design, build_id: int, bus: Bus | None = None) -> dict[str, str]:
    """Verilog of ``<top>_idma0``, ``<top>_odma0`` and ``<top>_accelerator0``, by name, so ordered.

    design: the stitched accelerator, with one input and one output stream. build_id: 32 bits.
    """
    bus = bus or Bus()
    (source,), (result,) = design.of_kind(INPUT), design.of_kind(OUTPUT)
    names = {cell: f"{design.top}_{cell}" for cell in ("idma0", "odma0", "accelerator0")}
    return {
        names["idma0"]: _dma(
            names["idma0"], "idma", _idma_links(source, bus), source, build_id, bus
        ),
        names["odma0"]: _dma(
            names["odma0"], "odma", _odma_links(result, bus), result, build_id, bus
        ),
        names["accelerator0"]: _accelerator(names["accelerator0"], design.top, source, result),
    }


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


def _beat_bytes(stream: Stream) -> int:
    return stream.lanes * container_bytes(stream.bits)


def _idma_links(source: Stream, bus: Bus) -> list[_Link]:
    widths = (bus.address_bits, bus.data_bits, bus.id_bits)
    stream = _stream(STREAM_OUT, "output", _beat_bytes(source))
    return [
        *_control_links(),
        *_paired(read_ports(FRAMES, *widths), read_ports("m_axi", *widths)),
        *zip(stream, ("out_data_o", "out_valid_o", "out_ready_i"), strict=True),
        (Port("output", 1, "drain"), "drain_o"),
        (Port("input", 1, "drained"), "drained_i"),
        (Port("output", 1, "soft_reset"), "soft_reset_o"),
        (Port("input", 1, "soft_reset_done"), "soft_reset_done_i"),
        (Port("output", 1, "irq"), "irq_o"),
    ]


def _odma_links(result: Stream, bus: Bus) -> list[_Link]:
    widths = (bus.address_bits, bus.data_bits, bus.id_bits)
    stream = _stream(STREAM_IN, "input", _beat_bytes(result))
    return [
        *_control_links(),
        *_paired(write_ports(RESULTS, *widths), write_ports("m_axi", *widths)),
        *zip(stream, ("in_data_i", "in_valid_i", "in_ready_o"), strict=True),
        (Port("input", 1, "drain"), "drain_i"),
        (Port("output", 1, "drained"), "drained_o"),
        (Port("output", 1, "irq"), "irq_o"),
    ]


def _dma(name: str, inner: str, links: list[_Link], stream: Stream, build_id: int, bus: Bus) -> str:
    parameters = {
        "BuildId": f"32'h{build_id:08x}",
        "AddrWidth": bus.address_bits,
        "DataWidth": bus.data_bits,
        "IdWidth": bus.id_bits,
        "BeatBytes": _beat_bytes(stream),
        "FrameBeats": stream.frame_beats,
        "MaxBurst": bus.max_burst,
        "Outstanding": bus.outstanding,
        "FifoWords": bus.fifo_words,
    }
    pins = {"clk_i": "aclk", "rst_ni": "aresetn"} | {other: port.name for port, other in links}
    return _module(name, [port for port, _ in links], [_instance(inner, parameters, pins)])


# --- the accelerator --------------------------------------------------------------------------


def _accelerator(name: str, top: str, source: Stream, result: Stream) -> str:
    """Between the DMAs' elements of whole bytes: the accelerator, its reset, its lanes."""
    ports = [
        *_stream(STREAM_IN, "input", _beat_bytes(source)),
        *_stream(STREAM_OUT, "output", _beat_bytes(result)),
        Port("input", 1, "soft_reset"),
        Port("output", 1, "soft_reset_done"),
    ]
    wires = [
        "  wire accelerator_rst_n;\n"
        f"  wire [{8 * source.bytes - 1}:0] in_lanes;\n"
        f"  wire [{8 * result.bytes - 1}:0] out_lanes;\n"
    ]
    reset = {
        "clk_i": "aclk",
        "rst_ni": "aresetn",
        "soft_reset_i": "soft_reset",
        "done_o": "soft_reset_done",
        "acc_clk_i": "aclk",
        "acc_rst_no": "accelerator_rst_n",
    }
    narrow = {"containers_i": f"{STREAM_IN}_tdata", "lanes_o": "in_lanes"}
    widen = {"lanes_i": "out_lanes", "containers_o": f"{STREAM_OUT}_tdata"}
    inner = {
        "ap_clk": "aclk",
        "ap_rst_n": "accelerator_rst_n",
        f"{source.wire}_tdata": "in_lanes",
        f"{source.wire}_tvalid": f"{STREAM_IN}_tvalid",
        f"{source.wire}_tready": f"{STREAM_IN}_tready",
        f"{result.wire}_tdata": "out_lanes",
        f"{result.wire}_tvalid": f"{STREAM_OUT}_tvalid",
        f"{result.wire}_tready": f"{STREAM_OUT}_tready",
    }
    parts = [
        _instance("accelerator_reset", {"HoldClocks": 8, "SeparateClock": "1'b0"}, reset),
        _instance("lane_narrow", _lanes(source), narrow),
        _instance(top, {}, inner),
        _instance("lane_widen", _lanes(result) | {"IsSigned": f"1'b{int(result.signed)}"}, widen),
    ]
    return _module(name, ports, [*wires, *parts])


def _lanes(stream: Stream) -> dict[str, object]:
    size = container_bytes(stream.bits)
    return {"Lanes": stream.lanes, "Bits": stream.bits, "ContainerBytes": size}


# --- Verilog ----------------------------------------------------------------------------------


def _instance(module: str, parameters: Mapping[str, object], pins: Mapping[str, str]) -> str:
    values = ",\n".join(f"    .{key}({value})" for key, value in parameters.items())
    chosen = f" #(\n{values}\n  )" if values else ""
    links = ",\n".join(f"    .{pin}({wire})" for pin, wire in pins.items())
    return f"  {module}{chosen} i_{module} (\n{links}\n  );\n"


def _module(name: str, ports: list[Port], body: list[str]) -> str:
    """Verilog-2001 of a module with clock, reset and ports; the attributes are for Vivado."""
    buses = [bus for bus in INTERFACES if any(p.name.startswith(f"{bus}_") for p in ports)]
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
