"""StreamRequant: levels of a stream by one multiplication and a shift, channel by channel.

Stands where FINN has Requant, whose scale is a float that it rounds; here factor, offset and shift
are integers that have been shown to give the very levels that thresholds would
(flows/graph/multiply_shift.py). Quantizers of more than 8 bits have too many thresholds to store.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from qonnx.core.datatype import BaseDataType, DataType
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.machines import Link, Parts, through
from hw.datatypes import signed_bits
from hw.errors import HardwareError
from hw.modules import Variant
from hw.ops.base import IntArray
from hw.ops.elementwise import ElementwiseOp
from hw.ops.folding import Folding, divisors
from hw.ops.hls_base import RAM_STYLES, HlsOp, HlsTable
from hw.ops.memories import Memory
from hw.ops.memory_layout import check_input_datatype, check_output_datatype, integer_values
from hw.ops.registry import register
from hw.ops.rtl_base import RtlOp
from hw.products import SPLIT, dropped_product
from hw.synth.cost.features import Contents, Features, Numbers
from hw.synth.cost.memory import map_rom
from hw.synth.cost.sampling import STYLES, Drawn, Initializer, Sampling, divisor, one, some_channels

#: Bits of a product that int64 holds, with an offset and the sign of a factor.
MOST_BITS = 62
#: Registers of the pipeline behind the row.
STAGES = 4
#: Bits of the two operands of a DSP slice, with their signs.
DSP_OPERANDS = (25, 18)


@dataclass(frozen=True)
class Line:
    """factors: (C or 1,), not negative; offsets: (C or 1, 1 or 2)."""

    factors: IntArray
    offsets: IntArray

    @property
    def factor_bits(self) -> int:
        """Bits of a factor, unsigned."""
        return max(1, int(self.factors.max()).bit_length())

    @property
    def offset_bits(self) -> int:
        """Bits of an offset, two's complement."""
        return signed_bits(int(self.offsets.min()), int(self.offsets.max()))


@dataclass(frozen=True)
class LineContents(Contents):
    """Bits of a factor and of an offset, offsets of a channel, and whether all channels share."""

    factor_bits: int
    offset_bits: int
    offsets: int
    shared: bool


def _draw(rng: np.random.Generator, index: int) -> Drawn:
    channels, bits, made = some_channels(rng), one(rng, (16, 20, 26)), one(rng, (9, 12, 16))
    attrs = {
        "PE": divisor(rng, channels, 4), "ram_style": one(rng, STYLES),
        "Drop": one(rng, (2, 9, 17)), "Shift": one(rng, (5, 12)),
        "inputDataType": f"INT{bits}", "outputDataType": f"INT{made}",
    }  # fmt: skip
    return Drawn("StreamRequant", (1, 16, 16, channels), attrs, seed=index)


def _initializers(drawn: Drawn, rng: np.random.Generator) -> list[Initializer]:
    channels, bits = drawn.shape[-1], one(rng, (14, 22, 26))
    rows, parts = one(rng, (1, channels)), one(rng, (1, 1, 2))
    factors = rng.integers(1, 1 << bits, rows, np.int64)
    offsets = rng.integers(-(1 << 18), 1 << 18, (rows, parts), np.int64)
    return [(factors, f"UINT{bits}"), (offsets, "INT19")]


#: Samples of which the cost model is made.
SAMPLING = Sampling(
    ("PE", "Drop", "Shift", "ram_style", "inputDataType", "outputDataType"),
    ((8, _draw),),
    _initializers,
)


