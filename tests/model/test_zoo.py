"""The zoo's networks: seeded, lively, exact."""

import subprocess
import sys

import pytest
import torch

from model import zoo
from model.build import build
from model.errors import ModelError
from model.initialize import synthetic_pictures
from model.network import Network

QUANTIZED = [spec.name for spec in zoo.NETWORKS if spec.quantized]
POOLED = range(1, 6)
BOUNDARIES = [
    "input",
    *(name for i in POOLED for name in (f"conv{i}", f"pool{i}")),
    *(f"conv{i}" for i in range(6, 10)),
]


@pytest.fixture(scope="module")
def picture() -> torch.Tensor:
    return synthetic_pictures(torch.Generator().manual_seed(7), 1, 128)


def test_names() -> None:
    expected = ["tiny-yolo", "ifq-tinier-yolo", "dupnet-tinier-yolo", "dupnet-l-pact"]
    assert zoo.names() == expected


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ModelError) as caught:
        build("yolo", 1)
    assert str(caught.value) == (
        "unknown network 'yolo'; expected one of tiny-yolo, ifq-tinier-yolo, "
        "dupnet-tinier-yolo, dupnet-l-pact"
    )


def test_the_table_needs_no_torch() -> None:
    code = "import sys, model.zoo, model.detection.decode; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("name", QUANTIZED)
def test_same_seed_same_network(name: str) -> None:
    first, again, other = (build(name, seed).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(first[key], again[key]) for key in first)
    assert any(not torch.equal(first[key], other[key]) for key in first)


@pytest.mark.parametrize("name", QUANTIZED)
def test_boundaries_are_lively_and_exact(name: str, picture: torch.Tensor) -> None:
    network = build(name, 1)
    found = network.boundaries(picture)
    assert list(found) == BOUNDARIES
    assert torch.equal(found["input"], (picture * 256).long())
    for layer in BOUNDARIES[1:-1]:
        assert found[layer].unique().tolist() == [0, 1, 2, 3], layer
        for level in range(4):
            assert (found[layer] == level).float().mean() > 0.02, layer
    assert len(found["conv9"].unique()) > 20

    head = network.head_decoding()
    bias = torch.tensor(head.bias).reshape(1, -1, 1, 1)
    with torch.no_grad():
        output = network(picture)
        double = network.double()(picture.double())
    assert output.shape == (1, 30, 4, 4)
    assert torch.equal(found["conv9"] * head.scale + bias, output)
    assert torch.equal(double, output.double())
    for layer, integers in network.boundaries(picture.double()).items():
        assert torch.equal(integers, found[layer]), layer


@pytest.mark.parametrize("name", QUANTIZED)
def test_some_channels_are_inverted(name: str) -> None:
    gains = torch.cat([block.norm.weight for block in build(name, 1).blocks.values()])
    assert 0.2 < (gains < 0).float().mean() < 0.3


def test_full_precision_runs_and_has_no_integers() -> None:
    network = build("tiny-yolo", 1)
    with torch.no_grad():
        output = network(torch.zeros(2, 3, 64, 96))
    assert output.shape == (2, 30, 2, 3)
    with pytest.raises(ModelError, match="tiny-yolo is full precision; it has no integers"):
        network.boundaries(torch.zeros(1, 3, 32, 32))


def test_an_odd_size_is_refused() -> None:
    with pytest.raises(ModelError) as caught:
        Network(zoo.find("ifq-tinier-yolo"))(torch.zeros(1, 3, 40, 32))
    assert str(caught.value) == (
        "input of shape (1, 3, 40, 32); expected (N, 3, H, W), H and W multiples of 32"
    )


@pytest.mark.parametrize("name", QUANTIZED)
def test_every_parameter_of_a_network_learns(name: str, picture: torch.Tensor) -> None:
    network = build(name, 1).train()
    before = {key: value.detach().clone() for key, value in network.named_parameters()}
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01)
    (network(picture) ** 2).mean().backward()
    optimizer.step()
    for key, value in network.named_parameters():
        assert not torch.equal(before[key], value), key
