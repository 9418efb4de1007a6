"""``board-sim --pictures``: frames of other sizes one after another, each compared."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.errors import FlowError
from flows.run import camera_pictures as command
from flows.run.board import BusOptions
from flows.run.camera_pictures import camera_pictures
from flows.run.detect import detect
from model.detection.draw import save_image


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(3)
    (folder / "more").mkdir()
    for name, height, width in (("a", 64, 33), ("b", 7, 12), ("more/c", 40, 64), ("d", 1, 1)):
        save_image(folder / f"{name}.png", rng.integers(0, 256, (height, width, 3), np.uint8))
    (folder / "notes.txt").write_text("no picture")
    return folder


def test_each_picture_s_boxes_are_those_of_detect(
    camera: Any, camera_simulator: Any, pictures: Path, tmp_path: Path, capsys: Any
):
    found = camera_pictures(camera, pictures, 0.0, BusOptions(0.2, seed=5), None, camera_simulator)
    lines = [line for line in capsys.readouterr().out.splitlines() if ".png: " in line]
    assert [line.split(" (")[0] for line in lines] == [
        f"{number + 1}/4 {name}.png: {size}, {count} boxes, equal"
        for number, (name, size, count) in enumerate(
            (name, size, len(boxes(camera, pictures / f"{path}.png", tmp_path)))
            for path, name, size in (
                ("a", "a", "33 x 64"),
                ("b", "b", "12 x 7"),
                ("d", "d", "1 x 1"),
                ("more/c", "c", "64 x 40"),
            )
        )
    ]
    assert found["pictures"] == 4
    report = json.loads((camera.folder / "report" / "board_sim.json").read_text())
    assert (report["frames"], report["faults"]) == (4, [])


def boxes(camera: Any, image: Path, folder: Path) -> Any:
    return detect(camera, image, None, 0.0, folder / "o.png", camera_path=True)["boxes"]


def test_the_first_that_differs_is_named(
    camera: Any, camera_simulator: Any, pictures: Path, monkeypatch: pytest.MonkeyPatch
):
    specified = command.specified

    def moved(emulator: Any, description: Any, source: Any, least: float) -> Any:
        integers, corners, scores = specified(emulator, description, source, least)
        return integers, corners + (len(source) == 7), scores

    monkeypatch.setattr(command, "specified", moved)
    with pytest.raises(FlowError, match=r"b.png: frame 1: its .* boxes are not the"):
        camera_pictures(camera, pictures, 0.0, simulator=camera_simulator)
    report = json.loads((camera.folder / "report" / "board_sim.json").read_text())
    assert report["faults"]


def test_what_is_refused(camera: Any, camera_simulator: Any, tmp_path: Path, pictures: Path):
    with pytest.raises(FlowError, match=r"no picture \(.jpg, .jpeg, .png\); expected some"):
        camera_pictures(camera, tmp_path, 0.0, simulator=camera_simulator)
    with pytest.raises(FlowError, match="--frames 0: expected 1 or more"):
        camera_pictures(camera, pictures, 0.0, count=0, simulator=camera_simulator)
    save_image(tmp_path / "first.png", np.zeros((2, 2, 3), np.uint8))
    save_image(tmp_path / "wide.png", np.zeros((2, 65, 3), np.uint8))  # the second one is named
    with pytest.raises(FlowError, match=r"wide.png: 65 x 2 pixels; camera_max_side: 64"):
        camera_pictures(camera, tmp_path, 0.0, simulator=camera_simulator)
