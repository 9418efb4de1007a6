"""Tables of one Design's streams, which the generic harness is compiled with."""

from hw.ops.writable import BUS_BITS
from hw.sim.design import INTERNAL, Design


def _member(design: Design, wire: str) -> str:
    """Return the C++ name that Verilator gives a wire of the top level, made public."""
    encoded = [name.replace("__", "___05F") for name in (design.top, wire)]
    return "top->rootp->" + "__DOT__".join(encoded)


def stream_table(design: Design) -> str:
    """Text of ``streams.h``: pointers to the wires of every stream, and the FIFOs."""
    index = {stream.name: number for number, stream in enumerate(design.streams)}
    rows = []
    for number, stream in enumerate(design.streams):
        signals = []
        for signal in ("tvalid", "tready", "tdata"):
            wire = f"{stream.wire}_{signal}"
            port = f"top->{wire.replace('__', '___05F')}"
            name = _member(design, wire) if stream.kind == INTERNAL else port
            signals.append(f"reinterpret_cast<uint8_t*>(&{name})")
        rows.append(
            f'    entries[{number}] = {{"{stream.wire}", {stream.kind.upper()}, {stream.bytes}, '
            f"{stream.frame_beats}ull,\n        " + ",\n        ".join(signals) + "};"
        )
    fifos = ", ".join(
        f"{{{index[fifo.in_stream]}, {index[fifo.out_stream]}}}" for fifo in design.fifos
    )
    return (
        f"static constexpr int kStreams = {len(design.streams)};\n"
        f"static constexpr int kFifos = {len(design.fifos)};\n"
        f"static const FifoEntry fifo_table[] = {{{fifos or '{0, 0}'}}};\n"
        "static void bind_streams(Vtop* top, Entry* entries) {\n"
        + "\n".join(rows)
        + "\n}\n"
        + _load_bus(design)
    )


def _load_bus(design: Design) -> str:
    """Text that drives and reads the load bus, if the design has one."""
    given = answer = ""
    if design.tables:
        given = (
            f"    top->load_i = (uint64_t(access) << {BUS_BITS + 33}) | "
            f"(uint64_t(write) << {BUS_BITS + 32}) | (address << 32) | data;\n"
        )
        answer = "top->load_o"
    return (
        "static void drive_load(Vtop* top, bool access, bool write, uint64_t address, "
        f"uint64_t data) {{\n{given}}}\n"
        f"static uint32_t loaded_word(Vtop* top) {{ return {answer or '0'}; }}\n"
    )


def visible_wires(design: Design) -> str:
    """Text of the Verilator configuration that makes the internal streams readable."""
    lines = ["`verilator_config"]
    for stream in design.of_kind(INTERNAL):
        lines += [
            f'public_flat_rd -module "{design.top}" -var "{stream.wire}_{signal}"'
            for signal in ("tdata", "tvalid", "tready")
        ]
    return "\n".join(lines) + "\n"
