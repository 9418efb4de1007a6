"""Integers of 2 and 4 bits in files: as those of 8 bits, with the levels that they had."""

import numpy as np
import pytest
from onnx import TensorProto, helper

from flows.build.sequence import run_steps
from flows.build.steps.import_model import import_file
from flows.errors import FlowError
from flows.importing.packed import RANGES
from flows.importing.read import read_model
from flows.reference.execution import ImportedModel
from tests.flows.importing.features.files import File, save
from tests.flows.importing.features.reference import build_of

KINDS = sorted(RANGES)


def packed(f: File, kind: int, values: object, name: str) -> str:
    values = np.asarray(values)
    f.constants.append(helper.make_tensor(name, kind, values.shape, values.reshape(-1).tolist()))
    return name


def network(kind: int, zero: int = 0, said: bool = False, **blocks: int) -> File:
    """Weights and activations of a type. said: by output_dtype, else by the zero point's type."""
    f = File((1, 3, 5, 5), opset=25)
    low, high, _ = RANGES[kind]
    pixels, zeros = f.const(2.0**-5), f.const(0, np.uint8)
    t = f.op("DequantizeLinear", f.op("QuantizeLinear", "x", pixels, zeros), pixels, zeros)
    numbers = f.rng.integers(low, high + 1, (4, 3, 3, 3))
    weights = packed(f, kind, numbers, "weights")
    middle = -4 * np.array([0.25, 0.5, 1, 2]) * (numbers - zero).sum((1, 2, 3))
    if blocks:
        w = f.op("DequantizeLinear", weights, f.const(np.full((4, 1, 3, 3), 0.25)), **blocks)
    else:
        ends = packed(f, kind, [zero] * 4, "ends")
        w = f.op("DequantizeLinear", weights, f.const([0.25, 0.5, 1, 2]), ends, axis=0)
    t = f.op("Conv", t, w, f.const(middle), kernel_shape=[3, 3])
    step = f.const(2.0)
    if said:
        levels = f.op("QuantizeLinear", t, step, output_dtype=kind)
        f.op("DequantizeLinear", levels, step)
    else:
        end = packed(f, kind, zero, "end")
        f.op("DequantizeLinear", f.op("QuantizeLinear", t, step, end), step, end)
    return f


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("zero", "said"), [(0, False), (1, False), (0, True)])
def test_levels_are_those_of_the_type(kind, zero, said, tmp_path):
    f = network(kind, zero, said)
    save(f.finish(f.nodes[-1].output[0]), tmp_path / "file.onnx")
    model = ImportedModel(read_model(tmp_path / "file.onnx"))
    frame = f.rng.uniform(0, 8, (1, 3, 5, 5)).astype(np.float32)
    levels = np.unique(model.run({"x": frame})[f.nodes[-1].input[0]])
    low, high, _ = RANGES[kind]
    assert (levels.min(), levels.max()) == (low, high)
    graph = import_file(tmp_path / "file.onnx")[0].graph
    assert not any(tensor.data_type == kind for tensor in graph.initializer)


def test_the_build_is_as_the_file(tmp_path):
    f = network(TensorProto.INT4, 1)
    run_steps(build_of(f.finish(f.nodes[-1].output[0]), tmp_path), stop="verify_import")


def test_scales_of_blocks_are_refused_alone(tmp_path):
    f = network(TensorProto.INT4, axis=1, block_size=3)
    save(f.finish(f.nodes[-1].output[0]), tmp_path / "file.onnx")
    with pytest.raises(FlowError) as caught:
        import_file(tmp_path / "file.onnx")
    assert caught.value.texts == [
        "node DequantizeLinear_2 (DequantizeLinear): scales for blocks of numbers are not supported"
    ]
    assert "docs/why-refused.md#weights" in str(caught.value)


@pytest.mark.parametrize("dims", [[-1], [4, 3, 3, 4], [2**40]])
def test_data_that_are_not_there(dims, tmp_path):
    f = network(TensorProto.UINT4)
    model = f.finish(f.nodes[-1].output[0])
    (weights,) = (t for t in model.graph.initializer if t.name == "weights")
    weights.dims[:] = dims
    save(model, tmp_path / "file.onnx")
    with pytest.raises(FlowError, match="initializer weights: "):
        read_model(tmp_path / "file.onnx")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (TensorProto.FLOAT16, "float16"),
        (TensorProto.BFLOAT16, "bfloat16"),
        (TensorProto.DOUBLE, "float64"),
    ],
)
def test_files_of_other_reals_are_refused_at_the_cast(kind, said, tmp_path):
    """As converters to float16 write them: a Cast at either end, all between in that type."""
    f = File((1, 3, 5, 5), opset=22)
    numbers = f.rng.integers(-3, 4, (4, 3, 3, 3))
    weights = packed(f, kind, numbers.astype(float), "weights")
    t = f.op("Conv", f.op("Cast", f.image(), to=kind), weights, kernel_shape=[3, 3])
    t = f.op("Cast", f.op("Relu", t), to=TensorProto.FLOAT)
    save(f.finish(f.quant(t)), tmp_path / "file.onnx")
    with pytest.raises(FlowError) as caught:
        import_file(tmp_path / "file.onnx")
    (text,) = caught.value.texts
    assert text.startswith(f"node Cast_1 (Cast): casts activations to {said}, ")
    assert "export the network in float32" in str(caught.value)


def test_bits_that_differ_between_channels_are_refused(tmp_path):
    f = File((1, 3, 5, 5))
    bits = f.const(np.reshape([2, 3, 4, 8], (1, 4, 1, 1)))
    t = f.op("Relu", f.conv(f.image(), 3, 4))
    t = f.op("Quant", t, f.const(0.25), f.const(0), bits, domain=f.domain, signed=0)
    save(f.finish(t), tmp_path / "file.onnx")
    with pytest.raises(FlowError, match=r"Quant_4 .Quant.: bit width differs between numbers") as e:
        import_file(tmp_path / "file.onnx")
    assert "one bit width" in str(e.value)
