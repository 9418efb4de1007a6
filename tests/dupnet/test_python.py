"""``dupnet`` in Python: three lines to boxes, three to an accelerator that is compared."""

from pathlib import Path

import numpy as np
import pytest
import torch
from brevitas.nn import QuantConv2d, QuantIdentity, QuantReLU
from PIL import Image
from skimage.data import astronaut
from torch import nn

import dupnet
from dupnet.accelerator import Accelerator
from dupnet.detector import Box
from flows.errors import FlowError
from model.checkpoint import load_checkpoint, network_from
from model.detection.decode import detect as decode_boxes
from model.detection.letterbox import letterbox
from model.errors import ModelError

ROOT = Path(__file__).resolve().parents[2]
SIZE = 160


@pytest.fixture(scope="module")
def detector():
    return dupnet.load("dupnet-tinier-yolo", size=SIZE)


def test_boxes_are_those_of_the_brevitas_model(detector):
    """The picture goes through torch alone, in float64: same boxes, same scores."""
    checkpoint = load_checkpoint(ROOT / "model" / "checkpoints" / "dupnet-tinier-yolo.npz")
    network = network_from(checkpoint).eval().double()
    frame, transform = letterbox(astronaut(), SIZE)
    with torch.no_grad():
        output = network(torch.tensor(frame.transpose(2, 0, 1)[None] / 256)).numpy()
    head = network.head_decoding()
    integers = np.rint((output.transpose(0, 2, 3, 1) - np.array(head.bias)) / head.scale)
    (expected,) = decode_boxes(integers, detector.head, 0.05)
    assert len(expected) >= 1
    order = np.argsort(-expected.scores, kind="stable")
    found = detector.detect(astronaut(), threshold=0.05)
    corners = transform.to_picture(expected.boxes)[order]
    for box, corner, score in zip(found, corners, expected.scores[order], strict=True):
        assert box == Box(*corner.tolist(), float(score))


def test_pictures_of_every_kind(detector, tmp_path):
    path = tmp_path / "picture.png"
    Image.fromarray(astronaut()).save(path)
    found = detector.detect(astronaut(), 0.01)
    assert found
    assert detector.detect(path, 0.01) == found
    assert detector.detect(str(path), 0.01) == found
    assert detector.detect(Image.open(path), 0.01) == found
    assert repr(detector) == f"<dupnet-tinier-yolo, {SIZE} x {SIZE}, threshold 0.274>"


def test_what_is_no_detector(tmp_path):
    with pytest.raises(FlowError, match="yolo-9: no such detector; expected the name of a network"):
        dupnet.load("yolo-9")
    (tmp_path / "x.npz").write_bytes(b"no")
    with pytest.raises(ModelError, match=r"x\.npz: truncated or not a checkpoint"):
        dupnet.load(tmp_path / "x.npz")
    with pytest.raises(FlowError, match=r"no\.onnx"):
        dupnet.load(tmp_path / "no.onnx")


def network():
    """Two layers of Brevitas on pixels k / 256, with ranges learnt from noise."""
    torch.manual_seed(3)
    made = nn.Sequential(
        QuantIdentity(
            bit_width=8, signed=False, scaling_impl_type="const", min_val=0.0, max_val=255 / 256
        ),
        QuantConv2d(2, 4, 3, padding=1, bias=False, weight_bit_width=3),
        nn.BatchNorm2d(4),
        QuantReLU(bit_width=2),
        QuantConv2d(4, 3, 1, bias=True, weight_bit_width=4),
    )
    made.train()
    with torch.no_grad():
        for _ in range(10):
            made(torch.randint(0, 256, (4, 2, 6, 6)) / 256)
    return made.eval()


X = np.random.default_rng(5).integers(0, 256, (2, 6, 6, 2), dtype=np.uint8)


@pytest.fixture(scope="module")
def accelerator(tmp_path_factory):
    folder = tmp_path_factory.mktemp("python") / "tiny"
    return dupnet.build(
        network(), folder=folder, input_shape=(1, 2, 6, 6), target_fps=50_000, input_scale=1 / 256
    )


