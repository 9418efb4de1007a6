"""Figures of the records, taken from the files that the commands write below ``build``.

Each function returns the named values and the named tables of one record. Values are rounded here,
as pages show them.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flows.errors import FlowError
from flows.figures.records import Cell, Table
from flows.files import READER
from hw.boards import load_board

Found = tuple[dict[str, int | float | str], dict[str, Table]]

MHZ = 100
"""Clock of the builds, synth_clk_period_ns: 10."""
PART = load_board("Pynq-Z2")
OTHER_BOARDS = (
    ("ZCU104", "2", "figures-zcu104"),
    ("Zybo-Z7-10", "1", "figures-zybo-1"),
    ("Zybo-Z7-10", "1/2", "figures-zybo-2"),
)
"""Board, pixels a clock, folder of the build, of boards other than the Pynq-Z2."""
KINDS = {
    "pad": "`stream_pad`",
    "window": "`sliding_window`",
    "mvau": "`mvau`",
    "pool": "`max_pool`",
    "dwc": "`stream_width_converter`",
    "fifo": "`stream_fifo`",
}
"""Modules by the end of their nodes' names; other nodes go by that end itself."""


def _json(path: Path) -> dict[str, Any]:
    return READER.json(path, dict[str, Any], "the record's commands write it")


def _bram36(entry: dict[str, Any]) -> float:
    """An RAMB18 is half of one."""
    return float(entry["BRAM_36K"] + entry["BRAM_18K"] / 2)


def _share(used: float, available: int) -> float:
    """Percent of the part, one decimal."""
    return round(100 * used / available, 1)


def _rtlsim(folder: Path) -> dict[str, Any]:
    """rtlsim_performance.json of a run in which every integer was equal."""
    found = _json(folder / "report" / "rtlsim_performance.json")
    if found["mismatches"]:
        raise FlowError(f"{folder}: rtlsim found {found['mismatches']} mismatches")
    return found


def _synth(folder: Path) -> dict[str, Any]:
    return _json(folder / "report" / "post_synth_resources.json")


def _added(resources: dict[str, Any]) -> dict[str, Any]:
    """The sum of the operators."""
    found: dict[str, Any] = resources["(operators)"]
    return found


def _short(number: float) -> int | float:
    """A whole number without its point."""
    return int(number) if number.is_integer() else number


def _run_values(folder: Path, tag: str) -> dict[str, int | float | str]:
    """Clocks, latency and resources of one build; names begin with the tag."""
    run, added = _rtlsim(folder), _added(_synth(folder))
    clocks, bram = run["clocks_per_frame"], _bram36(added)
    weights = _json(folder / "report" / "memories.json")["total"]["weights"]
    return {
        f"{tag}-clocks": clocks,
        f"{tag}-fps": round(MHZ * 1e6 / clocks, 1),
        f"{tag}-per-pixel": round(clocks / run["pixels_per_frame"], 4),
        f"{tag}-latency": run["latency_clocks"],
        f"{tag}-latency-bound": run["latency_bound"]["latency_clocks"],
        f"{tag}-first": run["first_output_clocks"],
        f"{tag}-first-bound": run["latency_bound"]["first_output_clocks"],
        f"{tag}-lut": added["LUT"],
        f"{tag}-lut-share": _share(added["LUT"], PART.lut),
        f"{tag}-ff": added["FF"],
        f"{tag}-bram36": _short(bram),
        f"{tag}-bram36-share": _share(bram, PART.bram36),
        f"{tag}-dsp": added["DSP"],
        f"{tag}-weight-bits": weights["stored_bits"],
    }


def _whole_values(folder: Path, tag: str) -> dict[str, int | float | str]:
    """Resources of the accelerator with its board's shell as one design, and of the shell alone."""
    resources = _synth(folder)
    if "(shell)" not in resources:
        raise FlowError(
            f"{folder}: synth made no whole with a shell; expected (shell) in its report"
        )
    top, bram = resources["(top)"], _bram36(resources["(top)"])
    return {
        f"{tag}-shell-lut": resources["(shell)"]["LUT"],
        f"{tag}-whole-lut": top["LUT"],
        f"{tag}-whole-lut-share": _share(top["LUT"], PART.lut),
        f"{tag}-whole-ff": top["FF"],
        f"{tag}-whole-bram36": _short(bram),
        f"{tag}-whole-bram36-share": _share(bram, PART.bram36),
    }


