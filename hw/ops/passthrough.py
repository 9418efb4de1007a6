"""The base of operators that hand a tensor on unchanged (FIFO, width converter).

They inherit from FINN's classes, because FINN's transformations create them, and not from
``hw.ops.base.StreamOp``. ``Passthrough`` answers what ``hw.ops.base.Operator`` asks.
"""

from typing import Any

import numpy as np

from hw.errors import HardwareError
from hw.ops.base import IntArray, Operator


def window_to_stream(x: IntArray, taps: int, simd: int) -> IntArray:
    """Reorder the channels of (..., taps * C) from (tap, C) to (C / simd, tap, simd).

    The second is the order in which ``sliding_window_parallel`` emits a window.
    """
    channels = x.shape[-1] // taps
    split = x.reshape(*x.shape[:-1], taps, channels // simd, simd)
    return np.swapaxes(split, -3, -2).reshape(x.shape)


class Passthrough(Operator):
    """Mixin before one of FINN's operator classes whose output equals its input.

    Attributes beside FINN's: ``window_taps``, ``window_simd``: set (not 0) where the node stands
    behind a parallel sliding window, whose stream has another order than its tensor.
    """

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs: dict[str, Any] = super().get_nodeattr_types()
        attrs.update(
            {
                # kernel taps of the parallel sliding window before this node, or 0
                "window_taps": ("i", False, 0),
                # its channels a fold, or 0
                "window_simd": ("i", False, 0),
            }
        )
        return attrs

    def input_shape(self) -> tuple[int, ...]:
        """Shape of the input tensor, (N, H, W, C) for images."""
        return tuple(int(v) for v in self.get_normal_input_shape())

    def output_shape(self) -> tuple[int, ...]:
        """Shape of the output tensor."""
        return tuple(int(v) for v in self.get_normal_output_shape())

    def _lanes(self, width: int) -> int:
        bits = int(self.get_input_datatype().bitwidth())
        if width < 1 or width % bits:
            raise HardwareError(
                f"node {self.name}: stream width = {width} is no multiple of {bits} bits"
            )
        return width // bits

    def lanes_in(self) -> int:
        """Elements in one beat of the input stream."""
        return self._lanes(int(self.get_instream_width()))

    def lanes_out(self) -> int:
        """Elements in one beat of the output stream."""
        return self._lanes(int(self.get_outstream_width()))

    def _stream_order(self, x: IntArray) -> IntArray:
        taps = self.int_attr("window_taps")
        return window_to_stream(x, taps, self.int_attr("window_simd")) if taps else x

    def input_beats(self, x: IntArray) -> IntArray:
        """(N, H, W, C) -> (beats, lanes) in the order of the input stream."""
        return self._stream_order(x).reshape(-1, self.lanes_in())

    def output_beats(self, y: IntArray) -> IntArray:
        """(N, H, W, C) -> (beats, lanes) in the order of the output stream."""
        return self._stream_order(y).reshape(-1, self.lanes_out())

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        """Integer meaning: the identity (reshaped to the output's shape)."""
        return x.reshape(self.output_shape())

    def check(self) -> None:
        """Raise HardwareError, naming the node, where the attributes cannot be built."""
        elements = int(np.prod(self.input_shape()))
        if elements != int(np.prod(self.output_shape())):
            raise HardwareError(
                f"node {self.name}: shapes {self.input_shape()} and {self.output_shape()} "
                "differ in size"
            )
        for what, lanes in (("input lanes", self.lanes_in()), ("output lanes", self.lanes_out())):
            if elements % lanes:
                raise HardwareError(
                    f"node {self.name}: {what} = {lanes} does not divide {elements}"
                )

    def get_exp_cycles(self) -> int:
        """Clocks a frame: beats of the stream of more beats."""
        elements = int(np.prod(self.input_shape()))
        return elements // min(self.lanes_in(), self.lanes_out())
