"""Bounded proofs of the shell's handshakes by yosys' own solver: every input, so many clocks."""

import re
from pathlib import Path

import pytest

from hw.errors import HardwareError
from hw.shell.board_top import shell_sources
from hw.synth.yosys import find_yosys

PROOFS = Path(__file__).resolve().parent / "formal"
#: Clocks from reset on that each proof covers.
DEPTHS = {"axi_lite_slave": 12, "dma_bursts": 12, "byte_gearbox": 10, "dma_read": 12}


def prove(folder: Path, module: str, *, change: tuple[str, str] | None = None) -> None:
    """Prove ``<module>_proof``; HardwareError where an assertion can fail.

    change: a text of the module and what takes its place, to see the proof fail.
    """
    for path in shell_sources():
        text = path.read_text()
        if change and path.stem == module:
            assert change[0] in text
            text = text.replace(*change)
        (folder / path.name).write_text(text)
    name = f"{module}_proof"
    (folder / f"{name}.sv").write_text((PROOFS / f"{name}.sv").read_text())
    files = " ".join(path.name for path in shell_sources())
    script = f"""
read_verilog -sv -formal {files} {name}.sv
hierarchy -check -top {name}
proc
flatten
memory -nordff
opt -full
async2sync
chformal -lower
sat -verify -prove-asserts -set-assumes -seq {DEPTHS[module]} -prove-skip 1 -set-at 1 rst_ni 0
"""
    find_yosys().run(script, folder)


@pytest.mark.parametrize("module", DEPTHS)
def test_proof(module: str, tmp_path: Path):
    prove(tmp_path, module)


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("axi_lite_slave", "!b_valid_q;", "1'b1;"),
        ("dma_bursts", "assign words_d = left_short", "assign words_d = 1'b0"),
        ("byte_gearbox", "<= CountBits'(Room - InBytes)", "<= CountBits'(Room)"),
        ("dma_read", "&& space_enough", "&& 1'b1"),
    ],
)
def test_a_broken_module_fails(module: str, old: str, new: str, tmp_path: Path):
    with pytest.raises(HardwareError, match=re.escape("proof did fail")):
        prove(tmp_path, module, change=(old, new))
