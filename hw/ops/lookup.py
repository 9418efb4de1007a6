"""Lookup: rows of a table by their numbers, an embedding. FINN's operator of this name.

Attributes: FINN's ``NumEmbeddings`` (rows of the table), ``EmbeddingDim`` (elements of a row),
``EmbeddingType``, ``InputType``, ``InputShape`` (of the indices: frames, rows, columns) and
``ram_style``; ours: ``PE`` (elements in one beat out; FINN gives a whole row). The table is in the
accelerator, as FINN's with ``mem_mode`` "internal_embedded". The further input is the table.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from qonnx.core.datatype import BaseDataType, DataType
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.machines import Link, Parts, Segment, block, machine
from hw.errors import HardwareError
from hw.modules import Variant
from hw.ops.base import IntArray, StreamOp
from hw.ops.folding import Folding, divisors
from hw.ops.hls_base import RAM_STYLES, HlsOp, HlsTable
from hw.ops.memories import Memory
from hw.ops.memory_layout import (
    check_input_datatype,
    check_output_datatype,
    integer_values,
    pack_rows,
)
from hw.ops.registry import register
from hw.ops.rtl_base import RtlOp
from hw.synth.cost.features import Contents, Features, Numbers
from hw.synth.cost.memory import map_rom
from hw.synth.cost.sampling import STYLES, Drawn, Initializer, Sampling, divisor, one
from hw.synth.estimates import counter_bits, memory_bram18, memory_luts

#: Clocks from an index to its first beat at the output FIFO.
STAGES = 2
#: Rows of a table at most, as many as 16 bits number.
MOST_ROWS = 1 << 16
ATTRIBUTES = (
    *("NumEmbeddings", "EmbeddingDim", "EmbeddingType", "InputType", "InputShape"),
    *("PE", "ram_style"),
)


@dataclass(frozen=True)
class TableContents(Contents):
    """Rows of the table; its elements do not matter."""

    rows: int


def _draw(rng: np.random.Generator, index: int) -> Drawn:
    rows, elements = one(rng, (12, 50, 128, 500)), one(rng, (4, 8, 12, 16, 32))
    bits = one(rng, (2, 4, 8))
    attrs = {
        "NumEmbeddings": rows, "EmbeddingDim": elements, "EmbeddingType": f"INT{bits}",
        "InputType": f"UINT{(rows - 1).bit_length()}", "InputShape": [1, 1, one(rng, (8, 32))],
        "PE": divisor(rng, elements, 16), "ram_style": one(rng, STYLES),
    }  # fmt: skip
    return Drawn("Lookup", (*attrs["InputShape"], 1), attrs, seed=index)


def _initializers(drawn: Drawn, rng: np.random.Generator) -> list[Initializer]:
    kind = DataType[drawn.attrs["EmbeddingType"]]
    shape = drawn.attrs["NumEmbeddings"], drawn.attrs["EmbeddingDim"]
    return [(rng.integers(int(kind.min()), int(kind.max()) + 1, shape), kind.name)]


class Lookup(StreamOp):
    """(N, H, W, 1) -> (N, H, W, EmbeddingDim); out[n, y, x] = table[in[n, y, x, 0]].

    Inputs: indices; table (NumEmbeddings, EmbeddingDim). An index of no row gives row 0.
    """

    finn_names = ("Lookup",)
    lane_attributes = ("PE",)
    folding_attributes = ("PE", "ram_style")
    #: Samples of which the cost model is made.
    sampling = Sampling(ATTRIBUTES, ((8, _draw),), _initializers)

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs: dict[str, Any] = super().get_nodeattr_types()
        for name in ("inputShape", "inputDataType", "outputDataType"):
            del attrs[name]  # FINN's stand for them
        attrs.update(
            {
                # rows of the table, and elements of a row
                "NumEmbeddings": ("i", True, 0),
                "EmbeddingDim": ("i", True, 0),
                # data types of elements and indices
                "EmbeddingType": ("s", True, ""),
                "InputType": ("s", True, ""),
                # frames, rows and columns of indices
                "InputShape": ("ints", False, [1, 1, 1]),
                # elements in one beat
                "PE": ("i", False, 1),
                # what the table is kept in
                "ram_style": ("s", False, "auto", set(STYLES)),
            }
        )
        return attrs

    # --- streams --------------------------------------------------------------------------------

    def lanes_in(self) -> int:
        return 1

    def lanes_out(self) -> int:
        return self.int_attr("PE")

    def input_shape(self) -> tuple[int, ...]:
        return (*self.ints_attr("InputShape"), 1)

    def output_shape(self) -> tuple[int, ...]:
        return (*self.ints_attr("InputShape"), self.int_attr("EmbeddingDim"))

    def get_input_datatype(self, ind: int = 0) -> BaseDataType:
        return DataType[self.get_nodeattr("InputType" if ind == 0 else "EmbeddingType")]

    def get_output_datatype(self, ind: int = 0) -> BaseDataType:
        return DataType[self.get_nodeattr("EmbeddingType")]

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        (table,) = params
        index = x[..., 0]
        found: IntArray = table[np.where(index < len(table), index, 0)]
        return found

    def table(self, model: ModelWrapper) -> IntArray:
        """The table (NumEmbeddings, EmbeddingDim), checked."""
        values = integer_values(self.name, "table", model.get_initializer(self.onnx_node.input[1]))
        shape = self.int_attr("NumEmbeddings"), self.int_attr("EmbeddingDim")
        if values.shape != shape:
            raise HardwareError(
                f"node {self.name}: a table of shape {values.shape}; expected {shape}, by "
                "NumEmbeddings and EmbeddingDim"
            )
        low, high = int(values.min()), int(values.max())
        check_output_datatype(self.name, self.get_output_datatype(), low, high)
        return values

    def check(self) -> None:
        name, rows = self.name, self.int_attr("NumEmbeddings")
        if len(self.ints_attr("InputShape")) != 3:
            raise HardwareError(
                f"node {name}: InputShape {list(self.ints_attr('InputShape'))} is not (N, H, W)"
            )
        if not 1 <= rows <= MOST_ROWS:
            raise HardwareError(
                f"node {name}: NumEmbeddings = {rows}; expected 1 to {MOST_ROWS:,} rows"
            )
        if self.int_attr("EmbeddingDim") < 1:
            raise HardwareError(f"node {name}: EmbeddingDim must be at least 1")
        check_input_datatype(name, self.get_input_datatype())
        if self.get_input_datatype().signed() or self.get_input_datatype().bitwidth() > 31:
            raise HardwareError(
                f"node {name}: InputType {self.get_input_datatype().name}; expected UINT1 to "
                "UINT31: an index is a row's number"
            )
        super().check()

    # --- time, folding, cost --------------------------------------------------------------------

    def get_exp_cycles(self) -> int:
        """Clocks a frame: its output beats."""
        return prod(self.input_shape()[1:]) * self.pixel_beats_out()

    def machines(self) -> Parts:
        beats, pixels = self.pixel_beats_out(), prod(self.input_shape()[1:])
        index = block(pixels, Segment(1), Segment(beats - 1, need=0, frees=0))
        return [(machine(index), Link(STAGES + 2, forth=STAGES + 1))]

    def foldings(self, limit: int, given: Mapping[str, Any]) -> Iterator[Folding]:
        return (Folding({"PE": lanes}) for lanes in divisors(self.int_attr("EmbeddingDim")))

    def contents(self, model: ModelWrapper) -> TableContents:
        return TableContents(len(self.table(model)))

    def features(self, contents: Contents | None) -> Features:
        rows, width = self._memory()
        memory = map_rom(rows, width, str(self.get_nodeattr("ram_style")))
        address = counter_bits(rows)
        luts: Numbers = {
            "address": address * (self.pixel_beats_out() > 1), "beat": width,
            "rom": memory.rom, "rom_mux": memory.rom_mux,
        }  # fmt: skip
        registers: Numbers = {"address": address, "beat": width, "rom": (memory.rom > 0) * width}
        return Features(luts, registers, [memory])

    def _memory(self) -> tuple[int, int]:
        """Rows and bits of a row of the memory."""
        return self.int_attr("NumEmbeddings") * self.pixel_beats_out(), self.get_outstream_width()

    def bram_estimation(self, fpgapart: str = "") -> int:
        """Estimate: RAMB18 of the table."""
        return memory_bram18(*self._memory(), str(self.get_nodeattr("ram_style")))

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: the table where it is of LUTs, the output's registers, address and counters."""
        rows, width = self._memory()
        luts = memory_luts(rows, width, str(self.get_nodeattr("ram_style")))
        return luts + width + 2 * counter_bits(rows) + 12

    def sizes(self, model: ModelWrapper) -> dict[str, int]:
        """Parameters that RTL and HLS C++ have in common."""
        rows, elements = self.table(model).shape
        return {
            "IndexBits": int(self.get_input_datatype().bitwidth()),
            "Rows": rows,
            "Channels": elements,
            "Lanes": self.lanes_out(),
            "Bits": int(self.get_output_datatype().bitwidth()),
        }

    def beats(self, model: ModelWrapper) -> IntArray:
        """The table as the memory holds it: (rows of the memory, lanes)."""
        return self.table(model).reshape(-1, self.lanes_out())


