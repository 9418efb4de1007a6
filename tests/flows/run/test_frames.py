"""Frames: files of each kind, pictures for images alone, the whole range where they are drawn."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from flows.build.names import StepName
from flows.errors import FlowError
from flows.graph.input_type import KEY, InputType
from flows.graph.integer_graph import IntGraph
from flows.graph.layout import Layout
from flows.graph.layout_metadata import write_layouts
from flows.run.frames import copy_frames, input_frames, make_frames

PIXELS, SIGNED, BIPOLAR = InputType(), InputType(-8, 7), InputType(-1, 1, 2)


def build(kind: InputType, shape: tuple[int, int, int] = (3, 4, 4)) -> Any:
    """The part of a build that frames need: its integer graph, here of (C, H, W) alone."""
    model = IntGraph({"input": shape}, metadata={KEY: kind.to_text()}).to_onnx()
    return SimpleNamespace(model=lambda _: model)


@pytest.mark.parametrize("dtype", ["int8", "int16", "int64"])
def test_npy_of_integers_of_any_width(tmp_path: Path, dtype: str) -> None:
    frames = np.arange(-8, 8).repeat(6).reshape(2, 4, 4, 3)
    np.save(tmp_path / "f.npy", frames.astype(dtype))
    found = input_frames(build(SIGNED), tmp_path / "f.npy")
    assert found.dtype == np.int8
    assert np.array_equal(found, frames)
    np.save(tmp_path / "one.npy", frames[0].astype(dtype))
    assert input_frames(build(SIGNED), tmp_path / "one.npy").shape == (1, 4, 4, 3)


def test_npz(tmp_path: Path) -> None:
    frames = np.ones((1, 4, 4, 3), np.uint8)
    for arrays in ({"anything": frames}, {"input": frames, "labels": np.zeros(1)}):
        np.savez(tmp_path / "f.npz", **arrays)
        assert np.array_equal(input_frames(build(PIXELS), tmp_path / "f.npz"), frames)
    np.savez(tmp_path / "f.npz", a=frames, b=frames)
    with pytest.raises(FlowError, match=r"f\.npz: holds the arrays a, b; expected one, or one"):
        input_frames(build(PIXELS), tmp_path / "f.npz")
    (tmp_path / "f.npz").write_bytes(b"PK")
    with pytest.raises(FlowError, match=r"f\.npz: not a readable \.npz file"):
        input_frames(build(PIXELS), tmp_path / "f.npz")


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (PIXELS, 256, "holds 256; the network takes UINT8, 0 to 255"),
        (PIXELS, -1, "holds -1; the network takes UINT8, 0 to 255"),
        (SIGNED, 8, "holds 8; the network takes INT4, -8 to 7"),
        (BIPOLAR, 0, "holds 0; the network takes -1 or 1"),
        (InputType(-127, 127), -128, "holds -128; the network takes INT8, -127 to 127"),
    ],
)
def test_integers_that_the_network_does_not_take(
    tmp_path: Path, kind: InputType, value: int, said: str
) -> None:
    np.save(tmp_path / "f.npy", np.full((1, 4, 4, 3), value))
    with pytest.raises(FlowError, match=rf"f\.npy: {said}"):
        input_frames(build(kind), tmp_path / "f.npy")


def test_pictures_are_for_images_alone(tmp_path: Path) -> None:
    file = tmp_path / "p.png"
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3) * 5
    Image.fromarray(pixels).save(file)
    assert np.array_equal(input_frames(build(PIXELS), file)[0], pixels)
    for other in (build(SIGNED), build(PIXELS, (3, 4, 5)), build(PIXELS, (1, 4, 4))):
        with pytest.raises(FlowError, match=r"p\.png: the network takes 4 x . x . of"):
            input_frames(other, file)
        with pytest.raises(FlowError, match=r"p\.png: the network takes 4 x . x . of"):
            make_frames(other, file, 1, 1)
    narrow = build(InputType(0, 254))
    assert make_frames(narrow, file, 1, 1).max() == 47 * 5
    Image.fromarray(np.full((4, 4, 3), 255, np.uint8)).save(file)
    assert make_frames(narrow, file, 1, 1).min() == 254, "as its quantizer limits it"


@pytest.mark.parametrize(
    "kind", [InputType(0, 15), SIGNED, BIPOLAR, InputType(0, 65535), InputType(-32768, 32767)]
)
def test_frames_of_the_whole_range_are_drawn(kind: InputType) -> None:
    made = make_frames(build(kind, (8, 32, 32)), None, 3, 1)
    assert made.dtype == kind.dtype
    assert np.array_equal(made, make_frames(build(kind, (8, 32, 32)), None, 3, 1))
    possible = np.arange(kind.lo, kind.hi + 1, kind.step)
    assert set(np.unique(made)) <= set(possible)
    spread = np.bincount((made.astype(int).reshape(-1) - kind.lo) * 4 // (kind.hi - kind.lo + 1))
    assert spread.max() < 1.2 * made.size / min(len(possible), 4)


@pytest.mark.parametrize("frames", [1, 3])
def test_frames_as_the_file_has_them(tmp_path: Path, frames: int) -> None:
    """A file of fewer axes: (N, 12), and (N, C, L)."""
    for layout in (Layout((12, 1, 1)).reshaped((1, 12)), Layout((4, 1, 3)).reshaped((1, 4, 3))):
        models = {name: build(SIGNED, layout.shape).model(name) for name in StepName}
        write_layouts(models[StepName.IMPORT].model, {"x": layout})
        models[StepName.IMPORT].graph.input[0].name = "x"
        made = SimpleNamespace(model=models.get)
        given = np.arange(frames * 12).reshape(frames, *layout.dims[1:]) % 16 - 8
        np.save(tmp_path / "f.npy", given)
        found = input_frames(made, tmp_path / "f.npy")
        channels, _, columns = layout.shape
        assert found.shape == (frames, 1, columns, channels)
        assert np.array_equal(found[:, 0].transpose(0, 2, 1).reshape(given.shape), given)
        np.save(tmp_path / "f.npy", given[:, 1:])
        with pytest.raises(FlowError, match="the network takes"):
            input_frames(made, tmp_path / "f.npy")


def test_a_file_is_copied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frames = np.full((2, 4, 4, 3), -8)
    np.save(tmp_path / "f.npy", frames)
    copy_frames(build(SIGNED), tmp_path / "f.npy", tmp_path / "out.npy")
    assert np.array_equal(np.load(tmp_path / "out.npy"), frames)
    assert "2 frames of" in capsys.readouterr().out
