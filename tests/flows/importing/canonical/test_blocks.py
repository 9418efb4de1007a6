"""DepthToSpace and SpaceToDepth in front of the last quantizer: the host brings pixels back."""

import json

import numpy as np
import onnx
import pytest

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.run.emulate import emulate
from flows.run.host_tail import HostTail
from hw.driver.description import Description, Tensor
from hw.driver.host_tail import HostTail as BoardTail
from tests.flows.foreign_model import node, proto_of
from tests.flows.several_outputs import check

RNG = np.random.default_rng(5)
BODY = [
    node("Quant", "x one zero b8", "q", "qin", signed=0),
    node("Quant", "w s zero b2", "wq", "qw"),
    node("Conv", "q wq", "c", "conv", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
]
ACT = node("Quant", "r t zero b4", "y", "act", signed=0)
SHAPE = (1, 2, 8, 6)


def file(*tail, rows=8, **values):
    given = {"w": RNG.normal(size=(rows, 2, 3, 3)), "s": 0.5, "t": 40.0, **values}
    return proto_of([*BODY, *tail], SHAPE, **given)


def shuffled(mode="DCR", block=2):
    return [
        node("DepthToSpace", "c", "d", "shuffle", blocksize=block, mode=mode),
        node("Relu", "d", "r", "relu"),
    ]


FILES = {
    "as pixel shuffle is exported": file(*shuffled("CRD"), ACT),
    "as the operator is by default": file(*shuffled(), ACT),
    "of blocks of three": file(*shuffled("CRD", 3), ACT, rows=9),
    "to depth": file(
        node("SpaceToDepth", "c", "d", "unshuffle", blocksize=2),
        node("Relu", "d", "r", "relu"), ACT,
    ),
    "a scale for each channel behind it": file(
        *shuffled(), node("Quant", "r v zero b4", "y", "act", signed=0),
        v=np.array([30.0, 50.0]).reshape(1, 2, 1, 1),
    ),
    "a bias for each channel behind it": file(
        node("DepthToSpace", "c", "d", "shuffle", blocksize=2, mode="CRD"),
        node("Add", "d h", "r", "bias"), ACT, h=np.array([-3.0, 44.0]).reshape(2, 1, 1),
    ),
    "turned and made flat too": file(
        *shuffled(), node("Quant", "r t zero b4", "a", "act", signed=0),
        node("Transpose", "a", "u", "turn", perm=[0, 2, 3, 1]), node("Flatten", "u", "y", "flat"),
    ),
    "written as a reshape of six axes": file(
        node("Reshape", "c six", "d6", "parts"),
        node("Transpose", "d6", "t6", "order", perm=[0, 1, 4, 2, 5, 3]),
        node("Reshape", "t6 four", "r", "whole"), ACT,
        six=np.array([1, 2, 2, 2, 8, 6]), four=np.array([1, 2, 16, 12]),
    ),
    "with a function of the host behind": file(
        *shuffled(), node("Quant", "r t zero b4", "a", "act", signed=0),
        node("Softmax", "a", "y", "soft", axis=1),
    ),
}  # fmt: skip


def built(folder, proto):
    onnx.save(proto, str(folder / "net.onnx"))
    config = folder / "c.yaml"
    config.write_text("model: net.onnx\noutput_dir: b\n")
    run_steps(Build.load(config), stop=StepName.FOLD_DUPLICATED_WEIGHTS)
    return Build.load(config)


@pytest.mark.parametrize("name", FILES)
def test_the_output_is_the_files(name, tmp_path, capsys):
    build = built(tmp_path, FILES[name])
    assert "the host brings " in capsys.readouterr().out
    images = np.random.default_rng(1).integers(0, 256, (2, 8, 6, 2)).astype(np.uint8)
    integers = emulate(build, images)
    assert np.ptp(integers) > 0
    check(FILES[name], HostTail.load(build.paths.host_tail).run(integers), images)


def test_a_board_does_it_without_onnxruntime(tmp_path):
    """The driver has the steps, and numpy."""
    name = "as pixel shuffle is exported"
    build = built(tmp_path, FILES[name])
    metadata = {p.key: p.value for p in build.model(StepName.STREAMLINE).graph.metadata_props}
    _, steps = json.loads(metadata["layouts"])["y"]
    description = Description(
        "a", "b", 0, 100.0, Tensor((8, 6, 2), "uint8"),
        Tensor((8, 6, 8), "uint8", (40.0,)), {}, host_outputs=("y",),
        host_layout=tuple((kind, tuple(axes)) for kind, axes in steps),
    )  # fmt: skip
    images = np.random.default_rng(1).integers(0, 256, (2, 8, 6, 2)).astype(np.uint8)
    again = Description.from_json(description.to_json())
    found = BoardTail(again, None).run(emulate(build, images))
    check(FILES[name], found, images)


def test_refused(tmp_path):
    tail = [node("DepthToSpace", "c", "d", "shuffle", blocksize=3), node("Relu", "d", "r"), ACT]
    with pytest.raises(FlowError, match=r"node shuffle \(DepthToSpace\): "):
        built(tmp_path, file(*tail))
