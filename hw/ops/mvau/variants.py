"""A matrix-vector unit as hw/rtl/mvau.sv and as HLS C++, hw/hls/mvau.hpp."""

from dataclasses import replace
from math import prod

from qonnx.core.modelwrapper import ModelWrapper

from hw.errors import HardwareError
from hw.matrix.stages import Pipeline
from hw.modules import Variant
from hw.ops.hls_base import RAM_STYLES, HlsOp, HlsTable
from hw.ops.memories import Memory
from hw.ops.memory_layout import pack_rows
from hw.ops.mvau.constants import matrix_graph, matrix_parameters
from hw.ops.mvau.copies import copies_body
from hw.ops.mvau.groups import lanes_body
from hw.ops.mvau.loaded import Loaded
from hw.ops.mvau.operator import MultiLevelMVAU
from hw.ops.mvau.parameters import MvauParameters, mvau_parameters
from hw.ops.mvau.signs import is_doubles, is_signs, rtl_parameters
from hw.ops.mvau.unit import MatrixUnit
from hw.ops.rtl_base import RtlOp
from hw.ops.thresholds import (
    filled_thresholds,
    search_memories,
    search_parameters,
    threshold_memory,
)
from hw.ops.writable import Table, file_bits, file_parameters, load_bits


class MultiLevelMVAU_rtl(MultiLevelMVAU, RtlOp):
    """MultiLevelMVAU as hw/rtl/mvau.sv."""

    rtl_only = (
        "Signs",
        "Doubles",
        "SumParts",
        "ThresholdSearch",
        "ThresholdInTurn",
        "SearchStages",
        "SearchFileBits",
        "SearchFiles",
        "WeightFile",
        "ThresholdFile",
        "ReplayStyle",
        "LevelsPerStage",
        "MatrixLatency",
        "MatrixCells",
        "MatrixBits",
        "CellTable",
        "RowTable",
        "Writable",
        "LoadBits",
        "LoadFileBits",
        "WeightWords",
        "WeightFiles",
        "ThresholdWords",
        "ThresholdFiles",
    )
    variants = (
        Variant("mvau"),
        Variant("mvau", {"SIMD": 8, "PE": 4}),
        Variant("mvau", {"Sets": 2, "PE": 4, "Turns": 3}),
        Variant("mvau", {"MW": 54, "SIMD": 27, "PE": 4, "Signs": 1, "SumParts": 4}),
        Variant("mvau", {"WBits": 4, "Products": 1, "ThresholdSearch": 1, "SearchStages": 2}),
        Variant("mvau", {"MW": 8, "SIMD": 4, "ThresholdInTurn": 1}),
        Variant("mvau", {"Writable": 1, "LoadBits": 8, "ThresholdWords": 2}),
    )

    def matrix_graph(self, model: ModelWrapper) -> Pipeline:
        """The graph of adders, if matrix_latency() is not 0."""
        return matrix_graph(self.loaded(model))

    def rtl_modules(self) -> tuple[str, ...]:
        is_ordered = self.unit.in_copies or _has_lanes(self.unit)
        return ("mvau", "lane_runs") if is_ordered else ("mvau",)

    def _built(self, model: ModelWrapper) -> Loaded:
        """The unit that is built: itself, or one of its copies."""
        loaded = self.loaded(model)
        return loaded.one_copy() if self.unit.in_copies else loaded

    def memories(self, model: ModelWrapper) -> list[Memory]:
        if self.unit.is_writable:
            return [part for table in self.tables(model) for part in table.parts()]
        loaded = self._built(model)
        return memories_of(loaded, bool(loaded.unit.matrix_latency))

    def is_writable(self) -> bool:
        return self.unit.is_writable

    def tables(self, model: ModelWrapper) -> list[Table]:
        return tables_of(self._built(model)) if self.unit.is_writable else []

    def rtl_body(self, model: ModelWrapper) -> str:
        loaded, unit = self.loaded(model), self.unit
        if (copies := unit.copies) is not None and unit.in_copies:
            small = loaded.one_copy()
            graph = _graph(small) if small.unit.matrix_latency else None
            sizes = (unit.mw, unit.act_bits, self.get_outstream_width())
            core = self.instance("mvau", parameters_of(small, graph), load=unit.is_writable)
            return copies_body(copies, sizes, core)
        try:
            graph = self.matrix_graph(model) if self.matrix_latency() else None
        except HardwareError as error:
            raise HardwareError(f"node {self.name}: {error}") from error
        instance = self.instance("mvau", parameters_of(loaded, graph), load=unit.is_writable)
        return lanes_body(unit.groups, unit.act_bits, instance) if _has_lanes(unit) else instance


