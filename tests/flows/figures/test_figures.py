"""Figures in README and docs come from the records in docs/figures, and from nowhere else."""

import json
import subprocess
from pathlib import Path

import pytest

from flows.build.names import StepName
from flows.errors import FlowError
from flows.figures.__main__ import ROOT, main
from flows.figures.catalogue import FIGURES, Figure
from flows.figures.collect import (
    bench,
    boards,
    comparison,
    constant_matrix,
    duplicates,
    hardware,
    timing,
    whole,
)
from flows.figures.pages import render, unmarked
from flows.figures.pictures import PICTURES, STAGES
from flows.figures.records import Record, Table, read_records, write_record
from hw.pnr.operator import OperatorTiming
from model.zoo import find

RECORD = Record(
    commands=["make it"],
    date="2026-01-02",
    commit="abc",
    note="A note.",
    values={"clocks": 264196, "share": 30.4},
    tables={"two": Table(columns=["a", "b"], rows=[["x", 1234567], [None, 0.5]])},
)
RECORDS = {"run": RECORD}
PAGE = """# Page

It takes <!-- figure: run.clocks -->264,196<!-- /figure --> clocks.

<!-- table: run.two -->

| a | b |
| --- | --- |
| x | 1,234,567 |
| | 0.5 |

*`make it`; 2026-01-02, commit `abc`. A note.*

<!-- /table -->
"""


def test_readme_and_docs_are_what_the_records_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().out


def test_every_record_that_a_command_measures_is_there() -> None:
    assert set(FIGURES) <= set(read_records(ROOT / "docs" / "figures"))


def test_a_page_that_is_right_stays() -> None:
    assert render("page", PAGE, RECORDS) == PAGE


