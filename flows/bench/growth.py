"""Section growth: how clocks, build and memory grow with the image.

The network is built at one pixel a clock for each size, in a process of its own. Clocks are the
timing model's; the smaller sizes run through the simulated RTL too, which has to agree.
"""

from math import log
from pathlib import Path
from typing import Any

import numpy as np

from flows.bench.building import write_config
from flows.bench.our_figures import clocks
from flows.bench.rows import Options, Row, Section, with_ratios
from flows.bench.subprocesses import run_subprocess
from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.build.schemas import Estimate, FrameIntervals
from flows.errors import FlowError
from flows.files import write_npy

SIZES = (64, 128, 256, 512, 1024)
#: Up to this size the RTL is simulated.
SIMULATED = 128
#: Growth is called linear in pixels up to this exponent: a fit over few points is no proof.
LINEAR = 1.05


def growth_section(build: Build, options: Options, sizes: tuple[int, ...] = SIZES) -> Section:
    """Rows for each figure and size; ratio to the smallest size's."""
    streamlined = build.model(StepName.STREAMLINE)
    network = streamlined.get_metadata_prop("network")
    if not network:
        raise FlowError(f"{build.config.model}: section growth needs a network of the zoo")
    found = {size: _one(build, options, network, size) for size in sizes}
    rows: list[Row] = []
    exponents = {}
    for figure, unit in (
        ("clocks", "clocks/frame"),
        ("build", "s of CPU"),
        ("peak memory of the build", "MiB"),
        ("BRAM36, the cost model's estimates", "BRAM36"),
        ("LUT, the cost model's estimates", "LUT"),
    ):
        mine = [
            Row(
                f"{figure}, {size} x {size}", found[size][figure], unit, found[size].get("note", "")
            )
            if figure == "clocks"
            else Row(f"{figure}, {size} x {size}", found[size][figure], unit)
            for size in sizes
        ]
        rows += with_ratios(mine, mine[0].what)
        exponents[figure] = _exponent(mine[-2:], sizes[-2:])
    facts = {
        "target": f"one pixel a clock, {build.device.part}; weights of seed 1",
        "growth over the last two sizes": "; ".join(
            f"{figure}: pixels^{power:.2f}{' (worse than linear)' if power > LINEAR else ''}"
            for figure, power in exponents.items()
        ),
    }
    return Section("growth", "Growth with the image", rows, facts, {"exponents": exponents})


def _exponent(rows: list[Row], sizes: tuple[int, ...]) -> float:
    """p where the figure goes as pixels^p between two sizes."""
    first, last = (float(row.value or 0) for row in rows)
    return log(last / first) / (2 * log(sizes[1] / sizes[0])) if first > 0 < last else 0.0


def _one(build: Build, options: Options, network: str, size: int) -> dict[str, Any]:
    """Export, build and look at one size."""
    folder = options.work / f"growth-{size}"
    folder.mkdir(exist_ok=True)
    model, built = folder / "network.onnx", folder / "build"
    print(f"growth: {size} x {size}", flush=True)
    arguments = ["--model", network, "--seed", "1", "--size", str(size), "--out", str(model)]
    run_subprocess(["model.export", *arguments], folder / "export.log")
    other = build.of(
        model=model.resolve(),
        output_dir=built.resolve(),
        target_fps=0.0,
        pixels_per_clock=1.0,
        folding_config_file=None,
        input_scale=None,
    )
    path = write_config(other.config, built, folder / "build.yaml")
    child = run_subprocess(["flows", "build", str(path)], folder / "build.log")
    estimates = other.results.read(ResultName.LAYER_RESOURCES, dict[str, Estimate])["total"]
    result: dict[str, Any] = {
        "clocks": clocks(other),
        "build": child.cpu_seconds,
        "peak memory of the build": child.peak_mib,
        "BRAM36, the cost model's estimates": estimates.BRAM_18K / 2,
        "LUT, the cost model's estimates": estimates.LUT,
        "note": "timing model",
    }
    if size <= SIMULATED:
        result["note"] = _simulated(path, other, folder, result["clocks"], size)
    return result


def _simulated(path: Path, build: Build, folder: Path, expected: int, size: int) -> str:
    """The simulated RTL's clocks, in words; FlowError where they are not the timing model's."""
    frames = np.random.default_rng(1).integers(0, 256, (4, size, size, 3), dtype=np.uint8)
    write_npy(folder / "frames.npy", frames)
    arguments = ["flows", "rtlsim", str(path), "--input", str(folder / "frames.npy")]
    run_subprocess(arguments, folder / "rtlsim.log")
    # the last interval: while the network fills, one may be longer
    found = build.results.read(ResultName.RTLSIM, FrameIntervals).frame_intervals_clocks[-1]
    if found != expected:
        raise FlowError(f"{path}: simulated RTL takes {found} clocks, the timing model {expected}")
    return "timing model and simulated RTL, bit-exact"
