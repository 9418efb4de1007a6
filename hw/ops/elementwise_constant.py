"""ElementwiseConstant: the sum or product of each number and a constant of its place in the image.

FINN+ has it as ElementwiseAdd and ElementwiseMul with ``rhs_style`` "const". Attributes: ``PE``
(lanes), ``Operation`` ("add", "mul", "max" or "min"), ``Factor`` (by which what comes in is
multiplied first), ``constantDataType``, ``ram_style`` and, of a product, ``resType`` ("lut", or
"dsp": one multiplier a lane). The further input are the constants, (H, W, C), or (1, W, C) where
all rows are alike.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from qonnx.core.datatype import BaseDataType, DataType
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.machines import PAIR, Link, Parts, through
from hw.errors import HardwareError
from hw.modules import Variant
from hw.ops.base import IntArray
from hw.ops.elementwise import ElementwiseOp
from hw.ops.elementwise_binary import held_by
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
from hw.ops.two_streams import OPERATIONS
from hw.synth.cost.features import Contents, Features, Numbers
from hw.synth.cost.memory import map_rom
from hw.synth.cost.sampling import STYLES, Drawn, Initializer, Sampling, divisor, one
from hw.synth.estimates import counter_bits, memory_bram18, memory_luts

#: Clocks from a beat to the FIFO in front of the sums.
STAGES = 2
#: The greatest factor.
MOST_FACTOR = 1 << 30
ATTRIBUTES = (
    *("PE", "Operation", "Factor", "inputDataType", "outputDataType", "constantDataType"),
    *("resType", "ram_style"),
)


@dataclass(frozen=True)
class ConstantContents(Contents):
    """Rows of pixels that differ: all, or one."""

    rows: int


def made_datatype(
    operation: str, given: BaseDataType, constants: BaseDataType, factor: int
) -> BaseDataType:
    """The smallest data type that holds every result."""
    return held_by(operation, [given, constants], (factor, 1))


def _draw(rng: np.random.Generator, index: int) -> Drawn:
    channels, side = one(rng, (4, 8, 16)), one(rng, (4, 8, 14))
    given, constants = (f"{one(rng, ('UINT', 'INT'))}{one(rng, (2, 4, 8))}" for _ in range(2))
    operation = "mul" if index % 2 else "add"
    made = made_datatype(operation, DataType[given], DataType[constants], 1).name
    attrs = {
        "PE": divisor(rng, channels, 8), "Operation": operation, "Factor": 1,
        "inputDataType": given, "outputDataType": made, "constantDataType": constants,
        "resType": "dsp" if index % 8 == 7 else "lut", "ram_style": one(rng, STYLES),
    }  # fmt: skip
    return Drawn("ElementwiseConstant", (1, side, side, channels), attrs, seed=index)


def _initializers(drawn: Drawn, rng: np.random.Generator) -> list[Initializer]:
    kind = DataType[drawn.attrs["constantDataType"]]
    return [(rng.integers(int(kind.min()), int(kind.max()) + 1, drawn.shape[1:]), kind.name)]


class ElementwiseConstant(ElementwiseOp):
    """(N, H, W, C) -> (N, H, W, C); out[n, y, x] = Operation(Factor * in[n, y, x], table[y, x]).

    Inputs: the stream; table (H, W, C), or (1, W, C), which stands for all rows.
    """

    of_one_size = "its constants are those of an image's places"
    folding_attributes = ("PE", "ram_style", "resType")
    #: Samples of which the cost model is made.
    sampling = Sampling(ATTRIBUTES, ((8, _draw),), _initializers)

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs: dict[str, Any] = super().get_nodeattr_types()
        attrs.update(
            {
                # what is done with a number and its constant
                "Operation": ("s", False, "add", set(OPERATIONS)),
                # what comes in is multiplied by it first
                "Factor": ("i", False, 1),
                # data type of the constants
                "constantDataType": ("s", True, ""),
                # a product of LUTs, or a multiplier a lane
                "resType": ("s", False, "lut", {"lut", "dsp"}),
                # what the constants are kept in
                "ram_style": ("s", False, "auto", set(STYLES)),
            }
        )
        return attrs

    def operation(self) -> str:
        """One of OPERATIONS."""
        return str(self.get_nodeattr("Operation"))

    def constant_datatype(self) -> BaseDataType:
        """Data type of the constants."""
        return DataType[self.get_nodeattr("constantDataType")]

    def get_input_datatype(self, ind: int = 0) -> BaseDataType:
        return self.constant_datatype() if ind else super().get_input_datatype()

    def is_multiplier(self) -> bool:
        """Whether a product is a multiplier, for a DSP slice."""
        return self.operation() == "mul" and str(self.get_nodeattr("resType")) == "dsp"

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        (table,) = params
        result: IntArray = OPERATIONS[self.operation()](self.int_attr("Factor") * x, table)
        return result

    def table(self, model: ModelWrapper) -> IntArray:
        """The constants, checked: (H, W, C), or (1, W, C)."""
        given = model.get_initializer(self.onnx_node.input[1])
        values = integer_values(self.name, "constants", given)
        _, height, width, channels = self.input_shape()
        if values.shape not in ((height, width, channels), (1, width, channels)):
            raise HardwareError(
                f"node {self.name}: constants of shape {values.shape}; expected "
                f"{(height, width, channels)} or {(1, width, channels)}"
            )
        kind = self.constant_datatype()
        if not (kind.allowed(int(values.min())) and kind.allowed(int(values.max()))):
            raise HardwareError(
                f"node {self.name}: constantDataType {kind.name} does not hold "
                f"{int(values.min())} to {int(values.max())}"
            )
        return values

    def check(self) -> None:
        name, factor = self.name, self.int_attr("Factor")
        check_input_datatype(name, self.get_input_datatype())
        check_input_datatype(name, self.constant_datatype())
        if not 1 <= abs(factor) <= MOST_FACTOR:
            raise HardwareError(
                f"node {name}: Factor = {factor}; expected an integer of -{MOST_FACTOR} to "
                f"{MOST_FACTOR} that is not 0"
            )
        minimal = made_datatype(
            self.operation(), self.get_input_datatype(), self.constant_datatype(), factor
        )
        low, high = int(minimal.min()), int(minimal.max())
        check_output_datatype(name, self.get_output_datatype(), low, high)
        super().check()

    # --- time and cost --------------------------------------------------------------------------

    def machines(self) -> Parts:
        beats = through(self.frame_beats())
        return [(beats, Link(STAGES + 2, forth=STAGES + 1)), (beats, PAIR)]

    def contents(self, model: ModelWrapper) -> ConstantContents:
        return ConstantContents(len(self.table(model)))

    def features(self, contents: Contents | None) -> Features:
        rows, width = self._memory(contents)
        memory = map_rom(rows, width, str(self.get_nodeattr("ram_style")))
        address, beat = counter_bits(rows), int(self.get_outstream_width())
        both = width + int(self.get_instream_width())
        product = self.operation() == "mul" and not self.is_multiplier()
        copies = product * self.lanes_in() * int(self.get_input_datatype().bitwidth())
        luts: Numbers = {
            "address": address, "beat": beat, "both": both, "rom": memory.rom,
            "rom_mux": memory.rom_mux, "copies": copies * int(self.constant_datatype().bitwidth()),
        }  # fmt: skip
        registers: Numbers = {
            "address": address, "beat": 2 * beat, "both": 2 * both, "rom": (memory.rom > 0) * width,
        }  # fmt: skip
        dsp = self.lanes_in() if self.is_multiplier() else 0
        return Features(luts, registers, [memory], dsp=dsp)

    def _memory(self, contents: Contents | None = None) -> tuple[int, int]:
        """Rows and bits of a row of the memory."""
        height = self.input_shape()[1]
        rows = contents.rows if isinstance(contents, ConstantContents) else height
        bits = int(self.constant_datatype().bitwidth())
        return self.frame_beats() // height * rows, self.lanes_in() * bits

    def bram_estimation(self, fpgapart: str = "") -> int:
        """Estimate: RAMB18 of the constants."""
        return memory_bram18(*self._memory(), str(self.get_nodeattr("ram_style")))

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: constants where they are of LUTs, sums or products, registers and counters."""
        rows, width = self._memory()
        luts = memory_luts(rows, width, str(self.get_nodeattr("ram_style")))
        bits = int(self.constant_datatype().bitwidth())
        copies = bits if self.operation() == "mul" and not self.is_multiplier() else 1
        return luts + width + copies * int(self.get_outstream_width()) + counter_bits(rows) + 12

    # --- what RTL and HLS C++ have in common ----------------------------------------------------

    def sizes(self, model: ModelWrapper) -> dict[str, int]:
        """Parameters of both."""
        given, constants = self.get_input_datatype(), self.constant_datatype()
        made = self.get_output_datatype()
        return {
            "Lanes": self.lanes_in(),
            "InBits": int(given.bitwidth()),
            "InSigned": int(given.signed()),
            "ConstantBits": int(constants.bitwidth()),
            "ConstantSigned": int(constants.signed()),
            "Factor": self.int_attr("Factor"),
            "OutBits": int(made.bitwidth()),
            "OutSigned": int(made.signed()),
            "Depth": len(self.beats(model)),
        }

    def beats(self, model: ModelWrapper) -> IntArray:
        """The constants as the memory holds them: (rows of the memory, lanes)."""
        return self.table(model).reshape(-1, self.lanes_in())


