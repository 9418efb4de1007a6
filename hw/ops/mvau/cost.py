"""Numbers that LUTs and flip-flops of a matrix-vector unit grow with (hw.synth.cost)."""

from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil

import numpy as np

from hw.datatypes import signed_bits
from hw.matrix.adders import Kind
from hw.matrix.search import PLANS, find_pipeline, least_latency
from hw.matrix.sums import Plan
from hw.ops.base import IntArray
from hw.ops.mvau.estimates import adder_tree_luts, lane_pairs_luts, signed_tree_luts
from hw.ops.mvau.loaded import Loaded
from hw.ops.mvau.parts import part_fours, slices
from hw.ops.mvau.signs import any_offsets, lane_constants
from hw.ops.mvau.unit import MOST_WEIGHTS, MatrixUnit
from hw.ops.thresholds import comparators, search_cost
from hw.ops.writable import load_features, map_table
from hw.synth.cost.features import Contents, Features, Numbers
from hw.synth.cost.memory import Mapped, map_rom
from hw.synth.estimates import counter_bits, lutram_luts

Found = tuple[Numbers, Numbers, list[Mapped]]

#: Weights of the largest matrix for which all plans of sharing are tried before the folding is
#: known; of larger ones it is one, which for weights -1 and 1 is hardly worse than the best.
MOST_SEARCHED = 1024
_LARGE = Plan(chains=1, levels=4)
#: Share of a threshold memory's columns that differ from each other, roughly: yosys drops others.
DIFFERENT = 0.925


@dataclass(frozen=True, eq=False)
class AdderGraph:
    """The graph of adders that all weights at once, constants then, are built as (hw/matrix)."""

    unit: MatrixUnit
    weights: IntArray

    @cached_property
    def size(self) -> tuple[int, int]:
        """Bits of its carry chains, and of its registers, counted when they are asked for.

        (0, 0): there is none, the sums are trees as others.
        """
        unit, weights = self.unit, self.weights
        if weights.size > MOST_WEIGHTS or unit.number > 1 or unit.is_writable:
            return 0, 0
        plans = PLANS if weights.size <= MOST_SEARCHED else (_LARGE, *PLANS[:1])
        latency = least_latency(len(weights), unit.weight_type_bits)
        low, high = int(unit.input_type.min()), int(unit.input_type.max())
        graph = find_pipeline(weights, low, high, latency, plans)
        chains = sum(cell.bits for cell in graph.cells if cell.kind != Kind.REGISTER)
        return chains, graph.registers


@dataclass(frozen=True)
class MvauContents(Contents):
    """Figures of weights and thresholds, the same for every folding.

    bits, top: of a weight code, and the greatest one. signs: weights are -1 and 1, thresholds
    behind. offset: there is a sum(a). acc_bits: of an accumulator, constants of signs included.
    steps: thresholds a channel. threshold_bits: of one.
    copy: those of one of the copies of a small matrix that this one is (hw.ops.mvau.copies).
    matrix: the graph of adders that all weights at once are.
    """

    bits: int
    top: int
    signs: bool
    offset: bool
    acc_bits: int
    steps: int
    threshold_bits: int
    copy: "MvauContents | None"
    matrix: AdderGraph


