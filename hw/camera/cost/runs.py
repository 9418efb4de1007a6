"""The kept runs, ``data/runs.jsonl``: a module of some sizes a line, with what yosys made of it."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from hw.camera.cost.sizes import PARTS, SHELL, CameraSizes
from hw.errors import HardwareError
from hw.files import READER, write_text
from hw.synth.operator import script, synthesize
from hw.synth.resources import Resources
from hw.tools.yosys import find_yosys

DATA = Path(__file__).resolve().parent / "data"
RUNS = DATA / "runs.jsonl"
#: yosys' name of the family that the costs are of.
FAMILY = "xc7"
#: One set of sizes in so many is held out of the fit.
HELD_OUT = 5


@dataclass(frozen=True)
class Run:
    """A module of some sizes; number: of the sizes. key: of all that yosys was given. resources: {}
    before it has run.
    """

    number: int
    module: str
    sizes: CameraSizes
    key: str = ""
    tool: str = ""
    resources: Resources | None = None

    @property
    def is_held_out(self) -> bool:
        """Whether the fit does not see this run."""
        return self.number % HELD_OUT == HELD_OUT - 1

    def line(self) -> str:
        """One line of JSON."""
        data: dict[str, Any] = {"number": self.number, "module": self.module}
        data["sizes"] = asdict(self.sizes)
        if self.resources is not None:
            found = {name: n for name, n in self.resources.as_dict().items() if n}
            data |= {"key": self.key, "tool": self.tool, "resources": found}
        return json.dumps(data, sort_keys=True)


def drawn(count: int, seed: int = 1) -> list[CameraSizes]:
    """Sizes: those of the shipped network first, then others at random."""
    rng = np.random.default_rng(seed)
    found = [
        CameraSizes(2, 1920, 512, 16, 16, 5, out_bits=12),
        CameraSizes(4, 1920, 512, 16, 16, 5, out_bits=12),
        CameraSizes(2, 1920, 512, 16, 16, 5, out_bits=12, is_video=True),
    ]
    while len(found) < count:
        stride = int(rng.choice([8, 16, 32]))
        cells = int(rng.choice([4, 8, 13, 16, 20]))
        found.append(
            CameraSizes(
                int(rng.choice([2, 4])),
                int(rng.choice([320, 640, 1280, 1920, 4096])),
                stride * cells,
                cells,
                cells,
                int(rng.choice([1, 2, 3, 5, 9])),
                int(rng.choice([1, 3, 6, 12])),
                int(rng.choice([1, 2, 6])),
                int(rng.choice([8, 12, 16, 20])),
                bool(rng.random() < 0.7),
                stride,
                is_video=bool(rng.random() < 0.4),
            )
        )
    return found[:count]


def read_runs(path: Path = RUNS) -> list[Run]:
    """Runs of a file; HardwareError naming the line that is broken."""
    runs = []
    lines = READER.text(path, "`python -m hw.camera.cost measure`").splitlines()
    for number, line in enumerate(lines, 1):
        try:
            data = READER.parse(str(path), line, dict[str, Any], f"line {number} is no run")
            found = Resources(**data["resources"]) if "resources" in data else None
            sizes = CameraSizes(**data["sizes"])
            key, tool = data.get("key", ""), data.get("tool", "")
            runs.append(Run(data["number"], data["module"], sizes, key, tool, found))
        except HardwareError:
            raise
        except (ValueError, KeyError, TypeError) as error:
            raise HardwareError(f"{path}: line {number} is no run ({error!r})") from error
    return runs


def measure(count: int, work: Path, tell: Callable[[str], None], path: Path = RUNS) -> int:
    """Run yosys where a result is missing or of other sources, each kept at once; how many ran.

    count: sets of sizes. work: folder for yosys.
    """
    yosys = find_yosys()
    before = {(run.number, run.module): run for run in read_runs(path)} if path.is_file() else {}
    wanted = [
        Run(number, module, sizes)
        for number, sizes in enumerate(drawn(count))
        for module in (*PARTS, SHELL)
    ]
    runs, ran = [], 0
    for run in wanted:
        kept = before.pop((run.number, run.module), run)
        runs.append(kept if kept.sizes == run.sizes else run)
    for at, run in enumerate(runs):
        made = run.sizes.unit(run.module)
        key = made.key(script(made, FAMILY), yosys.version)
        if run.key == key:
            continue
        found, seconds = synthesize(made, FAMILY, yosys, work / "yosys", work / "cache")
        runs[at] = replace(run, key=key, tool=yosys.version, resources=found)
        write_text(path, "".join(f"{each.line()}\n" for each in runs if each.resources is not None))
        ran += 1
        tell(f"{run.module} {run.number}: {seconds:.1f} s, {found.LUT} LUT, {found.FF} FF, "
             f"{found.bram36:g} BRAM36, {found.DSP} DSP")  # fmt: skip
    return ran
