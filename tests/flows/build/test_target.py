"""Targets in clocks."""

import pytest

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.build.target import target_clocks, target_text
from flows.errors import FlowError
from tests.flows.flow import write_config
from tests.flows.pyramid import pyramid


def target(folder, size, **keys):
    build = Build.load(write_config(folder, pyramid(*size), **keys))
    run_steps(build, stop="to_hardware")
    return target_clocks(build.config, build.model(StepName.TO_HARDWARE)), target_text(build.config)


def test_frames_per_second(tmp_path):
    assert target(tmp_path, (32, 48), target_fps=1000) == (100_000, "1000 frames/s")
    assert target(tmp_path, (32, 48)) == (10_000_000, "10 frames/s")


@pytest.mark.parametrize(("pixels", "clocks"), [("1/16", 25067), (0.25, 6266), (0.5, 3133)])
def test_pixels_per_clock(tmp_path, pixels, clocks):
    """1.02 clocks for each pixel, divided by what is asked for."""
    assert target(tmp_path, (32, 48), pixels_per_clock=pixels)[0] == clocks


def test_borders_of_a_small_image_are_more_than_the_slack(tmp_path):
    assert target(tmp_path, (32, 48), pixels_per_clock=1) == (34 * 50, "1 pixels a clock")


def test_more_than_one_pixel_a_clock(tmp_path):
    """Columns of the border are whole packed ones."""
    assert target(tmp_path, (32, 48), pixels_per_clock=2) == (34 * 26, "2 pixels a clock")
    assert target(tmp_path, (128, 256), pixels_per_clock=4)[0] == 130 * 66


def test_a_target_that_no_folding_meets_names_its_key(tmp_path):
    """Without 3 lanes at the input, a pixel takes 3 clocks."""
    net = pyramid(16, 16)
    (tmp_path / "f.json").write_text('{"conv2_mvau": {"SIMD": 1}}')
    path = write_config(tmp_path, net, pixels_per_clock=1, folding_config_file="f.json")
    with pytest.raises(FlowError, match=r"node conv2_mvau takes at least .*lower pixels_per_clock"):
        run_steps(Build.load(path))
