"""A model's graph as a whole: what it is made of, in which order, and by which rules."""

import heapq
from collections import Counter

import onnx
from onnx import GraphProto, ModelProto, NodeProto, TensorProto

from flows.errors import FlowError
from flows.graph.integer_builder import where
from flows.importing.constants import guessed_shapes
from flows.importing.domains import (
    ONNX_DOMAINS,
    QONNX_DOMAINS,
    is_finn_hardware,
    settle_domains,
)
from flows.importing.embedding import index_tensors, is_integral
from flows.importing.integer_inputs import TYPES, check_readers
from flows.importing.limits import MAX_ELEMENTS, MAX_NODES, MAX_SIZE
from flows.importing.operators import FOLDABLE, REFUSED, SUPPORTED, check_attributes
from flows.importing.tensors import check_tensors
from flows.importing.unused import remove_unused
from flows.obstacles import Obstacles

#: Versions of ONNX's operators: from 7 on constants are broadcast as they are today.
MIN_OPSET = 7
#: Layers over time that have no place for quantizers within.
OF_REAL_STATES = ("LSTM", "GRU", "RNN")
#: Types of real numbers that activations may not have.
OTHER_FLOATS = {
    TensorProto.FLOAT16: "float16",
    TensorProto.BFLOAT16: "bfloat16",
    TensorProto.DOUBLE: "float64",
}
#: Versions of QONNX's operators.
QONNX_VERSIONS = (1, 2)


def check_structure(model: ModelProto, obstacles: Obstacles | None = None) -> None:
    """Bring a model of other hands to one form, or say by a FlowError what is wrong with it.

    Nodes are sorted and named (none has an empty input or output at its end), constants are
    complete, and every operator is one that this flow knows. Then ONNX's own checker reads it.
    obstacles: takes what is wrong with nodes, so that all of it can be said at once.
    """
    graph = model.graph
    noted = Obstacles() if obstacles is None else obstacles
    for what, found in (
        ("local functions", model.functions),
        ("sparse initializers", graph.sparse_initializer),
    ):
        if len(found):
            raise FlowError(f"the model has {what}, which are not supported")
    if len(graph.node) > MAX_NODES or len(graph.initializer) > 4 * MAX_NODES:
        raise FlowError(
            f"the model has {len(graph.node)} nodes and {len(graph.initializer)} initializers; "
            f"expected at most {MAX_NODES} nodes"
        )
    del model.training_info[:]
    settle_domains(model)
    _check_opsets(model)
    remove_unused(graph)
    _name_nodes(graph)
    for node in graph.node:
        before = len(noted.texts)
        with noted.noting():
            _check_node(node)
        if len(noted.texts) > before:
            _stand_in(node)
    is_whole = False
    with noted.noting():
        check_tensors(model)
        _check_values(graph)
        sort_nodes(graph)
        _check_activations(model, noted)
        if not noted.texts:  # of operators that nobody knows the checker says no more
            _check_by_onnx(model)
        is_whole = True
    if obstacles is None or not is_whole:
        noted.check()


def _check_by_onnx(model: ModelProto) -> None:
    shapeless = [o for o in model.graph.output if not o.type.tensor_type.HasField("shape")]
    try:
        for info in shapeless:  # which the checker would refuse, and inference finds
            info.type.tensor_type.shape.dim.add()
        onnx.checker.check_model(model)
    except (onnx.checker.ValidationError, RuntimeError, ValueError, TypeError) as error:
        raise FlowError(f"not a valid ONNX model: {' '.join(str(error).split())}") from error
    finally:
        for info in shapeless:
            info.type.tensor_type.ClearField("shape")


def _check_opsets(model: ModelProto) -> None:
    newest = onnx.defs.onnx_opset_version()
    versions: dict[str, int] = {}
    for opset in model.opset_import:
        domain = "" if opset.domain in ONNX_DOMAINS else opset.domain
        if versions.setdefault(domain, opset.version) != opset.version:
            raise FlowError(f"operator set {domain or 'ai.onnx'} is imported in two versions")
    if not MIN_OPSET <= versions.get("", 0) <= newest:
        found = f"version {versions['']}" if "" in versions else "no version"
        raise FlowError(f"the model imports {found} of ONNX's operators; expected {MIN_OPSET} to "
                        f"{newest}")  # fmt: skip
    for domain in QONNX_DOMAINS:
        version = versions.get(domain, 1)
        if version not in QONNX_VERSIONS:
            raise FlowError(
                f"the model imports version {version} of {domain}; expected "
                f"{' or '.join(map(str, QONNX_VERSIONS))}"
            )
    # qonnx takes the first entry for the opset of ONNX itself, which Brevitas does not put first
    used = {node.domain for node in model.graph.node}
    del model.opset_import[:]
    for domain, version in sorted(versions.items()):
        if domain == "" or domain in used:
            model.opset_import.add(domain=domain, version=version)


