"""The host's part of a network in the driver: by onnxruntime, or by numpy where none is left."""

import builtins
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from hw.driver import AcceleratorError, Description, DupNetAccelerator
from hw.driver.__main__ import main
from hw.driver.host_tail import FILE, HostTail
from tests.hw.driver.fake_bus import DESCRIPTION

HOST = dataclasses.replace(DESCRIPTION, host_nodes=("best (ArgMax)",), host_outputs=("y", "top"))


def write_tail(folder: Path) -> None:
    """The greatest channel, and its number plus one half."""
    nodes = [
        helper.make_node("ArgMax", ["integers"], ["y"], "best", axis=3, keepdims=0),
        helper.make_node("Cast", ["integers"], ["f"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMax", ["f"], ["m"], axes=[3], keepdims=0),
        helper.make_node("Sigmoid", ["m"], ["top"]),
    ]
    graph = helper.make_graph(
        nodes, "tail",
        [helper.make_tensor_value_info("integers", TensorProto.INT32, [1, "H", "W", 12])],
        [
            helper.make_tensor_value_info("y", TensorProto.INT64, [1, "H", "W"]),
            helper.make_tensor_value_info("top", TensorProto.FLOAT, [1, "H", "W"]),
        ],
    )  # fmt: skip
    opsets = [helper.make_opsetid("", 13)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), str(folder / FILE))


def test_by_onnxruntime(tmp_path: Path) -> None:
    write_tail(tmp_path)
    integers = np.random.default_rng(1).integers(-8, 8, (3, 2, 2, 12)).astype(np.int16)
    found = HostTail(HOST, tmp_path).run(integers)
    assert np.array_equal(found["y"], integers.argmax(axis=3))
    np.testing.assert_allclose(found["top"], 1 / (1 + np.exp(-integers.max(axis=3))), rtol=1e-6)


def test_only_scaled_by_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    without_onnxruntime(monkeypatch)
    output = dataclasses.replace(DESCRIPTION.output, scale=(0.5,), bias=tuple(range(12)))
    description = dataclasses.replace(DESCRIPTION, output=output, host_outputs=("y",))
    integers = np.arange(2 * 2 * 2 * 12).reshape(2, 2, 2, 12)
    found = HostTail(description, None).run(integers)
    assert found["y"].shape == (2, 12, 2, 2)
    assert found["y"][1, 3, 0, 1] == integers[1, 0, 1, 3] * 0.5 + 3


def without_onnxruntime(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def imported(name: str, *rest: Any, **more: Any) -> Any:
        if name == "onnxruntime":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", imported)


def test_what_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AcceleratorError, match=r"host_tail\.onnx: no such file; expected what"):
        HostTail(HOST, tmp_path)
    with pytest.raises(AcceleratorError, match=r"the output needs host_tail\.onnx beside"):
        HostTail(HOST, None)
    (tmp_path / FILE).write_bytes(b"nothing")
    with pytest.raises(AcceleratorError, match=r"host_tail\.onnx: cannot be executed"):
        HostTail(HOST, tmp_path)
    without_onnxruntime(monkeypatch)
    with pytest.raises(AcceleratorError, match=r"needs onnxruntime for best \(ArgMax\) \(pip3"):
        HostTail(HOST, tmp_path)


def test_the_description_names_it() -> None:
    assert Description.from_json(HOST.to_json()) == HOST
    for wrong in ('"nodes": [\n   3', '"nodes": [\n   "a\\u0001"'):
        text = HOST.to_json().replace('"nodes": [\n   "best (ArgMax)"', wrong)
        with pytest.raises(ValueError, match=r"host_tail\.nodes: "):
            Description.from_json(text)


def test_the_command_writes_integers_and_outputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Real numbers are quantized; a frame of 4 x 4 x 3 gives as many integers, all of them 5."""
    write_tail(tmp_path)
    seen = []

    class Backend:
        def execute(self, frames: Any) -> Any:
            seen.append(frames)
            return np.full((len(frames), 2, 2, 12), 5, np.int16)

        def close(self) -> None: ...

    def opened(_: Any) -> DupNetAccelerator:
        made = DupNetAccelerator(Backend(), HOST)
        made.folder = tmp_path
        return made

    monkeypatch.setattr("hw.driver.__main__.open_accelerator", opened)
    for dtype in (np.float64, np.int64):
        np.save(tmp_path / "frames.npy", np.full((2, 4, 4, 3), 7, dtype))
        assert main(["run", str(tmp_path / "frames.npy"), str(tmp_path / "out.npz")]) == 0
        assert "2 frames: integers, y, top in" in capsys.readouterr().out
        found = np.load(tmp_path / "out.npz")
        assert sorted(found) == ["integers", "top", "y"]
        assert seen[-1].dtype == np.uint8
    np.save(tmp_path / "frames.npy", np.full((2, 4, 4, 3), 256))
    assert main(["run", str(tmp_path / "frames.npy"), str(tmp_path / "out.npz")]) == 1
    assert "a frame holds 256; the network takes 0 to 255" in capsys.readouterr().err
