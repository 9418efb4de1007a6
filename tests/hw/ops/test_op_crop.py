"""Crop: which numbers are kept, which beats and lanes, and what is refused."""

import numpy as np
import pytest
from qonnx.custom_op.registry import getCustomOp

from hw.errors import HardwareError
from tests.hw.bench import one_node_model


def crop(size=(5, 6), channels=4, simd=1, kind="INT4", **changes):
    params = {"DataType": kind, "ImgDim": list(size), "NumChannels": channels, "SIMD": simd}
    made = one_node_model("Crop", (1, *size, channels), {**params, **changes})
    return getCustomOp(made.graph.node[0])


def test_meaning():
    """By hand: rows 1 and 3, columns 2 to 4, channels 3 and 0."""
    op = crop(
        simd=4, CropNorth=1, CropSouth=0, CropWest=2, CropEast=1, Steps=[2, 1], Channels=[3, 0]
    )
    op.check()
    x = np.arange(5 * 6 * 4).reshape(1, 5, 6, 4)
    right = [[[[24 * r + 4 * c + k for k in (3, 0)] for c in (2, 3, 4)] for r in (1, 3)]]
    assert op.reference(x).tolist() == right
    assert op.output_shape() == (1, 2, 3, 2)
    assert (op.lanes_in(), op.lanes_out()) == (4, 2)
    assert op.get_exp_cycles() == 30
    # of each pixel that leaves the one that it is, among the 30
    assert op.dependency().needs.tolist() == [8, 9, 10, 20, 21, 22]


@pytest.mark.parametrize(
    ("simd", "channels", "kept"),
    [
        (1, [1, 3, 5], (1, 5, 2)),
        (2, [2, 3, 4, 5], (1, 2, 1)),
        (2, [0, 1, 4, 5], (0, 2, 2)),
        (3, [3, 4, 5], (1, 1, 1)),
        (6, [5, 0, 0], (0, 0, 1)),
    ],
)
def test_which_beats_are_kept(simd, channels, kept):
    op = crop(channels=6, simd=simd, Channels=channels)
    op.check()
    assert op.beats_kept() == kept


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"simd": 2, "Channels": [1, 2]},
            "SIMD = 2: the channels that are kept are no whole beats",
        ),
        ({"Channels": [2, 1]}, "SIMD = 1: the channels that are kept are no whole beats"),
        ({"channels": 6, "Channels": [0, 1, 3]}, "no whole beats at equal distances"),
        ({"Channels": [0, 4]}, r"Channels = \[0, 4\]; expected numbers of 0 to 3"),
        ({"CropNorth": 5}, "of 5 rows every 1 from 5 to 4 are none"),
        ({"CropEast": 6}, "of 6 columns every 1 from 0 to -1 are none"),
        ({"CropWest": -1}, "columns every 1 from -1 to 5 are none"),
        ({"simd": 3}, "SIMD = 3 does not divide 4"),
    ],
)
def test_errors(changes, text):
    with pytest.raises(HardwareError, match=f"node Crop_rtl: .*{text}"):
        crop(**changes).check()


def test_many_rows_and_columns_by_steps_are_a_short_program():
    """Every other pixel of a large image: the timing model's program grows with its rows alone."""
    ((machine, _),) = crop((640, 640), 3, 3, "UINT8", Steps=[2, 2]).machines()
    assert sum(len(segments) for _, segments in machine.program) < 4 * 640
    taken = sum(times * sum(s.count for s in segments) for times, segments in machine.program)
    given = sum(
        times * sum(s.count * s.gives for s in segments) for times, segments in machine.program
    )
    assert (taken, given) == (640 * 640, 320 * 320)
