"""Running yosys on the operators of the kept runs whose result is missing or of other sources."""

import time
from pathlib import Path
from threading import Lock

from hw.errors import HardwareError
from hw.stitch import stitch
from hw.synth.cost.operators import model_of
from hw.synth.cost.runs import RUNS, Run, read_runs, write_runs
from hw.synth.cost.sampling import Drawn
from hw.synth.operator import Unit, read_unit, script, synthesize
from hw.tools.parallel import in_parallel
from hw.tools.yosys import find_yosys

#: yosys' name of the family that the cost models are of.
FAMILY = "xc7"


def operator_unit(operator: Drawn, folder: Path) -> Unit:
    """The unit of an operator for yosys; folder is filled with its RTL."""
    model = model_of(operator)
    name = f"{operator.kind}_{operator.ident}"
    model.graph.node[0].name = name
    design = stitch([model], folder, f"{name}_top")
    sources = [source for source in design.sources if source != f"{design.top}.sv"]
    return read_unit(name, folder, sources)


def measure(
    work: Path,
    jobs: int = 1,
    path: Path = RUNS,
    most: int | None = None,
    missing: bool = False,
) -> int:
    """Run what is missing or stale, each result kept at once; returns how many have run.

    work: folder for yosys. most: runs at this time (None: all). missing: only what has never run.
    What a run was made of (RTL, parameters, memories, commands, yosys) is in its key, so a stopped
    measurement goes on where it was, and a changed RTL is run again.
    Raises HardwareError where yosys is missing or fails.
    """
    if jobs < 1:
        raise HardwareError(f"--jobs {jobs}: expected 1 or more")
    yosys, runs = find_yosys(), read_runs(path)
    wanted = [i for i, run in enumerate(runs) if not (missing and run.key)]
    units = {
        i: operator_unit(runs[i].operator, work / runs[i].operator.ident / "rtl") for i in wanted
    }
    keys = {i: unit.key(script(unit, FAMILY), yosys.version) for i, unit in units.items()}
    stale = [i for i in wanted if runs[i].key != keys[i]]
    todo = stale[:most]
    print(
        f"{len(runs)} operators, {len(stale)} without a current result, {len(todo)} to run "
        f"({yosys.version.partition(' (')[0]})"
    )
    done, began, writing = 0, time.monotonic(), Lock()

    def one(index: int) -> None:
        nonlocal done
        ident = runs[index].operator.ident
        found, seconds = synthesize(
            units[index], FAMILY, yosys, work / ident / "yosys", work / "cache"
        )
        with writing:  # one file for all jobs
            runs[index] = runs[index].with_result(keys[index], yosys.version, found)
            write_runs(runs, path)
            done += 1
        left = (time.monotonic() - began) / done * (len(todo) - done)
        print(
            f"[{done}/{len(todo)}] {_text(runs[index])}: {seconds:.1f} s, {found.LUT} LUT, "
            f"{found.FF} FF, {found.bram36:g} BRAM36; some {left / 60:.0f} minutes left",
            flush=True,
        )

    list(in_parallel(one, todo, jobs))
    return len(todo)


def _text(run: Run) -> str:
    attrs = run.operator.attrs
    lanes = ", ".join(f"{name} {attrs[name]}" for name in ("SIMD", "PE") if name in attrs)
    return f"{run.operator.kind} {lanes}".strip()