def _name_nodes(graph: GraphProto) -> None:
    """Every node gets a name that no other has."""
    taken: Counter[str] = Counter(node.name for node in graph.node if node.name)
    seen: set[str] = set()
    for index, node in enumerate(graph.node):
        if not node.name.isprintable():  # it will stand in messages and files
            node.name = node.name.encode("unicode_escape").decode()
        name = node.name or f"{node.op_type}_{index}"
        count = 0
        while name in seen or (count and name in taken) or (not node.name and name in taken):
            count += 1
            name = f"{node.name or node.op_type}_{index}_{count}"
        node.name = name
        seen.add(name)


def _check_node(node: NodeProto) -> None:
    if is_finn_hardware(node):
        raise FlowError(
            f"{where(node)}: a hardware operator of FINN's ({node.domain}): the file is one of "
            "behind FINN's conversion to hardware; expected the file in front of it"
        )
    if node.domain not in SUPPORTED:
        raise FlowError(
            f"{where(node)}: operator {node.op_type} of domain {node.domain} is not supported"
        )
    if node.op_type in OF_REAL_STATES and not node.domain:
        raise FlowError(
            f"{where(node)}: its gates and states are real numbers from step to step, to which no "
            "integers are equal; expected quantizers around gates and states"
        )
    for attribute in node.attribute:
        if attribute.HasField("g") or len(attribute.graphs):
            raise FlowError(f"{where(node)}: operators with a graph of their own, such as "
                            f"{node.op_type}, are not supported")  # fmt: skip
        if attribute.HasField("sparse_tensor") or len(attribute.sparse_tensors):
            raise FlowError(f"{where(node)}: sparse constants are not supported")
    if node.op_type == "IntQuant":
        node.op_type = "Quant"  # its older name
    if node.op_type not in SUPPORTED[node.domain] and not (
        node.domain == "" and node.op_type in FOLDABLE
    ):
        raise FlowError(
            REFUSED.get(node.op_type, "{}: operator {} is not supported").format(
                where(node), node.op_type
            )
        )
    for names in (node.input, node.output):  # an empty name is an input or output left out
        while len(names) and not names[-1]:
            names.pop()
    if not len(node.output) or not node.output[0]:
        raise FlowError(f"{where(node)}: has no output")
    check_attributes(node)


def _check_activations(model: ModelProto, noted: Obstacles) -> None:
    """Note each node that reads activations and of which constants alone may be made.

    Nodes are sorted. Raises all that is noted where such a node's result has no shape that is
    known, or is of integers and of another shape: of what is behind it nothing can be said. So it
    is behind a Cast to real numbers of another type, which is noted too.
    """
    graph = model.graph
    varying = {info.name for info in graph.input} - {tensor.name for tensor in graph.initializer}
    refused, of_floats = [], ""
    for node in graph.node:
        if not varying.intersection(node.input) or node.op_type in ("Shape", "Size"):
            continue
        varying.update(name for name in node.output if name)
        to = next((a.i for a in node.attribute if a.name == "to" and node.op_type == "Cast"), 0)
        if to in OTHER_FLOATS and not of_floats:  # the first: what is behind it is so, too
            of_floats = OTHER_FLOATS[to]
            noted.add(
                f"{where(node)}: casts activations to {of_floats}, in which numbers and sums are "
                "others than in float32; expected float32"
            )
        if node.op_type not in SUPPORTED.get(node.domain, ()) and node.op_type in FOLDABLE:
            refused.append(node)
            noted.add(
                f"{where(node)}: operator {node.op_type} is not supported on activations, but of "
                "constants alone"
            )
    if of_floats:
        noted.check()  # types behind it do not fit one another
    if not refused:
        return
    known = guessed_shapes(model)
    for node in refused:
        kind, shape = known.get(node.output[0], (TensorProto.UNDEFINED, None))
        source = next(name for name in node.input if name in varying)
        if shape is not None and kind == TensorProto.FLOAT:
            continue  # what it gives may be looked at further
        if shape is None or known.get(source, (kind, None))[1] != shape:
            noted.check()
        node.op_type = "Identity"  # of integers or truth values no more can be said
        del node.attribute[:]
        del node.input[:]
        node.input.append(source)


