"""The catalogue's proofs: the quick ones always, the others as slow tests."""

from pathlib import Path

import pytest

from hw.formal.catalogue import Fault, Proof
from hw.formal.run import PROOFS, check

SHAPES = [
    pytest.param(
        proof,
        shape,
        id=f"{proof.module}-{number}-{shape}",
        marks=[] if shape in proof.quick else [pytest.mark.slow],
    )
    for number, proof in enumerate(PROOFS)
    for shape in range(len(proof.shapes))
]
FAULTS = [
    pytest.param(
        proof,
        fault,
        id=f"{proof.module}-{number}-{place}",
        # one of each module that has a quick shape
        marks=[]
        if fault is next((f for f in proof.faults if f.shape in proof.quick), None)
        else [pytest.mark.slow],
    )
    for number, proof in enumerate(PROOFS)
    for place, fault in enumerate(proof.faults)
]


@pytest.mark.parametrize(("proof", "shape"), SHAPES)
def test_it_is_proven(proof: Proof, shape: int, tmp_path: Path):
    done = check(proof, shape, folder=tmp_path)
    assert done.right, done.line()


@pytest.mark.slow
@pytest.mark.parametrize(("proof", "shape"), SHAPES)
def test_a_beat_gets_through(proof: Proof, shape: int, tmp_path: Path):
    done = check(proof, shape, cover=True, folder=tmp_path)
    assert done.right, done.line()


@pytest.mark.parametrize(("proof", "fault"), FAULTS)
def test_a_fault_is_found(proof: Proof, fault: Fault, tmp_path: Path):
    done = check(proof, fault.shape, fault=fault, folder=tmp_path)
    assert done.right, done.line()
    assert done.verdict.assertion and done.verdict.clocks
    assert done.verdict.trace.count("\n") + 1 == done.verdict.clocks
