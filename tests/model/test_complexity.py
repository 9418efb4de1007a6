"""Model size and complexity against the paper's printed figures."""

import json
from pathlib import Path

import pytest

from model import complexity


@pytest.fixture(scope="module")
def networks() -> dict[str, complexity.NetworkFigures]:
    return complexity.measure_all()


def test_ifq_tinier_yolo(networks: dict[str, complexity.NetworkFigures]) -> None:
    ifq = networks["ifq-tinier-yolo"]
    assert ifq.weight_bits == 1_972_656 + 480
    assert ifq.macs == 1_725_825_024
    assert f"{ifq.model_size_kb:.1f}" == "240.9"
    assert f"{ifq.complexity_gflops:.4f}" == "0.1079"


def test_dupnet_tinier_yolo(networks: dict[str, complexity.NetworkFigures]) -> None:
    dupnet = networks["dupnet-tinier-yolo"]
    compared = complexity.ratios(networks)["dupnet-tinier-yolo"]
    assert dupnet.weight_bits == 302_400
    assert f"{dupnet.model_size_kb:.1f}" == "36.9"
    assert f"{compared['complexity_reduction_percent']:.2f}" == "42.01"
    assert f"{compared['size_reduction']:.1f}" == "6.5"
    assert f"{dupnet.macs_fused / 1e6:.1f}" == "887.5"


def test_full_precision(networks: dict[str, complexity.NetworkFigures]) -> None:
    tiny = networks["tiny-yolo"]
    assert tiny.weight_bits == (15_758_256 + 30) * 32
    assert f"{complexity.ratios(networks)['tiny-yolo']['size_ratio']:.0f}" == "1668"


def test_dupnet_l_lies_between(networks: dict[str, complexity.NetworkFigures]) -> None:
    assert 36.9 < networks["dupnet-l-pact"].model_size_kb < 240.9


def test_layers_add_up(networks: dict[str, complexity.NetworkFigures]) -> None:
    for network in networks.values():
        assert sum(layer.weight_bits for layer in network.layers) == network.weight_bits
        assert [layer.name for layer in network.layers] == [f"conv{i}" for i in range(1, 10)]
    # channels are those of the layer whatever is duplicated: of conv1 twice, of conv4 on four times
    channels = (3, 16, 32, 64, 128, 256, 512, 512, 256, 30)
    for name in ("ifq-tinier-yolo", "dupnet-tinier-yolo"):
        layers = networks[name].layers
        for layer, before, after in zip(layers, channels, channels[1:], strict=False):
            assert layer.shape.split(", ")[1] == f"{before} -> {after}"
    conv8 = networks["dupnet-tinier-yolo"].layers[7]
    assert (conv8.D, conv8.F, conv8.weight_bits, conv8.macs) == (64, 1, 2048, 524_288)


def test_the_command_prints_and_writes(
    networks: dict[str, complexity.NetworkFigures],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(complexity, "measure_all", lambda: networks)
    path = tmp_path / "new" / "cost.json"
    assert complexity.main(["--json", str(path)]) == 0
    printed = capsys.readouterr().out
    for figure in ("240.9", "0.1079", "36.9", "42.0", "6.5", "1,694.2", "389.9"):
        assert figure in printed
    assert "reconstruction" in printed
    written = json.loads(path.read_text())
    assert list(written) == ["tiny-yolo", "ifq-tinier-yolo", "dupnet-tinier-yolo", "dupnet-l-pact"]
    for network in written.values():
        assert {"weight_bits", "model_size_kb", "macs", "complexity_gflops", "layers", "paper"} <= (
            set(network)
        )
        assert {"name", "weight_bits", "macs", "D", "F"} <= set(network["layers"][0])
    assert [item.name for item in path.parent.iterdir()] == ["cost.json"]


def test_a_place_that_cannot_be_written(
    networks: dict[str, complexity.NetworkFigures],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(complexity, "measure_all", lambda: networks)
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "cost.json"
    assert complexity.main(["--json", str(path)]) == 1
    assert capsys.readouterr().err.startswith(f"error: {path}: cannot be written (")
