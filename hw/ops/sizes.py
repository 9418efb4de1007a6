"""Operators that count rows and columns, and take another size of the image while they run.

A node with ``dynamic_mode = 1`` (FINN's name, of its sliding window and its padding) has the limits
of its counters in a table that the load bus writes, as ``hw.ops.writable`` says of weights. Its
hardware is that of the greatest image, ``dynamicShape``; ``inputShape`` is the size whose limits
stand in the table. What is written counts from the next reset on.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from onnx import NodeProto
from qonnx.core.modelwrapper import ModelWrapper

from hw.errors import HardwareError
from hw.ops.base import StreamOp
from hw.ops.memories import Memory
from hw.ops.rtl_base import RtlOp
from hw.ops.wrapper import LOAD, Verbatim, instance_text
from hw.ops.writable import Table, file_bits, load_features
from hw.synth.cost.features import Features

#: FINN's name of the attribute, and the attribute of the greatest image.
DYNAMIC, GREATEST = "dynamic_mode", "dynamicShape"
#: Kind of the tables.
SIZES = "sizes"


@dataclass(frozen=True)
class Limit:
    """A number that the hardware has of the size. bits: of it in hardware; it may be negative."""

    value: int
    bits: int


def bits_of(places: int) -> int:
    """Bits of a counter with so many places."""
    return max(1, (places - 1).bit_length())


def word_of(limits: Sequence[Limit]) -> tuple[int, int]:
    """Limits side by side, the first most significant, and the bits of all."""
    word = width = 0
    for limit in limits:
        word = word << limit.bits | limit.value & ((1 << limit.bits) - 1)
        width += limit.bits
    return word, width


class SizedOp(StreamOp):
    """An operator that counts rows and columns."""

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs = super().get_nodeattr_types()
        attrs.update(
            {
                # 1: the size of the image is written while it runs
                DYNAMIC: ("i", False, 0, {0, 1}),
                # (N, H, W, C) of the greatest input; []: inputShape
                GREATEST: ("ints", False, []),
            }
        )
        return attrs

    @abstractmethod
    def limits(self, greatest: Self) -> list[Limit]:
        """Numbers at its module's ``sizes_i``, in that order; bits as the greatest image needs."""

    def reach(self) -> tuple[int, int]:
        """Rows and columns of the input that a window has, where there are windows."""
        return 1, 1

    def check_size(self, greatest: Self) -> None:
        """Raise HardwareError where the hardware of the greatest image cannot be of this size."""

    def with_sizes(self, found: Features) -> Features:
        """Features of its counters, and of its table if it has one."""
        if self.is_dynamic():
            _, width = word_of(self.limits(self.greatest()))
            luts, registers = load_features(1, width)
            found.lut["load"], found.ff["load"] = luts + width / 2, registers
        return found

    def is_dynamic(self) -> bool:
        """Whether its size is written while it runs."""
        return self.int_attr(DYNAMIC) == 1

    def greatest(self) -> Self:
        """The operator that its hardware is made for; itself, where that is its own size."""
        shape = self.ints_attr(GREATEST)
        if not shape or shape == self.input_shape():
            return self
        node = NodeProto()
        node.CopyFrom(self.onnx_node)
        op = type(self)(node)
        for key, value in self.at_shape(shape).items():
            op.set_nodeattr(key, value)
        return op

    def set_greatest(self, greatest: "SizedOp") -> None:
        """Let it be of the hardware that another of its kind is made for, at its own size."""
        self.set_nodeattr(GREATEST, list(greatest.input_shape()))

    def at_shape(self, shape: Sequence[int]) -> dict[str, Any]:
        """Attributes that it has with an input of another shape."""
        return {"inputShape": list(shape)}

    def check(self) -> None:
        super().check()
        greatest = self.greatest()
        if greatest is self:
            return
        mine, most = self.input_shape(), greatest.input_shape()
        if len(mine) != len(most) or any(a > b for a, b in zip(mine, most, strict=True)):
            raise HardwareError(
                f"node {self.name}: an input of {mine[1]} x {mine[2]}, the hardware takes "
                f"{most[1]} x {most[2]} at most"
            )
        self.check_size(greatest)

    def refuse_size(self, why: str, expected: str) -> HardwareError:
        """The error for a size that the hardware cannot take."""
        _, height, width, _ = self.input_shape()
        return HardwareError(
            f"node {self.name}: {DYNAMIC} = 1, but of {height} x {width} {why}; expected {expected}"
        )


class SizedRtl(RtlOp):
    """The RTL side of a SizedOp."""

    def sizes_table(self) -> list[Table]:
        """Its table, if it has one."""
        assert isinstance(self, SizedOp)
        if not self.is_dynamic():
            return []
        word, width = word_of(self.limits(self.greatest()))
        return [Table(Memory(f"{self.name}_{SIZES}", [word], width, SIZES, width))]

    def is_writable(self) -> bool:
        return bool(self.sizes_table())

    def tables(self, model: ModelWrapper) -> list[Table]:
        return self.sizes_table()

    def memories(self, model: ModelWrapper) -> list[Memory]:
        return [part for table in self.sizes_table() for part in table.parts()]

    def sized_modules(self, *modules: str) -> tuple[str, ...]:
        """Modules of the wrapper: these, and the table."""
        return (*modules, *(["table_ram"] if self.sizes_table() else []))

    def sized_instance(
        self,
        module: str,
        params: dict[str, int | str],
        name: str = "i_core",
        bits: dict[str, int] | None = None,
    ) -> str:
        """Text of an instance as ``instance``, with its sizes.

        bits: parameters that say how many bits the sizes have; default: SizeBits, of all.
        """
        tables = self.sizes_table()
        if not tables:
            return self.instance(module, params, name, more=[("sizes_i", "'0")])
        (table,) = tables
        width, parts = table.memory.width, table.parts()
        file = file_bits(tables)
        names = ", ".join(f'{file}\'("{part.name}.mem")' for part in reversed(parts))
        ram = instance_text(
            "table_ram",
            {
                "Width": width,
                "Depth": 1,
                "FileBits": file,
                "Files": Verbatim(f"{{{names}}}"),
            },
            [("addr_i", "1'b0"), ("data_o", "sizes"), *LOAD],
            "i_sizes",
            reset=False,
        )
        dynamic = {"Dynamic": 1, **({"SizeBits": width} if bits is None else bits)}
        core = self.instance(module, {**params, **dynamic}, name, more=[("sizes_i", "sizes")])
        return f"  logic [{width - 1}:0] sizes;\n{ram}{core}"
