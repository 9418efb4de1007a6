"""A hardware handoff file (.hwh) for a design without a block design, as PYNQ's Overlay reads it.

It holds what the parsers of PYNQ 2.7 to 3.1 ask for: the processing system with its clocks, and for
each IP its address range and its registers.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from hw.errors import HardwareError
from hw.files import write_text
from hw.shell.register_block import Register, RegisterBlock

#: IO PLL of the Zynq-7000 boards, MHz; the clocks of the logic divide it twice.
PLL_MHZ = 1000
_DIVISORS = range(1, 64)
_PS = "ps7"
_CONTROL = "M_AXI_GP0"
_SLAVE = "s_axi_control"
#: A part, such as xc7z020clg400-1: device and package.
_PART = re.compile(r"xc(?P<device>7z\d+s?)(?P<package>[a-z]+\d+)-\w+")


def divisors(mhz: float) -> tuple[int, int]:
    """(divisor 0, divisor 1) for a clock of mhz; HardwareError where none are within 0.1 %."""
    best = min(
        ((one, other) for one in _DIVISORS for other in _DIVISORS),
        key=lambda pair: (abs(PLL_MHZ / (pair[0] * pair[1]) - mhz), pair[1]),
    )
    if abs(PLL_MHZ / (best[0] * best[1]) / mhz - 1) > 0.001:
        raise HardwareError(
            f"a clock of {mhz:g} MHz is no divisor of the processing system's {PLL_MHZ} MHz"
        )
    return best


def _module(parent: Element, name: str, kind: str, vlnv: str) -> Element:
    return SubElement(
        parent,
        "MODULE",
        COREREVISION="1",
        FULLNAME=f"/{name}",
        HWVERSION=vlnv.rsplit(":", 1)[1],
        INSTANCE=name,
        IPTYPE="PERIPHERAL" if name != _PS else "PROCESSOR",
        IS_ENABLE="1",
        MODCLASS="PERIPHERAL",
        MODTYPE=kind,
        VLNV=vlnv,
    )


def _parameters(parent: Element, values: Mapping[str, object]) -> None:
    inside = SubElement(parent, "PARAMETERS")
    for name, value in values.items():
        SubElement(inside, "PARAMETER", NAME=name, VALUE=str(value))


def _bus(parent: Element, name: str, kind: str) -> None:
    SubElement(
        SubElement(parent, "BUSINTERFACES"),
        "BUSINTERFACE",
        NAME=name,
        TYPE=kind,
        VLNV="xilinx.com:interface:aximm:1.0",
    )


def _properties(parent: Element, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        SubElement(parent, "PROPERTY", NAME=name, VALUE=str(value))


def _register(parent: Element, register: Register) -> None:
    made = SubElement(parent, "REGISTER", NAME=register.name)
    _properties(
        made,
        {
            "DESCRIPTION": register.text,
            "ADDRESS_OFFSET": register.offset,
            "SIZE": 32,
            "ACCESS": "read-write",
            "IS_ENABLED": "true",
        },
    )
    fields = SubElement(made, "FIELDS")
    for field in register.fields:
        one = SubElement(fields, "FIELD", NAME=field.name)
        access = "read-only" if field.access in ("ro", "rc") else "read-write"
        _properties(
            one,
            {
                "DESCRIPTION": field.text,
                "BIT_OFFSET": field.low,
                "BIT_WIDTH": field.high - field.low + 1,
                "ACCESS": access,
            },
        )


def text(
    name: str, part: str, mhz: float, bases: Mapping[str, int], span: int, block: RegisterBlock
) -> str:
    """Text of the file.

    name: of the design. part: such as xc7z020clg400-1. mhz: of FCLK_CLK0. bases: bus address of
    each IP's registers, by instance. span: bytes of each. block: the registers that each has.
    Raises HardwareError for another part than a Zynq-7000 and for a clock that cannot be had.
    """
    found = _PART.fullmatch(part)
    if found is None:
        raise HardwareError(f"part {part}: expected one of a Zynq-7000, such as xc7z020clg400-1")
    first, second = divisors(mhz)
    root = Element("EDKSYSTEM", EDWVERSION="1.2", TIMESTAMP="0", VIVADOVERSION="none")
    device, package = found["device"], found["package"]
    SubElement(root, "SYSTEMINFO", ARCH="zynq", DEVICE=device, NAME=name, PACKAGE=package)
    SubElement(root, "EXTERNALPORTS")
    SubElement(root, "EXTERNALINTERFACES")
    modules = SubElement(root, "MODULES")
    ps = _module(modules, _PS, "processing_system7", "xilinx.com:ip:processing_system7:5.5")
    clocks: dict[str, object] = {}
    for index in range(4):
        clocks[f"PCW_FPGA_FCLK{index}_ENABLE"] = int(index == 0)
        clocks[f"PCW_FCLK{index}_PERIPHERAL_DIVISOR0"] = first if index == 0 else 1
        clocks[f"PCW_FCLK{index}_PERIPHERAL_DIVISOR1"] = second if index == 0 else 1
        clocks[f"PCW_FCLK{index}_PERIPHERAL_CLKSRC"] = "IO PLL"
    _parameters(ps, clocks)
    SubElement(ps, "PORTS")
    _bus(ps, _CONTROL, "MASTER")
    memory = SubElement(ps, "MEMORYMAP")
    for instance, base in bases.items():
        SubElement(
            memory,
            "MEMRANGE",
            ADDRESSBLOCK="reg0",
            BASENAME="C_BASEADDR",
            BASEVALUE=f"0x{base:08X}",
            HIGHNAME="C_HIGHADDR",
            HIGHVALUE=f"0x{base + span - 1:08X}",
            INSTANCE=instance,
            IS_DATA="TRUE",
            IS_INSTRUCTION="FALSE",
            MASTERBUSINTERFACE=_CONTROL,
            MEMTYPE="REGISTER",
            SLAVEBUSINTERFACE=_SLAVE,
        )
    for instance in bases:
        kind = instance.rstrip("0123456789")
        ip = _module(modules, instance, kind, f"dupnet:hls:{kind}:1.0")
        blocks = SubElement(SubElement(ip, "ADDRESSBLOCKS"), "ADDRESSBLOCK")
        blocks.attrib.update(
            ACCESS="read-write", INTERFACE=_SLAVE, NAME="reg0", RANGE=str(span), USAGE="register"
        )
        registers = SubElement(blocks, "REGISTERS")
        for register in block.registers:
            _register(registers, register)
        _parameters(ip, {"C_S_AXI_CONTROL_BASEADDR": f"0x{bases[instance]:08X}"})
        SubElement(ip, "PORTS")
        _bus(ip, _SLAVE, "SLAVE")
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8" standalone="no" ?>\n' + ElementTree.tostring(
        root, encoding="unicode"
    )


def write(path: Path, content: str) -> None:
    """Write the file whole or not at all."""
    write_text(path, content + "\n")