def hardware(build: Path) -> Found:
    """The two foldings of DupNet-Tinier-YOLO: by 60 frames/s, and by one pixel a clock."""
    slow, fast = build / "figures-60-fps", build / "figures-1-pixel"
    values = {**_run_values(slow, "fps60"), **_run_values(fast, "pixel")}
    values |= {**_whole_values(slow, "fps60"), **_whole_values(fast, "pixel")}
    titles = {
        "fps": "frames/s at 100 MHz",
        "clocks": "clocks a frame",
        "per-pixel": "clocks a pixel",
        "first": "clocks to the first output",
        "first-bound": "what line buffers and folding make of it at least",
        "latency": "latency: clocks to the last output",
        "latency-bound": "what line buffers and folding make of it at least",
        "lut": "LUT, sum of the operators",
        "shell-lut": "LUT of the board's shell alone",
        "whole-lut": f"LUT, both as one design (of {PART.lut:,})",
        "whole-lut-share": "LUT, both, % of the part",
        "ff": "FF, sum of the operators",
        "whole-ff": "FF, both as one design",
        "bram36": "BRAM36, an RAMB18 being half, sum of the operators",
        "whole-bram36": f"BRAM36, both as one design (of {PART.bram36:,})",
        "whole-bram36-share": "BRAM36, both, % of the part",
        "dsp": "DSP",
        "weight-bits": "weight memories, bits",
    }
    heads = ["", "60 frames/s wanted", "one pixel a clock"]
    rows: list[list[Cell]] = [
        [title, values[f"fps60-{key}"], values[f"pixel-{key}"]] for key, title in titles.items()
    ]
    tables = {
        "foldings": Table(columns=heads, rows=rows),
        "operators": Table(columns=heads, rows=_operators(_synth(slow), _synth(fast))),
    }
    return values, tables


def whole(build: Path) -> Found:
    """The folding for 60 frames/s with its board's shell as one design, and the shell alone."""
    found = _json(build / "whole.json")
    heads = ["", "LUT", "FF", "BRAM36", "LUT, % of the part", "BRAM36, % of the part"]
    rows: list[list[Cell]] = []
    values: dict[str, int | float | str] = {}
    for title, key in (("the shell alone", "shell"), ("accelerator and shell", "top")):
        one, bram = found[key], _bram36(found[key])
        values = {"fps60-lut": one["LUT"], "fps60-ff": one["FF"], "fps60-bram36": _short(bram)}
        values["fps60-lut-share"] = _share(one["LUT"], PART.lut)
        values["fps60-bram36-share"] = _share(bram, PART.bram36)
        rows.append([title, *values.values()])
    return values, {"parts": Table(columns=heads, rows=rows)}


def _operators(slow: dict[str, Any], fast: dict[str, Any]) -> list[list[Cell]]:
    """LUT and LC of every matrix-vector unit, and of all else together."""
    names = [name for name in fast if name.endswith("_mvau")]

    def text(lut: int, lc: int) -> str:
        return f"{lut:,} ({lc:,})"

    rows: list[list[Cell]] = [
        [f"`{name}`", *(text(one[name]["LUT"], one[name]["LC"]) for one in (slow, fast))]
        for name in names
    ]
    rest = [
        text(*(_added(one)[key] - sum(one[name][key] for name in names) for key in ("LUT", "LC")))
        for one in (slow, fast)
    ]
    return [*rows, ["all other operators", *rest]]


