"""Inputs of integers in the file: a Cast or a DequantizeLinear behind, channels first or last."""

import json

import numpy as np
import pytest
from onnx import TensorProto, helper

from flows.__main__ import main
from flows.build.steps.import_model import load_qonnx, prepare
from flows.build.steps.streamline import streamline
from flows.errors import FlowError
from flows.reference.execution import load_imported
from flows.run.emulator import Emulator
from tests.flows.importing.features.files import File, save
from tests.flows.importing.features.reference import build_of

MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
KINDS = {"uint8": TensorProto.UINT8, "int8": TensorProto.INT8, "int16": TensorProto.INT16,
         "uint16": TensorProto.UINT16}  # fmt: skip


def front(kind, last=False):
    f = File((1, 6, 5, 3) if last else (1, 3, 6, 5))
    f.inputs[0] = helper.make_tensor_value_info("x", KINDS[kind], f.shape)
    return f, f.op("Transpose", "x", perm=[0, 3, 1, 2]) if last else "x"


def layers(f, t, step=16.0):
    t = f.conv(t, 3, 4, pads=[1, 1, 1, 1])
    return f.finish(f.conv(f.quant(t, step, 4), 4, 3, (1, 1)))


def cast(kind="uint8", last=False):
    f, t = front(kind, last)
    return layers(f, f.op("Cast", t, to=TensorProto.FLOAT))


def normalized(last=False):
    """As torchvision's pictures are: by the mean and deviation of each channel."""
    f, t = front("uint8", last)
    t = f.op("Div", f.op("Cast", t, to=TensorProto.FLOAT), f.const(255.0))
    for kind, numbers in (("Sub", MEAN), ("Div", DEVIATION)):
        t = f.op(kind, t, f.const(np.reshape(numbers, (1, 3, 1, 1))))
    return layers(f, f.quant(t, 2.0**-5, 8, 1), 0.5)


def dequantized(kind="uint8", zero=117, last=False):
    f, t = front(kind, last)
    return layers(f, f.op("DequantizeLinear", t, f.const(2.0**-5), f.const(zero, kind)), 0.5)


FILES = {
    "cast": cast(),
    "cast of int16": cast("int16"),
    "cast of uint16, channels last": cast("uint16", True),
    "normalized, channels last": normalized(True),
    "odd zero point": dequantized(),
    "no zero point, channels last": dequantized("int8", 0, True),
    "least zero point": dequantized("int8", -128),
}


@pytest.mark.parametrize("name", FILES)
def test_integers_of_the_file_are_those_of_the_input(name, tmp_path):
    save(FILES[name], tmp_path / "file.onnx")
    emulator = Emulator(streamline(prepare(load_qonnx(tmp_path / "file.onnx"))), 1)
    file = load_imported(tmp_path / "file.onnx")
    info = np.iinfo(file.kinds["x"])
    metadata = emulator.graph.metadata
    kind = emulator.graph.type_of("input")
    assert (kind.lo, kind.hi, metadata["input_scale"]) == (info.min, info.max, "1.0")
    frames = np.random.default_rng(3).integers(info.min, info.max + 1, (3, 6, 5, 3), info.dtype)
    found = emulator.run(frames)
    given = frames if "last" in name else frames.transpose(0, 3, 1, 2)
    (expected,) = (file.run({"x": np.ascontiguousarray(given)})[name] for name in file.outputs)
    scale, bias = (np.array(json.loads(metadata[f"output_{k}"])) for k in ("scale", "bias"))
    assert len(np.unique(found)) > 4
    assert (found * scale + bias == expected.transpose(0, 2, 3, 1)).all()


@pytest.mark.slow
def test_verify_import_and_rtl_take_an_odd_zero_point(tmp_path, capsys):
    build_of(FILES["odd zero point"], tmp_path, target_fps=100_000)
    config = str(tmp_path / "config.yaml")
    assert main(["build", config]) == 0, capsys.readouterr().err
    assert "integers of the file's input, UINT8" in capsys.readouterr().out
    np.save(tmp_path / "frames.npy", np.arange(180, dtype=np.uint8).reshape(2, 6, 5, 3))
    options = ["--input", str(tmp_path / "frames.npy"), "--output", str(tmp_path / "out.npy")]
    assert main(["rtlsim", config, *options, "--stalls", "0.2"]) == 0, capsys.readouterr().err
    assert "all integers equal" in capsys.readouterr().out


def of(model, tmp_path):
    save(model, tmp_path / "file.onnx")
    return prepare(load_qonnx(tmp_path / "file.onnx"))


def test_what_else_reads_integers_is_refused(tmp_path):
    f, t = front("uint8")
    t = f.op("Cast", f.op("Clip", t, f.const(3, np.uint8)), to=TensorProto.FLOAT)
    with pytest.raises(FlowError, match=r"node Clip_0 \(Clip\): reads integers of input x; exp"):
        of(layers(f, t), tmp_path)


def test_scales_of_each_channel_of_an_input_are_refused(tmp_path):
    f, t = front("uint8")
    scales, zeros = f.const([0.5, 0.25, 1.0]), f.const([1, 2, 3], np.uint8)
    with pytest.raises(FlowError, match=r"\(DequantizeLinear\): its scale or zero point differs"):
        of(layers(f, f.op("DequantizeLinear", t, scales, zeros, axis=1)), tmp_path)


@pytest.mark.parametrize(
    ("scale", "kind", "said"),
    [
        (0.5, None, r"input_scale = 0.5 of the configuration: input x .* integers \(UINT8\)"),
        (None, "INT8", r"input_type = INT8 of the configuration: input x .* integers \(UINT8\)"),
    ],
)
def test_a_configuration_against_the_file_is_refused(scale, kind, said, tmp_path):
    with pytest.raises(FlowError, match=said):
        streamline(of(cast(), tmp_path), scale, kind)


def test_a_narrower_type_of_the_configuration_is_taken(tmp_path):
    graph = Emulator(streamline(of(cast(), tmp_path), None, "UINT4"), 1).graph
    assert graph.type_of("input").hi == 15


def test_an_input_brought_around_zero_has_a_border_of_zeros(tmp_path):
    """(k - 127.5) / 127.5 in front of pads is (2 k - 255) / 255."""
    f, t = front("uint8")
    t = f.op("Cast", t, to=TensorProto.FLOAT)
    for kind in ("Sub", "Div"):
        t = f.op(kind, t, f.const(127.5))
    save(layers(f, t, 0.5), tmp_path / "file.onnx")
    emulator = Emulator(streamline(prepare(load_qonnx(tmp_path / "file.onnx"))), 1)
    frames = np.random.default_rng(3).integers(0, 256, (2, 6, 5, 3), np.uint8)
    integers = emulator.boundaries(frames[0])
    assert any(np.array_equal(v[0], 2 * frames[0].astype(int) - 255) for v in integers.values())
    file = load_imported(tmp_path / "file.onnx")
    expected = file.run({"x": frames.transpose(0, 3, 1, 2)})[file.outputs[0]]
    scale = np.array(json.loads(emulator.graph.metadata["output_scale"]))
    assert (emulator.run(frames) * scale == expected.transpose(0, 2, 3, 1)).all()
