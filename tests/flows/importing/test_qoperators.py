"""Operators on quantized integers, of ONNX and onnxruntime: integers as onnxruntime gives them.

Scales are powers of two, so that neither side rounds but where a level is made.
"""

import json

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper

from flows.build.sequence import run_steps
from flows.build.steps.import_model import import_file, load_qonnx, prepare
from flows.build.steps.streamline import streamline
from flows.errors import FlowError
from flows.importing.qoperators import to_reals
from flows.importing.read import read_file
from flows.reference.execution import load_imported, session_options
from flows.reference.quantized_operators import QuantizedOperators
from flows.run.emulator import Emulator
from flows.run.host_tail import HostTail
from tests.flows.importing.features.files import File, save
from tests.flows.importing.features.reference import build_of, frames

MS = "com.microsoft"


@pytest.mark.parametrize("kind", [np.uint8, np.int16])
def test_quantizers_of_onnxruntime(kind, tmp_path):
    """Of 8 bits they give the graph that ONNX's own give; of 16 bits levels as they are told."""

    def graph_of(domain):
        f = File((1, 2, 5, 5))

        def pair(source, scale):
            parameters = f.const(scale), f.const(0, kind)
            levels = f.op("QuantizeLinear", source, *parameters, domain=domain)
            return f.op("DequantizeLinear", levels, *parameters, domain=domain)

        weights = f.const(f.rng.integers(-7, 8, (3, 2, 3, 3)), np.int8)
        scale = f.const(2.0**-3)
        real = f.op("DequantizeLinear", weights, scale, f.const(0, np.int8), domain=domain)
        made = f.op("Conv", pair("x", 2.0**-6), real, kernel_shape=[3, 3])
        save(f.finish(pair(f.op("Relu", made), 2.0**-5)), tmp_path / "file.onnx")
        return streamline(prepare(load_qonnx(tmp_path / "file.onnx")))

    emulator = Emulator(graph_of(MS), 1)
    if kind == np.uint8:
        own = Emulator(graph_of(""), 1)
        pictures = frames(own, 2)
        assert np.array_equal(own.run(pictures), emulator.run(pictures))
    kinds = {"uint8": ("UINT8", (0, 255)), "int16": ("INT16", (0, 32767))}
    name, ends = kinds[np.dtype(kind).name]
    assert emulator.graph.input_type.name == name
    output = emulator.graph.node(emulator.graph.output)
    assert (output.lo, output.hi) == ends


class Levels(File):
    """A file whose tensors are levels of uint8: (name, scale, zero point)."""

    def const(self, value, dtype=np.float32):
        return super().const(value, dtype)

    def zero(self, value):
        return self.const(value, np.uint8)

    def image(self):
        scale, zero = self.const(2.0**-5), self.zero(117)
        return self.op("QuantizeLinear", "x", scale, zero), scale, zero

    def to(self, kind, *inputs, domain=MS, scale=2.0**-3, zero=121, **attrs):
        parameters = self.const(scale), self.zero(zero)
        return (self.op(kind, *inputs, *parameters, domain=domain, **attrs), *parameters)

    def layer(self, source, inputs, outputs, scale=2.0**-3, domain="", zero=121, **attrs):
        """A QLinearConv of a bias and a scale for each channel."""
        kind = np.int8
        weights = self.const(self.rng.integers(-127, 128, (outputs, inputs, 3, 3)), kind)
        scales = self.const(2.0 ** -self.rng.integers(6, 9, outputs))
        zeros = self.const(np.zeros(outputs), kind)
        result = self.const(scale), self.zero(zero)
        bias = self.const(self.rng.integers(-3000, 3000, outputs), np.int32)
        whole = (*source, weights, scales, zeros, *result, bias)
        return (self.op("QLinearConv", *whole, domain=domain, **attrs), *result)

    def end(self, levels):
        return self.finish(self.op("DequantizeLinear", *levels))


def conv():
    f = Levels((1, 2, 6, 5))
    return f.end(f.layer(f.image(), 2, 3, pads=[1, 1, 1, 1]))


def chosen():
    """Levels that a pool and a transposition choose and move, as they are."""
    f = Levels((1, 2, 6, 6))
    made, *parameters = f.layer(f.image(), 2, 3, pads=[1, 1, 1, 1])
    made = f.op("MaxPool", made, kernel_shape=[2, 2], strides=[2, 2])
    made = f.op("Flatten", made)
    return f.end(gemm(f, (made, *parameters), 27, 4))