def cost(build: Path) -> Found:
    """Size and complexity beside the paper's (``make cost``)."""
    found = _json(build / "cost.json")
    names = ("ifq-tinier-yolo", "dupnet-tinier-yolo", "dupnet-l-pact", "tiny-yolo")
    ifq, dupnet, large, full = (found[name] for name in names)

    def smaller(one: dict[str, Any]) -> str:
        return f"{ifq['model_size_kb'] / one['model_size_kb']:.1f} x smaller"

    def less(one: dict[str, Any]) -> str:
        return f"{100 * (1 - one['complexity_gflops'] / ifq['complexity_gflops']):.1f} % less"

    def times(key: str) -> str:
        return f"{full[key] / dupnet[key]:,.1f} x DupNet's"

    def size(one: dict[str, Any]) -> str:
        return f"{one['model_size_kb']:,.1f} KB"

    rows: list[list[Cell]] = [
        [
            "IFQ-Tinier-YOLO",
            *(size(ifq), "240.9 KB"),
            *(f"{ifq['complexity_gflops']:.4f} GFLOPs", "0.1079 GFLOPs"),
        ],
        [
            "DupNet-Tinier-YOLO",
            *(f"{size(dupnet)} ({smaller(dupnet)})", "36.9 KB (6.5 x)"),
            *(less(dupnet), "42.0 % less"),
        ],
        ["DupNet-L + PACT (our choice of D)", size(large), "not known", less(large), "not known"],
        [
            "Tiny-YOLO, full precision",
            *(times("model_size_kb"), "1,694.2 x"),
            *(times("complexity_gflops"), "389.9 x"),
        ],
    ]
    heads = ["network", "model size", "paper", "complexity", "paper"]
    return {}, {"networks": Table(columns=heads, rows=rows)}


def cost_model(build: Path) -> Found:
    """Errors of the fitted cost model, which stand beside its coefficients."""
    data = build.parent / "hw" / "synth" / "cost" / "data" / "coefficients.json"
    found = _json(data)
    by_kind: dict[str, dict[str, Any]] = {}
    for error in found["errors"]:
        by_kind.setdefault(error["kind"], {})[error["figure"]] = error

    def percent(error: dict[str, Any], key: str) -> str:
        held = f" ({100 * error[f'held_{key}']:.1f} %)" if error["held_out"] else ""
        return f"{100 * error[key]:.1f} %{held}"

    rows: list[list[Cell]] = []
    for kind, figures in by_kind.items():
        lut, ff = figures["LUT"], figures["FF"]
        cells = [percent(one, key) for one in (lut, ff) for key in ("median", "worst")]
        rows.append([kind, f"{lut['runs']} ({lut['held_out']})", *cells])
    heads = ["operator", "runs (held out)"]
    heads += ["LUT, median", "LUT, worst", "FF, median", "FF, worst"]
    return {"runs": found["runs"]}, {"errors": Table(columns=heads, rows=rows)}


def pareto(build: Path) -> Found:
    """Frames/s against LUTs (``make pareto``)."""
    points = _json(build / "pareto-Pynq-Z2" / "pareto.json")["points"]
    rows: list[list[Cell]] = [
        [*(p[key] for key in ("network", "pixels_per_clock", "clocks")), round(p["fps"], 1)]
        + [p[key] for key in ("lut", "bram36")]
        for p in points
        if p["source"] == "cost model"
    ]
    heads = ["network", "pixels a clock", "clocks a frame", "frames/s", "LUT", "BRAM36"]
    return {}, {"points": Table(columns=heads, rows=rows)}


def duplicates(build: Path) -> Found:
    """The same detector with and without duplication, at one pixel a clock."""
    ours = _run_values(build / "figures-1-pixel", "d")
    plain = _run_values(build / "figures-1-pixel-ifq", "d")
    titles = {
        "weight-bits": "weight memories, bits",
        "clocks": "clocks a frame",
        "first": "clocks to the first output",
        "latency": "latency, clocks",
        "lut": "LUT",
        "lut-share": "LUT, % of the part",
        "ff": "FF",
        "bram36": "BRAM36, an RAMB18 being half",
        "bram36-share": "BRAM36, % of the part",
        "dsp": "DSP",
    }
    rows: list[list[Cell]] = []
    for key, title in titles.items():
        a, b = plain[f"d-{key}"], ours[f"d-{key}"]
        ratio = round(float(a) / float(b), 2) if float(b) else None
        rows.append([title, a, b, ratio])
    heads = ["", "IFQ-Tinier-YOLO", "DupNet-Tinier-YOLO", "ratio"]
    return {"ifq-weight-bits": plain["d-weight-bits"]}, {
        "networks": Table(columns=heads, rows=rows)
    }


def packed(build: Path) -> Found:
    """More than one pixel a clock, on a ZCU104."""
    rows: list[list[Cell]] = []
    for pixels in (2, 4):
        folder = build / f"figures-{pixels}-pixels"
        run, resources = _rtlsim(folder), _synth(folder)
        clocks = run["clocks_per_frame"]
        luts = [resources[name]["LUT"] for name in ("conv1_mvau", "pool1")]
        rows.append([pixels, clocks, round(clocks / run["pixels_per_frame"], 4), *luts])
    heads = ["pixels a clock", "clocks a frame", "clocks a pixel"]
    heads += ["`conv1_mvau`, LUT", "`pool1`, LUT"]
    return {}, {"rates": Table(columns=heads, rows=rows)}


