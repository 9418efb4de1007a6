"""Section build: seconds of each step of a build, and the memory of the whole."""

import json
from pathlib import Path

import yaml

from flows.bench.rows import Options, Row, Section
from flows.bench.subprocesses import run_subprocess
from flows.build.build import Build
from flows.build.config import BuildConfig
from flows.build.names import StepName


def build_section(build: Build, options: Options) -> Section:
    """The configuration built anew, in a process and a folder of its own."""
    path = write_config(build.config, options.work / "build", options.work / "build.yaml")
    print("build: anew", flush=True)
    child = run_subprocess(["flows", "build", str(path)], options.work / "build.log")
    made = Build.load(path)
    times = json.loads(made.paths.times.read_text(encoding="utf-8"))
    rows = [Row(name, times[name], "s") for name in StepName]
    rows.append(Row("all steps", sum(times.values()), "s"))
    rows.append(
        Row("the process", child.seconds, "s", f"{child.cpu_seconds:.1f} s of CPU; with imports")
    )
    rows.append(Row("its peak memory", child.peak_mib, "MiB", "resident, without the compiler's"))
    facts = {
        "network": build.config.model.name,
        "seconds": "elapsed: other load on the machine counts",
    }
    return Section("build", "Build times of each step", rows, facts)


def write_config(config: BuildConfig, folder: Path, path: Path) -> Path:
    """The configuration as a file, with another build folder."""
    keys = {"model": str(config.model), "output_dir": str(folder.resolve()), "name": config.name}
    keys |= {"board": config.board, "impl_style": config.impl_style}
    data: dict[str, object] = {**keys, "auto_fifo_depths": config.auto_fifo_depths}
    for key in ("synth_clk_period_ns", "target_fps", "pixels_per_clock"):
        if value := getattr(config, key):
            data[key] = value
    if config.input_scale is not None:
        data["input_scale"] = config.input_scale
    if config.input_type is not None:
        data["input_type"] = config.input_type
    if config.folding_config_file is not None:
        data["folding_config_file"] = str(config.folding_config_file)
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path
