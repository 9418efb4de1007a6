"""argmax_in_hardware: the accelerator gives numbers of classes, the file's own."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.graph.host_tail import host_nodes
from flows.run.cppsim import cppsim
from flows.run.emulator import Emulator
from flows.run.host_tail import HostTail
from flows.run.rtlsim import rtlsim
from tests.flows.foreign_model import by_qonnx, node, proto_of

RNG = np.random.default_rng(4)
BODY = [
    node("Quant", "x one zero b4", "q", "qin"),
    node("Quant", "w one zero b3", "wq", "qw"),
    node("Conv", "q wq", "c", "conv", kernel_shape=[3, 3], strides=[2, 2]),
    node("Mul", "c k", "m", "scale"),
]
WEIGHTS = RNG.integers(-4, 4, (10, 2, 3, 3)).astype(float)


def file(*tail: Any, **values: Any) -> Any:
    given = {"w": WEIGHTS, "k": 0.37, "b3": 3.0, "n": np.array([1]), **values}
    proto = proto_of([*BODY, *tail], (1, 2, 7, 5), **given)
    proto.graph.output[0].name = "y"
    proto.graph.output[0].type.tensor_type.elem_type = TensorProto.INT64
    return proto


FILES = {
    "argmax": file(node("ArgMax", "m", "y", "best", axis=1, keepdims=0)),
    "the axis is kept, channels last": file(
        node("Transpose", "m", "t", "turn", perm=[0, 2, 3, 1]),
        node("ArgMax", "t", "y", "best", axis=-1),
    ),
    "topk, moved": file(
        node("TopK", "m n", "v i", "top", axis=1), node("Transpose", "i", "y", perm=[0, 3, 2, 1])
    ),
    "the least": file(node("ArgMin", "m", "y", "best", axis=-3)),
    "top five": file(node("TopK", "m n", "v y", "top", axis=1), n=np.array([5])),
    "the least four, channels last": file(
        node("Transpose", "m", "t", "turn", perm=[0, 3, 2, 1]),
        node("TopK", "t n", "v y", "top", largest=0), n=np.array([4]),
    ),
    "the least one by a TopK": file(node("TopK", "m n", "v y", "top", axis=1, largest=0)),
}  # fmt: skip


def built(folder: Path, proto: Any, stop: str | None = None) -> Build:
    onnx.save(proto, str(folder / "net.onnx"))
    config = folder / "c.yaml"
    config.write_text(
        "model: net.onnx\noutput_dir: b\ntarget_fps: 1000\nargmax_in_hardware: true\n"
    )
    run_steps(Build.load(config), stop=stop)
    return Build.load(config)


@pytest.mark.parametrize("name", FILES)
def test_the_files_numbers(name: str, tmp_path: Path) -> None:
    build = built(tmp_path, FILES[name], "to_hardware")
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS), 1)
    nodes = build.model(StepName.TO_HARDWARE).graph.node
    assert [each.op_type for each in nodes][-1] == "LabelSelect"
    assert host_nodes(emulator.graph.metadata)[-1].endswith(": its shape alone")
    frames = emulator.input_type.random(np.random.default_rng(1), (4, 7, 5, 2))
    integers = emulator.run(frames)
    count = {"top five": 5, "the least four, channels last": 4}.get(name, 1)
    assert integers.shape == (4, 3, 2, count)
    assert all(len(np.unique(one)) > 4 for one in np.moveaxis(integers, 3, 0))
    found = HostTail.load(build.paths.host_tail).run(integers)["y"]
    right = [by_qonnx(FILES[name], frame.transpose(2, 0, 1)[None])[0] for frame in frames]
    assert found.dtype == np.int64
    assert np.array_equal(found, right)


@pytest.mark.parametrize(
    ("proto", "said"),
    [
        (file(node("ArgMax", "m", "y", "best", axis=2)), "is not along the channels; expected"),
        (
            file(node("Add", "m h", "a"), node("ArgMax", "a", "y", "best", axis=1),
                 h=np.arange(10.0).reshape(10, 1, 1)),
            "the channels in front of it differ in scale or bias",
        ),
        (
            file(node("TopK", "m n", "v i", "best", axis=1), node("Cast", "v", "y", to=7)),
            "its values are used; expected the numbers",
        ),
        (
            file(node("TopK", "m n", "v y", "best", axis=1, sorted=0), n=np.array([2])),
            "expected a constant k of 1 or more, and sorted = 1",
        ),
        (
            file(node("Add", "m h", "a"), node("ArgMax", "a", "y", "best", axis=1), h=1e7),
            "float32 does not keep steps of 0.37 apart",
        ),
        (
            file(node("ArgMax", "m", "y", "best", axis=1, select_last_index=1)),
            "takes the last of equal channels",
        ),
    ],
)  # fmt: skip
def test_refused(proto: Any, said: str, tmp_path: Path) -> None:
    with pytest.raises(FlowError, match=rf"argmax_in_hardware: node best .*{said}"):
        built(tmp_path, proto, "streamline")


def test_networks_without_one_are_refused(tmp_path: Path) -> None:
    proto = file(node("Softmax", "m", "y", "soft"))
    proto.graph.output[0].type.tensor_type.elem_type = TensorProto.FLOAT
    with pytest.raises(
        FlowError, match="argmax_in_hardware: no ArgMax, ArgMin or TopK alone reads the"
    ):
        built(tmp_path, proto, "streamline")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["argmax", "the least four, channels last"])
def test_rtl_and_cpp(name: str, tmp_path: Path) -> None:
    build = built(tmp_path, FILES[name])
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS), 1)
    frames = emulator.input_type.random(np.random.default_rng(1), (3, 7, 5, 2))
    assert np.array_equal(rtlsim(build, frames, stalls=0.3), emulator.run(frames))
    assert np.array_equal(cppsim(build, frames), emulator.run(frames))
