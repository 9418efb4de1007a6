"""Seconds of the end of a run, by hand."""

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch

from model import zoo
from model.errors import ModelError
from model.network import Network
from model.training import ending
from model.training.batches import Data
from model.training.config import TrainConfig
from model.training.data import PictureSet
from model.training.ending import End

CONFIG = TrainConfig("dupnet-tinier-yolo", ("x",), max_minutes=10, calibration=100, affine=400)


def made(**changes: Any) -> End:
    """20 pictures held out, 0.1 s a picture, steps of 2 s after a first one of 9."""
    end = End(dataclasses.replace(CONFIG, **changes), 20)
    end.picture, end.bias_step = 0.1, 0.01
    for now in (0.0, 9.0, *range(11, 61, 2)):
        end.note(float(now))
    return end


def test_the_end_by_hand() -> None:
    """1.5 * 0.1 s * 120 pictures are 18 s, 200 steps of 0.01 s are 2 s.

    A quarter of 40 steps is 10 of 2 s, of 4,000 it would be more than the 400 that are wanted.
    """
    end = made()
    assert end.step == 2.0
    assert end.seconds(40, 600.0) == pytest.approx(18 + 2 + 20)
    assert end.seconds(4000, 6000.0) == pytest.approx(18 + 2 + 800)
    assert end.seconds(4000, 600.0) == 300.0  # half of the limit


def test_the_fit_keeps_to_what_is_left() -> None:
    """Of 600 s, 3 s are for the evaluation: at 560 s 37 are left, 18 steps of 2 s."""
    assert made().gain_steps(4000, 560.0) == 18
    assert made().gain_steps(40, 100.0) == 10  # a quarter
    assert made().gain_steps(4000, 599.0) == 0
    assert made(max_minutes=0.0, epochs=1).gain_steps(4000, 599.0) == 400


def test_a_picture_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """8 pictures in 4 s, the second time; two steps for 8 of them in 3 s, for batches of 32.

    A step of the fit goes before, for the first one may compile.
    """
    fits = []
    fit = ending.fit_biases
    monkeypatch.setattr(ending, "fit_biases", lambda *a: (fits.append(a[-1]), fit(*a)))
    ticks = iter([0.0, 100.0, 200.0, 204.0, 300.0, 303.0])
    monkeypatch.setattr(ending, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    monkeypatch.setattr(ending, "plain_batches", lambda *_: iter([torch.zeros(8, 3, 32, 32)]))
    network, end = Network(zoo.find("dupnet-tinier-yolo")), End(CONFIG, 0)

    boxes, kinds = np.zeros((9, 1, 4), dtype=np.float32), np.zeros((9, 1), dtype=np.int8)
    pictures = PictureSet([Path("x")] * 9, 32, boxes, kinds)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    end.measure(network, Data(pictures, cast(Any, None), None, None))
    assert fits == [1, 2]
    assert (end.picture, end.bias_step) == (0.5, 3.0 / 2 * 4) and network.training
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_a_limit_without_a_step() -> None:
    made().check(1)
    made(max_minutes=0.0, epochs=1).check(0)
    with pytest.raises(ModelError, match="--max-minutes 10: no step was made"):
        made().check(0)
