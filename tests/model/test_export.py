"""QONNX export: execution by qonnx equals Brevitas, integer by integer."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx

from model import export, zoo
from model.build import build
from model.detection.decode import Head
from model.layers import BinaryConv2d
from model.network import Network

QUANTIZED = [spec.name for spec in zoo.NETWORKS if spec.quantized]


def perturbed(name: str) -> Network:
    """A network with odd BatchNorm numbers and, for PACT, odd clipping levels: as if trained."""
    network = build(name, 5)
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for key, value in network.named_parameters():
            if "conv.weight" not in key:
                value.mul_(1 + 0.1 * torch.rand(value.shape, generator=generator))
    return network


@pytest.fixture(scope="module", params=QUANTIZED)
def exported(request: pytest.FixtureRequest) -> tuple[Network, Any]:
    network = perturbed(request.param)
    return network, export.to_qonnx(network, 64, seed=5)


def test_execution_equals_brevitas(exported: tuple[Network, Any]) -> None:
    network, model = exported
    for seed in range(3):
        pixels = torch.randint(0, 256, (1, 3, 64, 64), generator=torch.manual_seed(seed)) / 256
        output = execute_onnx(model, {"global_in": pixels.numpy()})["global_out"]
        with torch.no_grad():
            assert np.array_equal(output, network(pixels).numpy())


def test_the_graph_is_the_documented_chain(exported: tuple[Network, Any]) -> None:
    network, model = exported
    chain = [node.op_type for node in model.graph.node if node.op_type != "BipolarQuant"]
    expected = ["Quant"]
    for layer in network.spec.layers[:-1]:
        expected += ["Concat"] if layer.duplicate_input > 1 else []
        expected += ["Conv", "BatchNormalization", "Relu", "Quant"]
        expected += ["MaxPool"] if layer.pool else []
    assert chain == [*expected, "Conv", "Add"]
    weights = {node.name: node for node in model.graph.node if node.op_type == "BipolarQuant"}
    for index, conv in enumerate(model.get_nodes_by_op_type("Conv")):
        spec = network.spec.layers[index]
        assert conv.input[1] == weights[f"BipolarQuant_{index}"].output[0]
        shape = model.get_initializer(weights[f"BipolarQuant_{index}"].input[0]).shape
        full = spec.in_channels * spec.duplicate_input
        assert shape == (spec.out_channels, full, spec.kernel, spec.kernel)


def test_every_tensor_is_known(exported: tuple[Network, Any]) -> None:
    _, model = exported
    known = {tensor.name for tensor in [*model.graph.initializer, *model.graph.input]}
    for node in model.graph.node:
        assert set(node.input) <= known
        known |= set(node.output)
        assert all(model.get_tensor_shape(name) for name in node.output)
    onnx.checker.check_model(model.model.SerializeToString())


def test_metadata_decodes_the_head(exported: tuple[Network, Any]) -> None:
    network, model = exported
    properties = {item.key: item.value for item in model.model.metadata_props}
    assert properties["network"] == network.spec.name
    assert properties["seed"] == "5"
    assert model.get_metadata_prop("seed") == "5"
    head, decoding = Head.from_metadata(properties), network.head_decoding()
    assert (head.scale, head.bias) == (decoding.scale, decoding.bias)
    assert head.anchors == network.spec.anchors


def test_both_duplications_in_one_layer_export() -> None:
    layers = (
        zoo.LayerSpec("conv1", 3, 3, 8, pool=True, duplicate_input=3),
        zoo.LayerSpec("conv2", 3, 8, 8, duplicate_weights=4, duplicate_input=2),
        zoo.LayerSpec("conv3", 1, 8, 30),
    )
    network = Network(zoo.NetworkSpec("small", "pact", layers, zoo.PaperFigures(), "test")).eval()
    model = export.to_qonnx(network, 32)
    pixels = torch.randint(0, 256, (1, 3, 32, 32)) / 256
    output = execute_onnx(model, {"global_in": pixels.numpy()})["global_out"]
    with torch.no_grad():
        assert np.array_equal(output, network(pixels).numpy())
    conv = network.blocks["conv2"].conv
    assert isinstance(conv, BinaryConv2d)
    (quantizer,) = [n for n in model.graph.node if n.name == "BipolarQuant_1"]
    assert np.array_equal(
        np.sign(model.get_initializer(quantizer.input[0])), conv.quant_weight().value.detach()
    )


def test_the_command_writes_the_same_bytes_again(tmp_path: Path) -> None:
    paths = [tmp_path / "a" / "one.onnx", tmp_path / "two.onnx"]
    for path in paths:
        arguments = ["--model", "dupnet-tinier-yolo", "--seed", "1", "--size", "64"]
        assert export.main([*arguments, "--out", str(path)]) == 0
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert ModelWrapper(str(paths[0])).get_tensor_shape("global_out") == [1, 30, 2, 2]
    assert [item.name for item in paths[0].parent.iterdir()] == ["one.onnx"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--model", "yolo"],
            "unknown network 'yolo'; expected one of tiny-yolo, ifq-tinier-yolo, "
            "dupnet-tinier-yolo, dupnet-l-pact",
        ),
        (
            ["--model", "tiny-yolo"],
            "tiny-yolo is full precision and has no integer network to export; expected one of "
            "ifq-tinier-yolo, dupnet-tinier-yolo, dupnet-l-pact",
        ),
        (
            ["--model", "ifq-tinier-yolo", "--size", "100"],
            "size is 100; expected a multiple of 32 up to 4096",
        ),
        (
            ["--model", "ifq-tinier-yolo", "--seed", "-1"],
            "seed is -1; expected 0 to 2^63 - 1",
        ),
    ],
)
def test_errors_are_one_line(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.onnx"
    assert export.main([*arguments, "--out", str(path)]) == 1
    assert capsys.readouterr().err == f"error: {message}\n"
    assert not path.exists()


def test_a_missing_option_exits_with_2() -> None:
    with pytest.raises(SystemExit) as caught:
        export.main(["--model", "ifq-tinier-yolo"])
    assert caught.value.code == 2
