"""Fully connected layers as convolutions: over all rows and columns at once, or pixel by pixel."""

import math
from typing import Any

import numpy as np
from onnx import NodeProto, helper

from flows.errors import FlowError
from flows.graph.integer_builder import where
from flows.graph.layout import Layout
from flows.graph.moves import channels_at
from flows.importing.canonical.shuffles import Shuffles
from flows.importing.canonical.tensors import Weights


class Dense(Shuffles):
    """Part of the walk: Gemm and MatMul."""

    def on_gemm(self, node: NodeProto) -> None:
        """alpha * x @ w + beta * c: a convolution, a factor, a bias."""
        attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        name = node.input[0]
        dims = self.dims(node, name)
        rows = dims[1] if attrs.get("transA", 0) else dims[0]
        if name not in self.varying or node.input[1] in self.varying or rows != 1:
            raise FlowError(
                f"{where(node)}: expected one row of activations times constant weights; its "
                f"input {name} has shape {dims}"
            )
        weights = self.weights(node, node.input[1])
        if attrs.get("transB", 0):
            weights = weights.moved(np.transpose)
        alpha, beta = (np.float32(attrs.get(key, 1.0)) for key in ("alpha", "beta"))
        bias = None
        if len(node.input) > 2 and node.input[2] and beta != 0:
            given = self.value(node, node.input[2])
            outputs = weights.values.shape[1]
            try:
                bias = np.broadcast_to(given, (1, outputs)).reshape(-1)
            except ValueError as error:
                raise FlowError(
                    f"{where(node)}: bias of shape {given.shape}; expected one number for each of "
                    f"{outputs} outputs"
                ) from error
            bias = bias if beta == 1 else bias * beta
        self._whole(node, weights, alpha, bias)

    def on_matmul(self, node: NodeProto) -> None:
        """x @ w, with x of one row or with channels as its last axis; w @ x of one column."""
        name = node.input[0]
        if node.input[1] in self.varying and name not in self.varying:
            self._on_column(node)
            return
        if name not in self.varying or node.input[1] in self.varying:
            raise FlowError(
                f"{where(node)}: expected activations times constant weights, in this order"
            )
        weights = self.weights(node, node.input[1])
        shape = weights.values.shape
        if weights.values.ndim < 1 or math.prod(shape[:-2]) != 1:
            raise FlowError(f"{where(node)}: weights of shape {shape}; expected two axes")
        columns = 1 if len(shape) == 1 else shape[-1]
        weights = weights.moved(lambda array: array.reshape(-1, columns))
        dims = self.dims(node, name)
        if math.prod(dims[:-1]) == 1:
            self._whole(node, weights, np.float32(1), None)
        else:
            self._each_pixel(node, weights)

    def _on_column(self, node: NodeProto) -> None:
        """w @ x of a column x: the same numbers as its row times the turned weights."""
        dims = self.dims(node, node.input[1])
        weights = self.weights(node, node.input[0])
        shape = weights.values.shape
        columns = 1 if len(dims) == 1 else dims[-1]
        if len(shape) < 2 or math.prod(shape[:-2]) != 1 or columns * math.prod(dims[:-2]) != 1:
            raise FlowError(
                f"{where(node)}: weights of shape {shape} times activations of shape {dims}; "
                "expected activations times constant weights, in this order, or one column of "
                "activations behind weights"
            )
        made = NodeProto()
        made.CopyFrom(node)
        made.input[:] = [node.input[1], node.input[0]]
        turned = weights.moved(lambda array: array.reshape(shape[-2:]).T)
        self._whole(made, turned, np.float32(1), None)

    # --- as convolutions ----------------------------------------------------------------------

    def _whole(self, node: NodeProto, weights: Weights, alpha: Any, bias: Any) -> None:
        """One output pixel of all that the input holds."""
        if node.input[0] in self.joined:
            self._of_parts(node, weights, alpha, bias)
            return
        layout, output = self.layouts[node.input[0]], node.output[0]
        count = math.prod(layout.shape)
        inputs, outputs = weights.values.shape
        if inputs != count:
            raise FlowError(
                f"{where(node)}: its weights take {inputs} numbers, its input has {count}"
            )
        # row f of the weights belongs to the number that lies at place f in the file
        order = np.argsort(layout.places().reshape(-1))

        def kernel(array: Any) -> Any:
            return np.ascontiguousarray(array[order].T).reshape(outputs, *layout.shape)

        sources = [self.names[node.input[0]], self.emit_weights(node, weights.moved(kernel))]
        if bias is not None and alpha == 1:
            sources.append(self.constant(f"{node.name}_bias", bias.astype(np.float32)))
            bias = None
        window: dict[str, Any] = {"kernel_shape": list(layout.shape[1:])}
        if alpha == 1 and bias is None:
            self.emit("Conv", node, sources, output, **window)
        else:
            made = self.emit("Conv", node, sources, self.fresh(f"{output}_sums"), **window)
            last = output if bias is None else self.fresh(f"{output}_scaled")
            made = self.emit("Mul", node, [made, self.constant(f"{node.name}_alpha", alpha)], last)
            if bias is not None:
                column = bias.astype(np.float32).reshape(1, -1, 1, 1)
                inputs_of_add = [made, self.constant(f"{node.name}_bias", column)]
                self.emit("Add", node, inputs_of_add, output)
        self.names[output] = output
        self.layouts[output] = Layout((outputs, 1, 1)).reshaped(self.dims(node, output))

    def _of_parts(self, node: NodeProto, weights: Weights, alpha: Any, bias: Any) -> None:
        """Of vectors side by side: the sum of a convolution of each, with its rows of weights."""
        parts, output = self.joined[node.input[0]][0], node.output[0]
        counts = [math.prod(self.layouts[part].shape) for part in parts]
        inputs, outputs = weights.values.shape
        if inputs != sum(counts):
            raise FlowError(
                f"{where(node)}: its weights take {inputs} numbers, its input has {sum(counts)}"
            )
        made, first = "", 0
        for part, count in zip(parts, counts, strict=True):
            layout = self.layouts[part]
            rows = first + np.argsort(layout.places().reshape(-1))
            shape = (outputs, *layout.shape)
            own = weights.moved(
                lambda a, rows=rows, shape=shape: np.ascontiguousarray(a[rows].T).reshape(shape)
            )
            sources = [self.names[part], self.emit_weights(node, own)]
            sums = self.fresh(f"{output}_sums")
            self.emit("Conv", node, sources, sums, kernel_shape=list(layout.shape[1:]))
            if made:
                sums = self.emit("Add", node, [made, sums], self.fresh(f"{output}_sum"))
            made, first = sums, first + count
        if alpha != 1:
            factor = self.constant(f"{node.name}_alpha", alpha)
            made = self.emit("Mul", node, [made, factor], self.fresh(f"{output}_scaled"))
        if bias is not None:
            column = self.constant(
                f"{node.name}_bias", bias.astype(np.float32).reshape(1, -1, 1, 1)
            )
            made = self.emit("Add", node, [made, column], self.fresh(f"{output}_biased"))
        self.emit("Identity", node, [made], output)
        self.names[output] = output
        self.layouts[output] = Layout((outputs, 1, 1)).reshaped(self.dims(node, output))

    def _each_pixel(self, node: NodeProto, weights: Weights) -> None:
        """The same weights for each pixel: a convolution with a 1 x 1 kernel.

        What is the last axis has to be channels; its numbers are moved where they are not.
        """
        name, output = node.input[0], node.output[0]
        dims, axes = self.dims(node, name), self.layouts[name].axes()
        inputs, outputs = weights.values.shape
        if inputs != dims[-1]:
            raise FlowError(
                f"{where(node)}: its weights take {inputs} numbers, its input has {dims[-1]} along "
                "its last axis"
            )
        if axes is None or axes[-1] != 1:
            self.shuffle(node, name, channels_at(dims, -1))
        layout = self.layouts[name]
        made = weights.moved(lambda a: np.ascontiguousarray(a.T).reshape(outputs, inputs, 1, 1))
        sources = [self.names[name], self.emit_weights(node, made)]
        self.emit("Conv", node, sources, output, kernel_shape=[1, 1])
        self.names[output] = output
        made_of_parts = any(kind == "reshape" for kind, _ in layout.steps)
        self.layouts[output] = (
            channels_at((*dims[:-1], outputs), -1)
            if made_of_parts
            else Layout((outputs, *layout.shape[1:]), layout.steps)
        )
