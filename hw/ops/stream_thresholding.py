"""StreamThresholding: thresholds on the channels of a stream.

Stands where FINN has Thresholding, whose RTL open tools do not read. Meaning: MultiThreshold of
QONNX on an NHWC tensor of integers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil, prod
from typing import Any

import numpy as np
from qonnx.core.datatype import BaseDataType, DataType
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.machines import Link, Parts, through
from hw.datatypes import integer_datatype, signed_bits
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
from hw.ops.thresholds import (
    MANY_THRESHOLDS,
    channel_thresholds,
    clamp_thresholds,
    comparators,
    count_latency,
    count_thresholds,
    filled_thresholds,
    search_cost,
    search_memories,
    search_parameters,
    threshold_bits,
    threshold_memory,
)
from hw.ops.writable import (
    WRITABLE,
    Table,
    file_bits,
    file_parameters,
    load_bits,
    load_features,
    map_table,
    refuse,
)
from hw.synth.cost.features import Contents, Features
from hw.synth.cost.memory import Mapped, map_rom
from hw.synth.cost.sampling import STYLES, Drawn, Initializer, Sampling, divisor, one, some_channels
from hw.synth.estimates import memory_bram18


@dataclass(frozen=True)
class ThresholdContents(Contents):
    """steps: thresholds a channel; bits: of one."""

    steps: int
    bits: int


def _draw(rng: np.random.Generator, index: int) -> Drawn:
    channels, bits, steps = some_channels(rng), one(rng, (4, 8, 8)), one(rng, (1, 3, 3, 7, 15))
    attrs = {
        "PE": divisor(rng, channels, 16), "ActVal": 0, "ram_style": one(rng, STYLES),
        "inputDataType": f"UINT{bits}", "outputDataType": integer_datatype(0, steps).name,
    }  # fmt: skip
    return Drawn("StreamThresholding", (1, 16, 16, channels), attrs, steps=steps, seed=index)


def _draw_searched(rng: np.random.Generator, index: int) -> Drawn:
    drawn = _draw(rng, index)
    bits, steps = one(rng, (8, 8, 12)), one(rng, (15, 20, 31, 63, 100, 255))
    attrs = {
        **drawn.attrs, "PE": divisor(rng, drawn.shape[-1], 8), "inputDataType": f"UINT{bits}",
        "outputDataType": integer_datatype(0, steps).name, "threshold_search": 1,
    }  # fmt: skip
    return replace(drawn, attrs=attrs, steps=steps)


def _initializers(drawn: Drawn, rng: np.random.Generator) -> list[Initializer]:
    kind = DataType[drawn.attrs["inputDataType"]]
    values = rng.integers(kind.min(), kind.max(), (drawn.shape[-1], drawn.steps), np.int64)
    return [(np.sort(values, axis=1), kind.name)]


#: Samples of which the cost model is made.
SAMPLING = Sampling(
    ("PE", "ActVal", "ram_style", "inputDataType", "outputDataType"),
    ((8, _draw), (9, _draw_searched)),
    _initializers,
    ("threshold_search",),
)


class StreamThresholding(ElementwiseOp):
    """y = ActVal + number of the channel's thresholds <= x.

    Inputs: x (N, H, W, C); thresholds (C or 1, n), integers, ascending. Output: (N, H, W, C).
    """

    finn_names = ("Thresholding", "Thresholding_Batch")
    folding_attributes = ("PE", "ram_style", "threshold_search", WRITABLE)
    cost_kinds = ("StreamThresholding", "SearchThresholding")
    sampling = SAMPLING

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs: dict[str, Any] = super().get_nodeattr_types()
        attrs.update(
            {
                # channels at once (divides C)
                "PE": ("i", True, 1),
                # output where no threshold is reached
                "ActVal": ("i", False, 0),
                # memory of the thresholds: "block" = BRAM, "distributed" = LUTs
                "ram_style": ("s", False, "auto", {"auto", "block", "distributed"}),
                # 1: thresholds are searched in memories, one a bit of the output and lane, instead
                # of being compared with at once
                "threshold_search": ("i", False, 0, {0, 1}),
                # 1: thresholds can be written while it runs (FINN's name)
                WRITABLE: ("i", False, 0, {0, 1}),
            }
        )
        return attrs

    # --- shapes and time ------------------------------------------------------------------------

    def machines(self) -> Parts:
        row = 2 if self.pixel_beats_in() > 1 and not self.is_search() else 1
        push = row + count_latency(self.steps(), self.is_search())
        return [(through(self.frame_beats()), Link(push + 2, forth=push + 1))]

    def is_search(self) -> bool:
        """Whether thresholds are searched in memories."""
        return bool(self.int_attr("threshold_search"))

    def foldings(self, limit: int, given: Mapping[str, Any]) -> Iterator[Folding]:
        """Every PE, with a search of many thresholds and without."""
        is_searched = self.steps() >= MANY_THRESHOLDS and not self.int_attr(WRITABLE)
        searches = [0, 1] if is_searched else [0]
        for lanes in divisors(self.input_shape()[-1]):
            for search in [given["threshold_search"]] if "threshold_search" in given else searches:
                yield Folding({"PE": lanes, "threshold_search": search})

    def check(self) -> None:
        name, pe, shape = self.onnx_node.name, self.lanes_in(), self.input_shape()
        if len(shape) != 4:
            raise HardwareError(f"node {name}: inputShape {list(shape)} is not (N, H, W, C)")
        if pe < 1 or shape[-1] % pe:
            raise HardwareError(f"node {name}: PE = {pe} does not divide C = {shape[-1]}")
        check_input_datatype(name, self.get_input_datatype())
        if self.int_attr(WRITABLE) and self.is_search():
            raise refuse(
                name,
                "thresholds that are searched in memories of their own are constants",
                "threshold_search = 0",
            )

    # --- integers -------------------------------------------------------------------------------

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        thresholds = channel_thresholds(self.onnx_node.name, params[0], x.shape[-1])
        return count_thresholds(x, thresholds) + self.int_attr("ActVal")

    def thresholds(self, model: ModelWrapper) -> IntArray:
        """(C, n) thresholds, clamped to the input's range."""
        name, idt = self.onnx_node.name, self.get_input_datatype()
        values = integer_values(name, "thresholds", model.get_initializer(self.onnx_node.input[1]))
        checked = channel_thresholds(name, values, self.input_shape()[-1])
        return clamp_thresholds(checked, int(idt.min()), int(idt.max()))

    def checked_thresholds(self, model: ModelWrapper) -> IntArray:
        """``thresholds``, the output data type checked to hold what they give."""
        thresholds, low = self.thresholds(model), self.int_attr("ActVal")
        output = self.get_output_datatype()
        check_output_datatype(self.onnx_node.name, output, low, low + thresholds.shape[1])
        return thresholds

    # --- FINN's interface -----------------------------------------------------------------------

    def get_input_datatype(self, ind: int = 0) -> BaseDataType:
        """Of the stream, and of the thresholds too, which are compared with it."""
        return DataType[self.get_nodeattr("inputDataType")]

    def calc_tmem(self) -> int:
        return int(self.input_shape()[-1]) // self.lanes_in()

    def steps(self) -> int:
        """Thresholds a channel, as far as the output's data type tells."""
        return int(2 ** self.get_output_datatype().bitwidth() - 1)

    def get_op_and_param_counts(self) -> dict[str, int]:
        bits = self.get_input_datatype().bitwidth()
        return {f"param_threshold_{bits}b": int(self.input_shape()[-1]) * self.steps()}

    def bram_estimation(self, fpgapart: str = "") -> int:
        """RAMB18 of the thresholds; an estimate."""
        width = self.lanes_in() * self.steps() * self.get_input_datatype().bitwidth()
        return int(memory_bram18(self.calc_tmem(), width, self.get_nodeattr("ram_style")))

    def lut_estimation(self, fpgapart: str = "") -> int:
        """LUT6 of the comparators, and of the memory where it is in LUTs; an estimate."""
        bits = self.get_input_datatype().bitwidth()
        luts = ceil(self.lanes_in() * self.steps() * bits / 2)
        if self.bram_estimation(fpgapart) == 0 and self.calc_tmem() > 1:
            luts += self.lanes_in() * self.steps() * bits * ceil(self.calc_tmem() / 64)
        return int(luts)

    def stored_bits(self, thresholds: IntArray) -> int:
        """Bits of a threshold: of these, or of any that may be written."""
        if not self.int_attr(WRITABLE):
            return threshold_bits(thresholds)
        kind = self.get_input_datatype()
        return signed_bits(int(kind.min()), int(kind.max()) + 1)

    def contents(self, model: ModelWrapper) -> ThresholdContents:
        thresholds = self.thresholds(model)
        return ThresholdContents(int(thresholds.shape[1]), self.stored_bits(thresholds))

    def cost_kind(self) -> str:
        return self.cost_kinds[int(self.is_search())]

    def drawn_contents(self, model: ModelWrapper) -> tuple[tuple[int, int, int], int]:
        return (0, 0, 0), int(self.thresholds(model).shape[1])

    def features(self, contents: Contents | None) -> Features:
        assert isinstance(contents, ThresholdContents)
        lanes, rows = self.lanes_in(), self.calc_tmem()
        bits = int(self.get_input_datatype().bitwidth())
        width = lanes * contents.steps * contents.bits
        style = str(self.get_nodeattr("ram_style"))
        out = lanes * int(self.get_output_datatype().bitwidth())
        if self.is_search():
            padded = contents.bits + ((contents.steps + 1) & contents.steps > 0)
            luts, registers, memories = search_cost(
                lanes, rows, contents.steps, bits + 1, padded, style
            )
            return Features(luts | {"out": out}, registers | {"input": lanes * bits}, memories)
        is_writable = bool(self.int_attr(WRITABLE))
        memory = Mapped() if is_writable else map_rom(rows, width, style)
        tables = map_table(rows, width, style) if is_writable else []
        is_constant = rows == 1 and not is_writable
        found = comparators(lanes, contents.steps, bits + 1, contents.bits, is_constant)
        luts = {"out": out, "rom": memory.rom, "rom_mux": memory.rom_mux}
        registers = {"input": lanes * bits, "rom": (memory.rom > 0) * width}
        if is_writable:
            luts["load"], registers["load"] = load_features(rows, width)
            registers["rom"] = width * (rows > 1)
        return Features(found[0] | luts, found[1] | registers, [memory, *tables])


