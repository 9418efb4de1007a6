"""The record of the gallery, from what ``python -m flows.gallery`` writes below ``build``."""

from pathlib import Path
from typing import Any

from flows.figures.records import Cell, Table
from flows.files import READER
from flows.gallery.plan import BOARD

Found = tuple[dict[str, int | float | str], dict[str, Table]]

NOT_RUN, REFUSED = "not run", "no, see below"
_NAMES = {"finn": "FINN's passes", "finn_synth": "FINN's RTL by yosys", "rtlsim": "RTL simulation",
          "cppsim": "HLS C++", "synth": "yosys",
          "pixel": "one pixel a clock"}  # fmt: skip


def gallery(build: Path) -> Found:
    """Five tables: what is equal to what, figures beside FINN's, clocks at one pixel a clock, what
    failed, and the state of the sources that each stage ran on."""
    path = build / "gallery" / "gallery.json"
    hint = "python -m flows.gallery writes it"
    networks: list[dict[str, Any]] = READER.json(path, dict[str, Any], hint)["networks"]
    heads = ["network", "as defined by", "input", "equal to its file", "equal to Brevitas"]
    heads += ["RTL equal to the emulator", "C++ equal to the emulator"]
    exact = Table(columns=heads, rows=[_exact(one) for one in networks])
    heads = ["network", "frames/s asked", "clocks, RTL", "timing model", "FINN's estimate"]
    heads += ["LUT", "BRAM36", "DSP", "LUT, without pools and FIFOs", "FINN's LUT"]
    heads += ["BRAM36, the same", "FINN's BRAM36", "FINN's DSP"]
    figures = Table(columns=heads, rows=[_figures(one) for one in networks])
    failed: list[list[Cell]] = [
        [f"`{one['name']}`", _NAMES.get(stage, stage), found["reason"].replace("|", "/")]
        for one in networks
        for stage, found in one["stages"].items()
        if not found["ok"] and not found.get("skipped")
    ]
    return _values(networks), {
        "exact": exact,
        "figures": figures,
        "pixel": _pixel(networks),
        "failed": Table(columns=["network", "stage", "reason"], rows=failed),
        "states": Table(
            columns=["network", "date", "commit: stages"],
            rows=[row for one in networks for row in _states(one)],
        ),
    }


def _pixel(networks: list[dict[str, Any]]) -> Table:
    """Rows of those networks alone for which one pixel a clock means something."""
    heads = ["network", "pixels", "clocks at one pixel a clock, timing model", "clocks a pixel"]
    rows: list[list[Cell]] = []
    for one in networks:
        found = one["stages"].get("pixel", {})
        if found.get("ok") and not found.get("skipped"):
            clocks, pixels = found["clocks"], found["pixels"]
            rows.append([f"`{one['name']}`", pixels, clocks, round(clocks / pixels, 3)])
    return Table(columns=heads, rows=rows)


def _states(one: dict[str, Any]) -> list[list[Cell]]:
    """A row for each date; what ran on which commit, in the order of the stages."""
    by_state: dict[tuple[str, str], list[str]] = {}
    for stage, found in one["stages"].items():
        by_state.setdefault((found["date"], found["commit"]), []).append(stage)
    dates: dict[str, list[str]] = {}
    for (date, commit), stages in by_state.items():
        dates.setdefault(date, []).append(f"`{commit or 'no git'}`: {', '.join(stages)}")
    return [[f"`{one['name']}`", date, "; ".join(parts)] for date, parts in dates.items()]


def _values(networks: list[dict[str, Any]]) -> dict[str, int | float | str]:
    def count(stage: str) -> int:
        return sum(bool(one["stages"].get(stage, {}).get("ok")) for one in networks)

    equal = [one["stages"].get("emulate", {}) for one in networks]
    return {
        "networks": len(networks),
        "mapped": count("map"),
        "equal-to-the-file": count("verify"),
        "equal-to-brevitas": sum(e.get("outputs_that_differ") == 0 for e in equal),
        "built": count("build"),
        "simulated": count("rtlsim"),
        "synthesized": count("synth"),
        "mapped-by-finn": count("finn"),
        "synthesized-of-finn": count("finn_synth"),
    }


