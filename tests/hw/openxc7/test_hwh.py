"""The hardware handoff file has what PYNQ's parsers ask it for.

pynq 3's parser reads it where it is installed (`pip install pynqmetadata==0.2.0`; it is not in the
lock file, because its setup.py downloads from three sites). That of pynq 2.7, which comes with all
of pynq alone, was tried off-board by hand; the tests below ask the questions of both.
"""

import sys
from types import ModuleType
from xml.etree import ElementTree

import pytest

from hw.boards import board_names, load_board
from hw.errors import HardwareError
from hw.openxc7 import hwh
from hw.shell.addresses import REGISTER_SPAN
from hw.shell.register_block import load

BASES = {"idma0": 0x4000_0000, "odma0": 0x4001_0000, "odma1": 0x4003_0000}


def content(part="xc7z020clg400-1", mhz=50.0):
    return hwh.text("net", part, mhz, BASES, REGISTER_SPAN, load())


@pytest.fixture(scope="module")
def root():
    return ElementTree.fromstring(content())


@pytest.fixture
def pynq_view(tmp_path, monkeypatch):
    """A file as pynq 3 hands it to its Overlay; pynqmetadata draws with IPython, not needed."""
    pytest.importorskip("pynqmetadata", reason="pip install pynqmetadata==0.2.0 to run pynq's own")
    display = ModuleType("IPython.display")
    for name in ("display", "Javascript", "HTML"):
        setattr(display, name, None)
    monkeypatch.setitem(sys.modules, "IPython", ModuleType("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    from pynqmetadata.frontends import Metadata
    from pynqmetadata.views.runtime.runtime_metadata_parser import RuntimeMetadataParser

    path = tmp_path / "net.hwh"
    hwh.write(path, content())
    return RuntimeMetadataParser(Metadata(str(path)))


def test_pynq_s_own_parser_finds_blocks_registers_and_clock(pynq_view):
    assert pynq_view.ps_name == "ps7"
    found = {name: entry for name, entry in pynq_view.ip_dict.items() if name != "ps7"}
    assert {name: entry["phys_addr"] for name, entry in found.items()} == BASES
    for name, entry in found.items():
        assert entry["addr_range"] == REGISTER_SPAN
        assert entry["type"] == f"dupnet:hls:{name[:-1]}:1.0"
        assert {key: one["address_offset"] for key, one in entry["registers"].items()} == {
            register.name: register.offset for register in load().registers
        }
        for register in load().registers:
            fields = entry["registers"][register.name]["fields"]
            assert {key: (one["bit_offset"], one["bit_width"]) for key, one in fields.items()} == {
                field.name: (field.low, field.high - field.low + 1) for field in register.fields
            }
    enabled = {index: clock for index, clock in pynq_view.clock_dict.items() if clock["enable"]}
    assert list(enabled) == [0]
    assert hwh.PLL_MHZ / enabled[0]["divisor0"] / enabled[0]["divisor1"] == 50


@pytest.mark.parametrize(
    "board", [name for name in board_names() if load_board(name).family == "zynq7000"]
)
def test_the_part_is_the_board_s(board):
    part = load_board(board).part
    info = ElementTree.fromstring(content(part)).find("./SYSTEMINFO")
    assert f"xc{info.get('DEVICE')}{info.get('PACKAGE')}-1" == part


def test_another_family_is_refused():
    with pytest.raises(HardwareError, match=r"part xczu7ev-ffvc1156-2-e: expected one of a Zynq-7"):
        content(load_board("ZCU104").part)


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
    assert found == {name: (base, REGISTER_SPAN) for name, base in BASES.items()}


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
