"""The hardware handoff file has what PYNQ's parsers ask it for.

Those parsers themselves (pynq 2.7.0, 3.0.1, 3.1.2, pynqmetadata 0.2.0) read it off-board; they are
no dependency of these tests, which ask the same questions.
"""

from xml.etree import ElementTree

import pytest

from hw.errors import HardwareError
from hw.openxc7 import hwh
from hw.shell.registers import load

BASES = {"idma0": 0x4000_0000, "odma0": 0x4001_0000}


@pytest.fixture(scope="module")
def root():
    return ElementTree.fromstring(hwh.text("net", 50.0, BASES, 0x1_0000, load()))


def test_processing_system(root):
    (ps,) = [m for m in root.iter("MODULE") if m.get("MODTYPE") == "processing_system7"]
    assert len(ps.get("VLNV").split(":")) == 4
    values = {p.get("NAME"): p.get("VALUE") for p in ps.findall("./PARAMETERS/PARAMETER")}
    for index in range(4):
        assert values[f"PCW_FPGA_FCLK{index}_ENABLE"] == str(int(index == 0))
        assert {f"PCW_FCLK{index}_PERIPHERAL_DIVISOR{n}" for n in (0, 1)} <= set(values)
    divisors = [int(values[f"PCW_FCLK0_PERIPHERAL_DIVISOR{n}"]) for n in (0, 1)]
    assert hwh.PLL_MHZ / divisors[0] / divisors[1] == 50
    (bus,) = ps.findall("./BUSINTERFACES/BUSINTERFACE")
    assert (bus.get("NAME"), bus.get("TYPE")) == ("M_AXI_GP0", "MASTER")
    assert root.find("./EXTERNALPORTS") is not None


def test_address_ranges(root):
    found = {}
    for memory in root.iter("MEMRANGE"):
        assert (memory.get("MEMTYPE"), memory.get("MASTERBUSINTERFACE")) == (
            "REGISTER", "M_AXI_GP0",
        )  # fmt: skip
        low, high = (int(memory.get(key), 16) for key in ("BASEVALUE", "HIGHVALUE"))
        found[memory.get("INSTANCE")] = (low, high - low + 1)
    assert found == {name: (base, 0x1_0000) for name, base in BASES.items()}


def test_registers(root):
    block = load()
    modules = {m.get("INSTANCE"): m for m in root.iter("MODULE")}
    for name in BASES:
        assert modules[name].get("FULLNAME") == f"/{name}"
        (bus,) = modules[name].findall("./BUSINTERFACES/BUSINTERFACE")
        assert bus.get("VLNV") == "xilinx.com:interface:aximm:1.0"
        registers = modules[name].findall(".//REGISTERS/*[@NAME]")
        assert [r.get("NAME") for r in registers] == [r.name for r in block.registers]
        for made, meant in zip(registers, block.registers, strict=True):
            offset = made.find('./PROPERTY/[@NAME="ADDRESS_OFFSET"]').get("VALUE")
            assert int(offset) == meant.offset
            assert made.find('./PROPERTY/[@NAME="SIZE"]').get("VALUE") == "32"
            fields = made.findall("./FIELDS/FIELD/[@NAME]")
            lows = [int(f.find('./PROPERTY/[@NAME="BIT_OFFSET"]').get("VALUE")) for f in fields]
            assert lows == [field.low for field in meant.fields]


@pytest.mark.parametrize("mhz,product", [(100, 10), (50, 20), (62.5, 16), (10, 100), (1, 1000)])
def test_divisors(mhz, product):
    first, second = hwh.divisors(mhz)
    assert first * second == product
    assert max(first, second) < 64


def test_clock_that_cannot_be_had():
    with pytest.raises(HardwareError, match=r"99\.7 MHz is no divisor"):
        hwh.divisors(99.7)
