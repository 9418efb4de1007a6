"""An explicit Pad of zeros becomes the padding of the convolution or pool behind it."""

from collections import Counter

import numpy as np
from onnx import GraphProto, NodeProto, helper, numpy_helper

from flows.errors import FlowError
from flows.graph.integer_builder import where
from flows.obstacles import Obstacles

#: Operators that take padding, and whether theirs is of zeros (a maximum's is of the least number).
PADDED = {"Conv": True, "AveragePool": True, "MaxPool": False}


def merge_pads(graph: GraphProto, obstacles: Obstacles) -> None:
    """Take every Pad away; what cannot be merged is noted, and stays. Tensors have four axes."""
    constants = {tensor.name: tensor for tensor in graph.initializer}
    gone: set[int] = set()
    for index, node in enumerate(graph.node):
        if node.op_type != "Pad" or node.domain:
            continue
        with obstacles.noting():
            pads = _pads(node, constants)
            readers = [n for n in graph.node if node.output[0] in n.input]
            if any(pads):
                _check_readers(node, readers, graph)
            for reader in readers:
                if any(pads):
                    _add(node, reader, pads)
                for place, name in enumerate(reader.input):
                    if name == node.output[0]:
                        reader.input[place] = node.input[0]
            gone.add(index)
    if gone:
        kept = [node for index, node in enumerate(graph.node) if index not in gone]
        copies = [NodeProto.FromString(node.SerializeToString()) for node in kept]
        del graph.node[:]
        graph.node.extend(copies)


def _pads(node: NodeProto, constants: dict[str, object]) -> list[int]:
    """(top, left, bottom, right). FlowError for padding by other than zeros, or of channels."""
    values = [numpy_helper.to_array(constants[name]) for name in node.input[1:] if name]
    pads = [int(v) for v in values[0].reshape(-1)]
    if not any(pads):
        return [0, 0, 0, 0]
    mode = next((a.s.decode() for a in node.attribute if a.name == "mode"), "constant")
    if mode != "constant":
        raise FlowError(f"{where(node)}: pads by {mode} values; expected zeros")
    if len(values) > 1 and np.any(values[1] != 0):
        raise FlowError(f"{where(node)}: pads with {values[1].reshape(-1)[0]:g}; expected zeros")
    if any(pads[axis] for axis in (0, 1, 4, 5)):
        raise FlowError(f"{where(node)}: pads an axis that is neither rows nor columns")
    return [pads[2], pads[3], pads[6], pads[7]]


def _check_readers(node: NodeProto, readers: list[NodeProto], graph: GraphProto) -> None:
    counts = Counter(reader.op_type for reader in readers)
    known = all(reader.op_type in PADDED for reader in readers)
    if not known or not readers or node.output[0] in {info.name for info in graph.output}:
        found = ", ".join(sorted(counts)) or "nothing"
        raise FlowError(
            f"{where(node)}: is read by {found}; expected a convolution or a pool behind it"
        )
    for reader in readers:
        attrs = {a.name: helper.get_attribute_value(a) for a in reader.attribute}
        if attrs.get("auto_pad", b"NOTSET") not in (b"NOTSET", b"VALID", "NOTSET", "VALID"):
            raise FlowError(f"{where(node)}: the {reader.op_type} behind it pads by auto_pad")
        uncounted = any(attrs.get("pads", [0])) and not attrs.get("count_include_pad", 0)
        if reader.op_type == "AveragePool" and uncounted:
            raise FlowError(f"{where(node)}: zeros of it and of the pool count differently")
        if reader.op_type == "MaxPool":
            _check_not_negative(node, graph)


def _check_not_negative(node: NodeProto, graph: GraphProto) -> None:
    """A maximum over zeros is one over less than zero only where nothing is below zero."""
    maker = next((n for n in graph.node if node.input[0] in n.output), None)
    signed = True
    if maker is not None and maker.op_type == "Quant":
        attrs = {a.name: helper.get_attribute_value(a) for a in maker.attribute}
        signed = bool(attrs.get("signed", 1))
    if maker is not None and maker.op_type == "Relu":
        signed = False
    if signed:
        raise FlowError(
            f"{where(node)}: zeros in front of a maximum pool are not supported where numbers may "
            "be below zero; expected an unsigned quantizer in front of it"
        )


def _add(node: NodeProto, reader: NodeProto, pads: list[int]) -> None:
    own = next((list(a.ints) for a in reader.attribute if a.name == "pads"), [0, 0, 0, 0])
    dropped = ("pads", "auto_pad", "count_include_pad")
    kept = [a for a in reader.attribute if a.name not in dropped]
    copies = [type(a).FromString(a.SerializeToString()) for a in kept]
    del reader.attribute[:]
    reader.attribute.extend(copies)
    whole = [a + b for a, b in zip(own, pads, strict=True)]
    reader.attribute.append(helper.make_attribute("pads", whole))
    if reader.op_type == "AveragePool":
        reader.attribute.append(helper.make_attribute("count_include_pad", 1))