def gemm(f, source, inputs, outputs):
    weights = f.const(f.rng.integers(-127, 128, (outputs, inputs)), np.int8)
    scales, zeros = f.const(2.0 ** -f.rng.integers(6, 9, outputs)), f.const([3] * outputs, np.int8)
    bias = f.const(f.rng.integers(-3000, 3000, outputs), np.int32)
    result = f.const(2.0**-2), f.zero(100)
    whole = (*source, weights, scales, zeros, bias, *result)
    return (f.op("QGemm", *whole, domain=MS, transB=1, alpha=1.0), *result)


def matmul():
    f = Levels((1, 12))
    weights = f.const(f.rng.integers(0, 256, (12, 4)), np.uint8)
    source = (*f.image(), weights, f.const(2.0**-7), f.zero(119))
    return f.end(f.to("QLinearMatMul", *source, domain="", zero=100))


def of_one(kind, scale=2.0**-3, zero=60, **attrs):
    def make():
        f = Levels((1, 2, 6, 6))
        made = f.layer(f.image(), 2, 3, pads=[1, 1, 1, 1])
        return f.end(f.to(kind, *made, scale=scale, zero=zero, **attrs))

    return make


def of_two(kind):
    def make():
        f = Levels((1, 2, 6, 6))
        image = f.image()
        a, b = f.layer(image, 2, 3), f.layer(image, 2, 3, scale=0.25, zero=128)
        return f.end(f.to(kind, *a, *b, scale=0.5, zero=90))

    return make


def concat():
    f = Levels((1, 2, 6, 6))
    image = f.image()
    a, b = f.layer(image, 2, 3), f.layer(image, 2, 2, scale=0.25, zero=128)
    result = f.const(0.25), f.zero(90)
    made = f.op("QLinearConcat", *result, *a, *b, domain=MS, axis=1)
    return f.end((made, *result))


def integer_sums():
    """ConvInteger of quantized levels, and its sums as reals."""
    f = Levels((1, 2, 6, 6))
    image, _, zero = f.image()
    weights = f.const(f.rng.integers(-9, 9, (3, 2, 3, 3)), np.int8)
    sums = f.op("ConvInteger", image, weights, zero, f.const(1, np.int8), kernel_shape=[3, 3])
    reals = f.op("Mul", f.op("Cast", sums, to=TensorProto.FLOAT), f.const(2.0**-7))
    return f.finish(f.quant(reals, 0.5, 4))


def padded(level=117):
    """Levels padded by the level of zero, in front of a layer."""
    f = Levels((1, 2, 6, 5))
    made, scale, zero = f.image()
    pads = f.const([0, 0, 1, 2, 0, 0, 1, 0], np.int64)
    made = f.op("Pad", made, pads, zero if level == 117 else f.zero(level))
    return f.end(f.layer((made, scale, zero), 2, 3))


def of_levels():
    """A file whose output is of levels, as it makes them."""
    f = Levels((1, 2, 6, 5))
    model = f.finish(f.layer(f.image(), 2, 3)[0])
    model.graph.output[0].type.tensor_type.elem_type = TensorProto.UINT8
    return model


WINDOW = {"kernel_shape": [2, 2], "strides": [2, 2]}
FILES = {
    "QLinearConv": conv,
    "QGemm": chosen,
    "QLinearMatMul": matmul,
    "QLinearSigmoid": of_one("QLinearSigmoid", 2.0**-8, 0),
    "QLinearLeakyRelu": of_one("QLinearLeakyRelu", alpha=0.25),
    "QLinearAveragePool": of_one("QLinearAveragePool", **WINDOW),
    "QLinearGlobalAveragePool": of_one("QLinearGlobalAveragePool", 2.0**-4, 120),
    "QLinearAdd": of_two("QLinearAdd"),
    "QLinearMul": of_two("QLinearMul"),
    "QLinearConcat": concat,
    "ConvInteger": integer_sums,
}


#: Of which more than the name of the operator is looked at.
MORE = {"padded": padded}


def session_of(path):
    """A session on a file; one that computes its products exactly on CPUs without VNNI, too."""
    return onnxruntime.InferenceSession(str(path), session_options(onnx.load(path).graph.node))


def saved(name, folder):
    path = folder / "file.onnx"
    model = {**FILES, **MORE}[name]()
    if all(o.domain != "qonnx.custom_op.general" for o in model.opset_import):
        save(model, path)
        return path, session_of(path)
    save(model, path)
    return path, None


