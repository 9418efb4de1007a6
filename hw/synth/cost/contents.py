"""What the weights and thresholds of an operator say of its cost, beyond its attributes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from hw.datatypes import signed_bits
from hw.matrix.adders import Kind
from hw.matrix.search import find_pipeline, least_latency
from hw.ops.base import IntArray
from hw.ops.constant_weights import MOST_WEIGHTS
from hw.ops.mvau_copies import copies_of, one_copy
from hw.ops.mvau_estimates import adder_tree_luts
from hw.ops.registry import kind_of as operator_kind
from hw.ops.sign_weights import lane_constants
from hw.ops.weight_coding import code_weights

#: Weights of the largest matrix whose graph of adders is looked for; of larger ones some share of
#: the plain trees' adders is taken to be left.
MOST_SEARCHED = 1024
_SHARED = 0.3


@dataclass(frozen=True)
class Contents:
    """The same for every folding of an operator.

    bits, top: of a weight code, and the greatest one. signs: weights are -1 and 1, thresholds
    behind. offset: there is a sum(a). acc_bits: of an accumulator, constants of signs included.
    steps: thresholds a channel. threshold_bits: of one.
    copy: those of one of the copies of a small matrix that this one is (hw/ops/mvau_copies.py).
    matrix: bits of the carry chains and registers of the graph of adders that all weights at once,
    constants then, are built as (hw/matrix); counted for small matrices, else by rule. (0, 0):
    too many, they are trees as others.
    """

    bits: int = 0
    top: int = 0
    signs: bool = False
    offset: bool = False
    acc_bits: int = 0
    steps: int = 0
    threshold_bits: int = 0
    copy: "Contents | None" = None
    matrix: tuple[int, int] = (0, 0)


def contents_of(op: Any, model: ModelWrapper) -> Contents | None:
    """Contents of an MVAU or a thresholding; None for others, which have none."""
    kind = operator_kind(op.onnx_node)
    if kind == "StreamThresholding":
        thresholds = op.thresholds(model)
        bits = signed_bits(int(thresholds.min()), int(thresholds.max()))
        return Contents(steps=int(thresholds.shape[1]), threshold_bits=bits)
    if kind != "MultiLevelMVAU":
        return None
    weights = op.weights(model)
    coding, thresholds = code_weights(weights), op.thresholds(model)
    signs = (coding.bits, coding.step, coding.minimum) == (1, 2, -1) and thresholds is not None
    low, high = op.acc_range(model)
    shift = np.zeros(coding.codes.shape[1], np.int64)
    if signs:  # of natural order, which differs by little from the stream's
        constants = lane_constants(len(coding.codes), op.get_input_datatype())
        shift = (coding.codes == 0).T.astype(np.int64) @ constants
    bits = 0
    if thresholds is not None:
        moved = thresholds + shift[:, None]
        bits = signed_bits(int(moved.min()), int(moved.max()))
    copy = None
    if copies_of(op) is not None:
        copy = contents_of(*one_copy(op, model))
    return Contents(
        bits=coding.bits,
        top=int(coding.codes.max()),
        signs=signs,
        offset=coding.minimum != 0 and not signs,
        acc_bits=signed_bits(int(low) + int(shift.min()), int(high) + int(shift.max())),
        steps=0 if thresholds is None else int(thresholds.shape[1]),
        threshold_bits=bits,
        copy=copy,
        matrix=_matrix(op, weights),
    )


def _matrix(op: Any, weights: IntArray) -> tuple[int, int]:
    datatype, weight_bits = op.get_input_datatype(), int(op.get_input_datatype(1).bitwidth())
    if weights.size > MOST_WEIGHTS:  # built as trees
        return 0, 0
    if weights.size > MOST_SEARCHED:
        used = int(np.count_nonzero(weights, axis=0).mean())
        chains = weights.shape[1] * adder_tree_luts(max(used, 1), int(datatype.bitwidth()))
        return int(_SHARED * chains), int(_SHARED * chains)
    latency = least_latency(len(weights), weight_bits)
    graph = find_pipeline(weights, int(datatype.min()), int(datatype.max()), latency)
    chains = sum(cell.bits for cell in graph.cells if cell.kind != Kind.REGISTER)
    return chains, graph.registers
