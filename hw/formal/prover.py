"""One proof: yosys makes a graph of gates of a harness, ABC's `pdr` proves it for every clock.

`pdr` (property directed reachability) finds an invariant from which the assertions follow, or a
sequence of inputs at whose end one of them fails. ABC is inside yosys: its `abc` pass runs any
commands; here they read the graph from a file, and what the pass was called for is a dummy.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from hw.errors import HardwareError
from hw.tools.yosys import find_yosys

#: A text of a module and what takes its place: (file name, text, other text).
Change = tuple[str, str, str]

_DUMMY = "module dummy(input a, b, output y);\n  assign y = a & b;\nendmodule\n"
_SCRIPT = """\
read_verilog -sv -formal {files}
chparam {parameters} {top}
hierarchy -check -top {top}
proc
flatten
{cut}
opt_clean
memory -nordff
{clocks}
chformal -lower
{only_reach}
setundef -undriven -anyseq
setundef -anyseq
opt -full
simplemap
techmap
opt -full
dffunmap
aigmap
opt_clean
setundef -anyseq
write_aiger -zinit -I -ywmap proof.json proof.aig
design -reset
read_verilog dummy.v
simplemap
abc -script "+strash; backup; read_aiger proof.aig; fold; strash; pdr -m -T {limit} -L pdr.log; \
write_cex -a trace.aiw; restore; map"
"""


class Outcome(Enum):
    """The outcome of a proof. OPEN: neither within the time given, which is no pass."""

    PROVEN = "proven"
    DISPROVEN = "disproven"
    OPEN = "not finished"


@dataclass(frozen=True)
class Verdict:
    """The outcome, its seconds, and of a disproven one which assertion fails, when, and how."""

    outcome: Outcome
    seconds: float
    assertion: str = ""
    #: Clocks from the beginning to the failure, that one included.
    clocks: int = 0
    #: The inputs, clock by clock, one line each.
    trace: str = ""


@dataclass(frozen=True)
class Task:
    """A harness with its parameters, the files that it reads, and the sources around it.

    parameters: values as Verilog text. contents: other files by name ($readmemh). clocks: yosys'
    pass for the clocks: `async2sync`, or `clk2fflogic` for clocks that are independent. cut:
    signals that take any value.
    """

    top: str
    sources: Sequence[Path]
    parameters: Mapping[str, str]
    contents: Mapping[str, str]
    clocks: str = "async2sync"
    cut: Sequence[str] = ()


def prove(
    task: Task, folder: Path, *, limit: int, change: Change | None = None, cover: bool = False
) -> Verdict:
    """Prove a task in folder (empty), in limit seconds of ABC at most.

    change: a fault to be planted. cover: prove instead that the harness' `reach` never fails, that
    is that no beat ever gets through; it has to be disproven, else the assumptions contradict.

    Raises HardwareError where yosys cannot read the sources, or the text of change is not in them.
    """
    _write_sources(task, folder, change)
    parameters = {**task.parameters, "Cover": "1'b1" if cover else "1'b0"}
    script = _SCRIPT.format(
        files=" ".join(path.name for path in task.sources),
        parameters=" ".join(f"-set {name} {value}" for name, value in parameters.items()),
        top=task.top,
        clocks=task.clocks,
        cut="\n".join(f"select -assert-min 1 w:{name}\ncutpoint w:{name}" for name in task.cut),
        only_reach="chformal -assert -remove t:$assert c:*reach* %d" if cover else "",
        limit=limit,
    )
    start = time.monotonic()
    find_yosys().run(script, folder)
    return _verdict(folder, time.monotonic() - start)


def _write_sources(task: Task, folder: Path, change: Change | None) -> None:
    """Write what yosys reads: its sandbox sees the folder alone."""
    found = change is None
    for path in task.sources:
        text = path.read_text(encoding="utf-8")
        if change is not None and path.name == change[0]:
            if text.count(change[1]) != 1:
                raise HardwareError(f"{path}: the fault's text is not there once: {change[1]}")
            text = text.replace(change[1], change[2])
            found = True
        (folder / path.name).write_text(text, encoding="utf-8")
    if not found:
        raise HardwareError(f"{task.top}: no source named {change[0] if change else ''}")
    for name, content in task.contents.items():
        (folder / name).write_text(content, encoding="utf-8")
    (folder / "dummy.v").write_text(_DUMMY, encoding="utf-8")


def _verdict(folder: Path, seconds: float) -> Verdict:
    """Read what ABC said: `snl_UNSAT 5 pdr`, `snl_SAT 2 pdr ASSERTION CLOCK`, or `snl_UNK ...`."""
    log = folder / "pdr.log"
    words = log.read_text(encoding="utf-8").split() if log.exists() else []
    if words[:1] == ["snl_UNSAT"]:
        return Verdict(Outcome.PROVEN, seconds)
    if words[:1] == ["snl_SAT"]:
        names = json.loads((folder / "proof.json").read_text(encoding="utf-8"))
        assertion = ".".join(part.lstrip("\\") for part in names["asserts"][int(words[3])])
        return Verdict(
            Outcome.DISPROVEN, seconds, assertion, int(words[4]) + 1, _trace(folder, names)
        )
    if words[:1] == ["snl_UNK"]:
        return Verdict(Outcome.OPEN, seconds)
    raise HardwareError(f"{folder / 'yosys.log'}: ABC left no verdict")


def _trace(folder: Path, names: Mapping[str, list[Mapping[str, object]]]) -> str:
    """The harness' inputs of every clock, as hexadecimal numbers, from ABC's counterexample."""
    lines = (folder / "trace.aiw").read_text(encoding="utf-8").split("\n")
    # The registers' first values, then a line for each clock, then a remark
    bits = [line for line in lines if line and set(line) <= set("01x")][1:]
    inputs: dict[str, list[int]] = {}
    for entry in names["inputs"]:
        path = entry["path"]
        if isinstance(path, list) and len(path) == 1:
            inputs.setdefault(path[0].lstrip("\\"), []).append(int(str(entry["input"])))
    said = []
    for clock, line in enumerate(bits):
        values = {
            name: sum((line[place] == "1") << i for i, place in enumerate(places))
            for name, places in inputs.items()
        }
        said.append(
            f"clock {clock}: " + " ".join(f"{name}={value:x}" for name, value in values.items())
        )
    return "\n".join(said)
