"""A simulation's counters by hand: two inputs, two outputs, a stream in between."""

from dataclasses import asdict

import pytest

from hw.sim.design import INPUT, INTERNAL, OUTPUT, Design, Stream
from hw.sim.result import SimResult, StreamResult, parse_streams


def stream(name, kind, producer="", consumer=""):
    return Stream(name, name, kind, 1, 8, False, 4, producer, consumer)


#: x -> a -> b; y -> c
DESIGN_STREAMS = (
    stream("x", INPUT, "", "a"),
    stream("a", INTERNAL, "a", "b"),
    stream("b", OUTPUT, "b"),
    stream("y", INPUT, "", "c"),
    stream("c", OUTPUT, "c"),
)


def counted(first, last, transfers=12, violations=0, violation=""):
    return StreamResult(
        transfers, 12, False, False, 0, 0, violations, violation, 33, list(first), list(last)
    )


@pytest.fixture
def result(tmp_path):
    """Three frames of four beats."""
    streams = {
        "x": counted([5, 20, 30], [9, 25, 40]),
        "a": counted([7, 22, 32], [11, 27, 42], violations=1, violation="valid dropped"),
        "b": counted([8, 23, 50], [12, 30, 60], transfers=14),
        "y": counted([2, 3, 4], [3, 4, 5], violations=3, violation="data changed"),
        "c": counted([40, 50, 60], [45, 58, 75], transfers=13),
    }
    design = Design("top", tmp_path, (), DESIGN_STREAMS)
    return SimResult(design, 3, tmp_path, 80, 1.0, streams, {})


def test_surplus_is_what_is_beyond_the_expected_beats(result):
    assert result.surplus == {"b": 2, "c": 1}


def test_every_stream_that_broke_the_handshake_has_a_line(result):
    assert result.violations == [
        "stream a: valid dropped at clock 33 (1 times)",
        "stream y: data changed at clock 33 (3 times)",
    ]


def test_latency_is_from_the_streams_own_input_to_its_last_beat_of_frame_0(result):
    assert [s.name for s in result.inputs_of("b")] == ["x"]
    assert [s.name for s in result.inputs_of("c")] == ["y"]
    assert result.latency_of("b") == 12 - 5
    assert result.latency_of("a") == 11 - 5
    assert result.latency_of("c") == 45 - 2
    assert result.latency_clocks == 43


def test_clocks_of_a_frame_are_the_most_between_two_ends_of_any_output(result):
    assert result.clocks_per_frame_of("b") == 30  # 18 and 30
    assert result.clocks_per_frame_of("c") == 17  # 13 and 17
    assert result.clocks_per_frame == 30


def test_one_frame_has_no_interval(result):
    result.streams["b"].last[1:] = []
    result.streams["c"].last[1:] = []
    assert result.clocks_per_frame_of("b") is None
    assert result.clocks_per_frame is None


def test_beats_expected_are_those_of_all_frames(result):
    raw = []
    for each in DESIGN_STREAMS:
        entry = asdict(result.streams[each.name])
        del entry["expected"]
        raw.append({**entry, "valid": 1, "ready": 0})
    expected = {stream.name: 3 * stream.frame_beats for stream in result.design.streams}
    found = parse_streams(result.design, expected, raw)
    assert {name: (s.expected, s.valid, s.ready) for name, s in found.items()} == dict.fromkeys(
        ("x", "a", "b", "y", "c"), (12, True, False)
    )
    assert found["c"].last == [45, 58, 75]