class StreamThresholding_rtl(StreamThresholding, RtlOp):
    """StreamThresholding as hw/rtl/thresholding.sv."""

    rtl_only = (
        *("MemFile", "ThresholdSearch", "SearchStages", "SearchFileBits", "SearchFiles"),
        *("Writable", "LoadBits", "LoadFileBits", "ThresholdWords", "ThresholdFiles"),
    )
    variants = (
        Variant("thresholding"),
        Variant("thresholding", {"ThresholdSearch": 1, "SearchStages": 2}),
        Variant("thresholding", {"Writable": 1, "LoadBits": 2, "ThresholdWords": 2}),
    )

    def rtl_modules(self) -> tuple[str, ...]:
        return ("thresholding",)

    def memories(self, model: ModelWrapper) -> list[Memory]:
        name, thresholds, style = self.name, self.thresholds(model), self.get_nodeattr("ram_style")
        if self.is_search():
            filled = filled_thresholds(thresholds, self.get_input_datatype().bitwidth() + 1)
            return search_memories(name, filled, self.lanes_in(), style)
        if self.is_writable():
            return [part for table in self.tables(model) for part in table.parts()]
        return [replace(threshold_memory(name, thresholds, self.lanes_in()), style=style)]

    def is_writable(self) -> bool:
        return bool(self.int_attr(WRITABLE))

    def tables(self, model: ModelWrapper) -> list[Table]:
        if not self.is_writable():
            return []
        thresholds, style = self.thresholds(model), str(self.get_nodeattr("ram_style"))
        bits = self.stored_bits(thresholds)
        memory = threshold_memory(self.name, thresholds, self.lanes_in(), bits)
        return [Table(replace(memory, style=style))]

    def rtl_body(self, model: ModelWrapper) -> str:
        name, idt, output = (
            self.onnx_node.name, self.get_input_datatype(), self.get_output_datatype(),
        )  # fmt: skip
        thresholds, low = self.checked_thresholds(model), self.int_attr("ActVal")
        params: dict[str, int | str] = {
            "Lanes": self.lanes_in(),
            "InBits": idt.bitwidth(),
            "InSigned": int(idt.signed()),
            "OutBits": output.bitwidth(),
            "OutBias": low,
            "Channels": int(self.input_shape()[-1]),
            "NumThresholds": thresholds.shape[1],
            "ThresholdBits": self.stored_bits(thresholds),
            "MemFile": f"{name}_thresholds.mem",
            "RamStyle": self.get_nodeattr("ram_style"),
        }
        if self.is_search():
            memories = self.memories(model)
            params |= search_parameters(memories, self.lanes_in())
            params |= {"ThresholdBits": memories[0].width, "MemFile": ""}
        if tables := self.tables(model):
            bits = file_bits(tables)
            params |= {"MemFile": "", "Writable": 1, "LoadBits": load_bits(tables)}
            params |= {"LoadFileBits": bits, **file_parameters(tables[0], "Threshold", bits)}
        return self.instance("thresholding", params, load=self.is_writable())


