"""Section boards: the network on every board, at several rates.

Each board is folded for each rate: resources by the cost model, clocks by the timing model. Builds
beside the configuration's, of the same network and of these sources, put what was measured in the
place of that, and have rows of their own where their target is another one: LUTs by yosys (``make
synth``), clocks of the simulated RTL (``make rtlsim``), cells and clock of a routed design (``make
bitstream``).
"""

import dataclasses
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from qonnx.core.modelwrapper import ModelWrapper

from flows.bench.board_row import COLUMNS, BoardRow
from flows.bench.rows import Options, Section
from flows.build.build import Build
from flows.build.config import BuildConfig
from flows.build.names import ResultName, StepName
from flows.build.schemas import Estimate
from flows.build.steps.size_fifos import modelled
from flows.errors import FlowError
from flows.pareto.points import folded, prepared
from hw.boards import Board, board_names, load_board
from hw.errors import HardwareError

#: Targets that every board is folded for: frames a second, pixels a clock.
FRAMES_PER_SECOND = 60.0
PIXELS = (1, 2, 4)
#: Frames that the timing model runs.
_FRAMES = 3
#: Cells of a routed design that are LUTs, block RAMs of 18 Kbit, DSP slices.
_ROUTED = {
    "ecp5": ("TRELLIS_COMB", "DP16KD", "MULT18X18D"),
    "gw2a": ("LUT4", "BSRAM", "MULT18X18"),
}


def boards_section(build: Build, options: Options) -> Section:
    """A row for each board and rate up to the first that does not fit, and for each build."""
    boards = [load_board(name) for name in board_names()]
    rows = list(_estimates(build, boards, options.work / "boards-steps"))
    found = {(row.board, row.wanted): row for row in rows}
    for row in _built(build):
        found[(row.board, row.wanted)] = row
    names = [board.name for board in boards]
    ordered = sorted(found.values(), key=lambda row: names.index(row.board))
    facts = {
        "network": build.config.model.name,
        "frames/s and latency": "at the clock wanted; latency from the first beat in to the last "
        "out of the accelerator",
        "cost model": "estimates of LUT6, without the board's shell",
    }
    details = {"boards": [row.as_dict() for row in ordered]}
    cells = [row.cells() for row in ordered]
    return Section("boards", "Every board", [], facts, details, COLUMNS, cells)


# --- folded for this table --------------------------------------------------------------------


def _estimates(build: Build, boards: list[Board], folder: Path) -> Iterator[BoardRow]:
    """Rows by the models. Boards with the same resources and clock are folded once."""
    model = prepared(build, folder)
    known: dict[tuple[Any, ...], list[BoardRow]] = {}
    for board in boards:
        key = (board.family, board.lut, board.bram36, board.dsp, board.synth_clk_period_ns)
        if key not in known:
            print(f"boards: {board.name}", flush=True)
            known[key] = _folded_for(build, board, model)
        yield from (row.on(board) for row in known[key])


def _folded_for(build: Build, board: Board, model: ModelWrapper) -> list[BoardRow]:
    """A row a rate, the last perhaps of one that does not fit."""
    rows: list[BoardRow] = []
    targets: list[dict[str, float]] = [{"target_fps": FRAMES_PER_SECOND, "pixels_per_clock": 0.0}]
    targets += [{"target_fps": 0.0, "pixels_per_clock": float(pixels)} for pixels in PIXELS]
    for target in targets:
        at = build.of(
            board=board.name, synth_clk_period_ns=0.0, folding_config_file=None, dsp_limit=None,
            camera="", **target,
        )  # fmt: skip
        row = BoardRow.of(board, _wanted(at.config), _mhz(at), "")
        try:
            hardware, clocks, cost = folded(model, at)
            rows.append(
                dataclasses.replace(
                    row,
                    resources_by="cost model",
                    lut=round(cost.lut),
                    bram36=cost.bram36,
                    dsp=cost.dsp,
                    clocks=clocks,
                    latency=modelled(hardware, _FRAMES).latency,
                    clocks_by="timing model",
                )
            )
        except (FlowError, HardwareError) as error:
            rows.append(dataclasses.replace(row, resources_by=f"does not fit: {error}"))
            break
    return rows


