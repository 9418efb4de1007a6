"""Operators whose beats have the lanes ``PE``, one beat out for one beat in, share this."""

from typing import Any, ClassVar

from hw.dataflow.machines import PAIR, Parts, through
from hw.ops.base import StreamOp
from hw.synth.cost.features import Contents, Features


class ElementwiseOp(StreamOp):
    """Tensors out of the shape of those that come in, as many lanes, a beat a clock."""

    lane_attributes = ("PE",)
    folding_attributes: ClassVar[tuple[str, ...]] = ("PE",)

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs = super().get_nodeattr_types()
        # channels in one beat
        attrs["PE"] = ("i", False, 1)
        return attrs

    def lanes_in(self) -> int:
        return self.int_attr("PE")

    def lanes_out(self) -> int:
        return self.int_attr("PE")

    def output_shape(self) -> tuple[int, ...]:
        return self.input_shape()

    def machines(self) -> Parts:
        return [(through(self.frame_beats()), PAIR)]

    def features(self, contents: Contents | None) -> Features:
        bits = self.get_outstream_width()
        return Features({"beat": bits}, {"beat": 2 * bits})

    def get_exp_cycles(self) -> int:
        """Clocks a frame: its beats."""
        _, height, width, channels = self.input_shape()
        return height * width * channels // self.lanes_in()
