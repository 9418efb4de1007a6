"""The report: what it says of a build, what it refuses, and that it stands alone."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from flows.build.config import BuildConfig
from flows.build.sequence import save_model
from flows.errors import FlowError
from flows.report.charts import Bar, Mark, Pair, bar_chart, pair_chart
from flows.report.html import write_report
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

# --- content --------------------------------------------------------------------------------------


def test_savings_are_those_of_the_folds(config: BuildConfig) -> None:
    text = " ".join(Page(report(config)).text.split())
    # conv1: 144 one-bit weights become 72 of two bits; conv2: 108 become 54
    assert "duplicated inputs, F = 2" in text
    assert "duplicated weights, D = 2" in text
    page = report(config)
    rows = {
        re.sub("<.*?>", "", cells[0]): [re.sub("<.*?>", "", cell) for cell in cells[1:]]
        for cells in (re.findall("<td.*?>(.*?)</td>", row) for row in page.split("<tr"))
        if len(cells) == 10
    }
    assert rows["conv1"][1:5] == ["144", "72", "144", "144"]
    assert rows["conv1"][7:] == ["5,184", "2,592"]
    assert rows["conv2"][1:5] == ["108", "54", "108", "54"]
    assert rows["conv2"][5:7] == ["128", "96"]  # two lines of 8: 4 channels of 2 bits, 2 of 3
    assert rows["in all"][3:5] == ["252", "198"]


def test_simulated_figures(config: BuildConfig) -> None:
    put(config, "rtlsim_performance", simulation(config))
    text = Page(report(config)).text
    assert "3,210" in text
    assert "4,321 clocks, simulated" in text
    assert "25\u202f%" in text  # of the clocks, streams waited


def test_memory_sum_is_compared_with_the_paper(config: BuildConfig) -> None:
    text = Page(report(config)).text
    assert "hold 198 bits of weights and 0 bits of padding" in text
    assert "has 301,920: ≠ 301,722 fewer" in text


def test_cost(config: BuildConfig, tmp_path: Path) -> None:
    path = tmp_path / "cost.json"
    path.write_text(json.dumps(cost_json()))
    text = Page(report(config, cost=path)).text
    assert "reconstruction" in text
    assert "36.9✓" in text
    assert "1,694.2≠" in text
    assert "Not computed" in Page(report(config)).text


def test_equal_builds_give_equal_pages(config: BuildConfig) -> None:
    assert report(config) == report(config)


# --- picture --------------------------------------------------------------------------------------


def test_picture_is_embedded(config: BuildConfig, tmp_path: Path) -> None:
    image = tmp_path / "a.png"
    image.write_bytes(PNG)
    page = report(config, image)
    assert f'src="data:image/png;base64,{base64.b64encode(PNG).decode()}"' in page
    assert "The weights are not trained (seed 7)" in Page(page).text


@pytest.mark.parametrize(
    ("metadata", "said"),
    [({}, "does not say"), ({"network": "n", "seed": ""}, "not drawn from a seed")],
)
def test_weights_that_are_not_seeded(
    config: BuildConfig, tmp_path: Path, metadata: dict[str, str], said: str
) -> None:
    path = config.output_dir / "intermediate_models" / "import.onnx"
    save_model(onnx_with(metadata), path)
    image = tmp_path / "a.png"
    image.write_bytes(PNG)
    text = Page(report(config, image)).text
    assert said in text
    assert "The weights are not trained" not in text


def test_page_stands_alone_and_escapes(config: BuildConfig, tmp_path: Path) -> None:
    evil = '<b2 onload="x">&'
    save_model(
        onnx_with({"network": evil, "seed": evil}),
        config.output_dir / "intermediate_models" / "import.onnx",
    )
    put(config, "emulation", emulation(boundaries=[evil, f"brevitas:{evil}"]))
    changes = {"differences": [evil], "boundaries": [evil], "handshake_violations": [evil]}
    put(config, "rtlsim_performance", simulation(config, **changes))
    memories = json.loads((config.output_dir / "report" / "memories.json").read_text())
    memories["memories"][0] |= {"file": evil, "padding": evil}
    put(config, "memories", memories)
    cost = tmp_path / "cost.json"
    cost.write_text(json.dumps({evil: cost_json()["dupnet-tinier-yolo"] | {"note": evil}}))
    image = tmp_path / '<b2> & "x".png'
    image.write_bytes(PNG)
    page = report(config, image, cost)
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
def test_broken_json(config: BuildConfig, name: str) -> None:
    path = put(config, name, "{")
    with pytest.raises(FlowError, match=f"{re.escape(str(path))}: not readable as JSON"):
        write_report(config, None, None)


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("emulation", {"frames": 1}, "key mismatches is missing"),
        ("rtlsim_performance", [], "expected an object"),
        ("memories", {"memories": []}, "key total is missing"),
        ("estimate_layer_resources", {}, "key conv1_mvau is missing"),
    ],
)
def test_json_of_another_form(config: BuildConfig, name: str, data: Any, what: str) -> None:
    path = put(config, name, data)
    text = f"{path}: {what}; not as this flow writes it: make it again"
    with pytest.raises(FlowError, match=re.escape(text)):
        write_report(config, None, None)


def test_missing_file_of_the_build(config: BuildConfig) -> None:
    path = config.output_dir / "report" / "memories.json"
    path.unlink()
    with pytest.raises(FlowError, match=re.escape(f"{path}: No such file or directory; build")):
        write_report(config, None, None)


def test_unfinished_build(config: BuildConfig) -> None:
    (config.output_dir / "intermediate_models" / "generate_rtl.onnx").unlink()
    with pytest.raises(FlowError, match="step generate_rtl has not been built"):
        write_report(config, None, None)


def test_cost_of_another_form(config: BuildConfig, tmp_path: Path) -> None:
    path = tmp_path / "cost.json"
    with pytest.raises(FlowError, match=r"cost\.json: No such file or directory; make it with"):
        write_report(config, None, path)
    path.write_text("[1]")
    with pytest.raises(FlowError, match=r"cost\.json: expected "):
        write_report(config, None, path)


def test_picture_that_is_none(config: BuildConfig, tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    with pytest.raises(FlowError, match=r"x\.png: No such file or directory; expected a picture"):
        write_report(config, path, None)
    path.write_text("<svg/>")
    with pytest.raises(FlowError, match=r"x\.png: not a PNG, JPEG or GIF; expected a picture"):
        write_report(config, path, None)
    assert not (config.output_dir / "report" / "report.html").exists()


# --- charts ---------------------------------------------------------------------------------------


def test_charts_take_any_values() -> None:
    marks = [Mark(5, "<target>", "target")]
    for values in ([], [0.0], [1.0], [1e12, 3.0, 0.0]):
        bars = [Bar("<b2>" * 20, value, "&") for value in values]
        pairs = [Pair("<b2>" * 20, value, 0.0, "&") for value in values]
        for svg in (
            bar_chart("<b2>", bars, marks, "legend"),
            bar_chart("<b2>", bars, [], "legend"),
            pair_chart("<b2>", pairs, ("a", "b")),
        ):
            Page(svg)
            assert "nan" not in svg
            assert "inf" not in svg
            assert "<b2" not in svg