def test_a_brevitas_module_becomes_an_accelerator(accelerator):
    with torch.no_grad():
        real = network()(torch.tensor(X.transpose(0, 3, 1, 2)) / 256).numpy()
    y = accelerator.emulate(X)
    assert y.dtype == np.int64
    np.testing.assert_allclose(accelerator.real(y), real.transpose(0, 2, 3, 1), atol=1e-5)
    np.testing.assert_array_equal(accelerator.emulate(X[1]), y[1:])
    assert accelerator.folder.with_name("tiny.yaml").is_file()
    assert repr(accelerator).startswith("<accelerator ")


def test_rtl(accelerator):
    np.testing.assert_array_equal(accelerator.rtlsim(X), accelerator.emulate(X))
    report = accelerator.report()
    assert report.is_file()


def test_profile_of_the_file_and_without_quantizers(accelerator):
    exact = accelerator.compare(X)
    assert exact.against == "file"
    assert len(exact.layers) >= 4
    # what float32 rounds, and no more
    assert max(layer.largest_difference for layer in exact.layers) < 1e-5
    costs = accelerator.compare(X, "unquantized")
    assert str(costs).count("\n") == len(costs.layers)
    # by torch: the layers of the network, but for the quantizer of its activation
    quantizer, convolution, norm, _, last = network()
    with torch.no_grad():
        middle = norm(convolution(quantizer(torch.tensor(X.transpose(0, 3, 1, 2)) / 256)))
        plain = last(torch.relu(middle)).numpy()
    found = accelerator.real(accelerator.emulate(X)).transpose(0, 3, 1, 2)
    output = costs.layers[-1]
    apart = np.abs(plain - found)
    assert output.largest_difference == pytest.approx(apart.max(), rel=1e-4)
    assert output.mean_difference == pytest.approx(apart.mean(), rel=1e-4)
    expected = 10 * np.log10(np.square(plain).sum() / np.square(apart).sum())
    assert output.snr_db == pytest.approx(expected, rel=1e-3)
    with pytest.raises(FlowError, match="against = 'float': expected one of file, unquantized"):
        accelerator.compare(X, "float")


def test_a_profile_ends_where_the_host_goes_on(tmp_path):
    """Softmax is the host's: the last layer that is compared is the one in front of it."""
    made = dupnet.build(
        nn.Sequential(network(), nn.Softmax(dim=1)),
        folder=tmp_path / "tail",
        input_shape=(1, 2, 6, 6),
        target_fps=50_000,
        input_scale=1 / 256,
    )
    last = made.compare(X).layers[-1]
    with torch.no_grad():
        logits = network()(torch.tensor(X.transpose(0, 3, 1, 2)) / 256)
    assert last.largest == pytest.approx(float(logits.abs().max()), rel=1e-5)
    assert last.largest_difference < 1e-5


def test_what_is_no_network(tmp_path):
    with pytest.raises(FlowError, match="a model of type int; expected a path, an ONNX model, or"):
        dupnet.build(7, folder=tmp_path / "x")
    with pytest.raises(FlowError, match="input_shape is missing"):
        dupnet.build(network(), folder=tmp_path / "x")
    with pytest.raises(FlowError, match="output_dir: is given by model and folder"):
        dupnet.build(tmp_path / "x.onnx", folder=tmp_path / "x", output_dir="y")
    with pytest.raises(FlowError, match=r"x\.onnx: no such file"):
        dupnet.build(tmp_path / "x.onnx", folder=tmp_path / "x")
    with pytest.raises(FlowError, match=r"x\.yaml: .*target_fsp"):
        dupnet.build(tmp_path / "x.onnx", folder=tmp_path / "x", target_fsp=3)


def test_a_build_is_taken_as_it_is(accelerator, capsys):
    again = dupnet.build(
        accelerator.build.config.model,
        folder=accelerator.folder,
        target_fps=50_000,
        input_scale=1 / 256,
    )
    assert isinstance(again, Accelerator)
    assert "is up to date" in capsys.readouterr().out
