"""Ports of a board's top level: AXI's names, widths and directions, in one place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from hw.shell.engines import BLOCK_BYTES, IDMA, ONE_OF_EACH, number_of

#: Bits of the registers' byte address, where there is one engine of each kind.
CONTROL_ADDRESS_BITS = 13
#: Prefixes of the buses.
CONTROL, FRAMES, RESULTS = "s_axi_control", "m_axi_gmem0", "m_axi_gmem1"
#: Prefix of a camera path's video stream.
VIDEO = "s_axis_video"
#: Behind the number of an engine in the name of each of its memory ports.
_LETTERS = ("", *ascii_lowercase[1:8])


@dataclass(frozen=True)
class Port:
    """A port: direction ("input" or "output") as seen from the module, bits, name."""

    direction: str
    bits: int
    name: str

    def __str__(self) -> str:
        vector = f" [{self.bits - 1}:0]" if self.bits > 1 else ""
        return f"{self.direction:6} logic{vector} {self.name}"


def _channel(prefix: str, ahead: str, signals: dict[str, int], ready: str) -> list[Port]:
    """Signals of one channel, all in the direction ahead but the one called ready."""
    back = "input" if ahead == "output" else "output"
    made = [Port(ahead, bits, f"{prefix}_{name}") for name, bits in signals.items()]
    return [*made, Port(back, 1, f"{prefix}_{ready}")]


def control_ports(prefix: str = CONTROL, address_bits: int = CONTROL_ADDRESS_BITS) -> list[Port]:
    """Ports of the AXI4-Lite slave in front of the registers."""
    return [
        *_channel(prefix, "input", {"awaddr": address_bits, "awvalid": 1}, "awready"),
        *_channel(prefix, "input", {"wdata": 32, "wstrb": 4, "wvalid": 1}, "wready"),
        *_channel(prefix, "output", {"bresp": 2, "bvalid": 1}, "bready"),
        *_channel(prefix, "input", {"araddr": address_bits, "arvalid": 1}, "arready"),
        *_channel(prefix, "output", {"rdata": 32, "rresp": 2, "rvalid": 1}, "rready"),
    ]


def _address(kind: str, address_bits: int, id_bits: int) -> dict[str, int]:
    """Signals of an address channel ("ar" or "aw")."""
    widths = {"id": id_bits, "addr": address_bits, "len": 8, "size": 3, "burst": 2}
    widths |= {"cache": 4, "prot": 3, "valid": 1}
    return {f"{kind}{name}": bits for name, bits in widths.items()}


def read_ports(prefix: str, address_bits: int, data_bits: int, id_bits: int) -> list[Port]:
    """Ports of an AXI4 read master."""
    data = {"rid": id_bits, "rdata": data_bits, "rresp": 2, "rlast": 1, "rvalid": 1}
    return [
        *_channel(prefix, "output", _address("ar", address_bits, id_bits), "arready"),
        *_channel(prefix, "input", data, "rready"),
    ]


def write_ports(prefix: str, address_bits: int, data_bits: int, id_bits: int) -> list[Port]:
    """Ports of an AXI4 write master."""
    data = {"wdata": data_bits, "wstrb": data_bits // 8, "wlast": 1, "wvalid": 1}
    return [
        *_channel(prefix, "output", _address("aw", address_bits, id_bits), "awready"),
        *_channel(prefix, "output", data, "wready"),
        *_channel(prefix, "input", {"bid": id_bits, "bresp": 2, "bvalid": 1}, "bready"),
    ]


def video_ports(prefix: str, pixels: int) -> list[Port]:
    """Ports of a sink of AXI4-Stream Video, of so many pixels of 24 bits a beat."""
    signals = {"tdata": 24 * pixels, "tuser": 1, "tlast": 1, "tvalid": 1}
    return _channel(prefix, "input", signals, "tready")


def memory_prefix(engine: str, port: int = 0) -> str:
    """Prefix of a memory port of an engine, by its name: ``m_axi_gmem<number>``.

    port: which of several; those behind the first have a letter: ``m_axi_gmem0b``.
    """
    return f"m_axi_gmem{number_of(engine)}{_LETTERS[port]}"


def numbers_below(engines: Sequence[str]) -> int:
    """Numbers of engines from 0 to the highest there is, those without an engine among them."""
    return 1 + max(map(number_of, engines))


def control_address_bits(engines: Sequence[str] = ONE_OF_EACH) -> int:
    """Bits of the registers' byte address: of a block, and of the engines' numbers."""
    return (numbers_below(engines) * BLOCK_BYTES - 1).bit_length()


def memory_ports(
    engine: str, address_bits: int, data_bits: int, id_bits: int, port: int = 0
) -> list[Port]:
    """Ports of an engine's memory: an idma reads, an odma writes. port: which of several."""
    made = read_ports if engine.startswith(IDMA) else write_ports
    return made(memory_prefix(engine, port), address_bits, data_bits, id_bits)


def memory_pins(engine: str, widths: tuple[int, int, int], ports: int) -> dict[str, str]:
    """Wires at the memory's pins of an idma or odma, by signal: of several ports all side by side,
    the first lowest.
    """
    prefixes = [memory_prefix(engine, which) for which in range(ports)]
    signals = [port.name.removeprefix(f"{prefixes[0]}_") for port in memory_ports(engine, *widths)]
    if ports == 1:
        return {signal: f"{prefixes[0]}_{signal}" for signal in signals}
    names = {signal: [f"{prefix}_{signal}" for prefix in prefixes[::-1]] for signal in signals}
    return {signal: f"{{{', '.join(joined)}}}" for signal, joined in names.items()}


def board_ports(
    address_bits: int,
    data_bits: int,
    id_bits: int,
    separate_clock: bool = False,
    engines: Sequence[str] = ONE_OF_EACH,
    counts: Mapping[str, int] | None = None,
) -> list[Port]:
    """Ports of ``<name>_board``, in order. engines: their names, by rising number.

    counts: memory ports of those that have several, by name (``engines.port_counts``).
    """
    many = counts or {}
    clocks = [Port("input", 1, "clk_i"), Port("input", 1, "rst_ni")]
    if separate_clock:
        clocks.append(Port("input", 1, "acc_clk_i"))
    widths = (address_bits, data_bits, id_bits)
    return [
        *clocks,
        Port("output", numbers_below(engines), "irq_o"),
        *control_ports(address_bits=control_address_bits(engines)),
        *(
            port
            for engine in engines
            for which in range(many.get(engine, 1))
            for port in memory_ports(engine, *widths, which)
        ),
    ]
