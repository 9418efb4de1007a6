"""A bounded proof that commit_fifo loses, doubles and invents nothing."""

from pathlib import Path

import pytest

from hw.errors import HardwareError
from hw.shell.serial import SERIAL_RTL_DIR
from hw.synth.yosys import find_yosys

CONTRACT = Path(__file__).parent / "commit_fifo_contract.sv"
CLOCKS = 12


def _prove(text, folder):
    (folder / "commit_fifo.sv").write_text(text)
    (folder / CONTRACT.name).write_text(CONTRACT.read_text())
    find_yosys().run(
        "\n".join(
            [
                f"read_verilog -formal -sv commit_fifo.sv {CONTRACT.name}",
                "prep -flatten -top commit_fifo_contract",
                "chformal -lower",
                "memory_map",
                "opt -full",
                "sat -verify -prove-asserts -set-assumes -set-at 1 rst_ni 0 "
                f"-set-def-inputs -tempinduct-baseonly -maxsteps {CLOCKS}",
            ]
        ),
        folder,
    )


def test_every_committed_word_once_and_in_order(tmp_path):
    _prove((SERIAL_RTL_DIR / "commit_fifo.sv").read_text(), tmp_path)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("write_q <= commit_q;", "write_q <= write_q;"),  # nothing is taken back
        ("(read_q != commit_q)", "(read_q != write_q)"),  # seen before it is committed
        ("write_i && !full && !overflow_q", "write_i && !overflow_q"),  # written over
    ],
)
def test_the_contract_notices(tmp_path, right, wrong):
    text = (SERIAL_RTL_DIR / "commit_fifo.sv").read_text()
    assert text.count(right) == 1
    with pytest.raises(HardwareError, match="proof did fail"):
        _prove(text.replace(right, wrong), tmp_path)
