"""The prover itself: its three outcomes are told apart, and the catalogue is complete."""

from dataclasses import replace
from pathlib import Path

import pytest

from hw.errors import HardwareError
from hw.formal.catalogue import NOT_PROVEN
from hw.formal.prover import Outcome, Task, prove
from hw.formal.run import PROOFS, check
from hw.formal.sources import modules, sources

#: Counts to 5 and stays; the assertion is the parameter's.
COUNTER = """\
module counter #(
  parameter int unsigned Most = 5,
  parameter bit Cover = 1'b0
) (
  input logic clk_i,
  input logic step
);
  logic [3:0] count_q;
  initial count_q = '0;
  always_ff @(posedge clk_i) if (step && count_q != 4'd5) count_q <= count_q + 4'd1;
  always_comb below: assert (count_q <= 4'(Most));
  if (Cover) begin : gen_cover
    always_comb reach: assert (count_q != 4'd7);
  end
endmodule
"""


def counter(folder: Path, most: int) -> Task:
    source = folder / "counter.sv"
    source.write_text(COUNTER)
    return Task("counter", (source,), {"Most": str(most)}, {})


def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def test_what_holds_is_proven(tmp_path: Path):
    verdict = prove(counter(tmp_path, 5), work(tmp_path), limit=60)
    assert verdict.outcome is Outcome.PROVEN
    assert (verdict.assertion, verdict.clocks, verdict.trace) == ("", 0, "")


def test_what_does_not_hold_is_disproven_with_its_inputs(tmp_path: Path):
    verdict = prove(counter(tmp_path, 3), work(tmp_path), limit=60)
    assert verdict.outcome is Outcome.DISPROVEN
    # from 0 to 4 in four steps; the fifth clock sees it
    assert (verdict.assertion, verdict.clocks) == ("below", 5)
    lines = verdict.trace.split("\n")
    assert len(lines) == 5
    assert all("step=1" in line for line in lines[:4])


def test_a_signal_that_is_cut_takes_any_value(tmp_path: Path):
    task = counter(tmp_path, 5)
    free = replace(task, cut=["count_q"])
    verdict = prove(free, work(tmp_path), limit=60)
    assert (verdict.outcome, verdict.assertion, verdict.clocks) == (Outcome.DISPROVEN, "below", 1)
    (tmp_path / "other").mkdir()
    with pytest.raises(HardwareError):  # one that is not there cuts nothing
        prove(replace(task, cut=["count"]), tmp_path / "other", limit=60)


def test_a_cover_that_is_not_reached_is_seen(tmp_path: Path):
    verdict = prove(counter(tmp_path, 3), work(tmp_path), limit=60, cover=True)
    assert verdict.outcome is Outcome.PROVEN, "a count of 7 is never reached"


def test_too_little_time_is_not_a_pass(tmp_path: Path):
    proof = next(proof for proof in PROOFS if proof.module == "credit_fifo")
    done = check(proof, len(proof.shapes) - 1, limit=1, folder=tmp_path)
    assert done.verdict.outcome is Outcome.OPEN
    assert not done.right and "must be proven" in done.line()


def test_a_fault_whose_text_is_gone_is_an_error(tmp_path: Path):
    with pytest.raises(HardwareError, match="the fault's text is not there once"):
        prove(
            counter(tmp_path, 5),
            work(tmp_path),
            limit=60,
            change=("counter.sv", "no such text", ""),
        )


def test_every_module_is_in_the_catalogue_or_says_why_not():
    proven = {proof.module for proof in PROOFS}
    assert not proven & set(NOT_PROVEN)
    assert proven | set(NOT_PROVEN) == set(modules())


def test_the_text_of_every_fault_is_there_once():
    """As for the lists of mutants: where the code has changed, `make proofs` would end there."""
    for proof in PROOFS:
        texts = {path.name: path.read_text() for path in sources(proof.top)}
        for fault in proof.faults:
            assert texts[fault.file].count(fault.text) == 1, (proof.module, fault)


def test_every_proof_has_a_fault():
    for proof in PROOFS:
        assert proof.faults and proof.shapes
        assert all(fault.shape < len(proof.shapes) for fault in proof.faults)
        assert all(shape < len(proof.shapes) for shape in proof.quick)
