"""Rates of a build's camera path, known before simulation, and its units to synthesize."""

import dataclasses
from pathlib import Path

from flows.build.build import Build
from flows.build.names import StepName
from flows.folding.camera import camera_cost
from flows.report.facts import gather
from flows.report.overview import tiles
from flows.report.signs import TIMES
from flows.report.verdict import verdict
from flows.run.camera_rates import CameraRate, camera_rates
from flows.run.camera_units import camera_units
from hw.synth.cost.model import Cost

Detector = tuple[Path, Build]


def with_camera(build: Build, **more: int) -> Build:
    config = dataclasses.replace(build.config, camera="memory", **more)
    return dataclasses.replace(build, config=config)


def test_rates_are_of_sizes_that_the_build_takes(detector: Detector) -> None:
    build = detector[1]
    model = build.model(StepName.GENERATE_RTL)
    assert camera_rates(build, model) == ()
    found = camera_rates(with_camera(build, camera_max_side=1280), model)
    assert [(rate.width, rate.height) for rate in found] == [(640, 480), (1280, 720)]
    # each of 480 old lines takes its 320 beats and two clocks
    assert 480 * 322 <= found[0].clocks <= 480 * 322 + 16 * 16 + 100
    (one,) = camera_rates(with_camera(build, camera_max_side=16), model)
    # a square as large as the network's passes at a pixel a clock, or 8 beats and 3 clocks a line
    assert (one.width, one.height) == (16, 16) and 256 <= one.clocks <= 300


def test_the_report_says_which_limits(detector: Detector) -> None:
    build = with_camera(detector[1])
    facts = gather(build)
    made = {tile.name: tile.what for tile in tiles(facts, verdict(facts.levels))}
    assert "the camera path limits" in made[f"camera 640 {TIMES} 480"]
    assert CameraRate(1, 1, 5).limit(6) == CameraRate(1, 1, 6).limit(6) == "the network"
    assert not [name for name in _names(detector[1]) if name.startswith("camera")]


def _names(build: Build) -> list[str]:
    facts = gather(build)
    return [tile.name for tile in tiles(facts, verdict(facts.levels))]


def test_units_have_the_builds_parameters(detector: Detector) -> None:
    assert camera_units(detector[1]) == {}
    units = camera_units(with_camera(detector[1], camera_max_side=64, camera_lanes=4))
    wanted = {
        "pixel_format": ["Lanes = 4"],
        "letterbox": ["Lanes = 4", "MaxOld = 64", "Size = 16"],
        "decode_boxes": ["Rows = 8", "Columns = 8", "Anchors = 1", 'HeadFile = "head.hex"'],
        "suppress_boxes": ["Most = 64"],
        "camera_shell": ["Pixels = 4", "MaxSide = 64", "Side = 16", "Rows = 8", "Anchors = 1"],
    }
    assert set(units) == set(wanted)
    for name, texts in wanted.items():
        for text in texts:
            assert text in units[name].sources[f"{name}.sv"], (name, text)


def test_the_solver_leaves_room_for_it(detector: Detector) -> None:
    build = detector[1]
    model = build.model(StepName.TO_HARDWARE)
    assert camera_cost(build, model) == Cost()
    found = camera_cost(with_camera(build, camera_lanes=4), model)
    assert 5000 < found.lut < 10_000
    assert (found.dsp > 30, found.bram36 > 10) == (True, True)
    # of one anchor, which the network says
    assert found != camera_cost(with_camera(build), model)
