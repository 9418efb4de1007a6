"""Channels of anything but zeros are refused by the Pad's name."""

import numpy as np
import pytest

from flows.build.steps.import_model import load_qonnx, prepare
from flows.errors import FlowError
from tests.flows.importing.features.files import save
from tests.flows.importing.features.reductions import levels


@pytest.mark.parametrize(
    ("pads", "value", "mode", "why"),
    [
        ([0, 1, 0, 0, 0, 0, 0, 0], 2.0, "constant", "pads channels with 2; expected zeros"),
        ([0, 1, 0, 0, 0, 0, 0, 0], 0.0, "reflect", "pads channels by reflect values"),
        ([0, -1, 0, 0, 0, 2, 0, 0], 0.0, "constant", ""),
    ],
)
def test_channels_of_zeros_alone(pads, value, mode, why, tmp_path):
    """One below zero takes a channel away, as of rows."""
    f, t = levels()
    t = f.op("Pad", t, f.const(pads, np.int64), f.const(value), mode=mode)
    save(f.finish(f.conv(t, 3 + pads[1] + pads[5], 2, (1, 1))), tmp_path / "file.onnx")
    if not why:
        prepare(load_qonnx(tmp_path / "file.onnx"))
        return
    with pytest.raises(FlowError, match=rf"node Pad_\d+ \(Pad\): {why}"):
        prepare(load_qonnx(tmp_path / "file.onnx"))
