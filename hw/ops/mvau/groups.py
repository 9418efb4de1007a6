"""A matrix-vector unit of groups: what a grouped convolution is, depthwise ones among them.

The elements of a window are those of all channels, tap by tap; a group has the taps of its own
channels and rows of the matrix of its own. The stream brings them fold by fold, (C / w, tap, w),
as a window of w channels in a beat gives them. Either w channels are of one group, and groups come
one after another; or they are whole groups, which stand side by side (sets).
"""

from dataclasses import dataclass

import numpy as np

from hw.errors import HardwareError
from hw.ops.base import IntArray, require_divides
from hw.ops.passthrough import window_to_stream


@dataclass(frozen=True)
class Groups:
    """Of a vector of elements = taps * channels: number groups, each with rows of the matrix.

    simd: elements of a group at once; pe: rows at once, of all groups at once.
    order: (taps, channels in a beat) of the window in front; (0, 0): none, or natural order.
    """

    number: int
    taps: int
    channels: int
    rows: int
    simd: int
    pe: int
    order: tuple[int, int]

    @property
    def width(self) -> int:
        """Channels of a group."""
        return self.channels // self.number

    @property
    def elements(self) -> int:
        """Elements of a group's vector."""
        return self.taps * self.width

    @property
    def sets(self) -> int:
        """Groups at once: as many as have all their rows at once."""
        return max(1, self.pe // self.rows)

    @property
    def turns(self) -> int:
        """How often that many come, one after another."""
        return self.number // self.sets

    @property
    def beat_taps(self) -> int:
        """Taps of several sets' channels in a beat."""
        return self.simd // self.width

    def takes_window(self, channels: int) -> bool:
        """Whether a window of so many channels in a beat can stand in front."""
        if self.sets > 1:
            return channels == self.sets * self.width
        return self.width % channels == 0

    def places(self, node: str) -> IntArray:
        """(turns, SF, sets, SIMD) which element of its group's vector, in the order (tap, channel)
        of the group, stands where. HardwareError, naming the node, where groups come otherwise.
        """
        natural = np.arange(self.taps * self.channels)
        taps, simd = self.order
        stream = window_to_stream(natural, taps, simd) if taps * simd else natural
        if self.sets > 1 and self.simd % self.width:
            raise HardwareError(
                f"node {node}: SIMD = {self.simd} is no multiple of {self.width}, the channels of "
                f"a group, of which PE = {self.pe} takes {self.sets} at once"
            )
        # of a beat of several sets: taps, sets, channels of a group
        run = self.width if self.sets > 1 else self.simd
        beats = stream.reshape(self.turns, -1, self.simd // run, self.sets, run)
        index = beats.swapaxes(2, 3).reshape(self.turns, -1, self.sets, self.simd)
        tap, channel = np.divmod(index, self.channels)
        wanted = np.arange(self.number).reshape(self.turns, 1, self.sets, 1)
        if np.any(channel // self.width != wanted):
            channels = self.sets * self.width
            which = "" if self.sets > 1 else "a divisor of "
            raise HardwareError(
                f"node {node}: Groups = {self.number} with PE = {self.pe} needs a window of {which}"
                f"{channels} channels in a beat, fold by fold; it has {simd or 'another order'}"
            )
        found: IntArray = tap * self.width + channel % self.width
        return found

    def product(self, vectors: IntArray, weights: IntArray) -> IntArray:
        """(..., elements) natural, weights (elements / number, rows of all) -> (..., rows)."""
        split = vectors.reshape(*vectors.shape[:-1], self.taps, self.number, self.width)
        mine = np.moveaxis(split, -2, -3).reshape(*vectors.shape[:-1], self.number, -1)
        matrix = weights.reshape(self.elements, self.number, -1)
        found: IntArray = np.einsum("...ge,egr->...gr", mine, matrix)
        return found.reshape(*vectors.shape[:-1], -1)


def check_groups(node: str, groups: Groups) -> None:
    """Raise HardwareError, naming the node, where the sizes or the order cannot be built."""
    all_rows = groups.rows * groups.number
    if groups.rows % groups.pe and groups.pe % groups.rows:
        raise HardwareError(
            f"node {node}: PE = {groups.pe} is neither a divisor nor a multiple of {groups.rows}, "
            f"the rows of one of {groups.number} groups"
        )
    require_divides(node, "PE", groups.pe, all_rows)
    require_divides(node, "SIMD", groups.simd, groups.elements)
    groups.places(node)


def lanes_body(groups: Groups, bits: int, instance: str) -> str:
    """SystemVerilog of a unit (instance, on in_* and out_*) whose lanes are brought to order.

    A beat of several sets and taps holds, tap by tap, the channels of every set; the unit takes
    them set by set. bits: of a lane.
    """
    width = groups.sets * groups.simd * bits
    parameters = {
        "Copies": groups.sets,
        "Rows": groups.beat_taps,
        "RowLanes": groups.sets * groups.width,
        "First": 0,
        "Step": groups.width,
        "Run": groups.width,
        "Bits": bits,
    }
    listed = ",\n".join(f"    .{key}({value})" for key, value in parameters.items())
    return (
        f"  logic [{width - 1}:0] set_data;\n"
        f"  lane_runs #(\n{listed}\n  ) i_lanes (\n"
        "    .in_data_i(in_data),\n    .out_data_o(set_data)\n  );\n"
        + instance.replace("(in_data)", "(set_data)")
    )
