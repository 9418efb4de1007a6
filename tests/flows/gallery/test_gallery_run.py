"""Stages of the gallery: what is kept, what is run again, and how a command ends."""

import json
from pathlib import Path

import numpy as np
import pytest

from flows.errors import FlowError
from flows.gallery import run as running
from flows.gallery import stages, state
from flows.gallery.__main__ import main
from flows.gallery.stages import Step
from flows.gallery.state import SourceState
from model.gallery.catalogue import ENTRIES, chosen
from model.gallery.dense import ENTRIES as DENSE

NAME = DENSE[0].name


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of stages in the order in which they ran; "second" fails, "third" needs it."""
    names: list[str] = []

    def stage(name: str, fails: bool = False):
        def work(job):
            names.append(name)
            print("said by", name)
            if fails:
                raise FlowError("a node | that is none")
            return {"figure": 7}

        return work

    made = {
        "first": Step(stage("first")),
        "second": Step(stage("second", fails=True), ("first",), may_fail=True),
        "third": Step(stage("third"), ("second",)),
    }
    monkeypatch.setattr(running, "STAGES", made)
    return names


def gallery(folder: Path, *more: str) -> int:
    """Status of a run of one network."""
    return main(["--only", NAME, "--out", str(folder), *more])


def test_what_ran_is_kept_and_what_failed_runs_on_demand(tmp_path: Path, ran: list[str]) -> None:
    assert gallery(tmp_path) == 0
    assert ran == ["first", "second"]
    assert gallery(tmp_path) == 0
    assert ran == ["first", "second"]
    assert gallery(tmp_path, "--again") == 0
    assert ran == ["first", "second", "second"]


def test_what_a_stage_found_is_in_the_summary(tmp_path: Path, ran: list[str]) -> None:
    gallery(tmp_path)
    networks = json.loads((tmp_path / "gallery.json").read_text("utf-8"))["networks"]
    assert [one["name"] for one in networks] == list(ENTRIES)
    found = {one["name"]: one["stages"] for one in networks}
    assert found[NAME]["first"].items() >= {"ok": True, "figure": 7}.items()
    assert found[NAME]["second"].items() >= {"ok": False, "reason": "a node | that is none"}.items()
    assert "third" not in found[NAME]
    assert [name for name in found if found[name]] == [NAME]
    log = (tmp_path / NAME / "gallery.log").read_text("utf-8")
    assert "said by first" in log
    assert "a node | that is none" in log


def test_other_sources_run_anew_and_what_others_found_says_so(
    tmp_path: Path, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery(tmp_path)
    monkeypatch.setattr(running, "source_state", lambda: SourceState("1", "abc", "2026-01-02"))
    gallery(tmp_path, "--stages", "second")  # it needs the first one, which is of other sources
    assert ran == ["first", "second"]
    gallery(tmp_path, "--stages", "first")
    assert ran == ["first", "second", "first"]
    networks = json.loads((tmp_path / "gallery.json").read_text("utf-8"))["networks"]
    found = next(one["stages"] for one in networks if one["name"] == NAME)
    state = {"sources": "1", "commit": "abc", "date": "2026-01-02"}
    assert found["first"].items() >= state.items()
    assert found["second"]["sources"] not in ("", "1")
    gallery(tmp_path)
    assert ran == ["first", "second", "first", "second"]


def test_two_runs_on_one_network_keep_what_both_found(tmp_path: Path) -> None:
    here = SourceState("1", "abc", "2026-01-02")
    first, second = (running.job_of(DENSE[0], tmp_path, here) for _ in range(2))
    first.place.mkdir()
    first.keep("map", {"ok": True})
    second.keep("synth", {"ok": False, "reason": "x"})
    found = running.job_of(DENSE[0], tmp_path, here).stages
    assert {stage: one["ok"] for stage, one in found.items()} == {"map": True, "synth": False}


def test_the_state_is_of_sources_definitions_and_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    first = state.source_state()
    assert first == state.source_state()
    assert len(first.key) == 16 and first.date[:2] == "20"
    monkeypatch.setattr(state, "source_digest", lambda: "other")
    other = state.source_state()
    monkeypatch.setattr(state, "_MORE", ("README.md",))
    assert len({first.key, other.key, state.source_state().key}) == 3


def test_a_stage_that_may_not_fail_ends_with_status_1(
    tmp_path: Path,
    ran: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = running.STAGES
    monkeypatch.setitem(made, "second", Step(made["second"].run, ("first",)))
    for _ in range(2):  # the second time it is kept, and no better
        assert gallery(tmp_path) == 1
        assert f"{NAME}: second: a node | that is none\n" in capsys.readouterr().err


def test_outputs_that_differ_fail_the_stage() -> None:
    assert stages._differing(np.array([False, False])) == {"outputs": 2, "outputs_that_differ": 0}
    found = stages._differing(np.array([True, False]))
    assert not found["ok"]
    assert found["reason"] == "1 of 2 outputs are not those of the Brevitas module"


def test_stages_are_chosen(tmp_path: Path, ran: list[str]) -> None:
    assert gallery(tmp_path, "--stages", "first") == 0
    assert ran == ["first"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--only", "tfc_9w9a"], "no network tfc_9w9a (--only, ONLY=); networks: unsw_mlp_2w2a"),
        (["--stages", "exports"], "no stage exports (--stages, STAGES=); stages: export, map"),
        (["--jobs", "0"], "--jobs 0: expected 1 or more"),
    ],
)
def test_a_wrong_name_is_refused(
    tmp_path: Path, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = 2 if message.startswith("--") else 1
    assert main([*words, "--out", str(tmp_path / "new")]) == status
    assert message in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_every_network_has_a_plan_and_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    listing = capsys.readouterr().out
    for entry in chosen(None):
        assert running.plan_of(entry.name).target_fps > 0
        assert entry.name in listing


def test_a_reason_names_the_type_of_what_is_not_this_flows() -> None:
    assert running.reason(FlowError("node a:\n  b")) == "node a: b"
    assert running.reason(AssertionError("x")) == "AssertionError: x"
    assert running.reason(AssertionError()) == "AssertionError"
