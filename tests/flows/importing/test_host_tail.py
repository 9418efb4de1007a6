"""Files whose last operators are the host's: the whole output is what QONNX gives for the file."""

from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.build.sequence import run_steps
from flows.build.steps.import_model import import_file
from flows.build.steps.streamline import streamline
from flows.errors import FlowError
from flows.graph.host_tail import compose
from flows.graph.integer_graph import from_onnx
from flows.importing.host_tail import Search
from flows.run.emulator import Emulator
from flows.run.host_tail import HostTail
from tests.flows.foreign_model import by_qonnx, node, proto_of

RNG = np.random.default_rng(8)
SHAPE = (1, 2, 6, 4)
BODY = [
    node("Quant", "x one zero b8", "q", "qin", signed=0),
    node("Quant", "w ws zero b4", "wq", "qw"),
    node("Conv", "q wq", "c", "conv", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
]
#: Scales that are no powers of two: real numbers as they are in the wild.
VALUES: dict[str, Any] = {"w": RNG.normal(size=(4, 2, 3, 3)), "ws": 0.3, "k": 0.001}
SMALL = node("Mul", "c k", "m", "mul")
HALF = np.full((4, 1, 1), -0.5)


def file(*tail: Any, body: Any = None, **values: Any) -> Any:
    proto = proto_of([*(body or BODY), *tail], SHAPE, **{**VALUES, **values})
    if tail[-1].op_type == "ArgMax":
        proto.graph.output[0].type.tensor_type.elem_type = TensorProto.INT64
    return proto


#: name -> (file, operators that are the host's)
TAILS = {
    "softmax": (file(SMALL, node("Softmax", "m", "y", "soft", axis=1)), ["Softmax"]),
    "bias, then a last relu": (
        file(SMALL, node("Add", "m k", "a", "add"), node("Relu", "a", "y", "relu")), ["Relu"],
    ),
    "reshape": (
        file(node("Reshape", "c s", "y", "shape"), s=np.array([1, -1])), None,
    ),
    "flatten by a shape that is computed": (
        file(
            node("Shape", "c", "s", "shape"), node("Gather", "s i", "n", "gather", axis=0),
            node("Unsqueeze", "n j", "u", "unsqueeze"), node("Concat", "u l", "r", "cat", axis=0),
            node("Reshape", "c r", "v", "reshape"), node("Softmax", "v", "y", "soft"),
            i=np.array(0), j=np.array([0]), l=np.array([-1]),
        ),
        ["Shape", "Gather", "Unsqueeze", "Concat", "Reshape", "Softmax"],
    ),
    "transpose, sigmoid": (
        file(SMALL, node("Transpose", "m", "t", "turn", perm=[0, 2, 3, 1]),
             node("Sigmoid", "t", "y", "sigmoid")),
        ["Sigmoid"],
    ),
    "depth to space": (
        file(node("DepthToSpace", "c", "y", "d2s", blocksize=2)), ["DepthToSpace"],
    ),
    "argmax": (file(node("ArgMax", "c", "y", "best", axis=1)), ["ArgMax"]),
    "a float layer": (
        file(SMALL, node("Conv", "m f", "y", "last", kernel_shape=[1, 1]),
             f=RNG.normal(size=(3, 4, 1, 1))),
        ["Conv"],
    ),
    "two ways that join": (
        file(SMALL, node("Sigmoid", "m", "a", "sigmoid"), node("Tanh", "m", "b", "tanh"),
             node("Concat", "a b", "y", "join", axis=1)),
        ["Sigmoid", "Tanh", "Concat"],
    ),
    "behind a quantizer": (
        file(node("Quant", "c t zero b4", "a", "qact"), node("Softmax", "a", "y", "soft", axis=1),
             t=20.0),
        ["Softmax"],
    ),
    "values that differ along the columns": (
        file(node("Mul", "c v", "y", "mul"), v=np.sqrt(np.arange(2.0, 6.0))), ["Mul"],
    ),
    "whole numbers along the columns": (
        file(node("Mul", "c v", "y", "mul"), v=np.arange(1.0, 5.0)), None,
    ),
    "a product of two": (file(SMALL, node("Mul", "m m", "y", "mul")), ["Mul"]),
    "a scale and a bias alone": (
        file(SMALL, node("Add", "m h", "y", "add"), h=HALF), None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TAILS)
def test_the_whole_output(name, tmp_path):
    proto, operators = TAILS[name]
    onnx.save(proto, str(tmp_path / "net.onnx"))
    model, cut = import_file(tmp_path / "net.onnx")
    tail = [] if cut.tail is None else [n.op_type for n in cut.tail.graph.node]
    assert tail == (operators or [])
    graph = streamline(model)
    made = compose(from_onnx(graph), cut.tail)
    emulator, host = Emulator(graph, 1), HostTail(made.SerializeToString(), "host_tail.onnx")
    frames = np.random.default_rng(1).integers(0, 256, (3, 6, 4, 2)).astype(np.uint8)
    found = host.run(emulator.run(frames))
    assert list(found) == [proto.graph.output[0].name]
    for frame, mine in zip(frames, found["y"], strict=True):
        right = by_qonnx(proto, frame.transpose(2, 0, 1)[None])[0]
        assert mine.dtype == right.dtype
        np.testing.assert_allclose(mine, right, rtol=2e-6, atol=2e-6 * np.abs(right).max())


def test_topk_has_two_outputs_of_which_a_file_may_name_one(tmp_path):
    proto = file(node("TopK", "c n", "v y", "top", axis=1), n=np.array([1]))
    proto.graph.output[0].name = "y"
    proto.graph.output[0].type.tensor_type.elem_type = TensorProto.INT64
    onnx.save(proto, str(tmp_path / "net.onnx"))
    model, cut = import_file(tmp_path / "net.onnx")
    assert [n.op_type for n in cut.tail.graph.node] == ["TopK"]
    graph = streamline(model)
    host = HostTail(compose(from_onnx(graph), cut.tail).SerializeToString(), "host_tail.onnx")
    frames = np.random.default_rng(1).integers(0, 256, (2, 6, 4, 2)).astype(np.uint8)
    integers = Emulator(graph, 1).run(frames)
    assert np.array_equal(host.run(integers)["y"][:, 0], integers.argmax(axis=3))


def test_a_tail_may_have_several_outputs(tmp_path):
    """The values and the numbers of the two greatest channels, and a copy of all."""
    proto = file(node("TopK", "c n", "v y", "top", axis=1), n=np.array([2]))
    proto.graph.node.append(node("Sigmoid", "c", "all", "sigmoid"))
    del proto.graph.output[:]
    for name, kind in (("v", TensorProto.FLOAT), ("y", TensorProto.INT64), ("all", 1)):
        proto.graph.output.add(name=name).type.tensor_type.elem_type = kind
    onnx.save(proto, str(tmp_path / "net.onnx"))
    config = tmp_path / "c.yaml"
    config.write_text("model: net.onnx\noutput_dir: b\n")
    run_steps(Build.load(config), stop="verify_import")
    build = Build.load(config)
    graph = build.model(StepName.STREAMLINE)
    frames = np.random.default_rng(1).integers(0, 256, (2, 6, 4, 2)).astype(np.uint8)
    integers = Emulator(graph, 1).run(frames)
    found = HostTail.load(build.paths.host_tail).run(integers)
    assert list(found) == ["v", "y", "all"]
    assert np.array_equal(found["y"][:, 0], integers.argmax(axis=3))
    assert found["all"].shape == (2, 4, 6, 4)


def test_of_the_old_format_every_constant_is_an_input_too(tmp_path):
    """A constant that is folded, and one that the host reads."""
    nodes = [
        node("Reshape", "flat s", "w", "shape"), *BODY,
        node("Mul", "c k", "m", "mul"), node("Sigmoid", "m", "y", "sigmoid"),
    ]  # fmt: skip
    flat = VALUES["w"].reshape(-1)
    proto = proto_of(nodes, SHAPE, opset=8, flat=flat, s=np.array([4, 2, 3, 3]), ws=0.3, k=0.001)
    proto.ir_version = 3
    for tensor in proto.graph.initializer:
        info = helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims)
        proto.graph.input.append(info)
    onnx.save(proto, str(tmp_path / "net.onnx"))
    config = tmp_path / "c.yaml"
    config.write_text("model: net.onnx\noutput_dir: b\n")
    run_steps(Build.load(config), stop="verify_import")
    build = Build.load(config)
    graph = build.model(StepName.STREAMLINE)
    frames = np.random.default_rng(1).integers(0, 256, (1, 6, 4, 2)).astype(np.uint8)
    found = HostTail.load(build.paths.host_tail).run(Emulator(graph, 1).run(frames))
    right = by_qonnx(proto, frames[0].transpose(2, 0, 1)[None])
    np.testing.assert_allclose(found["y"], right, rtol=2e-6)


def test_the_body_is_never_the_hosts(tmp_path):
    """Operators in front of a quantizer, and layers of quantized weights, are refused as before."""
    early = [*BODY, node("Softmax", "c", "s", "soft"), node("Quant", "s one zero b4", "y", "q2")]
    moved = [BODY[0], node("Quant", "w ws zero k20", "wq", "qw"), BODY[2]]
    for nodes, said in (
        (early, r"node soft \(Softmax\): operator Softmax is not supported"),
        ([*moved, node("Softmax", "c", "y", "soft")], r"node qw \(Quant\): weights of 20 bits"),
    ):
        onnx.save(proto_of(nodes, SHAPE, **VALUES, k20=20.0), str(tmp_path / "net.onnx"))
        with pytest.raises(FlowError, match=said):
            streamline(import_file(tmp_path / "net.onnx")[0])


def test_what_is_tried_changes_no_later_cut(tmp_path):
    """The whole file is tried first, and refused: a join of an image's numbers and a vector's."""
    proto = file(
        node("Quant", "c t zero b4", "a", "act"),
        node("Flatten", "a", "f", "flat"),
        node("Quant", "v one zero b8", "vq", "vin", signed=0),
        node("Quant", "u ws zero b4", "uq", "qu"),
        node("MatMul", "vq uq", "m", "dense"),
        node("Quant", "m t zero b4", "mq", "dense_act"),
        node("Concat", "f mq", "y", "join", axis=1),
        t=20.0,
        u=RNG.normal(size=(3, 5)),
    )
    proto.graph.input.append(helper.make_tensor_value_info("v", TensorProto.FLOAT, (1, 3)))
    onnx.save(proto, str(tmp_path / "file.onnx"))
    (tmp_path / "config.yaml").write_text("model: file.onnx\noutput_dir: build\n")
    build = Build.load(tmp_path / "config.yaml")
    run_steps(build, stop=StepName.VERIFY_IMPORT)  # runs host_tail.onnx beside the file
    hosts = build.results.plain(ResultName.VERIFY_IMPORT)["host_tail"]
    assert hosts == ["join (Concat)"]


def test_files_without_quantized_layers_are_left_whole():
    for nodes in (
        [node("Softmax", "x", "y", "soft")],
        [node("Conv", "x w", "c", "conv"), node("Softmax", "c", "y", "soft")],
        [node("Softmax", "nowhere", "y", "soft")],
    ):
        search = Search(proto_of(nodes, SHAPE, **VALUES))
        assert search.first().tail is None
        assert not search.is_open


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A build of a network with a softmax and a transpose behind it."""
    folder = tmp_path_factory.mktemp("tail")
    onnx.save(TAILS["transpose, sigmoid"][0], str(folder / "net.onnx"))
    config = folder / "c.yaml"
    config.write_text("model: net.onnx\noutput_dir: build\n")
    run_steps(Build.load(config), stop="fold_duplicated_weights")
    return config


def test_a_build_compares_it_and_names_it(built):
    build = Build.load(built)
    result = build.results.read(ResultName.VERIFY_IMPORT, dict[str, Any])
    assert result["host_tail"] == ["sigmoid (Sigmoid)"]
    onnx.checker.check_model(onnx.load(build.paths.host_tail))


@pytest.mark.parametrize("change", ["perm", "bias"])
def test_another_tail_is_found(built, change):
    """A host's file that is not the model's ends the build with what differs."""
    build = Build.load(built)
    model = onnx.load(build.paths.host_tail)
    kept = build.paths.host_tail.read_bytes()
    if change == "perm":
        turned = next(n for n in model.graph.node if n.output[0] == "t")
        turned.attribute[0].CopyFrom(helper.make_attribute("perm", [0, 3, 2, 1]))
    else:
        sigmoid = next(n for n in model.graph.node if n.name == "sigmoid")
        sigmoid.op_type = "Tanh"
    build.paths.host_tail.write_bytes(model.SerializeToString())
    try:
        with pytest.raises(FlowError, match=r"host_tail\.onnx: output y "):
            run_steps(build, start="verify_import", stop="verify_import")
    finally:
        build.paths.host_tail.write_bytes(kept)