class ElementwiseConstant_rtl(ElementwiseConstant, RtlOp):
    """ElementwiseConstant in SystemVerilog: ``elementwise_constant``."""

    rtl_only = ("MemFile", "IsMultiplier")
    variants = (
        Variant("elementwise_constant"),
        Variant("elementwise_constant", {"Depth": 1, "Lanes": 3, "ConstantSigned": 1, "OutBits": 4,
                                         "OutSigned": 1, "Factor": 2}),
        Variant("elementwise_constant", {"Operation": '"mul"', "OutBits": 4}),
        Variant("elementwise_constant", {"Operation": '"mul"', "OutBits": 4, "IsMultiplier": 1}),
    )  # fmt: skip

    def rtl_modules(self) -> tuple[str, ...]:
        return ("elementwise_constant",)

    def memories(self, model: ModelWrapper) -> list[Memory]:
        bits = int(self.constant_datatype().bitwidth())
        words, width = pack_rows(self.beats(model), bits), self.lanes_in() * bits
        name, style = f"{self.name}_table", str(self.get_nodeattr("ram_style"))
        return [Memory(name, words, width, "weights", len(words) * width, style=style)]

    def rtl_body(self, model: ModelWrapper) -> str:
        (memory,) = self.memories(model)
        given: dict[str, int | str] = {"Operation": self.operation(), **self.sizes(model)}
        given |= {"MemFile": f"{memory.name}.mem", "RamStyle": memory.style}
        if self.is_multiplier():
            given["IsMultiplier"] = 1
        return self.instance("elementwise_constant", given)


class ElementwiseConstant_hls(ElementwiseConstant, HlsOp):
    """ElementwiseConstant in HLS C++: hw/hls/elementwise_constant.hpp."""

    hls_only = ("Beats",)

    def hls_function(self) -> str:
        return "elementwise_constant"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        self.require_lane_bits("a result", int(self.get_output_datatype().bitwidth()))
        flags = ("InSigned", "ConstantSigned", "OutSigned")
        sizes: dict[str, int | bool] = {
            key: bool(value) if key in flags else value for key, value in self.sizes(model).items()
        }
        return {
            "Operation": list(OPERATIONS).index(self.operation()),
            **sizes,
            "RamStyle": RAM_STYLES[str(self.get_nodeattr("ram_style"))],
            "Beats": self.hls_trips(),
        }

    def hls_tables(self, model: ModelWrapper) -> list[HlsTable]:
        kind = self.constant_datatype()
        name, bits, signed = f"{self.name}_table", int(kind.bitwidth()), bool(kind.signed())
        return [HlsTable(name, self.beats(model), bits, signed, "weights")]

    def hls_trips(self) -> int:
        return self.get_exp_cycles()


register(ElementwiseConstant, ElementwiseConstant_rtl, ElementwiseConstant_hls)
