"""Where a build's files lie: as FINN's users, and whoever keeps old builds, know it."""

from pathlib import Path

import pytest

from flows.build.build import Build
from flows.build.config import BuildConfig
from flows.build.names import ResultName, StepName

PLACES = {
    "state": "build_state.json",
    "log": "build.log",
    "times": "time_per_step.json",
    "counterparts": "intermediate_models/streamline.json",
    "folding": "final_hw_config.json",
    "rtl": "rtl",
    "design": "rtl/net.json",
    "page": "report/report.html",
    "frames": "frames.npy",
    "waves": "waves.fst",
    "hls_cpp": "hls/cpp",
    "vitis": "hls/vitis",
    "vivado": "vivado",
    "bitfile": "bitfile/net.bit",
    "handoff": "bitfile/net.hwh",
    "driver": "driver",
    "deploy": "deploy",
}


@pytest.fixture
def build() -> Build:
    return Build(BuildConfig(Path("net.onnx"), Path("out")))


@pytest.mark.parametrize(("name", "place"), PLACES.items())
def test_places(build: Build, name: str, place: str) -> None:
    assert getattr(build.paths, name) == Path("out") / place


def test_models_results_and_what_was_compared(build: Build) -> None:
    paths = build.paths
    assert paths.model(StepName.TO_HARDWARE) == Path("out/intermediate_models/to_hardware.onnx")
    assert paths.result(ResultName.RTLSIM) == Path("out/report/rtlsim_performance.json")
    folder = Path("out/verification_output")
    assert paths.verdict("rtlsim_0", True) == folder / "verify_rtlsim_0_SUCCESS.npy"
    assert paths.verdict("rtlsim_0", False) == folder / "verify_rtlsim_0_FAIL.npy"


def test_another_folder_is_another_build(build: Build) -> None:
    other = build.of(output_dir=Path("there"))
    assert (other.folder, build.folder) == (Path("there"), Path("out"))
    assert other.top == build.top == "net"
