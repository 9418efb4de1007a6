"""Step streamline: QONNX -> a graph of integers only.

Quantized weights become integer initializers, and their scales stand behind the layers, as FINN's
FoldQuantWeights has it; then ``to_integers`` turns what stands between accumulators and quantizers
into thresholds. FINN's own Streamline would do that in float32 and let exact halves round up; ours
asks the quantizer itself, so that the integers are QONNX's to the last bit (tests/flows compares
the two).
"""

import json

from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.extract_conv_bias import ExtractBiasFromConv

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.step import Step
from flows.errors import FlowError
from flows.files import write_model
from flows.graph.correspondence import Counterpart, write_counterparts
from flows.graph.decodings import decodings_of
from flows.graph.fold_constant_quantizers import FoldConstantQuantizers
from flows.graph.fold_weight_quantizers import FoldWeightQuantizers
from flows.graph.greatest_channel import take_argmax
from flows.graph.host_tail import DIMS, LABEL, NODES, ORDER, REASONS, compose
from flows.graph.input_scale import Scales, Types
from flows.graph.inputs import suffix
from flows.graph.integer_builder import where
from flows.graph.integer_graph import IntGraph, from_onnx
from flows.graph.layout_metadata import layouts_of
from flows.graph.to_integers import to_integers_with_counterparts
from flows.graph.weight_quantizers import CONVOLUTIONS, settle_weight_quantizers
from flows.importing.host_tail import Cut
from flows.importing.read import read_file
from flows.obstacles import Obstacles
from flows.run.host_tail import HostTail


def streamline(
    model: ModelWrapper, input_scale: Scales = None, input_type: Types = None
) -> ModelWrapper:
    """Integer graph (NHWC in and out) of a prepared QONNX model.

    input_scale, input_type: of the configuration, where it says them.

    Raises FlowError with node and reason for what is not supported. The decoding of each output,
    real = output_scale * integer + output_bias for each channel, is in the graph's metadata.
    """
    return streamline_with_counterparts(model, input_scale, input_type)[0]


def streamline_with_counterparts(
    model: ModelWrapper, input_scale: Scales = None, input_type: Types = None
) -> tuple[ModelWrapper, list[Counterpart]]:
    """``streamline``, and what in the integer graph stands for which tensor of the model."""
    names = set(model.get_all_tensor_names())
    obstacles = Obstacles()
    try:
        model = model.transform(FoldConstantQuantizers())
        settle_weight_quantizers(model, obstacles)
        _check_convolutions(model, obstacles)
        model = model.transform(ExtractBiasFromConv()).transform(FoldConstantQuantizers())
        model = model.transform(FoldWeightQuantizers())
    except FlowError:
        raise
    except (ValueError, RuntimeError, AssertionError) as error:
        raise FlowError(f"weights cannot be folded: {error}") from error
    for index, node in enumerate(model.graph.node):
        node.name = node.name or f"{node.op_type}_{index}"
    graph = None
    with obstacles.noting():
        graph, counterparts = to_integers_with_counterparts(model, input_scale, input_type)
    obstacles.check()
    assert graph is not None
    return graph.to_onnx(), [c for c in counterparts if c.tensor in names]


def _check_convolutions(model: ModelWrapper, obstacles: Obstacles) -> None:
    """Note a bias or kernel_shape that the passes behind this would misread, and take it away."""
    for node in model.graph.node:
        if node.op_type not in CONVOLUTIONS:
            continue
        weights = model.get_tensor_shape(node.input[1])
        kernel = next((list(a.ints) for a in node.attribute if a.name == "kernel_shape"), None)
        if weights is not None and kernel is not None and kernel != list(weights[2:]):
            obstacles.add(
                f"{where(node)}: kernel_shape = {kernel}, but its weights are of shape "
                f"{tuple(weights)}"
            )
        if len(node.input) > 2:
            bias = model.get_initializer(node.input[2])
            if bias is None:
                obstacles.add(f"{where(node)}: its bias is not constant")
                del node.input[2]
                continue
            group = next((a.i for a in node.attribute if a.name == "group"), 1)
            axis = CONVOLUTIONS[node.op_type]
            rows = weights[axis] * (group if axis else 1) if weights is not None else None
            if rows is not None and bias.shape != (rows,):
                obstacles.add(f"{where(node)}: bias of shape {bias.shape}; expected ({rows},)")
                del node.input[2]


def _run(model: ModelWrapper, build: Build) -> ModelWrapper:
    model, counterparts = streamline_with_counterparts(
        model, build.config.input_scale, build.config.input_type
    )
    write_counterparts(build.paths.counterparts, counterparts)
    model = _with_host_tail(model, build)
    for name in from_onnx(model).inputs:
        if note := model.get_metadata_prop(f"input_scale_note{suffix(name)}"):
            print(f"streamline: {note}")
    return model


def _with_host_tail(model: ModelWrapper, build: Build) -> ModelWrapper:
    """Write host_tail.onnx, and note in the graph what is the host's."""
    path = build.paths.tail
    tail = read_file(path) if path.is_file() else None
    graph = from_onnx(model)
    for key in (NODES, REASONS, DIMS, ORDER, LABEL):  # what a foreign file says there means nothing
        graph.metadata.pop(key, None)
    hosts = Cut(tail, tail).nodes if tail is not None else []
    if build.config.argmax_in_hardware:
        tail = take_argmax(graph, tail)
        hosts = [*Cut(tail, tail).nodes, f"{graph.node(graph.output).origin}: its shape alone"]
    _say_order(graph)
    made = compose(graph, tail)
    HostTail(made.SerializeToString(), str(build.paths.host_tail))  # it can be executed
    write_model(build.paths.host_tail, made)
    if tail is not None:
        reasons = {p.key: p.value for p in tail.metadata_props}.get(REASONS, "{}")
        graph.metadata |= {NODES: json.dumps(hosts), REASONS: reasons}
    return graph.to_onnx()


def _say_order(graph: IntGraph) -> None:
    """Name what the host only brings into the file's order of axes and pixels."""
    layouts = layouts_of(graph.metadata)
    for each in decodings_of(graph.metadata):
        steps = [kind for kind, _ in layouts[each.tensor].steps] if each.tensor in layouts else []
        if "transpose" in steps:
            print(f"streamline: the host brings {each.tensor} into its order: {', '.join(steps)}")


STEP = Step(StepName.STREAMLINE, _run)