class MultiLevelMVAU_hls(MultiLevelMVAU, HlsOp):
    """MultiLevelMVAU in HLS C++: hw/hls/mvau.hpp."""

    hls_only = ("OutSigned", "Run", "Vectors")

    def hls_function(self) -> str:
        return "mvau"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        unit, params = self.unit, mvau_parameters(self.loaded(model))
        is_styled = unit.threshold_style != "auto"
        self.require_lane_bits("the sum of one beat", params.term_bits(unit))
        return {
            "MW": unit.elements,
            "MH": unit.mh // unit.turns,
            "SIMD": unit.simd,
            "PE": unit.pe,
            "Sets": unit.groups.sets,
            "Turns": unit.turns,
            "Run": unit.groups.width if unit.groups.sets > 1 else unit.simd,
            "ABits": unit.act_bits,
            "ASigned": bool(unit.input_type.signed()),
            "WBits": params.coding.bits,
            "WStep": params.coding.step,
            "WMin": params.coding.minimum,
            "AccBits": params.acc_bits,
            "NumThresholds": params.num_thresholds,
            "ThresholdBits": params.threshold_bits,
            "OutBits": int(unit.output_type.bitwidth()),
            "OutSigned": bool(unit.output_type.signed()),
            "OutBias": params.out_bias,
            "WeightStyle": RAM_STYLES[unit.ram_style],
            "Vectors": prod(self.input_shape()[1:-1]),
            **({"Products": True} if unit.products else {}),
            **({"ThresholdStyle": RAM_STYLES[unit.threshold_style]} if is_styled else {}),
        }

    def hls_tables(self, model: ModelWrapper) -> list[HlsTable]:
        name, params = self.name, mvau_parameters(self.loaded(model))
        tables = [HlsTable(f"{name}_weights", params.rows, params.coding.bits, False, "weights")]
        if params.thresholds is not None:
            thresholds, bits = params.thresholds, params.threshold_bits
            tables.append(HlsTable(f"{name}_thresholds", thresholds, bits, True, "thresholds"))
        return tables

    def hls_trips(self) -> int:
        return self.get_exp_cycles() // self.input_shape()[0]


def _has_lanes(unit: MatrixUnit) -> bool:
    """Whether a beat's lanes have to be brought to the order of the sets."""
    return unit.groups.sets > 1 and unit.groups.beat_taps > 1


def _graph(loaded: Loaded) -> Pipeline:
    try:
        return matrix_graph(loaded)
    except HardwareError as error:
        raise HardwareError(f"node {loaded.unit.name}: {error}") from error


def memories_of(loaded: Loaded, is_graph: bool) -> list[Memory]:
    """Memories of weights and thresholds. is_graph: it is built as a graph of adders."""
    unit, params = loaded.unit, rtl_parameters(loaded, is_graph)
    rows = params.rows.reshape(len(params.rows), -1)
    width = rows.shape[1] * params.coding.bits
    words = pack_rows(rows, params.coding.bits)
    stored = len(rows) * width
    found = [Memory(f"{unit.name}_weights", words, width, "weights", stored, style=unit.ram_style)]
    if params.thresholds is not None:
        found += _threshold_memories(unit, params)
    return found


