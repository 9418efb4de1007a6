"""``python -m flows.bench CONFIG [--sections A,B] [--json FILE] [--finn-hlslib DIR]``."""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from flows.bench.rows import Options, table
from flows.bench.sections import SECTIONS
from flows.build import build, load_step
from flows.config import BuildConfig, load_config
from flows.errors import FlowError
from flows.files import write_text
from hw.errors import HardwareError


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m flows.bench", description=__doc__)
    parser.add_argument("config", type=Path, metavar="CONFIG.yaml", help="build configuration")
    parser.add_argument(
        "--sections", metavar="A,B", help=f"of {', '.join(SECTIONS)} (default: all)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures here")
    parser.add_argument("--frames", type=int, default=3, metavar="N", help="of our own executors")
    parser.add_argument("--finn-hlslib", type=Path, metavar="DIR", help="a clone of finn-hlslib")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run sections; returns the exit status."""
    arguments = _parser().parse_args(argv)
    os.environ.setdefault("FINN_SETTINGS", str(Path(tempfile.gettempdir()) / "finn-settings.yaml"))
    try:
        _run(arguments)
    except (FlowError, HardwareError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _run(arguments: argparse.Namespace) -> None:
    config = load_config(arguments.config)
    names = arguments.sections.split(",") if arguments.sections else list(SECTIONS)
    for name in names:
        if name not in SECTIONS:
            raise FlowError(f"unknown section {name}; sections: {', '.join(SECTIONS)}")
    if arguments.frames < 1:
        raise FlowError(f"--frames {arguments.frames}: expected at least 1")
    _build_if_missing(config)
    work = config.output_dir / "bench"
    work.mkdir(exist_ok=True)
    options = Options(work, arguments.frames, arguments.finn_hlslib)
    found = []
    for name in names:
        section = SECTIONS[name](config, options)
        print(table(section), flush=True)
        found.append(section.to_json())
        if arguments.json is not None:
            data = {"machine": _machine(), "config": arguments.config.name, "sections": found}
            write_text(arguments.json, json.dumps(data, indent=2) + "\n")


def _build_if_missing(config: BuildConfig) -> None:
    try:
        load_step(config, "generate_rtl")
    except FlowError:
        build(config)


def _machine() -> str:
    """Processor and number of cores."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    model = next((line.partition(":")[2].strip() for line in lines if "model name" in line), "")
    return f"{model or platform.processor() or platform.machine()}, {os.cpu_count()} cores"


if __name__ == "__main__":
    sys.exit(main())
