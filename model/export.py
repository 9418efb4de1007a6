"""QONNX export of a network of the zoo.

    python -m model.export --model dupnet-tinier-yolo --seed 1 --size 512 --out path.onnx
    python -m model.export --model dupnet-tinier-yolo --checkpoint file.npz --out path.onnx

The graph is a chain: Quant (8-bit pixels) - [Concat of it with itself, F times] - Conv -
BatchNormalization - Relu - Quant - [MaxPool] - ... - Conv - Add (biases); the weights of every Conv
are a constant behind a BipolarQuant. Input `global_in`, 1 x 3 x size x size, pixel/256; output
`global_out`, 1 x 30 x size/32 x size/32, both NCHW float32. Duplicated weights stand as plain
weights with all channels.

Metadata (strings in metadata_props, of the model and, for qonnx, of its graph): `network`, `seed`,
`checkpoint` (SHA-256 of the checkpoint's file; empty: untrained weights of the seed), `input_size`,
`input_scale`, `activation`, `anchors` (JSON, in cells of 32 pixels), `head_scale`,
`head_bias_codes` (JSON, integers), `head_bias_bits`, `head_bias_fraction_bits` (see
`model.network.HeadDecoding`), `threshold` (least score of a box, 0 to 1; empty: none is known).
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from model import zoo
from model.brevitas_export import OPSET, export_module
from model.build import build
from model.checkpoint import load_checkpoint, network_from
from model.errors import ModelError
from model.files import write_atomic
from model.network import Network
from model.quantizers import INPUT_STEP
from outside.answers import Answer, add_json
from outside.arguments import Parser
from outside.command import run_command

MAX_SIZE = 4096
QONNX_DOMAIN, QONNX_OPSET = "qonnx.custom_op.general", 1
QUANTIZERS = ("Quant", "BipolarQuant")


def metadata(
    network: Network,
    seed: int | None,
    size: int,
    checkpoint: str = "",
    threshold: float | None = None,
) -> dict[str, str]:
    """Metadata of an export: all that decoding needs beside the graph, and the graph's origin."""
    head = network.head_decoding()
    return {
        "network": network.spec.name,
        "seed": "" if seed is None else str(seed),
        "checkpoint": checkpoint,
        "input_size": str(size),
        "input_scale": repr(INPUT_STEP),
        "activation": network.spec.quantizer,
        "anchors": json.dumps(network.spec.anchors),
        "head_scale": repr(head.scale),
        "head_bias_codes": json.dumps(head.bias_codes),
        "head_bias_bits": str(head.bias_bits),
        "head_bias_fraction_bits": str(head.bias_fraction_bits),
        "threshold": "" if threshold is None else repr(threshold),
    }


def rename_tensors(graph: Any, names: dict[str, str]) -> None:
    """Rename the tensors of an ONNX graph, wherever they occur.

    qonnx's own rename_tensor misses the second of two equal inputs of a node, which the Concat of
    duplicated inputs has.
    """
    for value in [*graph.input, *graph.output, *graph.value_info, *graph.initializer]:
        value.name = names.get(value.name, value.name)
    for annotation in graph.quantization_annotation:
        annotation.tensor_name = names.get(annotation.tensor_name, annotation.tensor_name)
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]


def _name_tensors(model: Any) -> None:
    """Name tensors by the nodes that make or hold them, as qonnx's GiveReadableTensorNames does."""
    graph = model.graph
    constants = {tensor.name for tensor in graph.initializer}
    names: dict[str, str] = {}
    for node in graph.node:
        for index, name in enumerate(node.output):
            names[name] = f"{node.name}_out{index}"
        held = [name for name in node.input if name in constants]
        for index, name in enumerate(held):
            names[name] = f"{node.name}_param{index}"
    names[graph.input[0].name] = "global_in"
    names[graph.output[0].name] = "global_out"
    rename_tensors(graph, names)


def _order_weights(graph: Any) -> None:
    """Put each weight's quantizer right in front of its convolution: BipolarQuant_3, Conv_3."""
    nodes = list(graph.node)
    quantizers = {node.output[0]: node for node in nodes if node.op_type == "BipolarQuant"}
    ordered = []
    for node in nodes:
        if node.op_type != "BipolarQuant":
            ordered += [quantizers[name] for name in node.input if name in quantizers] + [node]
    del graph.node[:]
    graph.node.extend(ordered)


def _forget_traces(graph: Any) -> None:
    """Leave out what the exporter notes of its Python call stack: paths of this machine."""
    for item in [*graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer]:
        item.ClearField("doc_string")
        item.ClearField("metadata_props")
    graph.ClearField("doc_string")
    graph.ClearField("metadata_props")
    tensors = sorted(graph.value_info, key=lambda tensor: tensor.name)
    del graph.value_info[:]
    graph.value_info.extend(tensors)
    tensors = sorted(graph.initializer, key=lambda tensor: tensor.name)
    del graph.initializer[:]
    graph.initializer.extend(tensors)


