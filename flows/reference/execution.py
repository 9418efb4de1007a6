"""A QONNX file executed as it stands, by onnxruntime and QONNX's own operators.

Nothing of this project takes part: no pass, no renaming, no folding. QONNX's operators run as
``qonnx`` defines them, all nodes between them in onnxruntime, in float32. Shapes that the file
notes are not looked at, so that a fully convolutional network runs on any size and any number of
frames.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import ModelProto, NodeProto, helper, numpy_helper
from qonnx.custom_op.registry import is_custom_op

from flows.errors import FlowError
from flows.importing.domains import CHANNELS_LAST, MICROSOFT, settle_domains
from flows.importing.loops.unroll import unrolled
from flows.importing.node_order import in_order
from flows.importing.qoperators import form_of
from flows.importing.read import read_model
from flows.reference.custom import annotate, run_custom
from flows.reference.quantizers import QUANTIZERS

Tensors = dict[str, Any]
Replace = Callable[[NodeProto, Any], Any]


def label(node: NodeProto) -> str:
    """Such as "node conv1 (Conv)"."""
    return f"node {node.name or node.output[0]} ({node.op_type})"


class ImportedModel:
    """The file. nodes: in an order in which they can run; constants: initializers by name.

    inputs: those that the outputs depend on, in the file's order; what reads others is left out.

    Only QONNX's operators under other domains than QONNX's are called by its own.
    """

    def __init__(self, proto: ModelProto) -> None:
        settle_domains(proto)
        self.proto = proto
        self.constants: Tensors = {
            tensor.name: numpy_helper.to_array(tensor) for tensor in proto.graph.initializer
        }
        self.versions = {o.domain: o.version for o in proto.opset_import}
        self.outputs = [info.name for info in proto.graph.output]
        given = [i.name for i in proto.graph.input if i.name not in self.constants]
        #: NumPy type of each input: float32, or that of indices.
        self.kinds = {
            info.name: helper.tensor_dtype_to_np_dtype(info.type.tensor_type.elem_type)
            for info in proto.graph.input
        }
        wanted = _wanted(proto)
        self.inputs = [name for name in given if name in wanted]
        if not self.inputs:
            raise FlowError("the file's outputs depend on no input")
        self.nodes, left = in_order(proto.graph.node, {*given, *self.constants})
        if left:
            raise FlowError(f"{label(left[0])}: its inputs are made by no node")
        unused = set(given) - wanted
        for node in self.nodes:
            if unused.intersection(node.input):
                unused.update(name for name in node.output if name)
        self.nodes = [node for node in self.nodes if not unused.intersection(node.input)]
        annotate(proto.graph)
        self.producers = {name: node for node in self.nodes for name in node.output if name}
        self.varying = self._varying()

    def _varying(self) -> set[str]:
        """Names of the tensors that depend on the inputs."""
        names = set(self.inputs)
        for node in self.nodes:
            if names & set(node.input):
                names |= set(node.output)
        return names - {""}

    def quantizers(self) -> list[NodeProto]:
        """Quantizers of activations."""
        return [n for n in self.nodes if n.op_type in QUANTIZERS and n.output[0] in self.varying]

    def _version(self, node: NodeProto) -> int:
        """Of the operators that a node is one of; channels last are ONNX's own ones, moved."""
        return int(self.versions.get("" if node.domain == CHANNELS_LAST else node.domain, 1))

    def run(self, images: Tensors, replace: Replace | None = None) -> Tensors:
        """Every tensor by name, of N frames of each input as it lies in the file.

        Inputs are brought to their types, float32 or integers of indices.

        replace: (quantizer of an activation, its output) -> what stands in the output's place.
        """
        tensors = {**self.constants, **self.typed(images)}
        self.run_nodes(self.nodes, tensors, replace)
        return tensors

    def typed(self, images: Tensors) -> Tensors:
        """Each input in its type."""
        return {name: np.ascontiguousarray(images[name], self.kinds[name]) for name in self.inputs}

    def run_nodes(
        self, nodes: Iterable[NodeProto], tensors: Tensors, replace: Replace | None = None
    ) -> None:
        """Run nodes in their order; tensors holds what they read and takes what they make."""
        plain: list[NodeProto] = []
        for node in nodes:
            if not is_custom_op(node.domain, node.op_type):
                plain.append(node)
                if replace and node.op_type in QUANTIZERS:  # of ONNX: it ends a piece
                    self._run_plain(plain, tensors)
                    plain = []
                    self._replace(node, tensors, replace)
                continue
            self._run_plain(plain, tensors)
            plain = []
            self._run_custom(node, tensors)
            self._replace(node, tensors, replace)
        self._run_plain(plain, tensors)

    def _replace(self, node: NodeProto, tensors: Tensors, replace: Replace | None) -> None:
        if replace and node.op_type in QUANTIZERS and node.output[0] in self.varying:
            tensors[node.output[0]] = replace(node, tensors[node.output[0]])

    def _run_custom(self, node: NodeProto, tensors: Tensors) -> None:
        # parameters are float32 by the operator's definition, however they are stored
        context = {name: _as_float(tensors[name]) for name in node.input if name}
        try:
            with np.errstate(divide="ignore", invalid="ignore"):
                result = run_custom(node, context, self.proto.graph, self._version(node))
        except Exception as error:  # of qonnx, of any kind
            raise _unrunnable(label(node), error) from error
        if node.op_type in ("Quant", "IntQuant", "BipolarQuant"):
            # a level times a scale of 0, as pruned channels have it; QONNX's division makes it NaN
            result = np.where(context[node.input[1]] == 0, np.zeros((), result.dtype), result)
        tensors[node.output[0]] = result

    def _run_plain(self, nodes: list[NodeProto], tensors: Tensors) -> None:
        if not nodes:
            return
        made = [name for node in nodes for name in node.output if name]
        read = {name for node in nodes for name in node.input if name} - set(made)
        if any(form_of(node) for node in nodes):  # which onnxruntime may rewrite if it knows them
            fixed = sorted(read & set(self.constants))
            read -= set(fixed)
        else:
            fixed = []
        proto = self._plain(nodes, {name: tensors[name] for name in sorted(read)}, made)
        proto.graph.initializer.extend(numpy_helper.from_array(tensors[n], n) for n in fixed)
        try:
            session = onnxruntime.InferenceSession(
                proto.SerializeToString(),
                session_options(nodes),
                providers=["CPUExecutionProvider"],
            )
            results = session.run(made, {name: tensors[name] for name in read})
        except Exception as error:  # onnxruntime's own types, below Exception alone
            raise _unrunnable(_culprit(nodes, str(error)), error) from error
        tensors.update(zip(made, results, strict=True))

    def _plain(self, nodes: list[NodeProto], feeds: Tensors, made: list[str]) -> ModelProto:
        inputs = [
            helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), None)
            for name, value in feeds.items()
        ]
        outputs = [onnx.ValueInfoProto(name=name) for name in made]
        opsets = [o for o in self.proto.opset_import if o.domain in ("", "ai.onnx", MICROSOFT)]
        graph = helper.make_graph(nodes, "plain", inputs, outputs)
        return helper.make_model(
            graph, opset_imports=opsets, ir_version=min(self.proto.ir_version, 10)
        )


