"""The front: what is on it, what is refused, and the files."""

import json

import pytest
from PIL import Image

from flows.build.build import Build
from flows.errors import FlowError
from flows.pareto.points import Point, front
from flows.pareto.run import pareto, table
from tests.flows.flow import write_config
from tests.flows.pyramid import pyramid


def point(fps, lut, source="cost model", network="a"):
    return Point(network, "1/2", 1000, float(fps), lut, 10, 1.5, source)


def test_front_is_what_no_other_point_beats():
    points = [point(10, 100), point(20, 150), point(15, 160), point(30, 140), point(9, 90)]
    assert [(p.fps, p.lut) for p in front(points)] == [(9, 90), (10, 100), (30, 140)]


def test_table_has_both_sources_in_a_row():
    lines = table([point(10, 1000), point(10, 1234, "yosys")])
    assert lines[2] == "| a | 1/2 | 1,000 | 10.0 | 1,000 | 1.5 | 1,234 | 1.5 |"
    assert len(lines) == 3


@pytest.mark.slow
def test_points_and_picture(tmp_path, capsys):
    build = Build.load(write_config(tmp_path, pyramid(32, 48), pixels_per_clock=1))
    pareto([build], tmp_path / "front", False)
    data = json.loads((tmp_path / "front" / "pareto.json").read_text())
    rates = [p["pixels_per_clock"] for p in data["points"]]
    assert rates[:3] == ["1/16", "1/12", "1/8"]
    assert "1" in rates
    luts = [p["lut"] for p in data["points"]]
    assert luts[-1] > luts[0]
    for found in data["points"]:
        assert found["fps"] == pytest.approx(1e8 / found["clocks"])
    with Image.open(tmp_path / "front" / "pareto.png") as picture:
        assert picture.width > 600
        assert len(set(picture.convert("RGB").getdata())) > 50
    assert "| frames/s |" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("is_measured", "jobs", "said"),
    [
        (False, 1, "--jobs 1: expected it with --measured (MEASURED=1) alone"),
        (True, 0, "--jobs 0: expected 1 or more"),
    ],
)
def test_jobs_are_of_what_is_measured(tmp_path, is_measured, jobs, said):
    build = Build.load(write_config(tmp_path, pyramid(16, 16)))
    with pytest.raises(FlowError) as error:
        pareto([build], tmp_path / "front", is_measured, jobs)
    assert str(error.value) == f"pareto: {said}"
    assert not (tmp_path / "front").exists()


def test_networks_of_different_boards_are_refused(tmp_path):
    net = pyramid(16, 16)
    a = Build.load(write_config(tmp_path / "a", net))
    b = Build.load(write_config(tmp_path / "b", net, board="ZCU104"))
    with pytest.raises(FlowError, match="another board or clock"):
        pareto([a, b], tmp_path, False)
    with pytest.raises(FlowError, match="two networks have one name"):
        pareto([a, a], tmp_path, False)
