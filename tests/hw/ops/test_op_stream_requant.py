"""StreamRequant: levels by Python's integers, errors, memory rows by hand; HLS C++ beside them."""

import numpy as np
import pytest

from hw.errors import HardwareError
from hw.ops.registry import operator_of
from hw.ops.single import one_node_model
from tests.hw.hls.bench import run_hls_bench


def model(channels=3, pe=1, given="INT12", made="INT9", factors=(5, 9, 1), offsets=None, **attrs):
    rows = [[3], [-7], [0]] if offsets is None else offsets
    params = {"PE": pe, "inputDataType": given, "outputDataType": made, **attrs}
    tables = [(np.array(factors), "UINT48"), (np.array(rows), "INT48")]
    return one_node_model("StreamRequant", (1, 2, 2, channels), params, tables)


def op_of(given):
    return operator_of(given.graph.node[0])


@pytest.mark.parametrize("offsets", [[[3], [-7], [0]], [[3, 4], [-7, 1], [0, 0]]])
def test_levels_are_those_of_python(offsets):
    op = op_of(model(offsets=offsets, Drop=2, Shift=3, Low=-100, High=90))
    op.check()
    x = np.random.default_rng(0).integers(-2048, 2048, (1, 2, 2, 3))
    found = op.reference(x, np.array([5, 9, 1]), np.array(offsets))
    for place in np.ndindex(x.shape):
        factor, parts = (5, 9, 1)[place[3]], offsets[place[3]]
        level = sum(((factor * int(x[place]) >> 2) + offset) >> 3 for offset in parts)
        assert found[place] == min(max(level, -100), 90)


def test_rows_by_hand():
    """Factors of 4 bits, offsets of 4 bits with a sign: -7 is 9, so rows 0x35, 0x99 and 0x01."""
    given = model()
    (memory,) = op_of(given).memories(given)
    assert memory.width == 8
    assert memory.words == [0x35, 0x99, 0x01]
    shared = model(channels=2, pe=2, factors=(5,), offsets=[[-7]])
    (memory,) = op_of(shared).memories(shared)
    assert (memory.width, memory.words) == (14, [(0b1001101 << 7) | 0b1001101])


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (lambda: model(pe=2), "PE = 2 does not divide 3"),
        (lambda: model(Low=3, High=-3), "Low = 3 is above High = -3"),
        (lambda: model(Low=0, High=256), "output data type INT9 does not hold 0 to 256"),
        (lambda: model(Shift=-1), "Drop and Shift must not be below 0"),
        (lambda: model(given="BIPOLAR"), "BIPOLAR is not supported"),
        (lambda: model(factors=(1, 2), offsets=[[1], [2]]), r"factors of shape \(2,\) and offsets"),
        (lambda: model(factors=(1, 2, -3)), "expected factors of 0 and above"),
        (lambda: model(offsets=[[1, 2, 3]] * 3), "one or two offsets of each"),
        (lambda: model(given="INT32", factors=(1 << 40,) * 3), "products of 73 bits, of which 0"),
    ],
)
def test_errors(given, text):
    made = given()
    op = op_of(made)
    with pytest.raises(HardwareError, match=text):
        op.check()
        op.line(made)


def test_cpp(tmp_path):
    """Products of 72 bits, too, which are made in two parts."""
    run_hls_bench(
        [
            model(Drop=2, Shift=3, Low=-100, High=90),
            model(channels=2, pe=2, factors=(5,), offsets=[[-7, 8]], given="UINT10", Shift=4),
            model(
                given="INT32", made="INT16", factors=(1 << 39, 3, 12345678901),
                offsets=[[-5], [7], [99]], Drop=25, Shift=33,
            ),
        ],
        tmp_path,
    )  # fmt: skip