def _section(build: Path, name: str) -> dict[str, Any]:
    """A section that ``make bench`` left; FlowError where there is none."""
    sections: list[dict[str, Any]] = _json(build / "bench.json")["sections"]
    found = next((one for one in sections if one["name"] == name), None)
    if found is None:
        raise FlowError(f"{build / 'bench.json'}: no section {name}")
    return found


def bench(section: str) -> Callable[[Path], Found]:
    """A section of ``make bench``, row by row."""

    def collect(build: Path) -> Found:
        found = _section(build, section)
        rows: list[list[Cell]] = []
        for row in found["rows"]:
            value = "not measured" if row["value"] is None else f"{row['value']:,.6g} {row['unit']}"
            ratio = None if row["ratio"] is None else f"{row['ratio']:.3g}"
            rows.append([row["what"], value, ratio, row["note"]])
        return {}, {"rows": Table(columns=["", "figure", "ratio", "note"], rows=rows)}

    return collect


def boards(build: Path) -> Found:
    """The same network on every board (``make bench SECTIONS=boards``)."""
    found = _section(build, "boards")
    return {}, {"boards": Table(columns=found["columns"], rows=found["cells"])}


def timing(build: Path) -> Found:
    """Of each kind of node, by the end of its name, the slowest on an ECP5.

    Those with block RAM are a kind of their own.
    """
    found = [
        _json(build / folder / "report" / "post_route_timing.json")
        for folder in ("figures-1-pixel", "figures-60-fps")
    ]
    kinds: dict[str, list[list[float]]] = {}
    slow: list[Cell] = []
    for column, report in enumerate(found):
        for name, operator in report["operators"].items():
            kind = name.rpartition("_")[2].rstrip("0123456789")
            kind = KINDS.get(kind, kind) + (" with block RAM" if operator["DP16KD"] else "")
            kinds.setdefault(kind, [[], []])[column].append(operator["fmax_mhz"])
        clocks = [operator["fmax_mhz"] for operator in report["operators"].values()]
        slow.append(f"{sum(mhz < report['wanted_mhz'] for mhz in clocks)} of {len(clocks)}")
    rows: list[list[Cell]] = [
        [kind, *(round(min(clocks), 1) if clocks else "none" for clocks in columns)]
        for kind, columns in sorted(kinds.items())
    ]
    rows.append([f"operators below {found[0]['wanted_mhz']:g} MHz", *slow])
    return {}, {"kinds": Table(columns=["kind", "one pixel a clock", "60 frames/s"], rows=rows)}


def constant_matrix(build: Path) -> Found:
    """The first layer's constant weights by several methods (``hw.synth.constant_methods``)."""
    tables = READER.json(build / "constant-methods.json", list[dict[str, Any]])
    (found,) = (table for table in tables if table["node"] == "conv1_mvau")
    rows: list[list[Cell]] = [
        [name, *figures.values()] for name, figures in found["methods"].items()
    ]
    heads = list(next(iter(found["methods"].values())))
    rows.append(["bit-planes, tables alone (counted)", found["table_luts"]])
    rows[-1] += [None] * (len(heads) - 1)
    return {}, {"methods": Table(columns=["method", *heads], rows=rows)}


def comparison(path: str) -> Callable[[Path], Found]:
    """A comparison of networks: the Markdown that it writes, as a table and its terms."""

    def collect(build: Path) -> Found:
        lines = READER.text(build / path).splitlines()
        cells = [
            [c.strip() for c in line.strip("|").split("|")] for line in lines if line[:1] == "|"
        ]
        if len(cells) < 3:
            raise FlowError(f"{build / path}: no table; make compare writes it")
        terms = [line[2:].split(": ", 1) for line in lines if line.startswith("- ")]
        rows: list[list[Cell]] = [[*row] for row in cells[2:]]
        said: list[list[Cell]] = [[one[0], one[1]] for one in terms if len(one) == 2]
        tables = {"networks": Table(columns=cells[0], rows=rows)}
        return {}, tables | {"terms": Table(columns=["", ""], rows=said)}

    return collect
