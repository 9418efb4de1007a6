"""A network of signed inputs and a softmax behind it: from the file to what the driver gives."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from flows.__main__ import main
from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.run.driver import write_driver
from flows.run.emulator import Emulator
from hw.driver import DupNetAccelerator
from hw.driver.host_tail import FILE
from tests.flows.foreign_model import by_qonnx, node
from tests.flows.input_types import SCALE, Input, network

SHAPE = (2, 5, 6)
GIVEN = Input(8, True)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """(configuration, the file): the network's two channels times 0.01, a softmax of them."""
    folder = tmp_path_factory.mktemp("whole")
    proto = network(GIVEN, SHAPE, 5, weight_bits=4)
    del proto.graph.output[:]
    proto.graph.output.add(name="p").type.tensor_type.elem_type = onnx.TensorProto.FLOAT
    constant = onnx.numpy_helper.from_array(np.float32(0.01), "hundredth")
    proto.graph.initializer.append(constant)
    proto.graph.node.extend(
        [node("Mul", "y hundredth", "m", "small"), node("Softmax", "m", "p", "soft", axis=1)]
    )
    onnx.save(proto, str(folder / "net.onnx"))
    config = folder / "c.yaml"
    config.write_text("model: net.onnx\noutput_dir: build\ntarget_fps: 100000\n")
    run_steps(Build.load(config))
    return config, proto


def right(proto: Any, frames: Any) -> Any:
    images = frames.transpose(0, 3, 1, 2) * SCALE
    return np.concatenate([by_qonnx(proto, image[None]) for image in images])


def test_emulate_writes_the_files_own_output(
    built: tuple[Path, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, proto = built
    frames = GIVEN.frames(np.random.default_rng(2), 3, (5, 6, 2))
    np.save(tmp_path / "x.npy", frames)
    for name in ("y.npy", "y.npz"):
        out = tmp_path / name
        arguments = ["emulate", str(config), "--input", str(tmp_path / "x.npy")]
        assert main([*arguments, "--real", str(out)]) == 0
        assert "output of net.onnx: p (3, 2, 5, 6)" in capsys.readouterr().out
        found = np.load(out)
        array = found if name == "y.npy" else found["p"]
        np.testing.assert_allclose(array, right(proto, frames), rtol=2e-6, atol=2e-6)


def test_the_driver_makes_integers_and_outputs(built: tuple[Path, Any]) -> None:
    """Real numbers in, the file's output out; the hardware is the emulator here."""
    config, proto = built
    build = Build.load(config)
    folder = write_driver(build)
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS), 1)

    class Backend:
        execute = staticmethod(emulator.run)

    vectors = np.load(folder / "vectors" / "input.npy")
    assert vectors.dtype == np.int8
    assert vectors.min() < -100
    assert (folder / FILE).is_file()
    assert "onnxruntime" in (folder / "requirements.txt").read_text()
    accelerator = DupNetAccelerator(Backend(), folder / "accelerator.json")
    assert accelerator.description.host_nodes == ("soft (Softmax)",)
    assert accelerator.validate() == len(vectors)
    real = np.random.default_rng(3).normal(0, 12, (2, 5, 6, 2)).astype(np.float32)
    integers = accelerator.execute(accelerator.quantize(real))
    found = accelerator.outputs(integers)["p"]
    expected = [by_qonnx(proto, frame.transpose(2, 0, 1)[None])[0] for frame in real]
    np.testing.assert_allclose(found, expected, rtol=2e-6, atol=2e-6)
