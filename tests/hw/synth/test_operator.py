"""Synthesis of one module by the real yosys, and when its result is used again."""

import json

import pytest

from hw import RTL_DIR
from hw.errors import HardwareError
from hw.synth import operator
from hw.synth.operator import Unit, read_unit, script, synthesize
from hw.synth.resources import Resources
from hw.tools.yosys import Yosys, find_yosys

ROM = """// a comment
module tiny (input logic clk_i, input logic [3:0] addr_i, output logic [7:0] data_o);
  rom #(.Width(8), .Depth(16), .File("tiny.mem"), .Style("{style}"))
    i_rom (.clk_i(clk_i), .addr_i(addr_i), .data_o(data_o));
endmodule
"""


def _unit(folder, style="distributed", name="tiny", words=range(7, 23)) -> Unit:
    folder.mkdir(exist_ok=True)
    (folder / "rom.sv").write_text((RTL_DIR / "rom.sv").read_text())
    (folder / f"{name}.sv").write_text(ROM.format(style=style).replace("tiny", name))
    (folder / f"{name}.mem").write_text("".join(f"{word:02x}\n" for word in words))
    return read_unit(name, folder, ["rom.sv", f"{name}.sv"])


def _key(unit):
    return unit.key(script(unit, "xc7"), "Yosys 0")


def test_rom_of_luts_and_its_second_use(tmp_path):
    unit = _unit(tmp_path / "rtl")
    arguments = ("xc7", find_yosys(), tmp_path / "work", tmp_path / "cache")
    found, seconds = synthesize(unit, *arguments)
    # 8 columns of 16 rows, two of which are equal: bits 5 to 7 are constant
    assert 0 < found.LUT <= 8 and 0 < found.FF <= 8
    assert (found.BRAM_36K, found.BRAM_18K, found.DSP, found.LUTRAM) == (0, 0, 0, 0)
    assert seconds > 0
    assert (tmp_path / "work" / "yosys.log").is_file()
    assert synthesize(unit, *arguments) == (found, 0.0)
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".json"]


class _OneLut(Yosys):
    """A yosys for which every module is one LUT."""

    def run(self, script, folder):
        stat = {"design": {"num_cells_by_type": {"LUT2": 1}}}
        (folder / "stat.json").write_text(json.dumps(stat))


def test_damaged_kept_result_is_made_again(tmp_path):
    unit = _unit(tmp_path / "rtl")
    arguments = ("xc7", _OneLut(("none",), "none"), tmp_path / "work", tmp_path / "cache")
    assert synthesize(unit, *arguments)[0] == Resources(LUT=1)
    assert synthesize(unit, *arguments)[1] == 0
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_text("{")
    found, seconds = synthesize(unit, *arguments)
    assert found == Resources(LUT=1) and seconds > 0


def test_another_format_makes_kept_results_void(tmp_path, monkeypatch):
    unit = _unit(tmp_path)
    first = _key(unit)
    monkeypatch.setattr(operator, "FORMAT", "next")
    assert _key(unit) != first


def test_key_follows_all_that_matters_and_nothing_else(tmp_path):
    first = _key(_unit(tmp_path / "a"))
    assert _key(_unit(tmp_path / "b", name="other")) == first
    assert _key(_unit(tmp_path / "a", style="block")) != first
    assert _key(_unit(tmp_path / "a", words=range(8, 24))) != first
    unit = _unit(tmp_path / "a")
    comment = unit.sources["rom.sv"].replace("// Read-only", "// Other")
    assert comment != unit.sources["rom.sv"]
    assert _key(Unit("tiny", unit.sources | {"rom.sv": comment}, unit.memories)) == first
    changed = unit.sources["rom.sv"].replace("always_ff", "always")
    assert _key(Unit("tiny", unit.sources | {"rom.sv": changed}, unit.memories)) != first
    assert unit.key(script(unit, "xcup"), "Yosys 0") != first
    assert unit.key(script(unit, "xc7"), "Yosys 1") != first


def test_missing_memory_is_named(tmp_path):
    _unit(tmp_path)
    (tmp_path / "tiny.mem").unlink()
    with pytest.raises(HardwareError, match=r"tiny\.mem: No such file or directory; build again"):
        read_unit("tiny", tmp_path, ["rom.sv", "tiny.sv"])


def test_failure_names_the_module(tmp_path):
    unit = Unit("bad", {"bad.sv": "module bad (input logic a); missing i_m (a); endmodule"}, {})
    with pytest.raises(HardwareError, match=r"node bad: .*yosys.log: .*ERROR.*missing"):
        synthesize(unit, "xc7", find_yosys(), tmp_path / "work", tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_figures_keep_their_names():
    assert list(Resources().as_dict())[:6] == ["LUT", "SRL", "FF", "BRAM_36K", "BRAM_18K", "DSP"]
