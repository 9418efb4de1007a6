"""The results of the proofs as JSON and as a table of Markdown, a row a module."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from typing_extensions import TypedDict

from hw.errors import HardwareError
from hw.files import READER, write_text
from hw.formal.run import Done

#: Parameters that the table leaves out: what a proof says tells of them.
_LEFT_OUT = {
    "Files",
    "MemFile",
    "SearchFiles",
    "ThresholdFile",
    "ThresholdTable",
    "WeightFile",
    "WeightTable",
}
_LEFT_OUT |= {"Order", "Stalls", "Values"}


#: The lines of a page between which the results stand.
START, END = "<!-- python -m hw.formal --page -->", "<!-- end -->"


class Run(TypedDict):
    """The part of a run that the page shows, as ``record`` writes it."""

    module: str
    states: str
    shape: dict[str, int | str]
    asked: str
    outcome: str
    right: bool
    seconds: float


def record(done: Sequence[Done]) -> list[dict[str, Any]]:
    """Every run, for JSON: module, shape, what was asked, outcome, and whether it is the right one.

    seconds: of yosys and ABC. assertion and clocks: of the counterexample, where there is one.
    """
    return [
        {
            "module": run.proof.module,
            "states": run.proof.states,
            "shape": dict(run.proof.shapes[run.shape]),
            "asked": run.asked,
            "outcome": run.verdict.outcome.value,
            "right": run.right,
            "seconds": round(run.verdict.seconds, 1),
            "assertion": run.verdict.assertion,
            "clocks": run.verdict.clocks,
        }
        for run in done
    ]


def table(runs: Sequence[Mapping[str, Any]]) -> str:
    """Rows of a record: module, what is proven, shapes, faults found, seconds of the proofs."""
    lines = [
        "| module | proven | parameters | faults found | seconds |",
        "|---|---|---|---|---|",
    ]
    for module, states in dict.fromkeys((run["module"], run["states"]) for run in runs):
        own = [run for run in runs if (run["module"], run["states"]) == (module, states)]
        proofs = [run for run in own if run["asked"] == "proof"]
        proven = [run for run in proofs if run["right"]]
        faults = [run for run in own if run["asked"].startswith("fault")]
        shapes = "; ".join(dict.fromkeys(_shape(run["shape"]) for run in proven))
        if len(proven) < len(proofs):
            shapes += f" ({len(proofs) - len(proven)} more not proven)"
        seconds = sum(run["seconds"] for run in proven)
        lines.append(
            f"| `{module}` | {states} | {shapes} | {sum(run['right'] for run in faults)} of "
            f"{len(faults)} | {seconds:.0f} |"
        )
    return "\n".join(lines)


def _shape(shape: Mapping[str, object]) -> str:
    """A shape in words: `Depth 4, RamStyle block`; the rest is as the harness has it."""
    said = [
        f"{name} {str(value).removeprefix(f'1{chr(39)}b')}"
        for name, value in shape.items()
        if name not in _LEFT_OUT
    ]
    return ", ".join(said) or "the harness' own"


def results(runs: Sequence[Mapping[str, Any]]) -> str:
    """The table, what it is made of, and a line for every run without the outcome it must have."""
    wrong = [run for run in runs if not run["right"]]
    counts = [sum(run["asked"].startswith(kind) for run in runs) for kind in ("proof", "cover")]
    proofs, covers = counts
    seconds = sum(run["seconds"] for run in runs)
    text = (
        f"{proofs} proofs, {covers} covers and {len(runs) - proofs - covers} planted faults in "
        f"{seconds:,.0f} s of yosys and ABC; {len(wrong)} without the outcome that they must have."
    )
    lines = [
        f"- `{run['module']}`, {_shape(run['shape'])}, {run['asked']}: {run['outcome']}"
        for run in wrong
    ]
    return "\n".join([table(runs), "", text, *lines])


def read_runs(path: Path) -> list[Run]:
    """The runs that ``make proofs`` left in a file; HardwareError where it is none."""
    return READER.json(path, list[Run], "expected what `make proofs` writes")


def write_page(path: Path, runs: Sequence[Mapping[str, Any]]) -> None:
    """Put the results into a page, between START and END; HardwareError where it has not both."""
    text = READER.text(path)
    before, start, rest = text.partition(f"{START}\n")
    _, end, after = rest.partition(f"{END}\n")
    if not start or not end:
        raise HardwareError(f"{path}: expected the lines {START} and {END}")
    write_text(path, f"{before}{start}\n{results(runs)}\n\n{end}{after}")