@pytest.mark.parametrize(
    ("old", "new"), [("264,196", "264,197"), ("1,234,567", "7"), ("| | 0.5 |\n", "")]
)
def test_a_page_that_differs_is_renewed(old: str, new: str) -> None:
    assert old in PAGE
    assert render("page", PAGE.replace(old, new), RECORDS) == PAGE


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!-- figure: run.clock -->1<!-- /figure -->", "its record has clocks, share"),
        ("<!-- figure: walk.clocks -->1<!-- /figure -->", "no record walk; docs/figures has run"),
        ("<!-- table: run.three -->\n<!-- /table -->", "its record has two"),
        ("<!-- figure: run.clocks -->1", "is not closed"),
        ("<!-- table: run.two --> in a line <!-- /table -->", "is not closed"),
    ],
)
def test_a_mark_that_leads_nowhere_is_named(text: str, message: str) -> None:
    with pytest.raises(FlowError, match=r"^page: ") as error:
        render("page", text, RECORDS)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        (PAGE, []),
        ("takes 264,196 clocks", ["264,196"]),
        ("takes 264,196, then", ["264,196"]),
        ("takes 1,264,196 or 264,196.5 or 264,1967 clocks", []),
        ("takes 30.4 %", []),
        ("takes 1,234,567", ["1,234,567"]),
    ],
)
def test_figures_copied_by_hand_are_found(text: str, copied: list[str]) -> None:
    assert unmarked(text, RECORDS) == copied


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder with a record and two pages."""
    (tmp_path / "docs" / "figures").mkdir(parents=True)
    write_record(tmp_path / "docs" / "figures" / "run.json", RECORD)
    (tmp_path / "README.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "docs" / "page.md").write_text("nothing\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def pictured(repository: Path) -> Path:
    """The same, with the pictures."""
    (repository / "docs" / "pictures").mkdir()
    for name, draw in PICTURES.items():
        (repository / "docs" / "pictures" / f"{name}.svg").write_text(draw(), encoding="utf-8")
    return repository


def test_pictures_show_every_step_and_every_layer() -> None:
    assert [step for _, _, steps in STAGES for step in steps] == list(StepName)
    drawn = PICTURES["accelerator"]()
    for layer in find("dupnet-tinier-yolo").layers:
        assert f">{layer.name}<" in drawn
    # by hand: conv8 has 512 x 256 weights of D = 64, conv1 two copies of 3 x 3 x 3 x 16
    assert "D = 64, F = 1; 2,048 weight bits" in drawn
    assert "D = 1, F = 2; 864 weight bits" in drawn


def test_a_picture_that_differs_is_named_and_drawn(
    pictured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = pictured / "docs" / "pictures" / "pipeline.svg"
    drawn = path.read_text(encoding="utf-8")
    path.write_text(drawn.replace("Import", "import"), encoding="utf-8")
    assert main(["--check", "--root", str(pictured)]) == 1
    assert "docs/pictures/pipeline.svg: differs" in capsys.readouterr().out
    assert main(["--root", str(pictured)]) == 0
    assert path.read_text(encoding="utf-8") == drawn


def test_check_names_the_page_and_writes_nothing(
    pictured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository = pictured
    old = PAGE.replace("264,196", "264,195")
    (repository / "README.md").write_text(old, encoding="utf-8")
    assert main(["--check", "--root", str(repository)]) == 1
    assert capsys.readouterr().out == (
        "README.md: differs from docs/figures; make figures renews it\n"
    )
    assert (repository / "README.md").read_text(encoding="utf-8") == old


def test_without_check_the_page_is_renewed(repository: Path) -> None:
    (repository / "README.md").write_text(PAGE.replace("264,196", "1"), encoding="utf-8")
    assert main(["--root", str(repository)]) == 0
    assert (repository / "README.md").read_text(encoding="utf-8") == PAGE


def test_a_copied_figure_ends_with_status_1(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "docs" / "page.md").write_text("264,196 clocks\n", encoding="utf-8")
    assert main(["--root", str(repository)]) == 1
    assert "docs/page.md: 264,196 stands outside of marks" in capsys.readouterr().out


def test_a_record_is_read_as_it_was_written(repository: Path) -> None:
    assert read_records(repository / "docs" / "figures") == RECORDS


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"date": "yesterday"}, "run.json: date = 'yesterday'"),
        ({"commands": []}, "run.json: commands "),
        ({"value": {}}, "run.json: unknown key value"),
        (
            {"tables": {"two": {"columns": ["a", "b"], "rows": [["x"]]}}},
            "run.json: table two: a row of 1 cells; expected 2",
        ),
    ],
)
def test_a_record_that_is_none_is_refused(
    repository: Path, change: dict[str, object], message: str
) -> None:
    path = repository / "docs" / "figures" / "run.json"
    data = json.loads(path.read_text(encoding="utf-8")) | change
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(FlowError) as error:
        read_records(path.parent)
    assert message in str(error.value)


def test_an_unknown_record_is_refused(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--measure", "hardwares", "--root", str(repository)]) == 2
    assert "--measure hardwares: no such record" in capsys.readouterr().err


def test_measure_runs_the_commands_and_keeps_the_record_where_one_fails(
    pictured: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for line in ("init -q", "add .", "-c user.name=a -c user.email=a commit -qm one"):
        subprocess.run(["git", *line.split()], cwd=pictured, check=True)
    path = pictured / "docs" / "figures" / "run.json"

    def collect(build: Path):
        return {"clocks": int((build / "n").read_text("utf-8"))}, RECORD.tables

    command = "mkdir -p build; python -c 'print(264200)' >build/n"
    monkeypatch.setitem(FIGURES, "run", Figure([command], collect))
    assert main(["--measure", "run", "--root", str(pictured)]) == 0
    assert read_records(path.parent)["run"].values == {"clocks": 264200}
    assert ">264,200<" in (pictured / "README.md").read_text(encoding="utf-8")
    kept = path.read_text(encoding="utf-8")
    monkeypatch.setitem(FIGURES, "run", Figure(["exit 3"], collect))
    assert main(["--measure", "run", "--root", str(pictured)]) == 1
    assert "exit 3 ended with status 3; the record stays" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == kept


def build_files(folder: Path, clocks: int, lut: int, mismatches: int = 0) -> None:
    """The reports of a build that collect reads, with figures that differ by build."""
    bound = {"latency_clocks": 20, "first_output_clocks": 10}
    files = {
        "rtlsim_performance": {
            "mismatches": mismatches,
            **{"clocks_per_frame": clocks, "pixels_per_frame": 1000, "latency_clocks": 25},
            **{"first_output_clocks": 12, "latency_bound": bound},
        },
        "post_synth_resources": {
            "(top)": {"LUT": 2 * lut, "FF": 9, "BRAM_36K": 4, "BRAM_18K": 0, "DSP": 0, "LC": 6},
            "(operators)": {"LUT": lut, "FF": 7, "BRAM_36K": 3, "BRAM_18K": 1, "DSP": 0, "LC": 5},
            "(shell)": {"LUT": lut // 2, "FF": 1, "BRAM_36K": 0, "BRAM_18K": 0, "DSP": 0, "LC": 1},
        },
        "memories": {"total": {"weights": {"stored_bits": 64}}},
    }
    (folder / "report").mkdir(parents=True)
    for name, data in files.items():
        (folder / "report" / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")


def test_values_come_from_the_reports_of_the_builds(tmp_path: Path) -> None:
    build_files(tmp_path / "figures-1-pixel", 1100, 1064)
    build_files(tmp_path / "figures-1-pixel-ifq", 1100, 2128)
    _, tables = duplicates(tmp_path)
    rows = {str(row[0]): row[1:] for row in tables["networks"].rows}
    assert rows["LUT"] == [2128, 1064, 2.0]
    assert rows["LUT, % of the part"] == [4.0, 2.0, 2.0]  # an xc7z020 has 53,200
    assert rows["BRAM36, an RAMB18 being half"] == [3.5, 3.5, 1.0]
    assert rows["DSP"] == [0, 0, None]


def test_the_whole_stands_beside_the_sum_of_operators(tmp_path: Path) -> None:
    build_files(tmp_path / "figures-60-fps", 1100, 1064)
    build_files(tmp_path / "figures-1-pixel", 1100, 5320)
    values, tables = hardware(tmp_path)
    rows = {str(row[0]): row[1:] for row in tables["foldings"].rows}
    assert rows["LUT, sum of the operators"] == [1064, 5320]
    assert rows["LUT of the board's shell alone"] == [532, 2660]
    assert rows["LUT, both as one design (of 53,200)"] == [2128, 10640]
    assert rows["LUT, both, % of the part"] == [4.0, 20.0]
    assert rows["FF, both as one design"] == [9, 9]
    assert rows["BRAM36, an RAMB18 being half, sum of the operators"] == [3.5, 3.5]
    assert rows["BRAM36, both, % of the part"] == [2.9, 2.9]  # 4 of 140
    assert tables["operators"].rows[-1] == ["all other operators", "1,064 (5)", "5,320 (5)"]
    assert (values["fps60-lut"], values["fps60-whole-lut"]) == (1064, 2128)
    report = tmp_path / "figures-60-fps/report/post_synth_resources.json"
    found = json.loads(report.read_text())
    del found["(shell)"]
    report.write_text(json.dumps(found))
    with pytest.raises(FlowError, match=r"expected \(shell\) in its report"):
        hardware(tmp_path)


def test_the_whole_alone(tmp_path: Path) -> None:
    part = {"LUT": 532, "FF": 3, "BRAM_36K": 0, "BRAM_18K": 0}
    one = {"LUT": 5320, "FF": 9, "BRAM_36K": 6, "BRAM_18K": 2}
    (tmp_path / "whole.json").write_text(json.dumps({"top": one, "shell": part}))
    values, tables = whole(tmp_path)
    assert tables["parts"].rows == [
        ["the shell alone", 532, 3, 0, 1.0, 0.0],
        ["accelerator and shell", 5320, 9, 7, 10.0, 5.0],
    ]
    assert values["fps60-lut"] == 5320 and values["fps60-bram36-share"] == 5.0


def test_every_board(tmp_path: Path) -> None:
    """The bench's table as it is."""
    cells = [["Pynq-Z2", "532 (1.0 %)"], ["ZCU104", ""]]
    section = {"name": "boards", "title": "t", "rows": [], "columns": ["a", "b"], "cells": cells}
    (tmp_path / "bench.json").write_text(json.dumps({"sections": [section]}), encoding="utf-8")
    assert boards(tmp_path)[1]["boards"] == Table(columns=["a", "b"], rows=[[*c] for c in cells])
    (tmp_path / "bench.json").write_text(json.dumps({"sections": []}), encoding="utf-8")
    with pytest.raises(FlowError, match="no section boards"):
        boards(tmp_path)


