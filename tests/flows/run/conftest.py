"""The tiny detector with a camera path, and the simulator of its board."""

import dataclasses
from pathlib import Path

import pytest

from flows.build.build import Build
from flows.run.board import board_simulator
from hw.sim.verilate import Simulator
from tests.hw.bench import CACHE


@pytest.fixture(scope="module")
def camera(detector: tuple[Path, Build]) -> Build:
    """The tiny detector, its board with a camera path."""
    build = detector[1]
    config = dataclasses.replace(build.config, camera="memory", camera_max_side=64)
    return dataclasses.replace(build, config=config)


@pytest.fixture(scope="module")
def camera_simulator(camera: Build) -> Simulator:
    return board_simulator(camera, CACHE, "-O1")
