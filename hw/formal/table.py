"""The results of the proofs as JSON and as a table of Markdown, a row a module."""

from collections.abc import Mapping, Sequence
from typing import Any

from hw.formal.run import Done

#: Parameters that the table leaves out: what a proof says tells of them.
_LEFT_OUT = {"MemFile", "ThresholdFile", "ThresholdTable", "WeightFile", "WeightTable"}
_LEFT_OUT |= {"Order", "Stalls", "Values"}


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