def test_the_slowest_of_each_kind(tmp_path: Path) -> None:
    """Block RAM makes a kind of its own; an operator without a known kind has its name."""
    for folder, found in (
        (
            "figures-1-pixel",
            {"conv1_mvau": (120.04, 0), "conv2_mvau": (150.0, 2), "conv3_mvau": (145.0, 1)}
            | {"pool1": (99.0, 0)},
        ),
        ("figures-60-fps", {"conv1_mvau": (110.0, 0), "sum4_dwc_fifo": (200.0, 0)}),
    ):
        operators = {
            name: OperatorTiming(mhz, {}, 10, 10, block_rams, 0).as_dict()
            for name, (mhz, block_rams) in found.items()
        }
        (tmp_path / folder / "report").mkdir(parents=True)
        data = {"tools": "", "target": [], "wanted_mhz": 100.0, "operators": operators}
        path = tmp_path / folder / "report" / "post_route_timing.json"
        path.write_text(json.dumps(data), encoding="utf-8")
    assert timing(tmp_path)[1]["kinds"].rows == [
        ["`max_pool`", 99.0, "none"],
        ["`mvau`", 120.0, 110.0],
        ["`mvau` with block RAM", 145.0, "none"],
        ["`stream_fifo`", "none", 200.0],
        ["operators below 100 MHz", "1 of 4", "0 of 2"],
    ]


