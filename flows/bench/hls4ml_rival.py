"""hls4ml's g++ emulation of a QONNX network, run in a process of its own by section cppsim.

``python -m flows.bench.hls4ml_rival MODEL FRAMES.npy SCALE FOLDER`` writes FOLDER/result.json. The
network is made channels-last, as hls4ml wants it, and the scales of its activations are moved into
the normalizations around them: hls4ml would write tables of the size of the tensors for them, which
no compiler takes at 512 x 512. Both leave the network's meaning as it is.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.channels_last import ConvertToChannelsLastAndClean
from qonnx.transformation.general import GiveUniqueNodeNames
from qonnx.transformation.infer_shapes import InferShapes
from qonnx.util.cleanup import cleanup_model

from flows.build.steps.import_model import load_qonnx

#: Height of the input at which the network is converted: QONNX's passes take minutes at 512.
SMALL = 64
#: Of values that no quantizer of the network gives a type: the narrowest tried that is exact.
PRECISION = "fixed<32,16>"


def channels_last(model: ModelWrapper) -> ModelWrapper:
    """The network with NHWC input and output, and without the transposes at its ends."""
    _, _, height, width = model.get_tensor_shape(model.graph.input[0].name)
    factor = height // SMALL if height % SMALL == 0 and width * SMALL % height == 0 else 1
    model = _converted(_of_size(model, height // factor, width // factor))
    frames = [model.graph.input[0].name]  # tensors that depend on the input, in order
    for node in model.graph.node:
        if any(name in frames for name in node.input):
            frames += node.output
    for name in frames:
        batch, rows, columns, channels = model.get_tensor_shape(name)
        model.set_tensor_shape(name, [batch, rows * factor, columns * factor, channels])
    return model


def _of_size(model: ModelWrapper, height: int, width: int) -> ModelWrapper:
    """The same layers on an input of another size."""
    source = model.graph.input[0].name
    batch, channels, _, _ = model.get_tensor_shape(source)
    kept = [i for i in model.graph.value_info if model.get_initializer(i.name) is not None]
    del model.graph.value_info[:]
    model.graph.value_info.extend(kept)
    model.set_tensor_shape(source, [batch, channels, height, width])
    model.graph.output[0].type.tensor_type.ClearField("shape")
    return model.transform(InferShapes())


def _converted(model: ModelWrapper) -> ModelWrapper:
    model = cleanup_model(model).transform(ConvertToChannelsLastAndClean())
    graph = model.graph
    source, sink = graph.input[0].name, graph.output[0].name
    batch, _, height, width = model.get_tensor_shape(source)
    for node in list(graph.node):
        if node.op_type == "Transpose":
            graph.node.remove(node)
            _bypass(model, node, sink)
    # what is left in NCHW are the layers in front of the first convolution: quantizers, Concat
    first = next(index for index, node in enumerate(graph.node) if node.op_type == "Conv")
    for name in [source, *(name for node in graph.node[:first] for name in node.output)]:
        shape = model.get_tensor_shape(name)
        if shape is not None and len(shape) == 4 and shape[2:] == [height, width]:
            model.set_tensor_shape(name, [batch, height, width, shape[1]])
    for node in graph.node:
        if node.op_type == "Concat":
            node.attribute[0].i = 3
        if node.op_type == "Add" and (bias := model.get_initializer(node.input[1])) is not None:
            model.set_initializer(node.input[1], bias.reshape(-1))
    return model.transform(GiveUniqueNodeNames())


def unit_scales(model: ModelWrapper) -> float:
    """Give the activations' quantizers scale 1; returns what the outputs have to be scaled by.

    Quant(x) of scale s is s * Quant(x / s) of scale 1: the normalization before it is divided by s,
    the one behind the next convolution takes s * x. A quantizer without them keeps its scale.
    """
    norm, scale, first = None, 1.0, True
    for node in model.graph.node:
        values = [model.get_initializer(name) for name in node.input]
        if node.op_type == "BatchNormalization":
            _, gamma, _, mean, _ = values
            model.set_initializer(node.input[1], gamma * scale)
            model.set_initializer(node.input[3], mean / scale)
            norm, scale = node, 1.0
        elif node.op_type == "Quant" and not first:
            if norm is None or not _normalized_behind(model, node) or np.size(values[1]) != 1:
                continue
            scale = float(np.reshape(values[1], -1)[0])
            for name in norm.input[1:3]:
                model.set_initializer(name, model.get_initializer(name) / scale)
            model.set_initializer(node.input[1], np.ones_like(values[1]))
            norm = None
        elif node.op_type == "Quant":
            first = False
        elif node.op_type == "Add":
            model.set_initializer(node.input[1], values[1] / scale)
    return scale


def _normalized_behind(model: ModelWrapper, node: Any) -> bool:
    """Whether one normalization, or the bias of the output, follows the next convolution."""
    while (node := model.find_consumer(node.output[0])) is not None:
        if node.op_type in ("BatchNormalization", "Add"):
            return True
        if node.op_type == "Quant":
            return False
    return False


def _bypass(model: ModelWrapper, node: Any, sink: str) -> None:
    """Connect what a removed node connected."""
    if node.output[0] == sink:
        shape = model.get_tensor_shape(node.input[0])
        before = next(n for n in model.graph.node if n.output[0] == node.input[0])
        before.output[0] = sink
        model.set_tensor_shape(sink, shape)
        return
    for other in model.graph.node:
        for index, name in enumerate(other.input):
            if name == node.output[0]:
                other.input[index] = node.input[0]


def run(model_path: Path, frames: Path, scale: float, folder: Path) -> dict[str, Any]:
    """Convert, compile, and run the first frame."""
    import hls4ml

    model = channels_last(load_qonnx(model_path))
    out_scale = unit_scales(model)
    settings = hls4ml.utils.config.config_from_onnx_model(
        model, granularity="name", backend="Vitis", default_precision=PRECISION
    )
    converted = hls4ml.converters.convert_from_onnx_model(
        model,
        output_dir=str(folder / "project"),
        io_type="io_stream",
        backend="Vitis",
        hls_config=settings,
    )
    start = time.perf_counter()
    converted.compile()
    compile_seconds = time.perf_counter() - start
    real = (np.load(frames)[:1] * scale).astype(np.float32)
    start = time.process_time()
    outputs = converted.predict(real)
    seconds = time.process_time() - start
    return {
        "cpu_seconds": seconds,
        "compile_seconds": compile_seconds,
        "outputs": (np.asarray(outputs, np.float64).reshape(-1) * out_scale).tolist(),
        "what": f"hls4ml {version('hls4ml')}, Vitis backend, io_stream, {PRECISION} by default: "
        "the complete network, channels-last, scales moved into the normalizations",
    }


if __name__ == "__main__":
    found = run(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]))
    (Path(sys.argv[4]) / "result.json").write_text(json.dumps(found), encoding="utf-8")
