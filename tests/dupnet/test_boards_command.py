"""``dupnet boards``: every board with its part's figures, what it needs, and what was tried."""

import json

from dupnet import boards
from hw.boards import board_names, load_board


def test_json(capsys):
    assert boards.main(["--json"]) == 0
    out, err = capsys.readouterr()
    found = {one["name"]: one for one in json.loads(out)["boards"]}
    assert err == ""
    assert sorted(found) == board_names()
    zcu102 = found["ZCU102"]
    assert (zcu102["part"], zcu102["lut"], zcu102["ff"]) == ("xczu9eg-ffvb1156-2-e", 274080, 548160)
    assert (zcu102["bram36"], zcu102["dsp"]) == (912, 2520)
    assert (zcu102["bitstream_by"], zcu102["tried"]) == ("Vivado", "untried")
    for name in ("ULX3S-85F", "Tang-Nano-20K"):
        assert found[name]["bitstream_by"] == "yosys and nextpnr of PyPI"


def test_table(capsys):
    assert boards.main([]) == 0
    out = capsys.readouterr().out
    for name in board_names():
        row = next(line for line in out.splitlines() if line.startswith(f"{name} "))
        assert f"{load_board(name).lut:,}" in row
    assert "No build has run on any board yet" in out


def test_finn_s_boards_have_finn_s_parts():
    """Boards of FINN's table that have a processor for our shell: the same part, by FINN's list."""
    from finn.util.basic import pynq_part_map

    here = set(board_names())
    assert {name for name in pynq_part_map if name not in here} <= {"AUP-ZU3_8GB"}
    for name in here & set(pynq_part_map):
        assert load_board(name).part == pynq_part_map[name]
