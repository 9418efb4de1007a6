"""An idma with several ports to the memory: ``read_ports`` between its master and theirs.

Its words are then as wide as those of all ports together, and its bursts go to the ports in turn.
"""

from dataclasses import dataclass

from hw.shell.bus import Bus
from hw.shell.ports import memory_pins, read_ports
from hw.shell.verilog import instance


@dataclass(frozen=True)
class Parted:
    """The parts between an idma and its ports.

    wires: bits of each wire, by name. pins: the wires at the idma's memory pins, by pin. text: the
    instance.
    """

    wires: dict[str, int]
    pins: dict[str, str]
    text: str


def parted(
    engine: str,
    bus: Bus,
    ports: int,
    prefix: str,
    clock: tuple[str, str] = ("clk_i", "rst_ni"),
) -> Parted:
    """The parts for an idma of so many ports, at least 2.

    engine: its name, after which the ports are named. prefix: of the wires' names. clock: clock and
    reset, active low.
    """
    address, data, identifier = bus.widths
    inner = [
        (port, port.name.removeprefix("m_axi_"))
        for port in read_ports("m_axi", address, ports * data, identifier)
    ]
    wires = {f"{prefix}_{signal}": port.bits for port, signal in inner}
    pins = {port.name: f"{prefix}_{signal}" for port, signal in inner}
    parameters = {
        "AddrWidth": address,
        "Ports": ports,
        "DataWidth": data,
        "IdWidth": identifier,
        "MaxBurst": bus.max_burst,
        "Outstanding": bus.outstanding,
    }
    both = {"clk_i": clock[0], "rst_ni": clock[1]}
    both |= {f"s_axi_{signal}": f"{prefix}_{signal}" for _, signal in inner}
    outside = memory_pins(engine, bus.widths, ports)
    both |= {f"m_axi_{signal}": joined for signal, joined in outside.items()}
    return Parted(wires, pins, instance("read_ports", parameters, both, f"i_{prefix}_ports"))
