"""mvau_beats, within mvau: beats of a vector, row folds from the replay buffer, groups in turns."""

from tests.hw.bench import run_bench
from tests.hw.rtl.three_thresholds import Unit

UNITS = [
    Unit(12, 6, 4, 6),  # three beats of a vector, no replay
    Unit(12, 6, 12, 1),  # a beat of a vector, six row folds
    Unit(12, 6, 3, 2),  # four beats, three row folds
    Unit(37, 2, 1, 1, "INT2", (-2, 0, 2)),  # a deep replay buffer, which is no power of two
    Unit(6 * 3, 8, 3, 1, groups=2, window=(3, 3)),  # two groups in turn, four row folds of each
]


def test_bench(tmp_path):
    models = [unit.model(seed) for seed, unit in enumerate(UNITS)]
    for result in run_bench(models, tmp_path):
        result.check_cycles(extra=4)