def session_options(nodes: Iterable[NodeProto]) -> Any:
    """Options of an onnxruntime session that computes what ONNX says of nodes, on any CPU.

    Where a CPU has no VNNI, onnxruntime's products of uint8 and int8 end sums of two at 16 bits,
    unless it may rewrite such weights as uint8; it rewrites them together with other optimizations.
    """
    options, levels = onnxruntime.SessionOptions(), onnxruntime.GraphOptimizationLevel
    options.log_severity_level = 4
    options.graph_optimization_level = levels.ORT_DISABLE_ALL
    if any(form_of(node) for node in nodes):
        options.graph_optimization_level = levels.ORT_ENABLE_EXTENDED
        options.add_session_config_entry("session.x64quantprecision", "1")
    return options


def load_imported(path: Path) -> ImportedModel:
    """The file at path, as it is."""
    try:
        return ImportedModel(unrolled(read_model(path)))
    except FlowError:
        raise
    except (ValueError, IndexError) as error:
        raise FlowError(f"{path}: cannot be executed as it stands: {error}") from error


def _as_float(value: Any) -> Any:
    return value if value.dtype.kind == "f" else np.asarray(value, dtype=np.float32)


def _wanted(proto: ModelProto) -> set[str]:
    """Names of the tensors that the outputs are made of, themselves among them."""
    makers = {name: node for node in proto.graph.node for name in node.output if name}
    found: set[str] = set()
    waiting = [info.name for info in proto.graph.output]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += list(makers[name].input) if name in makers else []
    return found


def _culprit(nodes: list[NodeProto], text: str) -> str:
    named = [node for node in nodes if node.name and f"'{node.name}'" in text]
    return label(named[0] if named else nodes[0])


def _unrunnable(place: str, error: Exception) -> FlowError:
    text = " ".join(str(error).split())
    return FlowError(f"{place}: the imported file cannot be executed: {text}")