def _slices(*operands: int) -> int:
    """DSP slices of a product of operands of so many bits, the wider one at the wider input."""
    parts = 1
    for bits, most in zip(sorted(operands, reverse=True), DSP_OPERANDS, strict=True):
        parts *= 1 + max(0, -(-(bits - most) // (most - 1)))
    return parts


class StreamRequant(ElementwiseOp):
    """y = clip(sum over k of ((x * factor >> Drop) + offset[k]) >> Shift), to the output's type.

    Inputs: x (N, H, W, C); factors (C or 1,), not negative; offsets (C or 1, 1 or 2). Output:
    (N, H, W, C), within Low and High.
    """

    finn_names = ("Requant",)
    folding_attributes = ("PE", "ram_style")
    sampling = SAMPLING

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs: dict[str, Any] = super().get_nodeattr_types()
        attrs.update(
            {
                # lowest bits of a product that are left out, and then of each sum
                "Drop": ("i", False, 0),
                "Shift": ("i", False, 0),
                # limits of the output; both 0: those of its type
                "Low": ("i", False, 0),
                "High": ("i", False, 0),
                # memory of factors and offsets: "block" = BRAM, "distributed" = LUTs
                "ram_style": ("s", False, "auto", {"auto", "block", "distributed"}),
            }
        )
        return attrs

    def limits(self) -> tuple[int, int]:
        """Least and greatest output."""
        low, high = self.int_attr("Low"), self.int_attr("High")
        datatype = self.get_output_datatype()
        return (int(datatype.min()), int(datatype.max())) if low == high == 0 else (low, high)

    def get_input_datatype(self, ind: int = 0) -> BaseDataType:
        return DataType[self.get_nodeattr("inputDataType")]

    def check(self) -> None:
        name, pe, shape = self.name, self.lanes_in(), self.input_shape()
        if len(shape) != 4:
            raise HardwareError(f"node {name}: inputShape {list(shape)} is not (N, H, W, C)")
        self.require_divides("PE", pe, shape[-1])
        check_input_datatype(name, self.get_input_datatype())
        low, high = self.limits()
        if low > high:
            raise HardwareError(f"node {name}: Low = {low} is above High = {high}")
        check_output_datatype(name, self.get_output_datatype(), low, high)
        if self.int_attr("Drop") < 0 or self.int_attr("Shift") < 0:
            raise HardwareError(f"node {name}: Drop and Shift must not be below 0")

    # --- time and folding -----------------------------------------------------------------------

    def machines(self) -> Parts:
        push = STAGES + (2 if self.pixel_beats_in() > 1 else 1)
        return [(through(self.frame_beats()), Link(push + 2, forth=push + 1))]

    def foldings(self, limit: int, given: Mapping[str, Any]) -> Iterator[Folding]:
        """Every PE and style of the memory."""
        for lanes in divisors(self.input_shape()[-1]):
            yield Folding({"PE": lanes})

    # --- integers -------------------------------------------------------------------------------

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        factors, offsets = params
        drop, shift = self.int_attr("Drop"), self.int_attr("Shift")
        product = dropped_product(factors, x, drop)
        total = sum((product + offsets[:, part]) >> shift for part in range(offsets.shape[1]))
        result: IntArray = np.clip(np.asarray(total, np.int64), *self.limits())
        return result

    def _fits(self, bits: int, factor_bits: int) -> bool:
        """Whether int64 holds the product, or those of a value's highest and lowest bits."""
        if self.int_attr("Drop") < SPLIT:
            return bits + factor_bits <= MOST_BITS
        return max(bits - SPLIT, SPLIT) + factor_bits < MOST_BITS

    def line(self, model: ModelWrapper) -> Line:
        """Factors and offsets, checked."""
        name, channels = self.name, self.input_shape()[-1]
        values = [model.get_initializer(given) for given in self.onnx_node.input[1:3]]
        if len(values) != 2:
            raise HardwareError(f"node {name}: expected factors and offsets as its inputs")
        factors = integer_values(name, "factors", values[0])
        offsets = integer_values(name, "offsets", values[1])
        rows = len(factors)
        if factors.shape != (rows,) or rows not in (1, channels) or rows != len(offsets):
            raise HardwareError(
                f"node {name}: factors of shape {factors.shape} and offsets of shape "
                f"{offsets.shape}; expected ({channels},) or (1,), and as many rows of offsets"
            )
        if offsets.ndim != 2 or offsets.shape[1] not in (1, 2) or factors.min() < 0:
            raise HardwareError(
                f"node {name}: expected factors of 0 and above, and one or two offsets of each"
            )
        line = Line(factors, offsets)
        kind = self.get_input_datatype()
        wide = kind.bitwidth() + line.factor_bits
        if not self._fits(int(kind.bitwidth()), line.factor_bits):
            raise HardwareError(
                f"node {name}: products of {wide} bits, of which {self.int_attr('Drop')} are left "
                "out, are beyond 64-bit integers"
            )
        return line

    def parameters(self, model: ModelWrapper) -> dict[str, int]:
        """Those that the module and the template share."""
        line, kind, output = self.line(model), self.get_input_datatype(), self.get_output_datatype()
        low, high = self.limits()
        return {
            "Lanes": self.lanes_in(),
            "InBits": int(kind.bitwidth()),
            "InSigned": int(kind.signed()),
            "OutBits": int(output.bitwidth()),
            "Low": low,
            "High": high,
            "Channels": int(self.input_shape()[-1]),
            "Rows": 1 if len(line.factors) == 1 else self.pixel_beats_in(),
            "FactorBits": line.factor_bits,
            "OffsetBits": line.offset_bits,
            "Offsets": int(line.offsets.shape[1]),
            "Drop": self.int_attr("Drop"),
            "Shift": self.int_attr("Shift"),
        }

    # --- cost -----------------------------------------------------------------------------------

    def contents(self, model: ModelWrapper) -> LineContents:
        line = self.line(model)
        shared = len(line.factors) == 1
        return LineContents(line.factor_bits, line.offset_bits, line.offsets.shape[1], shared)

    def features(self, contents: Contents | None) -> Features:
        assert isinstance(contents, LineContents)
        lanes, out = self.lanes_in(), int(self.get_output_datatype().bitwidth())
        bits = int(self.get_input_datatype().bitwidth())
        rows = 1 if contents.shared else self.pixel_beats_in()
        width = lanes * (contents.factor_bits + contents.offsets * contents.offset_bits)
        memory = map_rom(rows, width, str(self.get_nodeattr("ram_style")))
        rest = max(bits + contents.factor_bits - self.int_attr("Drop"), contents.offset_bits)
        signed = int(self.get_input_datatype().signed())
        slices = _slices(bits + 1 - signed, contents.factor_bits + 1)
        joins = lanes * (slices - 1) * (bits + contents.factor_bits)
        luts: Numbers = {
            "sum": lanes * contents.offsets * rest, "limit": lanes * out,
            "rom": memory.rom, "rom_mux": memory.rom_mux, "join": joins,
        }  # fmt: skip
        registers: Numbers = {
            "input": lanes * bits, "sum": lanes * contents.offsets * rest, "limit": lanes * out,
            "rom": (memory.rom > 0) * width,
        }  # fmt: skip
        return Features(luts, registers, [memory], dsp=lanes * slices)


class StreamRequant_rtl(StreamRequant, RtlOp):
    """StreamRequant as hw/rtl/stream_requant.sv."""

    rtl_only = ("MemFile",)
    variants = (
        Variant("stream_requant"),
        Variant("stream_requant", {"Rows": 1, "Offsets": 2, "InSigned": 0}),
    )

    def rtl_modules(self) -> tuple[str, ...]:
        return ("stream_requant",)

    def memories(self, model: ModelWrapper) -> list[Memory]:
        line, lanes = self.line(model), self.lanes_in()
        factors, bits = line.factor_bits, line.offset_bits
        fields = [(line.factors, factors)]
        fields += [(line.offsets[:, part], bits) for part in range(line.offsets.shape[1])]
        words, at = [0] * len(line.factors), 0
        for values, size in fields:
            mask = (1 << size) - 1
            for row, value in enumerate(values.tolist()):
                words[row] |= (value & mask) << at
            at += size
        if len(words) == 1:
            words *= lanes
        rows = [
            sum(word << (lane * at) for lane, word in enumerate(words[first : first + lanes]))
            for first in range(0, len(words), lanes)
        ]
        name, style = f"{self.name}_factors", str(self.get_nodeattr("ram_style"))
        width = lanes * at
        return [Memory(name, rows, width, "thresholds", len(rows) * width, style=style)]

    def rtl_body(self, model: ModelWrapper) -> str:
        (memory,) = self.memories(model)
        given: dict[str, int | str] = {**self.parameters(model)}
        given |= {"MemFile": f"{memory.name}.mem", "RamStyle": memory.style}
        return self.instance("stream_requant", given)


class StreamRequant_hls(StreamRequant, HlsOp):
    """StreamRequant in HLS C++: hw/hls/stream_requant.hpp."""

    hls_only = ("OutSigned", "Pixels")

    def hls_function(self) -> str:
        return "stream_requant"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        given = self.parameters(model)
        return {
            **{name: given[name] for name in ("Lanes", "InBits")},
            "InSigned": bool(given["InSigned"]),
            "OutBits": given["OutBits"],
            "OutSigned": bool(self.get_output_datatype().signed()),
            **{name: given[name] for name in ("Low", "High", "Channels", "Rows", "FactorBits")},
            **{name: given[name] for name in ("OffsetBits", "Offsets", "Drop", "Shift")},
            "RamStyle": RAM_STYLES[self.get_nodeattr("ram_style")],
            "Pixels": prod(self.input_shape()[1:-1]),
        }

    def hls_tables(self, model: ModelWrapper) -> list[HlsTable]:
        line, name = self.line(model), self.name
        lanes = self.lanes_in()
        factors, offsets = line.factors, line.offsets
        if len(factors) == 1:
            factors, offsets = np.repeat(factors, lanes), np.repeat(offsets, lanes, axis=0)
        offsets = offsets.reshape(-1, lanes, offsets.shape[1])
        return [
            HlsTable(
                f"{name}_factors", factors.reshape(-1, lanes), line.factor_bits, False, "thresholds"
            ),
            HlsTable(f"{name}_offsets", offsets, line.offset_bits, True, "thresholds"),
        ]

    def hls_trips(self) -> int:
        return self.get_exp_cycles() // self.input_shape()[0]


register(StreamRequant, StreamRequant_rtl, StreamRequant_hls)
