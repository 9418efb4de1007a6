"""Tensors that a node needs to lie otherwise: their numbers are moved, by an operator of their own.

A Reshape, a Transpose and a Reshape stand for the move; ``flows.graph.shuffles`` reads them.
"""

import numpy as np
from onnx import NodeProto

from flows.errors import FlowError
from flows.graph.integer_builder import where
from flows.graph.layout import Layout, plain
from flows.graph.moves import move_between
from flows.importing.canonical.tensors import VIEWS, Tensors

#: A move of a whole frame, counted in layers that take a move of pixels or channels for nothing.
COST = 100
#: Operators in front of which one scale stands for all channels, mostly.
_QUANTIZERS = ("Quant", "BipolarQuant", "MultiThreshold", "IntegerRange", "Trunc")
#: Operators behind a quantizer that leave it so.
_KEEPING = VIEWS | {"Relu", "MaxPool", "Cast", "Dropout"}


class Shuffles(Tensors):
    """Part of the walk. moves: what it costs to move numbers, all in all."""

    moves = 0

    def shuffle(self, node: NodeProto, name: str, wanted: Layout) -> None:
        """Let a tensor of the file lie as wanted, for node and all that read it from now on.

        wanted: of the tensor's sizes. FlowError where one transposition is not enough.
        """
        layout = self.layouts[name]
        if layout.is_same_as(wanted):
            return
        move = move_between(layout, wanted)
        if move is None:
            raise FlowError(
                f"{where(node)}: its input {name} lies in an order that more than one "
                "transposition between reshapes has made; expected one, or a layer between them"
            )
        maker = self.makers.get(name, node)
        made = name if self.names[name] != name else self.fresh(f"{name}_shuffled")
        if made != name:
            self.left[name] = layout
        parts, moved = self.fresh(f"{made}_parts"), self.fresh(f"{made}_moved")
        sizes = [
            self.constant(f"{made}_{what}", np.array([1, *numbers], np.int64))
            for what, numbers in (("part_sizes", move.parts), ("sizes", move.shape))
        ]
        self.emit("Reshape", maker, [self.names[name], sizes[0]], parts)
        self.emit("Transpose", maker, [parts], moved, perm=[0, *(axis + 1 for axis in move.perm)])
        self.emit("Reshape", maker, [moved, sizes[1]], made)
        self.names[name], self.layouts[name] = made, wanted
        self.moves += COST

    def let_lie_alike(self, node: NodeProto, names: list[str]) -> Layout:
        """Move as few tensors of one shape as can be, quantized ones first; how all lie then."""
        layouts = [self.layouts[name] for name in names]
        usual = plain(layouts[0].dims)

        def price(wanted: Layout) -> tuple[int, int, bool]:
            away = [name for name in names if not self.layouts[name].is_same_as(wanted)]
            unquantized = sum(not self._is_quantized(name) for name in away)
            return unquantized, len(away), usual is None or not wanted.is_same_as(usual)

        wanted = min(layouts, key=price)
        for name in names:
            self.shuffle(node, name, wanted)
        return wanted

    def _is_quantized(self, name: str) -> bool:
        maker = self.makers.get(name)
        while maker is not None and maker.op_type in _KEEPING:
            name = maker.input[0]
            maker = self.makers.get(name)
        return maker is None or maker.op_type in _QUANTIZERS
