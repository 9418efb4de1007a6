"""A network at work as it is shown: boxes, outputs, feature maps; by hand and by decoders."""

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from flows.build.build import Build
from flows.build.names import StepName
from flows.report.boxes import boxes
from flows.report.facts import gather
from flows.report.maps import Sheet, sheet
from flows.report.outputs import OutputView, in_out
from flows.report.shown import Output, Shown, show
from flows.run.detect import head_of
from flows.run.emulator import Emulator
from model.detection.decode import detect


def pixels(of: Sheet) -> NDArray[Any]:
    """The picture of a sheet, grey values."""
    kind, _, content = of.uri.partition(",")
    assert kind == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(content))).convert("L"))


# --- the frame and the outputs --------------------------------------------------------------------


@pytest.fixture(scope="module")
def shown(detector: tuple[Path, Build]) -> Shown:
    return show(detector[1])


def test_hardware_and_file_agree_to_float32(shown: Shown) -> None:
    (output,) = shown.outputs
    assert shown.no_file == ""
    assert output.hardware.shape == (1, 6, 8, 8)
    assert output.difference is not None
    assert output.difference < 1e-4
    assert shown.source == "scikit-image's portrait"


def test_boxes_are_those_of_the_integers(detector: tuple[Path, Build], shown: Shown) -> None:
    build = detector[1]
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    integers, head = emulator.run(shown.frame[None]), head_of(emulator)
    (every,) = detect(integers, head, 0.0)
    least = float(every.scores[2] + every.scores[3]) / 2
    (expected,) = detect(integers, head, least)
    found = boxes(gather(build), shown, least)
    assert found is not None
    assert len(expected) == 3
    assert [box.score for box in found.hardware] == pytest.approx(list(expected.scores))
    first = np.clip(expected.boxes[0], 0, 16)
    assert found.hardware[0].left == pytest.approx(first[0])
    assert found.hardware[0].top + found.hardware[0].height == pytest.approx(first[3])
    assert found.file is not None
    assert len(found.file) == len(found.hardware)
    assert found.said == f"3 boxes of score {least:g} or more"
    with pytest.raises(Exception, match="expected 0 to 1"):
        boxes(gather(build), shown, 2.0)


def test_where_none_reaches_the_threshold_the_best_are_drawn(
    detector: tuple[Path, Build], shown: Shown
) -> None:
    found = boxes(gather(detector[1]), shown, 1.0)
    assert found is not None
    assert found.said.startswith("no box reaches score 1; drawn: the 5 best")
    assert len(found.hardware) == len(found.file or ()) == 5


def test_the_difference_stands_in_its_cell(detector: tuple[Path, Build], shown: Shown) -> None:
    """A file's output that differs in one cell alone, of 8 x 8 on 16 x 16 pixels."""
    (output,) = shown.outputs
    other = output.hardware.copy()
    other[0, 4, 3, 5] += 1.0  # the objectness of row 3, column 5
    changed = Shown(**{**vars(shown), "outputs": [Output(output.name, output.hardware, other)]})
    found = boxes(gather(detector[1]), changed, 0.3)
    assert found is not None
    assert found.real_difference == pytest.approx(1.0)
    (cell,) = found.cells
    assert (cell.left, cell.top, cell.width, cell.height, cell.share) == (10, 6, 2, 2, 1.0)


def test_a_file_that_cannot_run_is_said(built: Path) -> None:
    """The tiny build's file is no network of its size at all."""
    shown = show(Build.load(built / "c.yaml"))
    assert shown.outputs == []
    assert shown.no_file == "the build has no outputs yet"
    assert in_out(shown).integers is not None


# --- outputs --------------------------------------------------------------------------------------


def _of(shown: Shown, hardware: NDArray[Any], file: NDArray[Any] | None) -> OutputView:
    outputs = [Output("y", hardware, file)]
    return in_out(Shown(**{**vars(shown), "outputs": outputs})).outputs[0]


def test_a_short_vector_is_shown_whole_with_its_greatest(shown: Shown) -> None:
    view = _of(shown, np.array([[0.5, 2.0, -1.0]]), np.array([[0.5, 2.0, -1.25]]))
    assert [(v.place, v.hardware, v.file) for v in view.values] == [
        (0, 0.5, 0.5),
        (1, 2.0, 2.0),
        (2, -1.0, -1.25),
    ]
    assert [v.greatest for v in view.values] == [False, True, False]
    assert view.difference == 0.25


def test_a_long_vector_is_shown_by_its_greatest(shown: Shown) -> None:
    values = np.arange(100.0)[None]
    values[0, 7] = 500
    view = _of(shown, values, None)
    assert [v.place for v in view.values] == [7, 99, 98, 97, 96]
    assert view.greatest
    assert view.difference is None


def test_an_output_with_pixels_is_a_map(shown: Shown) -> None:
    view = _of(shown, np.arange(8.0).reshape(1, 2, 2, 2), np.zeros((1, 2, 2, 2)))
    assert view.map is not None
    assert view.file_map is not None
    assert view.values == []
    assert view.difference == 7


# --- feature maps ---------------------------------------------------------------------------------


def test_channels_stand_side_by_side() -> None:
    tensor = np.zeros((2, 2, 3), np.int64)
    tensor[0, 1, 2] = 4  # row 0, column 1 of channel 2
    made = sheet(tensor)
    assert made.caption.startswith("3 channels, 2 ")
    assert made.caption.endswith("black is 0, white 4")
    grey = pixels(made)
    assert grey.shape == (64, 3 * 64 + 2 * 2)
    assert grey[0, 2 * 66 + 32] == 255
    assert grey[:, : 2 * 66].max() == 0
    assert grey[32:].max() == 0


def test_large_maps_are_made_smaller_and_many_channels_are_counted() -> None:
    made = sheet(np.arange(128 * 64 * 20).reshape(128, 64, 20))
    assert (made.width, made.height) == (8 * 32 + 7 * 2, 2 * 64 + 2)
    assert made.caption.startswith("16 of 20 channels, 128 ")


def test_lines_and_single_pixels() -> None:
    line = sheet(np.arange(12).reshape(1, 4, 3))  # positions 4, channels 3
    assert line.caption.startswith("3 channels from top to bottom, 4 positions from left to right")
    grey = pixels(line)
    assert grey.shape == (3 * 8, 4 * 8)
    assert (grey[0, 0], grey[-1, -1]) == (0, 255)
    assert grey[0, -1] == round(9 * 255 / 11)  # channel 0 of position 3
    point = sheet(np.arange(10).reshape(1, 1, 10))
    assert point.caption.startswith("10 channels, a square each")
    assert pixels(point)[0, -1] == 255


def test_a_tensor_of_one_value() -> None:
    assert sheet(np.full((2, 2, 1), 3)).caption.endswith("every value is 3")


def test_a_threshold_that_is_none_is_refused_by_the_command(
    detector: tuple[Path, Build], capsys: pytest.CaptureFixture[str]
) -> None:
    from flows import __main__ as flows_main

    assert flows_main.main(["report", str(detector[0]), "--threshold", "3"]) != 0
    assert "expected 0 to 1" in capsys.readouterr().err
