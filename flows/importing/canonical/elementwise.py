"""Functions of each number for itself: their constants are laid as the tensor inside lies."""

from typing import Any

import numpy as np
from onnx import NodeProto, helper

from flows.errors import FlowError
from flows.graph.elementwise import FUNCTIONS
from flows.graph.integer_builder import where
from flows.graph.layout import Layout, plain
from flows.graph.moves import channels_at
from flows.importing.canonical.shuffles import Shuffles

#: Operators of this kind. Those of several activations take tensors that lie alike, or are moved.
ELEMENTWISE = FUNCTIONS | frozenset(
    [
        *("Add", "Sub", "Mul", "Div", "Relu", "LeakyRelu", "PRelu", "Clip", "Neg", "Cast"),
        *("Dropout", "Quant", "BipolarQuant", "Trunc", "IntegerRange"),
    ]
)
#: Operators of any number of tensors: that of two, and what its results are called.
_OF_MANY = {
    "Sum": ("Add", "sum"),
    "Mean": ("Add", "sum"),
    "Max": ("Max", "max"),
    "Min": ("Min", "min"),
}


class Elementwise(Shuffles):
    """Part of the walk."""

    def on_elementwise(self, node: NodeProto) -> None:
        """The same operator on the tensors inside."""
        output = node.output[0]
        sources = [name for name in node.input if name in self.varying]
        if node.op_type in ("Max", "Min") and len(node.input) > 2:
            self.on_sum(node)
            return
        layout = self._common(node, sources)
        made = NodeProto()
        made.CopyFrom(node)
        for index, name in enumerate(node.input):
            if name in self.varying:
                made.input[index] = self.names[name]
            elif name:
                made.input[index] = self._laid(node, name, layout)
        self.nodes.append(made)
        self.names[output], self.layouts[output] = output, layout

    def on_sum(self, node: NodeProto) -> None:
        """Sum, Mean, Max or Min of any number of tensors: those of two, and a mean's division."""
        output = node.output[0]
        sources = [name for name in node.input if name in self.varying]
        layout = self._common(node, sources)
        first, *others = (
            self.names[name] if name in self.varying else self._laid(node, name, layout)
            for name in sorted(node.input, key=lambda name: name not in self.varying)
        )
        op, stem = _OF_MANY[node.op_type]
        for other in others:
            first = self.emit(op, node, [first, other], self.fresh(f"{output}_{stem}"))
        if node.op_type == "Mean":
            count = self.constant(f"{node.name}_count", np.float32(len(node.input)))
            first = self.emit("Div", node, [first, count], self.fresh(f"{output}_mean"))
        self.emit("Identity", node, [first], output)
        self.names[output], self.layouts[output] = output, layout

    def on_multithreshold(self, node: NodeProto) -> None:
        """QONNX's MultiThreshold; its thresholds are a row for each channel, or one for all."""
        name, output = node.input[0], node.output[0]
        layout, dims = self.layouts[name], self.dims(node, name)
        attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        order = attrs.get("data_layout", b"").decode()
        order = order or {2: "NC", 3: "NWC", 4: "NCHW"}.get(len(dims), "")
        axis = order.index("C") if "C" in order else 1
        table = self.value(node, node.input[1])
        if table.ndim != 2 or axis >= len(dims) or table.shape[0] not in (1, dims[axis]):
            raise FlowError(
                f"{where(node)}: thresholds of shape {table.shape} for an input of shape {dims}; "
                "expected a row for each channel, or one row"
            )
        axes = layout.axes()
        if table.shape[0] > 1 and (axes is None or axes[axis] != 1):
            self.shuffle(node, name, channels_at(dims, axis))
            layout = self.layouts[name]
        made = NodeProto()
        made.CopyFrom(node)
        kept = [a for a in node.attribute if a.name != "data_layout"]
        del made.attribute[:]
        made.attribute.extend([*kept, helper.make_attribute("data_layout", "NCHW")])
        made.input[0], made.input[1] = self.names[name], self.keep(node.input[1])
        self.nodes.append(made)
        self.names[output], self.layouts[output] = output, layout

    def on_concat(self, node: NodeProto) -> None:
        """Concat along an axis, which has to be the channels: else numbers are moved."""
        axis = next((a.i for a in node.attribute if a.name == "axis"), 1)
        sources = list(node.input)
        if any(name not in self.varying for name in sources):
            sources = [self._beside(node, name, axis) for name in sources]
        why = (
            f"{where(node)}: joins along axis {axis}, which is none of channels, rows and columns "
            "of all its inputs"
        )
        if any(name in self.joined for name in sources):
            self._join(node, axis, why)
            return
        layouts = [self.layouts[name] for name in sources]
        axes, output, steps = layouts[0].axes(), node.output[0], layouts[0].steps
        if all(_is_vector(layout, axis) for layout in layouts) and not (axes and axes[axis] == 1):
            # numbers that lie one behind the other in the file, too
            count = sum(layout.shape[0] for layout in layouts)
            self.layouts[output] = Layout((count, 1, 1)).reshaped(self.dims(node, output))
        elif axes is None or axes[axis] != 1 or any(layout.steps != steps for layout in layouts):
            if all(len(self.dims(node, name)) == 2 for name in sources):
                self._join(node, axis, why)
                return
            for name in sources:
                self.shuffle(node, name, channels_at(self.dims(node, name), axis))
            self.layouts[output] = channels_at(self.dims(node, output), axis)
        else:
            _, height, width = layouts[0].shape
            channels = sum(layout.shape[0] for layout in layouts)
            self.layouts[output] = Layout((channels, height, width), steps)
        self.emit("Concat", node, [self.names[name] for name in sources], output, axis=1)
        self.names[output] = output

    def _beside(self, node: NodeProto, name: str, axis: int) -> str:
        """A tensor that is joined with others; a constant as nothing of one of them, plus itself.

        FlowError for constants beside tensors whose channels lie along another axis.
        """
        if name in self.varying:
            return name
        beside = next(n for n in node.input if n in self.varying)
        layout, dims = self.layouts[beside], self.dims(node, name)
        axes = layout.axes()
        if beside in self.joined or axes is None or axes[axis] != 1 or dims[0] != 1:
            raise FlowError(
                f"{where(node)}: joins activations and constants along axis {axis}, which is not "
                "that of the channels"
            )
        count, (channels, height, width) = dims[axis], layout.shape
        made = self.fresh(f"{node.output[0]}_beside")
        given = self.fresh(f"{made}_channels")
        self.layouts[made] = Layout((count, height, width), layout.steps)
        ones = np.zeros((count, channels, 1, 1), np.float32)
        ones[:, 0] = 1
        kernel = {"kernel_shape": [1, 1], "strides": [1, 1], "pads": [0] * 4, "group": 1}
        weights = self.constant(f"{made}_ones", ones)
        self.emit("Conv", node, [self.names[beside], weights], given, **kernel)
        nothing = self.fresh(f"{made}_nothing")
        zero = self.constant(f"{made}_zero", np.zeros((), np.float32))
        self.emit("Mul", node, [given, zero], nothing)
        self.emit("Add", node, [nothing, self._laid(node, name, self.layouts[made])], made)
        self.names[made], self.shapes[made] = made, dims
        return made

    def _join(self, node: NodeProto, axis: int, why: str) -> None:
        """Vectors (1, N) of other layouts side by side, which a fully connected layer may read.

        Raises FlowError, why, for anything else.
        """
        if axis not in (1, -1) or any(
            len(self.dims(node, name)) != 2 or self.dims(node, name)[0] != 1 for name in node.input
        ):
            raise FlowError(why)
        parts = [
            part
            for name in node.input
            for part in (self.joined[name][0] if name in self.joined else [name])
        ]
        self.joined[node.output[0]] = parts, why

    # --- layouts ------------------------------------------------------------------------------

    def _common(self, node: NodeProto, sources: list[str]) -> Layout:
        """The layout that all activations of a node have, and so its result."""
        first, dims = self.layouts[sources[0]], self.dims(node, node.output[0])
        layouts = [self.layouts[name] for name in sources]
        if all(layout.is_same_as(first) for layout in layouts) and first.dims == dims:
            return first
        largest = next((layout for layout in layouts if layout.dims == dims), first)
        if largest.dims == dims and all(_lies_over(layout, largest) for layout in layouts):
            return largest
        whole = plain(dims)
        if whole is not None and all(not layout.steps for layout in layouts):
            return whole  # tensors of four axes: laid over each other as they stand
        if len(sources) > 1 and all(layout.dims == dims for layout in layouts):
            return self.let_lie_alike(node, sources)
        usual = [(name, plain(self.dims(node, name))) for name in sources]
        if len(sources) > 1 and whole is not None and whole in [lies for _, lies in usual]:
            known = [(name, lies) for name, lies in usual if lies is not None]
            if len(known) == len(usual):
                for name, lies in known:  # one is laid over the other, each moved as the file says
                    self.shuffle(node, name, lies)
                return whole
        for name in node.input:
            if name and name not in self.varying and len(sources) == 1:
                raise FlowError(
                    f"{where(node)}: constant of shape {self.value(node, name).shape} cannot be "
                    f"broadcast to {first.dims}; expected a scalar or one number a channel"
                )
        shapes = " and ".join(str(self.dims(node, name)) for name in sources)
        raise FlowError(
            f"{where(node)}: its inputs of shape {shapes} do not lie alike, or its result of shape "
            f"{dims} is larger than they are"
        )

    def _laid(self, node: NodeProto, name: str, layout: Layout) -> str:
        """A constant over a tensor of that layout, in (1, C, H, W); its name."""
        value = self.value(node, name)
        if not layout.steps:
            return name if name in self.constants else self.constant(name, value)
        if value.size == 1:
            return self.constant(name, value.reshape(()))
        try:
            whole = np.broadcast_to(value, layout.dims)
        except ValueError as error:
            raise FlowError(
                f"{where(node)}: constant of shape {value.shape} cannot be broadcast to "
                f"{layout.dims}"
            ) from error
        laid: Any = layout.canonical(whole)
        for axis in range(1, 4):
            if np.array_equal(laid, np.broadcast_to(laid.take([0], axis), laid.shape)):
                laid = laid.take([0], axis)
        return self.constant(name, laid)


def _is_vector(layout: Layout, axis: int) -> bool:
    """Whether a tensor is channels of one pixel, in their order, and no axis is in front."""
    front = layout.dims[: axis % len(layout.dims)]
    return (
        layout.shape[1:] == (1, 1)
        and all(size == 1 for size in front)
        and bool(np.array_equal(layout.places().reshape(-1), np.arange(layout.shape[0])))
    )


def _lies_over(layout: Layout, largest: Layout) -> bool:
    """Whether a file's tensor, as numpy lays it over the largest one, meets its own axes there.

    Axes of one may be repeated; each of the others has to be that axis of the largest, too.
    """
    mine, whole = layout.axes(), largest.axes()
    if layout == largest:
        return True
    if mine is None or whole is None or len(mine) > len(whole):
        return False
    ends = zip(mine[::-1], layout.dims[::-1], whole[::-1], strict=False)
    return all(size == 1 or axis == other for axis, size, other in ends)