def contents_of(loaded: Loaded) -> MvauContents:
    """Contents of a unit."""
    weights, thresholds = loaded.weights, loaded.thresholds
    unit, coding = loaded.unit, loaded.coding
    signs = (coding.bits, coding.step, coding.minimum) == (1, 2, -1) and thresholds is not None
    low, high = loaded.acc_range
    shift = np.zeros(coding.codes.shape[1], np.int64)
    if signs:  # of natural order, which differs by little from the stream's
        constants = lane_constants(len(coding.codes), loaded.unit.input_type)
        shift = (coding.codes == 0).T.astype(np.int64) @ constants
    least, most = int(shift.min()), int(shift.max())
    if signs and unit.is_writable:
        least, most = any_offsets(1, len(coding.codes), unit.input_type)
    bits = 0
    if thresholds is not None:
        moved = thresholds + shift[:, None]
        bits = signed_bits(int(moved.min()), int(moved.max()))
        if unit.is_writable:
            bits = signed_bits(int(low) + least, int(high) + 1 + most)
    copies = loaded.unit.copies
    return MvauContents(
        bits=coding.bits,
        top=coding.top,
        signs=signs,
        offset=coding.minimum != 0 and not signs,
        acc_bits=signed_bits(int(low) + least, int(high) + most),
        steps=0 if thresholds is None else int(thresholds.shape[1]),
        threshold_bits=bits,
        copy=None if copies is None else contents_of(loaded.one_copy()),
        matrix=AdderGraph(loaded.unit, weights),
    )


def mvau_features(unit: MatrixUnit, contents: MvauContents) -> Features:
    """Features, and memories, of a unit."""
    if unit.in_copies and contents.copy is not None:
        number = unit.built_copies
        lanes, rows = unit.tree_lanes, unit.pe // number
        grid = unit.copy_grid
        small = replace(unit, mw=lanes, simd=lanes, mh=rows, pe=rows, copy_sizes=(), grid=grid)
        luts, registers, memories = _unit_features(small, contents.copy)
        return Features(_times(luts, number), _times(registers, number), memories * number)
    return Features(*_unit_features(unit, contents), dsp=unit.dsp + slices(unit))


def _different(columns: int, rows: int) -> int:
    """Columns of a ROM that can differ from each other; of one row they are constants."""
    return 0 if rows == 1 else min(columns, 1 << min(rows, 30))


def _times(numbers: Numbers, factor: int) -> Numbers:
    return {name: factor * value for name, value in numbers.items()}


def _unit_features(unit: MatrixUnit, contents: MvauContents) -> Found:
    simd, pe, sf, nf, act = unit.lanes, unit.pe, unit.sf, unit.nf, unit.act_bits
    rows, out_rows = unit.weight_rows, unit.turns * unit.nf
    luts, registers = _trees(unit, contents)
    codes = unit.simd * pe * contents.bits
    steps = 0 if unit.search else contents.steps * pe * contents.threshold_bits
    weights, thresholds, tables = Mapped(), Mapped(), []
    if unit.is_writable:
        tables = [
            *map_table(rows, codes, unit.ram_style),
            *map_table(out_rows, steps, unit.threshold_style),
        ]
    else:
        weights = map_rom(rows, codes, unit.ram_style)
        thresholds = map_rom(out_rows, int(DIFFERENT * steps), unit.threshold_style)
    luts["accumulate"] = pe * contents.acc_bits * (sf > 1 and not unit.in_parts)
    luts["replay"] = simd * act * (nf > 1)
    luts["replay_ram"] = lutram_luts(sf, simd * act) if nf > 1 else 0
    luts["counters"] = 2 * counter_bits(sf, nf, rows)
    luts["out"] = pe * int(unit.output_type.bitwidth())
    luts["rom"] = weights.rom + thresholds.rom
    luts["rom_mux"] = weights.rom_mux + thresholds.rom_mux
    registers["accumulate"] = pe * contents.acc_bits * (1 + (sf > 1))
    registers["input"] = simd * act * (3 if nf > 1 else 2)
    registers["codes"] = _different(codes, rows)
    # a block RAM has the ROM's own register inside
    registers["rom"] = (weights.rom > 0) * _different(codes, rows)
    registers["thresholds"] = (thresholds.rom > 0) * _different(steps, out_rows)
    registers["counters"] = counter_bits(sf, nf, rows)
    if unit.is_writable:
        for size, count in ((rows, codes), (out_rows, steps)):
            load = load_features(size, count)
            luts["load"] = luts.get("load", 0) + load[0]
            registers["load"] = registers.get("load", 0) + load[1]
        registers["thresholds"] = steps * (out_rows > 1)
    if unit.search:
        bits = contents.threshold_bits + ((contents.steps + 1) & contents.steps > 0)
        searched = search_cost(
            pe, out_rows, contents.steps, contents.acc_bits, bits, unit.threshold_style
        )
        return luts | searched[0], registers | searched[1], [weights, *searched[2]]
    if unit.in_turn:
        bits = max(contents.acc_bits, contents.threshold_bits) + 1
        luts["compare_in_turn"], registers["compare_in_turn"] = pe * bits, pe * (bits + 4)
        return luts, registers, [weights, thresholds, *tables]
    found = comparators(
        pe,
        contents.steps,
        contents.acc_bits,
        contents.threshold_bits,
        is_constant=out_rows == 1 and not unit.is_writable,
    )
    return luts | found[0], registers | found[1], [weights, thresholds, *tables]