def _wanted(config: BuildConfig) -> str:
    """The target in words."""
    if not config.pixels_per_clock:
        return f"{config.target_fps or 10.0:g} frames/s"
    rate = Fraction(config.pixels_per_clock).limit_denominator(16)
    return f"{rate} pixel{'s' if rate > 1 else ''} a clock"


def _mhz(build: Build) -> float:
    return 1e3 / build.config.clock_ns


# --- measured ---------------------------------------------------------------------------------


def _built(build: Build) -> Iterator[BoardRow]:
    """Rows of the builds beside this one, of its network, of these sources, by rule."""
    wanted = build.config.fingerprint()["model"].split()[-1]
    for path in sorted(build.folder.parent.glob("*.yaml")):
        try:
            other = Build.load(path)
            config = other.config
            if config.fingerprint()["model"].split()[-1] != wanted or not other.is_current():
                continue
        except FlowError:
            continue
        plain = config.folding_config_file is None and config.dsp_limit is None
        own_clock = config.clock_ns == config.device.synth_clk_period_ns
        if plain and own_clock and not config.camera and config.impl_style == "rtl":
            yield measured(other)


def measured(build: Build) -> BoardRow:
    """A row of a finished build: of each figure the most that a tool said."""
    row = BoardRow.of(build.device, _wanted(build.config), _mhz(build), "")
    return dataclasses.replace(row, **_resources(build), **_clock(build), **_clocks(build))


def _resources(build: Build) -> dict[str, Any]:
    routed = build.results.plain(ResultName.BITSTREAM)
    cells = _ROUTED.get(build.device.family, ())
    if routed and cells and all(name in routed["used"] for name in cells):
        lut, ram, dsp = (routed["used"][name] for name in cells)
        tools = _tool(routed)
        by = f"{tools}, with shell"
        found = {"lut": lut, "bram36": ram / 2, "dsp": dsp, "resources_by": by}
        return {**found, "lut_of": build.device.lut}
    synthesis = build.results.plain(ResultName.SYNTHESIS)
    if synthesis:
        is_whole = "(shell)" in synthesis
        found = synthesis["(top)" if is_whole else "(operators)"]
        return {
            "lut": found["LUT"],
            "bram36": found["BRAM_36K"] + found["BRAM_18K"] / 2,
            "dsp": found["DSP"],
            "resources_by": "yosys, with shell" if is_whole else "yosys",
        }
    total = build.results.read(ResultName.LAYER_RESOURCES, dict[str, Estimate])["total"]
    return {
        "lut": round(total.LUT),
        "bram36": total.BRAM_18K / 2,
        "dsp": total.DSP,
        "resources_by": "cost model",
    }


def _clock(build: Build) -> dict[str, Any]:
    routed = build.results.plain(ResultName.BITSTREAM)
    if not routed or routed["fmax_mhz"] is None:
        return {}
    return {"mhz": round(routed["fmax_mhz"], 1), "mhz_by": _tool(routed)}


def _tool(routed: dict[str, Any]) -> str:
    """The router's name and version."""
    named = [tool for tool in routed["tools"] if "nextpnr" in tool or "Vivado" in tool]
    return str((named or routed["tools"])[0])


def _clocks(build: Build) -> dict[str, Any]:
    run = build.results.plain(ResultName.RTLSIM)
    if run and not run["mismatches"] and not run.get("stalls") and run["clocks_per_frame"]:
        clocks, latency = run["clocks_per_frame"], run["latency_clocks"]
        return {"clocks": clocks, "latency": latency, "clocks_by": "simulated RTL"}
    found = modelled(build.model(StepName.GENERATE_RTL), _FRAMES)
    return {"clocks": found.interval, "latency": found.latency, "clocks_by": "timing model"}
