"""The verification in plain words."""

from flows.report.level import ESTIMATED, FAILED, NOT_RUN, PASSED, Level
from flows.report.verdict import verdict


def _level(name: str, status: str, needs: str = "", estimates: bool = False) -> Level:
    return Level(name, "", status, "", needs=needs, estimates=estimates)


def test_only_levels_that_compare_and_need_no_vendor_tool_are_counted() -> None:
    judged = verdict(
        [
            _level("a", PASSED),
            _level("b", PASSED),
            _level("c", NOT_RUN, "Vitis HLS"),
            _level("d", NOT_RUN, "the board"),
            _level("e", NOT_RUN, "the board"),
            _level("f", ESTIMATED, estimates=True),
            _level("g", NOT_RUN, estimates=True),
        ]
    )
    assert judged.sentence == (
        "2 of 2 levels that need no vendor tool passed: every integer that was compared is equal."
    )
    assert judged.short == "2 of 2 passed"
    assert not judged.waiting
    needs = {key: [level.name for level in of] for key, of in judged.others.items()}
    assert needs == {"Vitis HLS": ["c"], "the board": ["d", "e"]}


def test_what_could_have_run_is_not_passed() -> None:
    judged = verdict([_level("a", PASSED), _level("b", NOT_RUN)])
    assert judged.short == "1 of 2 passed"
    assert [level.name for level in judged.waiting] == ["b"]


def test_nothing_compared_is_not_called_equal() -> None:
    sentence = verdict([_level("a", NOT_RUN)]).sentence
    assert sentence == (
        "0 of 1 levels that need no vendor tool passed: nothing has been compared yet."
    )


def test_a_failure_is_named_wherever_it_is() -> None:
    judged = verdict([_level("a", PASSED), _level("b", FAILED, "the board")])
    assert judged.short == "1 failed"
    assert judged.sentence == ("1 of 1 levels that need no vendor tool passed; 1 FAILED: b.")


def test_what_needs_more_counts_where_it_has_passed() -> None:
    judged = verdict([_level("a", PASSED), _level("b", PASSED, "the board")])
    assert judged.sentence.startswith(
        "1 of 1 levels that need no vendor tool passed, and 1 of those that need more: every"
    )
    assert judged.others == {}