def clean(model: Any) -> Any:
    """A raw export (qonnx ModelWrapper) with shapes, folded constants and readable names."""
    from onnx.helper import make_opsetid
    from qonnx.transformation.fold_constants import FoldConstants
    from qonnx.transformation.general import (
        GiveUniqueNodeNames,
        GiveUniqueParameterTensors,
        RemoveStaticGraphInputs,
        RemoveUnusedTensors,
    )
    from qonnx.transformation.infer_shapes import InferShapes

    for node in model.graph.node:
        if node.op_type in QUANTIZERS:
            node.domain = QONNX_DOMAIN
    # qonnx takes the first entry for ONNX's own; the exporter writes Brevitas' domain there
    del model.model.opset_import[:]
    model.model.opset_import.extend(
        [make_opsetid("", OPSET), make_opsetid(QONNX_DOMAIN, QONNX_OPSET)]
    )
    for transformation in (
        InferShapes(),
        GiveUniqueParameterTensors(),
        FoldConstants(exclude_op_types=list(QUANTIZERS)),
        RemoveUnusedTensors(),
        RemoveStaticGraphInputs(),
    ):
        model = model.transform(transformation)
    _order_weights(model.graph)
    model = model.transform(GiveUniqueNodeNames())
    _name_tensors(model)
    _forget_traces(model.graph)
    return model


def _check(spec: zoo.NetworkSpec, size: int) -> None:
    """Refuse what cannot be exported."""
    if not spec.quantized:
        raise ModelError(
            f"{spec.name} is full precision and has no integer network to export; "
            f"expected one of {', '.join(s.name for s in zoo.NETWORKS if s.quantized)}"
        )
    if not 0 < size <= MAX_SIZE or size % zoo.STRIDE:
        raise ModelError(f"size is {size}; expected a multiple of {zoo.STRIDE} up to {MAX_SIZE}")


def to_qonnx(
    network: Network,
    size: int,
    seed: int | None = None,
    checkpoint: str = "",
    threshold: float | None = None,
) -> Any:
    """The network as a qonnx ModelWrapper for one size x size picture.

    Args:
        seed: of its weights, for the metadata.
        checkpoint: digest of the checkpoint that it is from, for the metadata.
        threshold: least score of a box, for the metadata.
    """
    _check(network.spec, size)
    from onnx.helper import set_model_props
    from qonnx.core.modelwrapper import ModelWrapper

    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw.onnx"
        export_module(network.eval(), (1, 3, size, size), raw)
        model = clean(ModelWrapper(str(raw)))
    properties = metadata(network, seed, size, checkpoint, threshold)
    model.model.ClearField("metadata_props")
    set_model_props(model.model, properties)  # where onnxruntime and Netron look
    for key, value in properties.items():
        model.set_metadata_prop(key, value)  # where qonnx looks: in the graph
    return model


def export(name: str, seed: int, size: int, path: Path, checkpoint: Path | None = None) -> None:
    """Write the QONNX file of a network of the zoo, complete or not at all.

    Its weights are those of the checkpoint, if one is given, or untrained ones of the seed.
    """
    _check(zoo.find(name), size)  # before weights are made
    if checkpoint is None:
        model = to_qonnx(build(name, seed), size, seed)
    else:
        loaded = load_checkpoint(checkpoint, name)
        model = to_qonnx(network_from(loaded), size, seed, loaded.digest, loaded.threshold)
    write_atomic(path, model.model.SerializeToString())


def _run(options: argparse.Namespace) -> Answer:
    export(options.model, options.seed, options.size, options.out, options.checkpoint)
    weights = options.checkpoint or f"seed {options.seed} (untrained weights)"
    print(f"exported {options.model}, {weights}, {options.size} x {options.size}: {options.out}")
    named = {"network": options.model, "weights": str(weights), "size": options.size}
    return Answer({"model": str(options.out), **named})


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = Parser(
        prog="python -m model.export",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--model", required=True, help="network of the zoo")
    parser.add_argument("--seed", type=int, default=1, help="seed of the weights (default 1)")
    parser.add_argument("--checkpoint", type=Path, help="trained weights (default: untrained)")
    parser.add_argument("--size", type=int, default=512, help="height and width (default 512)")
    parser.add_argument("--out", type=Path, required=True, help="QONNX file to write")
    add_json(parser)
    return run_command(parser, _run, arguments, subject=lambda options: options.checkpoint)


if __name__ == "__main__":
    sys.exit(main())