def test_ways_to_multiply_by_constants(tmp_path: Path) -> None:
    """Of the first layer, whatever other nodes have all of their weights at once."""
    figures = {"LUT": 9, "FF": 8, "carry bits": 4, "clocks": 2, "chains": 1}
    other = {"node": "conv2_mvau", "methods": {"trees": figures | {"LUT": 1}}, "table_luts": 2}
    first = {"node": "conv1_mvau", "methods": {"trees": figures}, "table_luts": 6}
    path = tmp_path / "constant-methods.json"
    path.write_text(json.dumps([other, first]), encoding="utf-8")
    table = constant_matrix(tmp_path)[1]["methods"]
    assert table.columns == ["method", *figures]
    counted = ["bit-planes, tables alone (counted)", 6, None, None, None, None]
    assert table.rows == [["trees", 9, 8, 4, 2, 1], counted]


def test_a_comparison_of_networks(tmp_path: Path) -> None:
    text = "| a | b |\n|---|---|\n| x | 0.780 |\n\n- data: 3,000 scenes: near\n\nother\n"
    (tmp_path / "results.md").write_text(text, encoding="utf-8")
    tables = comparison("results.md")(tmp_path)[1]
    assert tables["networks"] == Table(columns=["a", "b"], rows=[["x", "0.780"]])
    assert tables["terms"].rows == [["data", "3,000 scenes: near"]]
    (tmp_path / "results.md").write_text("nothing\n", encoding="utf-8")
    with pytest.raises(FlowError, match="no table"):
        comparison("results.md")(tmp_path)


def test_a_run_with_mismatches_is_no_record(tmp_path: Path) -> None:
    build_files(tmp_path / "figures-1-pixel", 1100, 1064, mismatches=2)
    with pytest.raises(FlowError, match="rtlsim found 2 mismatches"):
        duplicates(tmp_path)


def test_a_section_of_the_bench(tmp_path: Path) -> None:
    row = {"what": "LUT", "value": 6455.0, "unit": "LUT", "note": "n", "ratio": 0.5, "against": "b"}
    none = {**row, "what": "FF", "value": None, "ratio": None}
    data = {"sections": [{"name": "finn", "title": "t", "rows": [row, none]}]}
    (tmp_path / "bench.json").write_text(json.dumps(data), encoding="utf-8")
    assert bench("finn")(tmp_path)[1]["rows"].rows == [
        ["LUT", "6,455 LUT", "0.5", "n"],
        ["FF", "not measured", None, "n"],
    ]
    with pytest.raises(FlowError, match="no section duplicates"):
        bench("duplicates")(tmp_path)
