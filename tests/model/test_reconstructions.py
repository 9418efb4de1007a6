"""The factors that meet the paper's sums, counted once more without the model."""

import itertools
import json
from pathlib import Path

import pytest
import torch

from model import reconstructions, zoo
from model.complexity import measure
from model.network import Network
from model.reconstructions import Assignment, enumerate_all

#: Kernel, input and output channels, side of the output at 512 x 512: of the paper's layer table.
LAYERS = [(3, 3, 16, 512), (3, 16, 32, 256), (3, 32, 64, 128), (3, 64, 128, 64), (3, 128, 256, 32)]
LAYERS += [(3, 256, 512, 16), (1, 512, 512, 16), (1, 512, 256, 16), (1, 256, 30, 16)]


@pytest.fixture(scope="module")
def found() -> list[Assignment]:
    return enumerate_all()


def test_all_that_meet_the_sums_and_no_others(found: list[Assignment]) -> None:
    """By brute force over whole numbers of bits and MACs, with conv2 and conv3 in a table each."""
    weights = [kernel**2 * of * to for kernel, of, to, _ in LAYERS]
    macs = [count * side**2 for count, (*_, side) in zip(weights, LAYERS, strict=True)]
    least, most = (36.9 - 0.05) * 8192 - 480, (36.9 + 0.05) * 8192 - 480
    meeting = set()
    powers = [[d for d in (1, 2, 4, 8, 16, 32, 64) if of % d == 0] for _, of, _, _ in LAYERS[1:8]]
    for early in itertools.product((1, 2), (1, 2), *powers[:4]):
        *inputs, two, three, four, five = early
        bits = weights[0] * inputs[0] + weights[8] * inputs[1]
        bits += sum(w // d for w, d in zip(weights[1:5], early[2:], strict=True))
        if bits > most:
            continue
        for late in itertools.product(*powers[4:]):
            all_bits = bits + sum(w // d for w, d in zip(weights[5:8], late, strict=True))
            if least <= all_bits <= most:
                count = macs[0] * inputs[0] + macs[8] * inputs[1]
                count += sum(m // d for m, d in zip(macs[1:8], (*early[2:], *late), strict=True))
                if abs(100 * (1 - count / sum(macs)) - 42.0) <= 0.05:
                    meeting.add((*inputs, two, three, four, five, *late))
    listed = [
        (
            *(one.F.get(name, 1) for name in ("conv1", "conv9")),
            *(one.D.get(f"conv{number}", 1) for number in range(2, 9)),
        )
        for one in found
    ]
    assert set(listed) == meeting and len(listed) == len(meeting) == 4
    assert listed[0] == (2, 1, 1, 1, 4, 8, 8, 4, 64)


def test_their_networks_have_the_size_that_is_said(found: list[Assignment]) -> None:
    plain = measure(Network(zoo.find("ifq-tinier-yolo")), 512)
    assert found[0].spec() == zoo.find("dupnet-tinier-yolo")
    assert len({one.spec().name for one in found}) == len(found)
    for one in found:
        network = Network(one.spec())
        figures = measure(network, 512)
        assert figures.model_size_kb == one.model_size_kb
        saved = 100 * (1 - figures.macs / plain.macs)
        assert saved == pytest.approx(one.complexity_reduction_percent)
        with torch.no_grad():
            assert network(torch.zeros(1, 3, 64, 64)).shape == (1, 30, 2, 2)


def test_the_head_may_see_its_input_twice(found: list[Assignment]) -> None:
    """F = 2 in conv9: the output is the sum of two convolutions of one input."""
    (spec,) = (one.spec() for one in found if one.F.get("conv9") == 2)
    assert spec.name == "dupnet-tinier-yolo/D=4-8-16-2-64,conv9-F=2"
    network = Network(spec).eval()
    picture = torch.randint(0, 256, (1, 3, 64, 64), generator=torch.Generator().manual_seed(5))
    found_out = network.boundaries(picture / 255)
    weight = network.head.conv.weight
    assert weight.shape == (30, 512, 1, 1)
    signs = torch.where(weight >= 0, 1, -1)[:, :, 0, 0].to(torch.int64)
    once = signs[:, :256] + signs[:, 256:]
    assert torch.equal(found_out["conv9"], torch.einsum("oc,nchw->nohw", once, found_out["conv8"]))


def test_the_command_and_the_page(
    found: list[Assignment], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "reconstructions.json"
    assert reconstructions.main(["--json", str(path)]) == 0
    table = reconstructions.render(found)
    assert table in capsys.readouterr().out
    assert list(json.loads(path.read_text())) == [one.spec().name for one in found]
    page = Path(__file__).parents[2] / "docs" / "network.md"
    assert table in page.read_text(encoding="utf-8")
