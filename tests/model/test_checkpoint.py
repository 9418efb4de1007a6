"""The checkpoint that ships: exact, small, and refused when it is not one."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from model import zoo
from model.build import build
from model.checkpoint import load_checkpoint, network_from, save_checkpoint, to_bytes
from model.errors import ModelError
from model.export import main as export_main
from model.initialize import synthetic_pictures
from model.network import Network


def trained(name: str) -> Network:
    """A network with weights as training leaves them: latent, biases off the grid."""
    network = build(name, 4)
    generator = torch.Generator().manual_seed(6)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.01 * torch.randn(parameter.shape, generator=generator))
        network.blocks["conv2"].conv.weight.view(-1)[:3] = torch.tensor([0.0, -0.0, -1e-30])
    return network


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("checkpoint") / "dupnet.npz"
    save_checkpoint(path, trained("dupnet-tinier-yolo"), {"seed": 4, "metrics": {"ap": 0.5}})
    return path


def rewrite(source: Path, target: Path, **changes: Any) -> Path:
    with np.load(source) as archive:
        arrays = {name: archive[name] for name in archive.files}
    for name, value in changes.items():
        if value is None:
            del arrays[name]
        else:
            arrays[name] = value
    np.savez(target, **arrays)
    return target


def described(**changes: Any) -> np.ndarray:
    values = {"network": "dupnet-tinier-yolo", "anchors": zoo.ANCHORS, **changes}
    return np.frombuffer(json.dumps(values).encode(), dtype=np.uint8)


@pytest.mark.parametrize("name", zoo.names())
def test_a_loaded_network_computes_the_same(name: str, tmp_path: Path) -> None:
    network = trained(name)
    x = synthetic_pictures(torch.Generator().manual_seed(7), 2, 96)
    save_checkpoint(tmp_path / "one.npz", network, {"note": "x"})
    checkpoint = load_checkpoint(tmp_path / "one.npz", name)
    again = network_from(checkpoint)
    with torch.no_grad():
        assert torch.equal(again(x), network(x))
    assert not again.training
    assert checkpoint.metadata["note"] == "x"
    if network.spec.quantized:
        assert again.head_decoding() == network.head_decoding()
        assert to_bytes(again, {"note": "x"}) == (tmp_path / "one.npz").read_bytes()


def test_anchors_and_digest_travel(tmp_path: Path, file: Path) -> None:
    anchors = ((0.25, 0.5), (1, 1), (2, 2), (3, 3), (4, 4.5))
    path = rewrite(file, tmp_path / "a.npz", metadata=described(anchors=anchors))
    checkpoint = load_checkpoint(path)
    assert checkpoint.anchors == anchors
    assert network_from(checkpoint).spec.anchors == anchors
    assert len(checkpoint.digest) == 64
    assert build("dupnet-tinier-yolo", 1, path).spec.anchors == anchors


def test_dupnet_is_small(file: Path) -> None:
    assert file.stat().st_size < 100_000


def test_another_network_is_refused(file: Path) -> None:
    with pytest.raises(ModelError) as caught:
        build("ifq-tinier-yolo", 1, file)
    assert str(caught.value) == (
        f"{file}: checkpoint of dupnet-tinier-yolo; expected one of ifq-tinier-yolo"
    )


def test_every_truncation_is_refused(file: Path, tmp_path: Path) -> None:
    content = file.read_bytes()
    path = tmp_path / "short.npz"
    for size in [0, 1, 100, *range(1000, len(content), 7001), len(content) - 1]:
        path.write_bytes(content[:size])
        with pytest.raises(ModelError, match=r"short.npz: .*expected a checkpoint that"):
            load_checkpoint(path)


def test_a_flipped_bit_is_refused(file: Path, tmp_path: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 4
    path = tmp_path / "flipped.npz"
    path.write_bytes(bytes(content))
    with pytest.raises(ModelError, match="truncated or not a checkpoint"):
        load_checkpoint(path)


def test_a_pickle_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pickle.npz"
    np.savez(path, format=np.array([{}], dtype=object))
    with pytest.raises(ModelError, match="truncated or not a checkpoint"):
        load_checkpoint(path)
    np.save(tmp_path / "plain.npy", np.zeros(3))
    with pytest.raises(ModelError, match="truncated or not a checkpoint"):
        load_checkpoint(tmp_path / "plain.npy")
    buffer = io.BytesIO()
    np.savez(buffer, a=np.zeros(2))
    path.write_bytes(buffer.getvalue())
    with pytest.raises(ModelError, match="a NumPy archive of something else"):
        load_checkpoint(path)


def nan(array: np.ndarray) -> np.ndarray:
    return np.full_like(array, np.nan)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": np.int64(2)}, "checkpoint of format 2; expected format 1"),
        ({"metadata": described(network="yolo")}, "names no network of the zoo"),
        ({"metadata": np.frombuffer(b"{", dtype=np.uint8)}, "names no network of the zoo"),
        ({"metadata": described(anchors=[[1, 2]])}, "unreadable anchors; expected 5 pairs"),
        ({"metadata": described(anchors=[[0, 1]] * 5)}, "unreadable anchors; expected 5 pairs"),
        ({"conv3.signs": None}, "lacks 'conv3.signs'"),
        ({"conv3.more": np.zeros(1)}, "has a foreign 'conv3.more'"),
        ({"conv3.gamma": np.zeros(3, np.float32)}, r"'conv3.gamma' is float32 of shape \(3,\)"),
        ({"conv3.gamma": nan(np.zeros(64, np.float32))}, "values that are not finite"),
        ({"conv9.bias_codes": np.zeros(30)}, "'conv9.bias_codes' is float64"),
    ],
)
def test_damage_is_named(file: Path, tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    path = rewrite(file, tmp_path / "bad.npz", **changes)
    with pytest.raises(ModelError, match=message):
        load_checkpoint(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        load_checkpoint(tmp_path / "none.npz")


def test_a_network_that_is_not_finite_is_not_saved(tmp_path: Path) -> None:
    network = build("dupnet-tinier-yolo", 1)
    network.blocks["conv2"].norm.running_var[0] = float("nan")
    with pytest.raises(ModelError, match=r"conv2.var: values that are not finite"):
        save_checkpoint(tmp_path / "nan.npz", network, {})
    assert not (tmp_path / "nan.npz").exists()


def test_the_export_of_a_checkpoint(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import onnx

    out = tmp_path / "trained.onnx"
    arguments = ["--model", "dupnet-tinier-yolo", "--size", "64", "--out", str(out)]
    assert export_main([*arguments, "--checkpoint", str(file)]) == 0
    properties = {p.key: p.value for p in onnx.load(out).metadata_props}
    assert properties["checkpoint"] == load_checkpoint(file).digest
    assert properties["network"] == "dupnet-tinier-yolo"
    assert properties["seed"] == "1"
    assert "untrained" not in capsys.readouterr().out
    arguments[1] = "dupnet-l-pact"
    assert export_main([*arguments, "--checkpoint", str(file)]) == 1
    assert "checkpoint of dupnet-tinier-yolo; expected one of dupnet-l-pact" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, None),
        ({"threshold": None}, None),
        ({"metrics": {}}, None),
        ({"metrics": {"threshold": None}}, None),
        ({"metrics": "good"}, None),
        ({"metrics": {"threshold": 0.32714764845147887}}, 0.327),
        ({"metrics": {"threshold": 0.9999}}, 0.999),
        ({"metrics": {"threshold": 0.3}, "threshold": 0.45678}, 0.45678),
        ({"threshold": 0}, 0.0),
        ({"threshold": 1}, 1.0),
    ],
)
def test_the_threshold_is_the_one_named_or_the_one_measured(
    tmp_path: Path, file: Path, said: dict[str, Any], expected: float | None
) -> None:
    path = rewrite(file, tmp_path / "t.npz", metadata=described(**said))
    assert load_checkpoint(path).threshold == expected


@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan"), float("inf"), True, "0.3", [0.3]])
@pytest.mark.parametrize("key", ["threshold", "metrics.threshold"])
def test_a_threshold_that_is_no_score_is_refused(
    tmp_path: Path, file: Path, key: str, value: Any
) -> None:
    said = {"threshold": value} if key == "threshold" else {"metrics": {"threshold": value}}
    path = rewrite(file, tmp_path / "t.npz", metadata=described(**said))
    with pytest.raises(ModelError) as caught:
        load_checkpoint(path)
    assert str(caught.value) == f"{path}: {key} {value}: expected 0 to 1"


def test_the_threshold_travels_with_the_export(tmp_path: Path, file: Path) -> None:
    import onnx

    for said, expected in (({"threshold": 0.25}, "0.25"), ({}, "")):
        checkpoint = rewrite(file, tmp_path / "t.npz", metadata=described(**said))
        out = tmp_path / "net.onnx"
        arguments = ["--model", "dupnet-tinier-yolo", "--size", "32", "--out", str(out)]
        assert export_main([*arguments, "--checkpoint", str(checkpoint)]) == 0
        properties = {p.key: p.value for p in onnx.load(out).metadata_props}
        assert properties["threshold"] == expected
