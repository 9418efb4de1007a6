"""mvau with sums of parts in DSP slices: exact, and as quick as its timing machine says."""

import pytest

from hw.errors import HardwareError
from hw.ops.registry import operator_of
from tests.hw.bench import run_bench
from tests.hw.rtl.three_thresholds import Unit

UNITS = [
    Unit(16, 4, 8, 4, parts=2),  # two fours, no level of trees
    Unit(72, 4, 36, 2, "UINT4", parts=3),  # parts of three fours, several rows of results
    Unit(54, 3, 27, 3, "UINT3", parts=4),  # a lane without a partner, in a part of one four
    Unit(40, 2, 40, 1, "UINT4", parts=3),  # a vector a beat, and a part that is done sooner
    Unit(24, 7, 12, 7, "UINT8", parts=3),  # rows that fill no slice
    Unit(36 * 2, 4, 12, 4, parts=3, groups=2, window=(9, 8)),  # groups side by side
]


def test_bench(tmp_path):
    models = [unit.model(seed) for seed, unit in enumerate(UNITS)]
    for result in run_bench(models, tmp_path):
        result.check_cycles(extra=4)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sum_parts": 4, "SIMD": 36}, "sum_parts = 4 with SIMD = 36: 9 fours .* of 2, 3, 5, 9"),
        ({"sum_parts": 2, "inputDataType": "INT4"}, "not negative, they are INT4"),
        ({"sum_parts": 2, "noActivation": 1}, "expected weights -1 and 1, and thresholds"),
    ],
)
def test_what_cannot_be_in_parts_is_refused(changes, message):
    node = operator_of(UNITS[1].model(1).graph.node[0])
    for key, value in changes.items():
        node.set_nodeattr(key, value)
    with pytest.raises(HardwareError, match=message):
        node.check()
