"""The network's inputs: tensors of fixed size, and what is annotated to them."""

from onnx import GraphProto, TensorAnnotation, ValueInfoProto

from flows.errors import FlowError
from flows.graph.input_type import MAX_BITS, InputType
from flows.obstacles import Obstacles

#: Annotations that say nothing.
UNSAID = ("", "FLOAT32")


def check_shape(graph: GraphProto, has_loops: bool = False) -> None:
    """FlowError unless the model takes images, each of fixed size.

    has_loops: loops were written out, whose steps and states need no axis of frames.
    """
    constants = {i.name for i in graph.initializer}
    inputs = [info for info in graph.input if info.name not in constants]
    if not inputs or not len(graph.output):
        raise FlowError(
            f"the model has {len(inputs)} inputs and {len(graph.output)} outputs; expected one or "
            "more of each"
        )
    obstacles = Obstacles()
    for info in inputs:
        with obstacles.noting():
            _check_sizes(info, has_loops)
    obstacles.check()


def _check_sizes(info: ValueInfoProto, has_loops: bool) -> None:
    """FlowError unless an input has one frame of fixed size."""
    dims = info.type.tensor_type.shape.dim
    shape = [d.dim_value or d.dim_param or "?" for d in dims]
    if dims and not dims[0].dim_value and len(dims) > 1:
        dims[0].dim_value = 1  # any number of frames
    sizes = [d.dim_value for d in dims]
    # (steps, 1, features): the axis of frames is the second, as in layers over time
    is_in_time = has_loops or (len(sizes) == 3 and sizes[1] == 1)
    if (
        not 1 <= len(sizes) <= 4
        or not all(size > 0 for size in sizes)
        or (len(sizes) > 1 and sizes[0] != 1 and not is_in_time)
    ):
        raise FlowError(
            f"input {info.name} has shape {shape}; expected (1, C, H, W), all fixed, or fewer axes"
        )


def check_annotation(graph: GraphProto) -> None:
    """FlowError if a data type is annotated to an input that is not one of integers.

    Annotations of other tensors say nothing that the quantizers do not say; they are removed.
    """
    names = {info.name for info in graph.input} - {i.name for i in graph.initializer}
    for annotation in graph.quantization_annotation:
        kinds = {entry.key: entry.value for entry in annotation.quant_parameter_tensor_names}
        kind = kinds.get("finn_datatype", "")
        known = kind in UNSAID or InputType.of_name(kind) is not None
        if annotation.tensor_name in names and not known:
            raise FlowError(
                f"input {annotation.tensor_name} is annotated as {kind}; expected INT or UINT of "
                f"1 to {MAX_BITS} bits, or BIPOLAR"
            )
    kept = [a for a in graph.quantization_annotation if a.tensor_name in names]
    copies = [TensorAnnotation.FromString(a.SerializeToString()) for a in kept]
    del graph.quantization_annotation[:]
    graph.quantization_annotation.extend(copies)