@pytest.mark.parametrize("name", [*(name for name in FILES if name != "ConvInteger"), *MORE])
def test_as_onnxruntime(name, tmp_path):
    path, session = saved(name, tmp_path)
    model, cut = import_file(path)
    assert cut.tail is None
    emulator = Emulator(streamline(model), 1)
    pictures = frames(emulator, 3)
    found = emulator.run(pictures)
    metadata = emulator.graph.metadata
    scale, bias = (np.array(json.loads(metadata[f"output_{k}"])) for k in ("scale", "bias"))
    dims = session.get_inputs()[0].shape
    for picture, integers in zip(pictures, found, strict=True):
        real = picture.transpose(2, 0, 1).reshape(dims) * np.float32(metadata["input_scale"])
        (expected,) = session.run(None, {"x": real})
        ours = (integers * scale + bias).transpose(2, 0, 1).reshape(expected.shape)
        assert len(np.unique(expected)) > 2
        assert (ours == expected).all()


@pytest.mark.parametrize("name", FILES)
def test_what_stands_for_them_gives_their_levels(name, tmp_path):
    """The file's own operators in onnxruntime, each beside its three nodes."""
    path, _ = saved(name, tmp_path)
    model = load_imported(path)
    check = QuantizedOperators(path, model)
    assert [node.op_type for node in check.nodes][-1] == name
    dims = [d.dim_value for d in read_file(path).graph.input[0].type.tensor_type.shape.dim]
    assert check.compare({"x": np.random.default_rng(0).normal(size=dims)}) > 2


def test_an_output_of_levels_is_of_the_files_type(tmp_path):
    """Levels leave the hardware (less their zero point, 9 bits); the host brings them to uint8."""
    build = build_of(of_levels(), tmp_path)
    run_steps(build, stop="verify_import")
    emulator = Emulator(build.model("streamline"), 1)
    low, high = emulator.graph.range(emulator.graph.output)
    assert high - low < 512
    pictures = frames(emulator, 2)
    found = HostTail.load(build.paths.host_tail).run(emulator.run(pictures))
    session = session_of(tmp_path / "file.onnx")
    real = pictures.transpose(0, 3, 1, 2) * np.float32(2.0**-5)
    expected = np.concatenate([session.run(None, {"x": each[None]})[0] for each in real])
    (levels,) = found.values()
    assert levels.dtype == np.uint8
    assert (levels == expected).all()


def test_pads_by_another_level_are_refused():
    with pytest.raises(FlowError, match=r"\(Pad\): pads with level 3; expected 117, the zero"):
        to_reals(padded(3))


def test_a_wrong_zero_point_is_found(tmp_path):
    path, _ = saved("QLinearAdd", tmp_path)
    model = load_imported(path)
    node = next(n for n in model.nodes if n.op_type == "Add")
    reals = next(n for n in model.nodes if n.output[0] == node.input[0])
    model.constants[reals.input[2]] = np.array(122, np.uint8)
    check = QuantizedOperators(path, model)
    with pytest.raises(FlowError, match=r"node QLinearConv_1 \(QLinearConv\): t1 at"):
        check.compare({"x": np.random.default_rng(0).normal(size=(1, 2, 6, 6))})


def test_sums_that_are_read_as_integers_are_refused():
    model = FILES["ConvInteger"]()
    cast = next(n for n in model.graph.node if n.op_type == "Cast")
    cast.attribute[0].i = TensorProto.INT64
    with pytest.raises(FlowError, match=r"\(ConvInteger\): its sums are read as integers by node"):
        to_reals(model)


def test_a_scale_that_is_computed_is_refused():
    model = FILES["QLinearSigmoid"]()
    model.graph.node.insert(0, helper.make_node("Identity", ["c0"], ["computed"]))
    model.graph.node[1].input[1] = "computed"
    for node in model.graph.node[2:]:
        node.input[:] = ["computed" if name == "c0" else name for name in node.input]
    with pytest.raises(FlowError, match=r"\(QLinearConv\): its scale or zero point computed"):
        to_reals(model)


def test_scales_of_each_frame_are_refused(tmp_path):
    f = File((1, 12))
    made = helper.make_node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"], name="dynamic")
    f.nodes.append(made)
    weights = f.const(f.rng.integers(-9, 9, (12, 4)), np.int8)
    sums = f.op("MatMulInteger", "q", weights, "z")
    save(f.finish(f.op("Mul", f.op("Cast", sums, to=TensorProto.FLOAT), "s")), tmp_path / "f.onnx")
    with pytest.raises(FlowError, match=r"node dynamic \(DynamicQuantizeLinear\): .* each frame"):
        prepare(load_qonnx(tmp_path / "f.onnx"))
