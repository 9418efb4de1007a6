"""The network's inputs: tensors of fixed size, and what is annotated to them."""

from onnx import GraphProto, TensorAnnotation, ValueInfoProto

from flows.errors import FlowError
from flows.graph.input_type import MAX_BITS, InputType
from flows.obstacles import Obstacles

#: Annotations that say nothing.
UNSAID = ("", "FLOAT32")


def check_shape(graph: GraphProto) -> None:
    """FlowError unless the model takes images, each of fixed size."""
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
            _check_sizes(info)
    obstacles.check()


def _check_sizes(info: ValueInfoProto) -> None:
    """FlowError unless an input has one frame of fixed size."""
    dims = info.type.tensor_type.shape.dim
    shape = [d.dim_value or d.dim_param or "?" for d in dims]
    if dims and not dims[0].dim_value and len(dims) > 1:
        dims[0].dim_value = 1  # any number of frames
    if (
        not 1 <= len(dims) <= 4
        or not all(d.dim_value > 0 for d in dims)
        or (len(dims) > 1 and dims[0].dim_value != 1)
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
