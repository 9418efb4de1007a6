"""Brevitas' QuantLSTM, as its export writes it, gives what the module itself gives."""

import json

import numpy as np
import pytest

from flows.build.steps.import_model import import_file
from flows.build.steps.streamline import streamline
from flows.run.emulator import Emulator

STEPS, FEATURES, HIDDEN, FRAMES = 2, 3, 2, 6


def network(**keys):
    """A trained-like QuantLSTM of few numbers, and its input's frames (FRAMES, STEPS, FEATURES)."""
    import torch
    from brevitas.nn import QuantLSTM

    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            bits = {"weight": 4, "io": 5, "gate_acc": 6, "sigmoid": 5, "tanh": 5, "cell_state": 6}
            widths = {f"{name}_bit_width": width for name, width in bits.items()}
            self.lstm = QuantLSTM(FEATURES, HIDDEN, batch_first=True, **widths, **keys)

        def forward(self, x):
            return self.lstm(x)[0]

    torch.manual_seed(1)
    made, frames = Network(), torch.randn(32, STEPS, FEATURES)
    made.train()
    made(frames)
    return made.eval(), frames[:FRAMES]


@pytest.mark.slow
@pytest.mark.parametrize("keys", [{}, {"bidirectional": True}])
def test_as_the_module(keys, tmp_path):
    import torch
    from brevitas.export import export_qonnx

    made, frames = network(**keys)
    with torch.no_grad():
        expected = torch.cat([made(frame[None]) for frame in frames]).numpy()
    path = tmp_path / "file.onnx"
    export_qonnx(made, frames[:1], export_path=str(path), dynamo=False)
    emulator = Emulator(streamline(import_file(path)[0]), 1)
    metadata = emulator.graph.metadata
    scale, bias = (np.array(json.loads(metadata[f"output_{key}"])) for key in ("scale", "bias"))
    kind = emulator.graph.type_of("input")
    levels = np.rint(frames.numpy() / float(metadata["input_scale"])).clip(kind.lo, kind.hi)
    channels, height, width = emulator.graph.inputs["input"]
    laid = levels if channels == STEPS else levels.transpose(0, 2, 1)
    images = laid.reshape(FRAMES, channels, height, width).transpose(0, 2, 3, 1).astype(np.int8)
    found = emulator.run(images) * scale + bias
    unit = float(np.min(scale))
    assert len(np.unique(np.rint(expected / unit))) > 2
    difference = found.reshape(FRAMES, -1) / unit - expected.reshape(FRAMES, -1) / unit
    assert (np.rint(difference) == 0).all()
    assert np.abs(difference).max() < 1e-3  # float32 of the module: level times scale