def _exact(one: dict[str, Any]) -> list[Cell]:
    stages = one["stages"]
    shape = " x ".join(str(size) for size in one["shape"])
    if stages.get("map", {}).get("ok", True):
        imported = _cell(stages, "verify", _compared)
    else:
        imported = REFUSED
    return [
        *(f"`{one['name']}`", one["source"], shape, imported),
        _cell(stages, "emulate", _outputs),
        _cell(stages, "rtlsim", _simulated),
        _cell(stages, "cppsim", lambda found: f"yes, {found['frames']} inputs"),
    ]


def _compared(found: dict[str, Any]) -> str:
    return f"yes: {found['boundaries']} tensors, {found['thresholds']:,} thresholds"


def _outputs(found: dict[str, Any]) -> str:
    wrong, outputs = found["outputs_that_differ"], found["outputs"]
    if wrong:
        return f"{wrong:,} of {outputs:,} outputs differ"
    return f"yes: {outputs:,} outputs"


def _simulated(found: dict[str, Any]) -> str:
    text = f"yes: {found['boundaries']} tensors, {found['frames']} inputs"
    if found["until"]:
        text += f"; the first {found['layers']} layers, to `{found['until']}`"
    return text


def _figures(one: dict[str, Any]) -> list[Cell]:
    stages = one["stages"]
    clocks = _cell(stages, "rtlsim", _rtl_clocks)
    modelled = _cell(stages, "build", lambda found: f"{found['modelled_clocks']:,}")
    row: list[Cell] = [f"`{one['name']}`", _asked(one), clocks, modelled]
    row.append(_cell(stages, "finn", _finn_clocks))
    whole = [
        _cell(stages, "synth", lambda found, n=name: _figure(found["whole"], n))
        for name in ("LUT", "BRAM36", "DSP")
    ]
    pairs = [
        cell
        for name in ("LUT", "BRAM36")
        for cell in (
            _cell(stages, "synth", lambda found, n=name: _figure(found["like_finn"], n)),
            _cell(stages, "finn_synth", lambda found, n=name: _finn_figure(found, n)),
        )
    ]
    dsp = _cell(stages, "finn_synth", lambda found: _figure(found["resources"], "DSP"))
    return [*row, *whole, *pairs, dsp]


def _asked(one: dict[str, Any]) -> str:
    """Frames a second, and the board where it is not that of most (flows/gallery/plan.py)."""
    board = one.get("board", BOARD)
    return f"{one['target_fps']:,g}" + ("" if board == BOARD else f" ({board})")


def _rtl_clocks(found: dict[str, Any]) -> str:
    text = f"{found['clocks']:,}"
    if found["until"]:
        text += f" (of those layers; timing model of them: {found['modelled_clocks']:,})"
    return text


def _finn_clocks(found: dict[str, Any]) -> str:
    missed = " (misses the target)" if found["clocks"] > found["target"] else ""
    return f"{found['clocks']:,}{missed}"


def _finn_figure(found: dict[str, Any], name: str) -> str:
    """A sum of FINN's nodes; beside LUT how many of which kind are not in it."""
    text = _figure(found["resources"], name)
    if name == "LUT" and found["left_out"]:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(found["left_out"].items()))
        text += f", without {kinds}"
    return text


def _figure(resources: dict[str, Any], name: str) -> str:
    """An RAMB18 is half of a BRAM36."""
    if name == "BRAM36":
        return f"{resources['BRAM_36K'] + resources['BRAM_18K'] / 2:,g}"
    return f"{resources[name]:,}"


def _cell(stages: dict[str, Any], stage: str, said: Any) -> str:
    """The words for what a stage found; that it failed, or has not run."""
    found = stages.get(stage)
    if found is None:
        return NOT_RUN
    if found.get("skipped"):
        return str(found["skipped"])
    return str(said(found)) if found["ok"] else REFUSED
