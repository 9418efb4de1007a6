"""The results of the proofs as JSON and as a table of Markdown, a row a module."""

from collections.abc import Sequence

from hw.formal.prover import Outcome
from hw.formal.run import Done


def record(done: Sequence[Done]) -> list[dict[str, object]]:
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


def table(done: Sequence[Done]) -> str:
    """Rows of module, what is proven, shapes, faults found, seconds of all proofs of the module."""
    lines = [
        "| module | proven | parameters | faults found | seconds |",
        "|---|---|---|---|---|",
    ]
    for proof in dict.fromkeys((run.proof.module, run.proof.states) for run in done):
        runs = [run for run in done if (run.proof.module, run.proof.states) == proof]
        proven = [
            run for run in runs if run.asked == "proof" and run.verdict.outcome is Outcome.PROVEN
        ]
        faults = [run for run in runs if run.asked.startswith("fault")]
        found = sum(run.right for run in faults)
        seconds = sum(run.verdict.seconds for run in proven)
        shapes = "; ".join(
            ", ".join(
                f"{name} {str(value).removeprefix(chr(49) + chr(39) + 'b')}"
                for name, value in run.proof.shapes[run.shape].items()
            )
            or "the harness' own"
            for run in proven
        )
        lines.append(
            f"| `{proof[0]}` | {proof[1]} | {shapes or 'none'} | {found} of {len(faults)} "
            f"| {seconds:.0f} |"
        )
    return "\n".join(lines)
