"""Loops of a file written out: Scan, Loop of constant rounds, Brevitas' QuantLSTM.

Each step becomes nodes of its own, whose names end in the step's number; what goes round is then a
tensor from step to step. Constants, and what a body computes of them alone, stay one for all steps.
"""

from onnx import ModelProto, NodeProto

from flows.importing.domains import ONNX_DOMAINS, QONNX, QONNX_DOMAINS
from flows.importing.loops.loop import write_loop
from flows.importing.loops.names import graphs_of, reads
from flows.importing.loops.quant_lstm import is_quant_lstm, write_quant_lstm
from flows.importing.loops.scan import write_scan
from flows.importing.loops.writer import Writer
from flows.importing.node_order import in_order
from flows.obstacles import Obstacles

#: Metadata of a model whose loops were written out: their names.
_DONE = "loops"
_LOOPS = {"Scan": write_scan, "Loop": write_loop}


def has_loops(model: ModelProto) -> bool:
    """Whether there is something to write out."""
    return any(_is_loop(node) for node in model.graph.node)


def was_unrolled(model: ModelProto) -> bool:
    """Whether loops of the model were written out."""
    return any(entry.key == _DONE for entry in model.metadata_props)


def unrolled(model: ModelProto) -> ModelProto:
    """The model with its loops written out; itself where it has none.

    Raises FlowError with all loops whose number of steps is not known, or that are too long.
    """
    if not has_loops(model):
        return model
    made = ModelProto()
    made.CopyFrom(model)
    for node in made.graph.node:
        if node.domain in ONNX_DOMAINS:
            node.domain = ""
    writer, obstacles = Writer(made), Obstacles()

    def write(node: NodeProto) -> None:
        if node.op_type in _LOOPS and not node.domain and any(graphs_of(node)):
            _LOOPS[node.op_type](node, writer, write)
        elif is_quant_lstm(node):
            write_quant_lstm(node, writer)
        else:
            writer.append(node)

    unknown: set[str] = set()  # behind a loop that is noted
    ordered, left = in_order(made.graph.node)
    for node in ordered + left:
        count = len(obstacles.texts)
        if not unknown & reads(node):
            with obstacles.noting():
                write(node)
        if unknown & reads(node) or len(obstacles.texts) > count:
            unknown.update(node.output)
    obstacles.check()
    copies = [NodeProto.FromString(node.SerializeToString()) for node in writer.nodes]
    del made.graph.node[:], made.graph.value_info[:]
    made.graph.node.extend(copies)
    names = [node.name or node.op_type for node in model.graph.node if _is_loop(node)]
    made.metadata_props.add(key=_DONE, value=", ".join(names))
    versions = {opset.domain: opset.version for opset in made.opset_import}
    if any(is_quant_lstm(node) for node in model.graph.node) and QONNX not in versions:
        given = [versions[domain] for domain in QONNX_DOMAINS if domain in versions]
        made.opset_import.add(domain=QONNX, version=min(given or [1]))
    return made


def _is_loop(node: NodeProto) -> bool:
    plain = node.op_type in _LOOPS and node.domain in ONNX_DOMAINS and any(graphs_of(node))
    return plain or is_quant_lstm(node)
