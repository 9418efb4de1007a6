"""The file executed by QONNX, in the integers of our output."""

import json
from typing import Any

import numpy as np
import yaml
from onnx import ModelProto
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.infer_shapes import InferShapes

from flows.build.build import Build
from flows.run.emulator import Emulator
from tests.flows.importing.features.files import QONNX, save

OTHER_DOMAINS = ("finn.custom_op.general", "onnx.brevitas", "")
OPERATORS = ("Quant", "IntQuant", "BipolarQuant", "MultiThreshold")


def frames(emulator: Emulator, count: int) -> Any:
    """Random frames (N, H, W, C); one of 256 numbers has each of them."""
    rng = np.random.default_rng(1)
    shape = emulator.input_shape
    kind = emulator.graph.type_of(emulator.graph.input)
    if not kind.is_pixels:
        return kind.random(rng, (count, *shape))
    found = rng.integers(0, 256, (count, *shape), dtype=np.uint8)
    if np.prod(shape) == 256:
        found[0] = np.arange(256, dtype=np.uint8).reshape(shape)
    return found


def by_the_file(model: ModelProto, emulator: Emulator, pictures: Any) -> Any:
    """Integers (N, H, W, C) that the file's real outputs stand for.

    How the file's tensors lie is told by the sizes alone: channels last where they are so in the
    file's input, one row where it has three axes.
    """
    metadata = emulator.graph.metadata
    scale, bias = (np.array(json.loads(metadata[f"output_{k}"])) for k in ("scale", "bias"))
    step = float(metadata["input_scale"])
    dims = [d.dim_value or 1 for d in model.graph.input[0].type.tensor_type.shape.dim]
    for node in model.graph.node:  # QONNX's executor knows its own domain alone
        if node.domain in OTHER_DOMAINS and node.op_type in OPERATORS:
            node.domain = QONNX
    if all(o.domain != QONNX for o in model.opset_import):
        model.opset_import.add(domain=QONNX, version=1)
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
    wrapper = ModelWrapper(model).transform(InferShapes())
    results = []
    for picture in pictures:
        height, width, channels = picture.shape
        image = picture.astype(np.float32) * np.float32(step)
        if dims[1:] in ([channels, height, width], [channels, width]) or len(dims) == 2:
            image = image.transpose(2, 0, 1)
        feeds = {model.graph.input[0].name: np.ascontiguousarray(image).reshape(dims)}
        for extra in model.graph.input[1:]:
            if extra.name == "other":
                feeds["other"] = np.zeros(3, np.float32)
        real = np.asarray(execute_onnx(wrapper, feeds)[model.graph.output[0].name], np.float64)
        channels, height, width = emulator.graph.node(emulator.graph.output).shape
        if real.shape[-1:] == (channels,) and real.ndim > 2 and real.shape[1] != channels:
            laid = real.reshape(height, width, channels)
        else:
            laid = real.reshape(channels, height, width).transpose(1, 2, 0)
        integers = (laid - bias) / scale
        assert np.abs(integers - np.rint(integers)).max() < 1e-2
        results.append(np.rint(integers).astype(np.int64))
    return np.stack(results)


def build_of(model: ModelProto, folder: Any, scale: float | None = None, **keys: Any) -> Build:
    """A build of the file."""
    save(model, folder / "file.onnx")
    data = {"model": "file.onnx", "output_dir": "build", **keys}
    if "pixels_per_clock" not in keys:
        data.setdefault("target_fps", 1000)
    if scale is not None:
        data["input_scale"] = scale
    (folder / "config.yaml").write_text(yaml.safe_dump(data))
    return Build.load(folder / "config.yaml")