def _sign_luts(unit: MatrixUnit) -> int:
    """LUTs of a row's signed_tree, or of those over its parts."""
    if not unit.in_parts:
        return signed_tree_luts(unit.simd, unit.act_bits)
    lanes = 4 * part_fours(ceil(unit.simd / 4), unit.parts)
    rest = unit.simd - (unit.parts - 1) * lanes
    each, last = signed_tree_luts(lanes, unit.act_bits), signed_tree_luts(rest, unit.act_bits)
    return (unit.parts - 1) * each + last


def tree_registers(lanes: int, bits: int) -> int:
    """Flip-flops of adder_tree.sv: the sums of each level."""
    found, span = 0, 4
    while True:
        nodes, leaves = ceil(lanes / span), min(span, lanes)
        found += nodes * (leaves * ((1 << bits) - 1)).bit_length()
        if span >= lanes:
            return found
        span *= 4


def _trees(unit: MatrixUnit, contents: MvauContents) -> tuple[Numbers, Numbers]:
    """The dot products of a beat."""
    simd, pe, act, sets = unit.simd, unit.pe, unit.act_bits, unit.groups.sets
    luts: Numbers = {}
    registers: Numbers = {}
    if unit.is_constant and any(size := contents.matrix.size):
        return {"matrix": size[0]}, {"matrix": size[1]}
    if contents.signs:
        luts["signs"] = pe * _sign_luts(unit)
        luts["pairs"] = sets * lane_pairs_luts(simd, act)
        fours = ceil(simd / 4)
        if unit.in_parts:
            each = part_fours(fours, unit.parts)
            trees = fours * (act + 2) + unit.parts * tree_registers(each, act + 2)
            registers["trees"] = pe * trees
        else:
            registers["trees"] = pe * (fours * (act + 2) + tree_registers(fours, act + 2))
        registers["pairs"] = sets * ceil(simd / 2) * 2 * (act + 1)
        return luts, registers
    if unit.products:
        bits = act + contents.bits
        luts["product_trees"] = pe * adder_tree_luts(simd, bits)
        luts["product_luts"] = unit.lut_products * act * contents.bits
        luts["product_signs"] = pe * simd * bits * int(unit.input_type.signed())
        registers["product_trees"] = pe * tree_registers(simd, bits)
    elif contents.bits == 2 and contents.top == 2:
        luts["trees"] = pe * adder_tree_luts(simd, act + 1)
        luts["masks"] = pe * simd * (act + 1)
        registers["trees"] = pe * tree_registers(simd, act + 1)
    else:
        luts["trees"] = pe * contents.bits * adder_tree_luts(simd, act)
        luts["masks"] = pe * contents.bits * simd * act
        registers["trees"] = pe * contents.bits * tree_registers(simd, act)
    if contents.bits > 1 and not unit.products:
        luts["join"] = pe * contents.acc_bits * (contents.bits - 1)
        registers["join"] = pe * contents.acc_bits
    if contents.offset:
        luts["offset"] = sets * adder_tree_luts(simd, act) + pe * contents.acc_bits
        registers["offset"] = sets * (tree_registers(simd, act) + contents.acc_bits)
    return luts, registers
