"""Inputs of every type: the emulator gives what QONNX gives for the very file."""

import numpy as np
import onnx
import pytest

from flows.build.steps.import_model import load_qonnx, prepare
from flows.build.steps.streamline import streamline
from flows.run.emulator import Emulator
from tests.flows.flow import decoded
from tests.flows.foreign_model import by_qonnx
from tests.flows.input_types import INPUTS, SCALE, network


@pytest.mark.parametrize("given", INPUTS, ids=str)
def test_the_emulator_gives_what_qonnx_gives(given, tmp_path):
    """Scales are powers of two and sums are below 2^24, so that float32 is exact in QONNX too."""
    index = INPUTS.index(given)
    shape = (1 + index % 4, 5, 6)
    front = ("", "pool", "act")[index % 3]
    bits = 1 + index % (8 if given.bits < 12 else 3)
    proto = network(given, shape, index, bits, front)
    onnx.save(proto, str(tmp_path / "net.onnx"))
    emulator = Emulator(streamline(prepare(load_qonnx(tmp_path / "net.onnx"))), 1)
    kind = emulator.input_type
    assert [kind.lo, kind.hi] == given.levels
    assert kind.step == given.step
    frames = given.frames(np.random.default_rng(index), 3, (5, 6, shape[0]))
    outputs = []
    for frame in frames:
        image = frame.transpose(2, 0, 1)[None] * SCALE
        found = emulator.boundaries(frame.astype(kind.dtype))[emulator.graph.output][0]
        outputs.append(decoded(emulator, found))
        assert np.array_equal(outputs[-1][None], by_qonnx(proto, image))
    assert len(np.unique(outputs)) > 3


def test_all_widths_are_there():
    assert {(i.bits, i.signed) for i in INPUTS} >= {
        (bits, signed) for bits in range(1, 17) for signed in (False, True)
    }