def _threshold_memories(unit: MatrixUnit, params: MvauParameters) -> list[Memory]:
    """One of a row of all thresholds, or those that are searched."""
    assert params.thresholds is not None
    thresholds = params.thresholds.reshape(-1, params.num_thresholds)
    if unit.search:
        filled = filled_thresholds(thresholds, params.acc_bits)
        return search_memories(unit.name, filled, unit.pe, unit.threshold_style)
    memory = threshold_memory(unit.name, thresholds, unit.pe, params.threshold_bits)
    return [replace(memory, style=unit.threshold_style)]


def tables_of(loaded: Loaded) -> list[Table]:
    """The weights of a writable unit, and its thresholds, which the highest address bit tells."""
    weights, *thresholds = memories_of(loaded, is_graph=False)
    first = Table(weights)
    if not thresholds:
        return [first]
    second = Table(thresholds[0])
    return [first, replace(second, offset=1 << max(first.address_bits, second.address_bits))]


def _load_parameters(loaded: Loaded) -> dict[str, int | str]:
    """Parameters of mvau.sv for what is written while it runs."""
    tables = tables_of(loaded)
    bits = file_bits(tables)
    found: dict[str, int | str] = {
        "Writable": 1,
        "LoadBits": load_bits(tables),
        "LoadFileBits": bits,
    }
    for name, table in zip(("Weight", "Threshold"), tables, strict=False):
        found |= file_parameters(table, name, bits)
    return found


def parameters_of(loaded: Loaded, graph: Pipeline | None) -> dict[str, int | str]:
    """Parameters of mvau.sv. graph: of adders, if it is built as one."""
    unit, params = loaded.unit, rtl_parameters(loaded, graph is not None)
    matrix = {} if graph is None else matrix_parameters(loaded, graph, params.acc_bits)
    load = _load_parameters(loaded) if unit.is_writable else {}
    search: dict[str, int | str] = {}
    if unit.search and params.thresholds is not None:
        memories = _threshold_memories(unit, params)
        search = search_parameters(memories, unit.pe) | {"ThresholdBits": memories[0].width}
        search["ThresholdFile"] = ""
    if unit.in_parts and not is_signs(params):
        raise HardwareError(
            f"node {unit.name}: sum_parts = {unit.parts}, but its weights are not -1 and 1; "
            "expected sum_parts = 0"
        )
    return {
        "MW": unit.elements,
        "MH": unit.mh // unit.turns,
        "SIMD": unit.simd,
        "PE": unit.pe,
        **({"Sets": unit.groups.sets, "Turns": unit.turns} if unit.number > 1 else {}),
        "ABits": unit.act_bits,
        "ASigned": int(unit.input_type.signed()),
        "WBits": params.coding.bits,
        "WStep": params.coding.step,
        "WMin": params.coding.minimum,
        "Signs": int(is_signs(params) and not matrix),
        "Doubles": int(is_doubles(params)),
        "AccBits": params.acc_bits,
        "NumThresholds": params.num_thresholds,
        "ThresholdBits": params.threshold_bits,
        "OutBits": int(unit.output_type.bitwidth()),
        "OutBias": params.out_bias,
        "WeightFile": "" if matrix or load else f"{unit.name}_weights.mem",
        "ThresholdFile": (
            "" if params.thresholds is None or load else f"{unit.name}_thresholds.mem"
        ),
        "WeightStyle": unit.ram_style,
        **({"ThresholdStyle": unit.threshold_style} if unit.threshold_style != "auto" else {}),
        **({"ThresholdInTurn": 1} if unit.in_turn else {}),
        **({"Products": 1} if unit.products else {}),
        **({"SumParts": unit.parts} if unit.in_parts else {}),
        **search,
        **matrix,
        **load,
    }
