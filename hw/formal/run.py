"""Runs the catalogue: each shape's proof, its partner that a beat gets through, and the faults."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hw.formal.camera import CAMERA
from hw.formal.catalogue import Fault, Proof
from hw.formal.matrix import ARITHMETIC
from hw.formal.pools import POOLS
from hw.formal.primitives import PRIMITIVES
from hw.formal.prover import Outcome, Task, Verdict, prove
from hw.formal.shell import SHELL
from hw.formal.sources import sources

PROOFS = (*PRIMITIVES, *POOLS, *ARITHMETIC, *SHELL, *CAMERA)
#: Seconds of ABC for one proof.
LIMIT = 600


@dataclass(frozen=True)
class Done:
    """One run: which shape, what was asked, and the verdict that it must have."""

    proof: Proof
    shape: int
    #: "proof", "cover" or the text of a fault.
    asked: str
    wanted: Outcome
    verdict: Verdict

    @property
    def right(self) -> bool:
        """Whether the verdict is the one wanted."""
        return self.verdict.outcome is self.wanted

    def line(self) -> str:
        """The run in a line, with the trace below it where it was to be proven and is not."""
        verdict = self.verdict
        shape = " ".join(f"{name}={value}" for name, value in self.proof.shapes[self.shape].items())
        text = f"{self.proof.module} {shape or 'as it is'}: {self.asked}: {verdict.outcome.value}"
        if verdict.assertion:
            text += f" by {verdict.assertion} after {verdict.clocks} clocks"
        text += f" in {verdict.seconds:.1f} s"
        if not self.right:
            text += f"; must be {self.wanted.value}\n{verdict.trace}"
        return text


def _task(proof: Proof, shape: int) -> Task:
    parameters = {
        name: value if isinstance(value, str) and "'" in value else _literal(value)
        for name, value in proof.shapes[shape].items()
    }
    return Task(proof.top, sources(proof.top), parameters, proof.contents, proof.clocks, proof.cut)


def _literal(value: str | int) -> str:
    """A parameter's value as yosys' `chparam` takes it."""
    return str(value) if isinstance(value, int) else f'"{value}"'


def check(
    proof: Proof,
    shape: int,
    *,
    fault: Fault | None = None,
    cover: bool = False,
    limit: int = LIMIT,
    folder: Path | None = None,
) -> Done:
    """Prove a shape as it is, with a fault, or that a beat gets through (cover).

    folder: where the files of the run stay; a temporary one if None.
    """
    change = (fault.file, fault.text, fault.other) if fault else None
    asked = "cover" if cover else "proof"
    wanted = Outcome.DISPROVEN if cover or fault else Outcome.PROVEN
    if fault:
        asked = f"fault {fault.text!r} -> {fault.other!r}"
    with TemporaryDirectory(prefix="proof-") as temporary:
        verdict = prove(
            _task(proof, shape),
            folder or Path(temporary),
            limit=limit,
            change=change,
            cover=cover,
        )
    return Done(proof, shape, asked, wanted, verdict)


def everything(proof: Proof, *, limit: int = LIMIT) -> Iterator[Done]:
    """Every run of a proof: its shapes, a cover of each, and its faults."""
    for shape in range(len(proof.shapes)):
        yield check(proof, shape, limit=limit)
        yield check(proof, shape, cover=True, limit=limit)
    for fault in proof.faults:
        yield check(proof, fault.shape, fault=fault, limit=limit)