class StreamThresholding_hls(StreamThresholding, HlsOp):
    """StreamThresholding in HLS C++: hw/hls/thresholding.hpp."""

    hls_only = ("OutSigned", "Pixels")

    def hls_function(self) -> str:
        return "thresholding"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        thresholds, output = self.checked_thresholds(model), self.get_output_datatype()
        self.require_lane_bits("a threshold", threshold_bits(thresholds))
        return {
            "Lanes": self.lanes_in(),
            "InBits": int(self.get_input_datatype().bitwidth()),
            "InSigned": bool(self.get_input_datatype().signed()),
            "OutBits": int(output.bitwidth()),
            "OutSigned": bool(output.signed()),
            "OutBias": self.int_attr("ActVal"),
            "Channels": int(self.input_shape()[-1]),
            "NumThresholds": thresholds.shape[1],
            "ThresholdBits": threshold_bits(thresholds),
            "RamStyle": RAM_STYLES[self.get_nodeattr("ram_style")],
            "Pixels": prod(self.input_shape()[1:-1]),
        }

    def hls_tables(self, model: ModelWrapper) -> list[HlsTable]:
        thresholds, lanes = self.thresholds(model), self.lanes_in()
        rows = thresholds.reshape(-1, lanes, thresholds.shape[1])
        bits = threshold_bits(thresholds)
        return [HlsTable(f"{self.onnx_node.name}_thresholds", rows, bits, True, "thresholds")]

    def hls_trips(self) -> int:
        return self.get_exp_cycles() // self.input_shape()[0]


register(StreamThresholding, StreamThresholding_rtl, StreamThresholding_hls)