class Lookup_rtl(Lookup, RtlOp):
    """Lookup in SystemVerilog: ``lookup``."""

    rtl_only = ("MemFile",)
    variants = (
        Variant("lookup"),
        Variant("lookup", {"IndexBits": 2, "Rows": 4, "Channels": 3, "Lanes": 3}),
        Variant("lookup", {"IndexBits": 1, "Rows": 1, "Channels": 1, "Lanes": 1}),
    )

    def rtl_modules(self) -> tuple[str, ...]:
        return ("lookup",)

    def memories(self, model: ModelWrapper) -> list[Memory]:
        words = pack_rows(self.beats(model), int(self.get_output_datatype().bitwidth()))
        width, style = self.get_outstream_width(), str(self.get_nodeattr("ram_style"))
        name, bits = f"{self.name}_table", len(words) * width
        return [Memory(name, words, width, "weights", bits, style=style)]

    def rtl_body(self, model: ModelWrapper) -> str:
        (memory,) = self.memories(model)
        given: dict[str, int | str] = {**self.sizes(model)}
        given |= {"MemFile": f"{memory.name}.mem", "RamStyle": memory.style}
        return self.instance("lookup", given)


class Lookup_hls(Lookup, HlsOp):
    """Lookup in HLS C++: hw/hls/lookup.hpp."""

    hls_only = ("IsSigned", "Pixels")

    def hls_function(self) -> str:
        return "lookup"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        return {
            **self.sizes(model),
            "IsSigned": bool(self.get_output_datatype().signed()),
            "RamStyle": RAM_STYLES[str(self.get_nodeattr("ram_style"))],
            "Pixels": prod(self.input_shape()[1:-1]),
        }

    def hls_tables(self, model: ModelWrapper) -> list[HlsTable]:
        kind = self.get_output_datatype()
        name, bits, signed = f"{self.name}_table", int(kind.bitwidth()), bool(kind.signed())
        return [HlsTable(name, self.beats(model), bits, signed, "weights")]

    def hls_trips(self) -> int:
        return self.get_exp_cycles()


register(Lookup, Lookup_rtl, Lookup_hls)
