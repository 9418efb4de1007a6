"""Schedules of a run, the optimizer's groups, the average of the weights."""

import pytest
import torch

from model import zoo
from model.network import Network
from model.training.optimize import (
    Average,
    clip_latent,
    latent_weights,
    make_optimizer,
    rate_factor,
    set_rate,
    sharpness_at,
)


def test_rate_rises_then_falls() -> None:
    assert [rate_factor(0.0, step, 4) for step in range(4)] == [0.25, 0.5, 0.75, 1.0]
    assert rate_factor(0.5, 100, 4) == pytest.approx(0.505)
    assert rate_factor(1.0, 100, 4) == rate_factor(2.0, 100, 4) == pytest.approx(0.01)
    held = [rate_factor(progress, 100, 4, hold=0.5) for progress in (0.0, 0.5, 0.75, 1.0)]
    assert held == pytest.approx([1, 1, 0.505, 0.01])


def test_sharpness_ends_at_one() -> None:
    assert [sharpness_at(progress, 0.8) for progress in (0.0, 0.4, 0.8, 1.0)] == [0, 0.5, 1, 1]
    assert sharpness_at(0.0, 0.0) == 1


def test_groups_of_the_optimizer() -> None:
    network = Network(zoo.find("dupnet-tinier-yolo"))
    optimizer = make_optimizer(network, 1e-3, 5e-3, 1e-4)
    latent, plain = optimizer.param_groups
    assert {id(p) for p in latent["params"]} == {id(p) for p in latent_weights(network)}
    assert latent["weight_decay"] == plain["weight_decay"] == 0
    set_rate(optimizer, 0.5)
    assert (latent["lr"], plain["lr"]) == (2.5e-3, 5e-4)
    full = make_optimizer(Network(zoo.find("tiny-yolo")), 1e-3, 5e-3, 1e-4)
    assert [group["weight_decay"] for group in full.param_groups] == [1e-4, 0]


def test_latent_weights_are_clipped() -> None:
    weight = torch.nn.Parameter(torch.tensor([-3.0, 0.5, 2.0]))
    clip_latent([weight])
    assert weight.tolist() == [-1, 0.5, 1]


def test_average_forgets_its_start_soon() -> None:
    module = torch.nn.Linear(1, 1)
    with torch.no_grad():
        for p in module.parameters():
            p.fill_(1.0)
    average = Average(module, 0.9)
    with torch.no_grad():
        for p in module.parameters():
            p.fill_(2.0)
    average.update()  # decay (1 + 1) / (10 + 1)
    assert average.values[0].item() == pytest.approx(2 - 2 / 11)
    stored = average.state_dict()
    other = Average(module, 0.9)
    other.load_state_dict(stored)
    assert other.steps == 1 and torch.equal(other.values[0], average.values[0])
