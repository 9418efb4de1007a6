"""What the end of a run takes, by hand."""

import dataclasses
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from model import zoo
from model.network import Network
from model.training import ending
from model.training.config import TrainConfig
from model.training.ending import End

CONFIG = TrainConfig("dupnet-tinier-yolo", ("x",), max_minutes=10, calibration=100, affine=400)


def made(**changes: Any) -> End:
    """20 pictures held out, 0.1 s a picture, steps of 2 s after a first one of 9."""
    end = End(dataclasses.replace(CONFIG, **changes), 20)
    end.picture = 0.1
    for now in (0.0, 9.0, *range(11, 61, 2)):
        end.note(float(now))
    return end


def test_the_end_by_hand() -> None:
    """1.5 * 0.1 s * 120 pictures are 18 s; a quarter of 40 steps is 10 of 2 s, of 4,000: 400."""
    end = made()
    assert end.step == 2.0
    assert end.seconds(40, 600.0) == pytest.approx(18 + 20)
    assert end.seconds(4000, 6000.0) == pytest.approx(18 + 800)
    assert end.seconds(4000, 600.0) == 300.0  # half of the limit


def test_the_fit_keeps_to_what_is_left() -> None:
    """Of 600 s, 3 s are for the evaluation: at 560 s 37 are left, 18 steps of 2 s."""
    assert made().affine_steps(4000, 560.0) == 18
    assert made().affine_steps(40, 100.0) == 10  # a quarter
    assert made().affine_steps(4000, 599.0) == 0
    assert made(max_minutes=0.0, epochs=1).affine_steps(4000, 599.0) == 400


def test_a_picture_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that goes on by 4 s between start and end of 8 pictures."""
    ticks = iter([0.0, 100.0, 200.0, 204.0])
    monkeypatch.setattr(ending, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    monkeypatch.setattr(ending, "plain_batches", lambda *_: iter([torch.zeros(8, 3, 32, 32)]))
    network, end = Network(zoo.find("dupnet-tinier-yolo")), End(CONFIG, 0)

    class _Data:
        train = range(100)
        source = None

    end.measure(network, _Data())  # type: ignore[arg-type]
    assert end.picture == 0.5 and network.training
