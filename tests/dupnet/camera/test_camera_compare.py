"""The comparison of the camera path with real numbers: its command on scenes, boxes by hand."""

import json
from pathlib import Path

import numpy as np
import pytest

from dupnet.camera.__main__ import main
from dupnet.camera.compare import Agreement
from model.detection.decode import Detections
from model.scenes.layout import write_scenes


def found(*rows: tuple[float, ...]) -> Detections:
    table = np.array(rows, float).reshape(-1, 5)
    return Detections(table[:, :4], table[:, 4])


def test_boxes_go_to_those_that_they_overlap_most() -> None:
    agreement = Agreement()
    first = found((0, 0, 10, 10, 0.9), (50, 50, 60, 60, 0.501), (0, 0, 1, 1, 0.1))
    second = found((1, 0, 11, 10, 0.8), (0, 0, 10, 10.25, 0.7))
    agreement.add(first, second, 0.5)
    assert agreement.pixels == [0.25] and agreement.worst == 0.25
    assert agreement.alone == (1, 1) and agreement.near_threshold == 1
    assert "1 boxes of both, sides within 0.250 pixels" in agreement.line()


@pytest.mark.slow
def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_scenes(tmp_path, "val", 2, 1, 160)
    out = tmp_path / "found.json"
    words = ["--data", str(tmp_path), "--size", "64", "--score", "0.05", "--json", str(out)]
    status = main(words)
    text = capsys.readouterr().out
    figures = json.loads(out.read_text())
    assert figures["pictures"] == 2 and figures["levels"] <= 1
    assert figures["halves"] > 0.9 or figures["share"] == 0
    assert f"average precision: {figures['ap'][0]:.5f} by real numbers" in text
    near = max(figures["same"]["pixels"], default=0) <= 1
    assert status == (0 if near and abs(figures["ap"][0] - figures["ap"][1]) <= 0.002 else 1)
    assert near and figures["same"]["alone"] == [0, 0]
    assert main([*words, "--most", "0"]) == 2
    assert "--candidates, --most: expected 1 or more" in capsys.readouterr().err
