"""F = 2 in the head, from Brevitas to the fused kernel: a factor of another reconstruction."""

from pathlib import Path

import numpy as np
import torch
import yaml

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.graph.integer_graph import from_onnx
from flows.run.emulator import Emulator
from model.export import to_qonnx
from model.initialize import initialize
from model.network import Network
from model.reconstructions import specs

SIZE = 64


def test_the_copies_become_one_kernel_of_three_levels(tmp_path: Path) -> None:
    (spec,) = (one for one in specs() if one.layers[-1].duplicate_input == 2)
    network = Network(spec)
    initialize(network, 3)
    (tmp_path / "head.onnx").write_bytes(to_qonnx(network, SIZE, 3).model.SerializeToString())
    path = tmp_path / "head.yaml"
    path.write_text(yaml.safe_dump({"model": "head.onnx", "output_dir": str(tmp_path / "build")}))
    build = Build.load(path)
    run_steps(build, stop="fold_duplicated_weights")
    model = build.model(StepName.FOLD_DUPLICATED_WEIGHTS)
    picture = np.random.default_rng(3).integers(0, 256, (1, SIZE, SIZE, 3), np.uint8)
    pixels = torch.from_numpy(picture).permute(0, 3, 1, 2).float() / 256
    expected = network.eval().boundaries(pixels)["conv9"].permute(0, 2, 3, 1).numpy()
    assert (Emulator(model, 1).run(picture) == expected).all()
    weights = from_onnx(model).nodes[-1].params["weights"]
    assert set(np.unique(weights)) == {-2, 0, 2} and weights.shape[1] == 256
