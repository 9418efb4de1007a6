"""The report: what it says of a build, what it refuses, and that it stands alone."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from flows.build.build import Build
from flows.build.sequence import save_model
from flows.errors import FlowError
from flows.report.charts import Bar, Mark, Pair, Span, bar_chart, pair_chart, span_chart
from flows.report.html import write_report
from flows.report.render import render
from tests.flows.report.report_case import (
    PNG,
    Page,
    cost_json,
    emulation,
    onnx_with,
    put,
    report,
    simulation,
)


def table_of(page: str, section: str) -> list[str]:
    """The rows of a section, as HTML."""
    return page.partition(f'<section id="{section}"')[2].partition("</section>")[0].split("<tr")


# --- content --------------------------------------------------------------------------------------


def test_savings_are_those_of_the_folds(build: Build) -> None:
    text = " ".join(Page(report(build)).text.split())
    # conv1: 144 one-bit weights become 72 of two bits; conv2: 108 become 54
    assert "duplicated inputs, F = 2" in text
    assert "duplicated weights, D = 2" in text
    page = report(build)
    rows = {
        re.sub("<.*?>", "", cells[0]): [re.sub("<.*?>", "", cell) for cell in cells[1:]]
        for cells in (re.findall("<t[dh].*?>(.*?)</t[dh]>", row, re.S) for row in page.split("<tr"))
        if len(cells) == 10
    }
    assert rows["conv1"][1:5] == ["144", "72", "144", "144"]
    assert rows["conv1"][7:] == ["5,184", "2,592"]
    assert rows["conv2"][1:5] == ["108", "54", "108", "54"]
    assert rows["conv2"][5:7] == ["128", "96"]  # two lines of 8: 4 channels of 2 bits, 2 of 3
    assert rows["in all"][3:5] == ["252", "198"]


def test_simulated_figures(build: Build) -> None:
    put(build, "rtlsim_performance", simulation(build))
    text = Page(report(build)).text
    assert "3,210" in text
    assert "4,321 clocks, simulated" in text
    assert "25\u202f%" in text  # of the clocks, streams waited


def test_dsp_slices_stand_beside_luts(build: Build) -> None:
    path = build.folder / "report" / "estimate_layer_resources.json"
    table = json.loads(path.read_text())
    table["conv1_mvau"]["DSP"], table["conv2_mvau"]["DSP"] = 9, 2
    path.write_text(json.dumps(table))
    rows = {
        cells[0]: cells[1:]
        for cells in (
            [re.sub("<.*?>", "", cell) for cell in re.findall("<t[dh].*?>(.*?)</t[dh]>", row)]
            for row in table_of(report(build), "nodes")
        )
        if len(cells) > 2
    }
    assert (rows["conv1_mvau"][-1], rows["conv2_mvau"][-1], rows["in all"][-1]) == ("9", "2", "11")
    assert rows["of the board"][-1] == "5&#8239;%"  # of the 220 of an xc7z020


def test_memory_sum_is_compared_with_the_paper(build: Build) -> None:
    text = Page(report(build)).text
    assert "hold 198 bits of weights and 0 bits of padding" in " ".join(text.split())
    assert "has 301,920: ≠ 301,722 fewer" in " ".join(text.split())


def test_cost(build: Build, tmp_path: Path) -> None:
    path = tmp_path / "cost.json"
    path.write_text(json.dumps(cost_json()))
    text = Page(report(build, cost=path)).text
    assert "reconstruction" in text
    assert "36.9✓" in text
    assert "1,694.2≠" in text
    assert "Not computed" in Page(report(build)).text


def test_equal_builds_give_equal_pages(build: Build) -> None:
    assert report(build) == report(build)


# --- picture --------------------------------------------------------------------------------------


def test_picture_is_embedded(build: Build, tmp_path: Path) -> None:
    image = tmp_path / "a.png"
    image.write_bytes(PNG)
    page = report(build, image)
    assert f'src="data:image/png;base64,{base64.b64encode(PNG).decode()}"' in page
    assert "The weights are not trained (seed 7)" in Page(page).text
    assert (
        page.index("</h1>")
        < page.index(f"base64,{base64.b64encode(PNG).decode()}")
        < page.index("<table")
    )


@pytest.mark.parametrize(
    ("metadata", "said"),
    [({}, "does not say"), ({"network": "n", "seed": ""}, "not drawn from a seed")],
)
def test_weights_that_are_not_seeded(
    build: Build, tmp_path: Path, metadata: dict[str, str], said: str
) -> None:
    path = build.folder / "intermediate_models" / "import.onnx"
    save_model(onnx_with(metadata), path)
    image = tmp_path / "a.png"
    image.write_bytes(PNG)
    text = Page(report(build, image)).text
    assert said in text
    assert "The weights are not trained" not in text


def test_page_stands_alone_and_escapes(build: Build, tmp_path: Path) -> None:
    evil = '<b2 onload="x">&'
    save_model(
        onnx_with({"network": evil, "seed": evil}),
        build.folder / "intermediate_models" / "import.onnx",
    )
    put(build, "emulation", emulation(boundaries=[evil, f"brevitas:{evil}"]))
    changes = {"differences": [evil], "boundaries": [evil], "handshake_violations": [evil]}
    put(build, "rtlsim_performance", simulation(build, **changes))
    memories = json.loads((build.folder / "report" / "memories.json").read_text())
    memories["memories"][0] |= {"file": evil, "padding": evil}
    put(build, "memories", memories)
    cost = tmp_path / "cost.json"
    cost.write_text(json.dumps({evil: cost_json()["dupnet-tinier-yolo"] | {"note": evil}}))
    image = tmp_path / '<b2> & "x".png'
    image.write_bytes(PNG)
    page = report(build, image, cost)
    assert "<b2" not in page
    parsed = Page(page)
    assert parsed.text.count(evil) >= 10
    assert all(link.startswith(("data:image/png;base64,", "#")) for link in parsed.links)
    assert "http:" not in page
    assert "https:" not in page
    assert "url(" not in page
    assert "@import" not in page


# --- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["emulation", "rtlsim_performance", "memories"])
def test_broken_json(build: Build, name: str) -> None:
    path = put(build, name, "{")
    with pytest.raises(FlowError, match=f"{re.escape(str(path))}: not readable as JSON"):
        write_report(build, None, None)


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("emulation", {"frames": 1}, "key mismatches is missing"),
        ("rtlsim_performance", [], "expected an object"),
        ("memories", {"memories": []}, "key total is missing"),
        ("estimate_layer_resources", {}, "key conv1_mvau is missing"),
    ],
)
def test_json_of_another_form(build: Build, name: str, data: Any, what: str) -> None:
    path = put(build, name, data)
    text = f"{path}: {what}; not as this flow writes it: make it again"
    with pytest.raises(FlowError, match=re.escape(text)):
        write_report(build, None, None)


def test_missing_file_of_the_build(build: Build) -> None:
    path = build.folder / "report" / "memories.json"
    path.unlink()
    with pytest.raises(FlowError, match=re.escape(f"{path}: No such file or directory; build")):
        write_report(build, None, None)


def test_unfinished_build(build: Build) -> None:
    (build.folder / "intermediate_models" / "generate_rtl.onnx").unlink()
    with pytest.raises(FlowError, match="step generate_rtl has not been built"):
        write_report(build, None, None)


def test_cost_of_another_form(build: Build, tmp_path: Path) -> None:
    path = tmp_path / "cost.json"
    with pytest.raises(FlowError, match=r"cost\.json: No such file or directory; make it with"):
        write_report(build, None, path)
    path.write_text("[1]")
    with pytest.raises(FlowError, match=r"cost\.json: expected "):
        write_report(build, None, path)


def test_picture_that_is_none(build: Build, tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    with pytest.raises(FlowError, match=r"x\.png: No such file or directory; expected a picture"):
        write_report(build, path, None)
    path.write_text("<svg/>")
    with pytest.raises(FlowError, match=r"x\.png: not a PNG, JPEG or GIF; expected a picture"):
        write_report(build, path, None)
    assert not (build.folder / "report" / "report.html").exists()


# --- charts ---------------------------------------------------------------------------------------


def test_charts_take_any_values() -> None:
    marks = [Mark(5, "<target>", "target")]
    for values in ([], [0.0], [1.0], [1e12, 3.0, 0.0]):
        bars = [Bar("<b2>" * 20, value, "&") for value in values]
        pairs = [Pair("<b2>" * 20, value, 0.0, "&") for value in values]
        spans = [Span("<b2>" * 20, [(0, value)], "&") for value in values]
        for chart in (
            bar_chart("<b2>", bars, marks, "legend"),
            bar_chart("<b2>", bars, [], "legend"),
            pair_chart("<b2>", pairs, ("a", "b")),
            span_chart("<b2>", spans, ["first"]),
        ):
            svg = render("chart.html", data=chart)
            Page(svg)
            assert "nan" not in svg
            assert "inf" not in svg
            assert "<b2" not in svg
