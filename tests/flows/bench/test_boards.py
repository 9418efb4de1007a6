"""Section boards: a row of every board and rate, measured figures before estimates."""

import dataclasses
import json

import pytest

from flows.__main__ import main
from flows.bench import boards_section as section
from flows.bench.board_row import COLUMNS, BoardRow
from flows.bench.rows import Options, markdown, table
from flows.build.build import Build
from flows.build.names import ResultName
from hw.boards import load_board
from tests.flows.flow import small_network, write_config

#: Two of them have the same part.
BOARDS = ["Pynq-Z1", "Pynq-Z2", "ULX3S-85F", "Zybo-Z7-10"]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """(a finished build at one pixel a clock on a Pynq-Z2, the section of it)."""
    folder = tmp_path_factory.mktemp("boards")
    path = write_config(folder, small_network(), name="small", pixels_per_clock=1)
    assert main(["build", str(path)]) == 0
    build = Build.load(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(section, "board_names", lambda: BOARDS)
        patch.setattr(section, "PIXELS", (1, 2))
        build.paths.bench.mkdir()
        return build, section.boards_section(build, Options(build.paths.bench))


def test_every_board_at_every_rate(found):
    _, made = found
    names = ["60 frames/s", "1 pixel a clock", "2 pixels a clock"]
    assert [cells[:3:2] for cells in made.cells] == [[b, name] for b in BOARDS for name in names]
    rows = {(row["board"], row["wanted"]): row for row in made.details["boards"]}
    first = rows["Pynq-Z1", "1 pixel a clock"]
    assert (first["part"], first["wanted_mhz"]) == ("xc7z020clg400-1", 100.0)
    assert first["resources_by"] == "cost model" and first["clocks_by"] == "timing model"
    # the image with its border, 8 x 8, passes a pixel a clock; the last of 36 pixels comes before
    # the last integer goes
    assert 64 <= first["clocks"] <= 80 and first["latency"] > 36
    # the same resources on the board of the same part, but for the build that is there
    other = rows["Pynq-Z2", "2 pixels a clock"]
    assert {**other, "board": "Pynq-Z1"} == rows["Pynq-Z1", "2 pixels a clock"]
    assert rows["ULX3S-85F", "60 frames/s"]["wanted_mhz"] == 50.0


def test_a_build_beside_takes_the_place_of_the_estimate(found):
    build, made = found
    (row,) = (r for r in made.details["boards"] if (r["board"], r["wanted"]) == (
        "Pynq-Z2", "1 pixel a clock",
    ))  # fmt: skip
    total = json.loads(build.paths.result(ResultName.LAYER_RESOURCES).read_text())["total"]
    assert (row["lut"], row["dsp"]) == (total["LUT"], total["DSP"])


def results(build, **data):
    for name, result in data.items():
        build.results.write(ResultName[name], result)


def test_figures_of_tools_come_first(found):
    build, _ = found
    part = {"LUT": 5320, "FF": 1, "BRAM_36K": 3, "BRAM_18K": 1, "DSP": 2}
    synthesis = {"(operators)": {**part, "LUT": 532}}
    run = {"mismatches": 0, "stalls": 0.0, "clocks_per_frame": 100_000, "latency_clocks": 250_000}
    results(build, SYNTHESIS=synthesis, RTLSIM=run)
    cells = dict(zip(("board", *COLUMNS[1:]), section.measured(build).cells(), strict=True))
    assert cells["LUT"] == "532 (1.0 %)"  # of 53,200
    assert cells["BRAM36"] == "3.5 (2.5 %)"  # of 140
    assert cells["frames/s"] == "1,000.0" and cells["latency, ms"] == "2.50"
    assert section.measured(build).cells()[6:9] == ["yosys", "100 wanted", "not measured"]
    assert section.measured(build).cells()[-1] == "simulated RTL"
    tools = {"tools": ["Yosys 0.70", "nextpnr-xilinx 0.9.6"], "fmax_mhz": 102.44, "used": {}}
    results(build, SYNTHESIS={**synthesis, "(top)": part, "(shell)": part}, BITSTREAM=tools)
    cells = section.measured(build).cells()
    assert cells[3:7] == ["5,320 (10.0 %)", "3.5 (2.5 %)", "2", "yosys, with shell"]
    assert cells[7:9] == ["102.4 (100 wanted)", "nextpnr-xilinx 0.9.6"]
    # a run with mismatches, or with stalls, is none
    for wrong in ({"mismatches": 1}, {"stalls": 0.5}):
        results(build, RTLSIM=run | wrong)
        assert section.measured(build).clocks_by == "timing model"


def test_cells_of_a_routed_ecp5(found):
    build = found[0].of(board="ULX3S-85F", synth_clk_period_ns=0.0)
    used = {"TRELLIS_COMB": 8364, "DP16KD": 52, "MULT18X18D": 0, "TRELLIS_FF": 9}
    tools = ["Yosys 0.70", "nextpnr-ecp5 0.11.1", "ecppack 1"]
    results(build, BITSTREAM={"tools": tools, "fmax_mhz": 74.49, "used": used})
    found_now = section._resources(build) | section._clock(build)
    row = BoardRow.of(build.device, "10 frames/s", 50.0, "")
    cells = dataclasses.replace(row, **found_now, clocks=5_000_000, latency=1).cells()
    assert cells[3:7] == ["8,364 (10.0 %)", "26.0 (25.0 %)", "0", "nextpnr-ecp5 0.11.1, with shell"]
    assert cells[7:10] == ["74.5 (50 wanted)", "nextpnr-ecp5 0.11.1", "10.0"]


def test_what_does_not_fit_ends_a_board_and_says_why(found, monkeypatch):
    build = found[0]
    tiny = dataclasses.replace(load_board("Zybo-Z7-10"), name="Zybo-Z7-10", lut=10)
    monkeypatch.setattr("flows.build.config.load_board", lambda name: tiny)
    model = section.prepared(build, build.paths.bench / "tiny")
    (row,) = section._folded_for(build, tiny, model)
    cells = row.cells()
    assert cells[6].startswith("does not fit: ")
    assert [cells[at] for at in (3, 4, 5, 7, 8, 9, 10, 11)] == [""] * 8


def test_the_table_for_people(found):
    _, made = found
    lines = markdown(made).splitlines()
    assert lines[2] == f"| {' | '.join(COLUMNS)} |" and lines[3] == "|---" * 12 + "|"
    assert len([line for line in lines if line.startswith("| Zybo-Z7-10 |")]) == 3
    assert "ratio" not in markdown(made)
    rows = [line for line in table(made).splitlines() if line.startswith(("  board", "  ULX3S"))]
    # columns stand below each other
    assert (
        len({line.index("part") if "part" in line else line.index("LFE5U") for line in rows}) == 1
    )
