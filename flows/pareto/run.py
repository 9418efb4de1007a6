"""``pareto``: the fronts of some networks for one board, as JSON, table and picture."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows.build.build import Build
from flows.build.config import BuildConfig
from flows.errors import FlowError
from flows.files import write_text
from flows.pareto.plot import draw
from flows.pareto.points import Point, Refused, estimated, front, measured
from hw.tools.yosys import find_yosys


def pareto(
    builds: Sequence[Build], folder: Path, is_measured: bool, jobs: int | None = None
) -> dict[str, Any]:
    """Write pareto.json and pareto.png into folder and print a table in Markdown; returns the JSON.

    builds: one a network, all of one board and clock; what they say of a target does not matter.
    is_measured: also build and synthesize every point of the front. jobs: operators at a time that
    yosys synthesizes (default 1); FlowError where nothing is measured.
    """
    if jobs is not None and (not is_measured or jobs < 1):
        expected = "1 or more" if is_measured else "it with --measured (MEASURED=1) alone"
        raise FlowError(f"pareto: --jobs {jobs}: expected {expected}")
    configs = [build.config for build in builds]
    first = configs[0]
    for config in configs[1:]:
        if (config.board, config.clock_ns) != (first.board, first.clock_ns):
            raise FlowError(f"pareto: {config.top} is for another board or clock than {first.top}")
    if len({config.top for config in configs}) < len(configs):
        raise FlowError("pareto: two networks have one name; set `name` in their configurations")
    if is_measured:
        find_yosys()
    folder.mkdir(parents=True, exist_ok=True)
    points: list[Point] = []
    refused: list[Refused] = []
    for build in builds:
        for found in estimated(build, folder / f"{build.top}-steps"):
            if isinstance(found, Point):
                points.append(found)
                print(_progress(found), flush=True)
            else:
                refused.append(found)
                print(f"{found.network}, {found.pixels_per_clock} pixels a clock: {found.why}")
        _keep(points, refused, first, folder)
    if is_measured:
        wanted = [p for c in configs for p in front([q for q in points if q.network == c.top])]
        by_name = {build.top: build for build in builds}
        for number, point in enumerate(wanted, 1):
            rate = point.pixels_per_clock
            print(f"[{number}/{len(wanted)}] {point.network}, {rate} pixels a clock", flush=True)
            points.append(measured(by_name[point.network], rate, folder, jobs or 1))
            _keep(points, refused, first, folder)
    print("\n".join(table(points)))
    print(f"{folder / 'pareto.png'}, {folder / 'pareto.json'}")
    return _data(points, refused, first)


def table(points: Sequence[Point]) -> list[str]:
    """Lines of Markdown: a row a rate and network, figures by yosys beside those of the model."""
    lines = [
        "| network | pixels a clock | clocks a frame | frames/s | LUT, cost model | BRAM36 "
        "| LUT, yosys | BRAM36 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    tools = {(p.network, p.pixels_per_clock): p for p in points if p.source != "cost model"}
    for p in points:
        if p.source != "cost model":
            continue
        tool = tools.get((p.network, p.pixels_per_clock))
        last = f"{tool.lut:,} | {tool.bram36:g}" if tool else "|"
        lines.append(
            f"| {p.network} | {p.pixels_per_clock} | {(tool or p).clocks:,} | "
            f"{(tool or p).fps:.1f} | {p.lut:,} | {p.bram36:g} | {last} |"
        )
    return lines


def _data(
    points: Sequence[Point], refused: Sequence[Refused], config: BuildConfig
) -> dict[str, Any]:
    """The content of pareto.json."""
    return {
        "board": config.board,
        "clock_ns": config.clock_ns,
        "points": [point.as_dict() for point in points],
        "refused": [vars(entry) for entry in refused],
    }


def _progress(point: Point) -> str:
    return (
        f"{point.network}, {point.pixels_per_clock} pixels a clock: {point.fps:.1f} frames/s, "
        f"{point.lut} LUT, {point.bram36:g} BRAM36 (cost model)"
    )


def _keep(
    points: Sequence[Point], refused: Sequence[Refused], config: BuildConfig, folder: Path
) -> None:
    data = _data(points, refused, config)
    write_text(folder / "pareto.json", json.dumps(data, indent=2) + "\n")
    draw(points, config.device, config.clock_ns, folder / "pareto.png")