def _stand_in(node: NodeProto) -> None:
    """Let a node of which not even ONNX knows the result's shape hand its input on.

    It is noted already; so the nodes behind it can be looked at.
    """
    known = not node.domain and onnx.defs.has(node.op_type)
    if not known and len(node.input) and node.input[0] and len(node.output) == 1:
        node.op_type, node.domain = "Identity", ""
        del node.attribute[:]
        del node.input[1:]


def _check_values(graph: GraphProto) -> None:
    """Types and shapes that the graph states, and that no tensor is made twice."""
    made = Counter(name for node in graph.node for name in node.output if name)
    made.update({i.name for i in graph.initializer} | {i.name for i in graph.input})
    if twice := [name for name, count in made.items() if count > 1]:
        raise FlowError(f"tensor {twice[0]} is made twice; every tensor has one node that makes it")
    names = Counter(i.name for i in graph.initializer)
    if twice := [name for name, count in names.items() if count > 1]:
        raise FlowError(f"initializer {twice[0]} is given twice")
    listed = Counter(info.name for info in graph.output)
    if twice := [name for name, count in listed.items() if count > 1]:
        raise FlowError(f"output {twice[0]} is listed twice; every output has a name of its own")
    for info in graph.output:
        if not any(info.name in node.output for node in graph.node):
            raise FlowError(f"output {info.name} is made by no node")
    del graph.value_info[:]  # shapes are inferred; what the file says of them decides nothing
    for info in (*graph.input, *graph.output):
        if not info.type.HasField("tensor_type"):
            raise FlowError(f"tensor {info.name} has no type; expected float32 numbers")
        size = 1
        for dim in info.type.tensor_type.shape.dim:
            size *= dim.dim_value if dim.HasField("dim_value") else 1
            if not 0 <= dim.dim_value <= MAX_SIZE or size > MAX_ELEMENTS:
                shape = [d.dim_value or d.dim_param for d in info.type.tensor_type.shape.dim]
                raise FlowError(
                    f"tensor {info.name} has shape {shape}; expected axes of at most {MAX_SIZE} "
                    f"and {MAX_ELEMENTS} numbers"
                )
    _check_inputs(graph)


def _check_inputs(graph: GraphProto) -> None:
    """That inputs have a shape, and are of float32 or are indices."""
    constants, indices = {i.name for i in graph.initializer}, index_tensors(graph)
    for info in graph.input:
        if not info.type.tensor_type.HasField("shape"):
            raise FlowError(f"input {info.name} has no shape; expected (1, C, H, W), all fixed")
        kind = info.type.tensor_type.elem_type
        if info.name in constants or kind == TensorProto.FLOAT:
            continue
        if kind in TYPES and info.name not in indices:
            check_readers(graph, info.name)
        elif not (is_integral(kind) and info.name in indices):
            name = TensorProto.DataType.Name(kind).lower() if kind in _KINDS else str(kind)
            raise FlowError(
                f"input {info.name} is of type {name}; expected float32 (whose numbers are the "
                "input's integers times its scale), integers of 8 or 16 bits, or integers that "
                "look rows of a constant up (Gather)"
            )


_KINDS = set(TensorProto.DataType.values())


def sort_nodes(graph: GraphProto) -> None:
    """Every node behind those that it reads, else in the given order; FlowError for a cycle."""
    nodes = list(graph.node)
    maker = {name: index for index, node in enumerate(nodes) for name in node.output if name}
    known = {i.name for i in graph.input} | {i.name for i in graph.initializer} | {""}
    waits = [0] * len(nodes)
    users: dict[int, list[int]] = {}
    for index, node in enumerate(nodes):
        for name in set(node.input) - known:
            if name not in maker:
                raise FlowError(f"{where(node)}: input {name} is not an activation")
            users.setdefault(maker[name], []).append(index)
            waits[index] += 1
    ready = [index for index, count in enumerate(waits) if not count]
    order = []
    while ready:
        index = heapq.heappop(ready)
        order.append(index)
        for user in users.get(index, []):
            waits[user] -= 1
            if not waits[user]:
                heapq.heappush(ready, user)
    if len(order) < len(nodes):
        names = [node.name or node.output[0] for i, node in enumerate(nodes) if waits[i]]
        more = f" and {len(names) - 10} more" if len(names) > 10 else ""
        raise FlowError(f"the graph has a cycle, among nodes {', '.join(names[:10])}{more}")
    if order != list(range(len(nodes))):
        sorted_nodes = [nodes[index] for index in order]
        copies = [NodeProto.FromString(node.SerializeToString()) for node in sorted_nodes]
        del graph.node[:]
        graph.node.extend(copies)
