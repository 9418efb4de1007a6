"""FINN's operators load without PyTorch; its LayerNorm computes with it all the same."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
import hw.ops
assert "torch" not in sys.modules and "torch.nn" not in sys.modules
import numpy as np
from finn.custom_op.fpgadataflow.layernorm import LayerNorm
from onnx import helper
node = helper.make_node("LayerNorm", ["x"], ["y"], SIMD=1, ifm_dim=[1, 4], epsilon=0.0)
graph = helper.make_graph([node], "g", [], [])
x = np.array([[1, 2, 3, 6]], np.float32)  # mean 3, variance 3.5
values = {"x": x, "y": x}
LayerNorm(node).execute_node(values, graph)
assert np.allclose(values["y"], (x - 3) / 3.5**0.5), values["y"]
import torch
assert float(torch.nn.functional.relu(torch.tensor([-1.0, 2.0])).sum()) == 2
"""


def test_pytorch_is_imported_when_it_is_asked_for() -> None:
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, cwd=root, timeout=120)
