"""``python -m flows.bench CONFIG [--sections A,B] [--json FILE] [--markdown FILE]``."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows.bench.rows import Options, Section, markdown, table
from flows.bench.sections import SECTIONS
from flows.build.build import Build
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.files import write_text
from hw.finn_settings import use_default_settings
from outside.answers import Answer, add_json, is_for_programs
from outside.arguments import Parser
from outside.command import run_command


def _parser() -> Parser:
    parser = Parser(prog="python -m flows.bench", description=__doc__)
    parser.add_argument("config", type=Path, metavar="CONFIG.yaml", help="build configuration")
    parser.add_argument(
        "--sections", metavar="A,B", help=f"of {', '.join(SECTIONS)} (default: all)"
    )
    add_json(parser, file=True)
    parser.add_argument("--frames", type=int, default=3, metavar="N", help="of our own executors")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="and as Markdown here")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="yosys runs at a time")
    parser.add_argument("--finn-hlslib", type=Path, metavar="DIR", help="a clone of finn-hlslib")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run sections; returns the exit status."""
    use_default_settings()
    return run_command(_parser(), _run, argv, subject=lambda arguments: arguments.config)


def _run(arguments: argparse.Namespace) -> Answer:
    build = Build.load(arguments.config)
    names = arguments.sections.split(",") if arguments.sections else list(SECTIONS)
    for name in names:
        if name not in SECTIONS:
            raise FlowError(f"unknown section {name}; sections: {', '.join(SECTIONS)}")
    if arguments.frames < 1:
        raise FlowError(f"--frames {arguments.frames}: expected at least 1")
    if arguments.jobs < 1:
        raise FlowError(f"--jobs {arguments.jobs}: expected 1 or more")
    _build_if_stale(build)
    work = build.paths.bench
    work.mkdir(exist_ok=True)
    options = Options(work, arguments.frames, arguments.finn_hlslib, arguments.jobs)
    settings = {**build.config.fingerprint(), "sources": build.sources()}
    place = None if is_for_programs(arguments) else arguments.json
    found = _earlier(place, settings)
    data: dict[str, Any] = {}
    for name in names:
        section = SECTIONS[name](build, options)
        print(table(section), flush=True)
        found[name] = section
        kept = [found[key] for key in SECTIONS if key in found]
        data = {
            "machine": _machine(),
            "config": arguments.config.name,
            "settings": settings,
            "sections": [each.to_json() for each in kept],
        }
        if place is not None:  # kept as soon as it is there: sections take hours
            write_text(place, json.dumps(data, indent=2) + "\n")
        if arguments.markdown is not None:
            write_text(arguments.markdown, "\n".join(markdown(each) for each in kept))
    return Answer(data)


def _earlier(path: Path | None, settings: dict[str, str]) -> dict[str, Section]:
    """Sections that earlier runs with these settings left in path; {} of any other file.

    settings: all that a build depends on: figures of two targets, networks or states of the sources
    are no one table.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8")) if path is not None else {}
        if data.get("settings") != settings:
            return {}
        return {entry["name"]: Section.from_json(entry) for entry in data["sections"]}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _build_if_stale(build: Build) -> None:
    """Sections compare with builds of their own, so that all have to be of the same sources."""
    if not build.is_current():
        run_steps(build)


def _machine() -> str:
    """Processor and number of cores."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    model = next((line.partition(":")[2].strip() for line in lines if "model name" in line), "")
    return f"{model or platform.processor() or platform.machine()}, {os.cpu_count()} cores"


if __name__ == "__main__":
    sys.exit(main())
