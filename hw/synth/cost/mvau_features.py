"""Features of a matrix-vector unit, and of the thresholds that it shares with thresholding."""

from dataclasses import dataclass
from math import ceil
from typing import Any

from hw.ops.estimates import counter_bits, lutram_luts
from hw.ops.mvau_estimates import adder_tree_luts, lane_pairs_luts, signed_tree_luts
from hw.synth.cost.contents import Contents
from hw.synth.cost.memory import Mapped, map_rom

Numbers = dict[str, float]
_Found = tuple[Numbers, Numbers, list[Mapped]]
#: Share of a threshold memory's columns that differ from each other, roughly: yosys drops others.
DIFFERENT = 0.925
#: More thresholds than this are searched by halving (hw/rtl/threshold_count.sv).
PARALLEL_THRESHOLDS = 15


@dataclass(frozen=True)
class _Unit:
    """Sizes of one mvau: activations and rows a clock, folds, bits of an activation and a result"""

    simd: int
    pe: int
    sf: int
    nf: int
    act: int
    out: int
    style: str


def mvau_features(op: Any, contents: Contents) -> _Found:
    """LUT and FF features, and memories, of a MultiLevelMVAU."""
    act, out = (int(t.bitwidth()) for t in (op.get_input_datatype(), op.get_output_datatype()))
    (sf, nf), style = op.folds(), str(op.get_nodeattr("ram_style"))
    if op.in_copies() and contents.copy is not None:
        number = op.copies()
        unit = _Unit(op.tree_lanes(), op.lanes_out() // number, sf, nf, act, out, style)
        luts, registers, memories = _unit_features(unit, contents.copy)
        return _times(luts, number), _times(registers, number), memories * number
    return _unit_features(_Unit(op.lanes_in(), op.lanes_out(), sf, nf, act, out, style), contents)


def _different(columns: int, rows: int) -> int:
    """Columns of a ROM that can differ from each other; of one row they are constants."""
    return 0 if rows == 1 else min(columns, 1 << min(rows, 30))


def _times(numbers: Numbers, factor: int) -> Numbers:
    return {name: factor * value for name, value in numbers.items()}


def _unit_features(unit: _Unit, contents: Contents) -> _Found:
    simd, pe, sf, nf, act = unit.simd, unit.pe, unit.sf, unit.nf, unit.act
    is_constant = sf * nf == 1
    luts, registers = _trees(simd, pe, act, contents, is_constant)
    codes = simd * pe * contents.bits
    weights = map_rom(sf * nf, codes, unit.style)
    steps = contents.steps * pe * contents.threshold_bits
    thresholds = map_rom(nf, int(DIFFERENT * steps), "auto")
    luts["accumulate"] = pe * contents.acc_bits * (sf > 1)
    luts["replay"] = simd * act * (nf > 1)
    luts["replay_ram"] = lutram_luts(sf, simd * act) if nf > 1 else 0
    luts["counters"] = 2 * counter_bits(sf, nf, sf * nf)
    luts["out"] = pe * unit.out
    luts["rom"] = weights.rom + thresholds.rom
    luts["rom_mux"] = weights.rom_mux + thresholds.rom_mux
    registers["accumulate"] = pe * contents.acc_bits * (1 + (sf > 1))
    registers["input"] = simd * act * (3 if nf > 1 else 2)
    registers["codes"] = _different(codes, sf * nf)
    # a block RAM has the ROM's own register inside
    registers["rom"] = (weights.rom > 0) * _different(codes, sf * nf)
    registers["thresholds"] = (thresholds.rom > 0) * _different(steps, nf)
    registers["counters"] = counter_bits(sf, nf, sf * nf)
    found = _comparators(pe, contents, contents.acc_bits, nf == 1)
    return luts | found[0], registers | found[1], [weights, thresholds]


def threshold_features(op: Any, contents: Contents) -> _Found:
    """LUT and FF features, and memories, of a StreamThresholding."""
    lanes, folds = op.lanes_in(), op.calc_tmem()
    bits = int(op.get_input_datatype().bitwidth())
    width = lanes * contents.steps * contents.threshold_bits
    memory = map_rom(folds, width, str(op.get_nodeattr("ram_style")))
    found = _comparators(lanes, contents, bits + 1, folds == 1)
    out = lanes * int(op.get_output_datatype().bitwidth())
    luts = {"out": out, "rom": memory.rom, "rom_mux": memory.rom_mux}
    registers = {"input": lanes * bits, "rom": (memory.rom > 0) * width}
    return found[0] | luts, found[1] | registers, [memory]


def tree_registers(lanes: int, bits: int) -> int:
    """Flip-flops of adder_tree.sv: the sums of each level."""
    found, span = 0, 4
    while True:
        nodes, leaves = ceil(lanes / span), min(span, lanes)
        found += nodes * (leaves * ((1 << bits) - 1)).bit_length()
        if span >= lanes:
            return found
        span *= 4


def _trees(
    simd: int, pe: int, act: int, contents: Contents, is_constant: bool
) -> tuple[Numbers, Numbers]:
    """The dot products of a beat."""
    luts: Numbers = {}
    registers: Numbers = {}
    if is_constant and contents.matrix[0]:
        return {"matrix": contents.matrix[0]}, {"matrix": contents.matrix[1]}
    if contents.signs:
        luts["signs"] = pe * signed_tree_luts(simd, act)
        luts["pairs"] = lane_pairs_luts(simd, act)
        fours = ceil(simd / 4)
        registers["trees"] = pe * (fours * (act + 2) + tree_registers(fours, act + 2))
        registers["pairs"] = ceil(simd / 2) * 2 * (act + 1)
        return luts, registers
    if contents.bits == 2 and contents.top == 2:
        luts["trees"] = pe * adder_tree_luts(simd, act + 1)
        luts["masks"] = pe * simd * (act + 1)
        registers["trees"] = pe * tree_registers(simd, act + 1)
    else:
        luts["trees"] = pe * contents.bits * adder_tree_luts(simd, act)
        luts["masks"] = pe * contents.bits * simd * act
        registers["trees"] = pe * contents.bits * tree_registers(simd, act)
    if contents.bits > 1:
        luts["join"] = pe * contents.acc_bits * (contents.bits - 1)
        registers["join"] = pe * contents.acc_bits
    if contents.offset:
        luts["offset"] = adder_tree_luts(simd, act) + pe * contents.acc_bits
        registers["offset"] = tree_registers(simd, act) + contents.acc_bits
    return luts, registers


def _comparators(
    lanes: int, contents: Contents, value_bits: int, is_constant: bool
) -> tuple[Numbers, Numbers]:
    """threshold_count for each lane."""
    steps = contents.steps
    if steps == 0:
        return {}, {}
    bits = max(value_bits, contents.threshold_bits)
    count = (steps + 1 - 1).bit_length()
    if steps > PARALLEL_THRESHOLDS:
        moved = lanes * bits * (2**count - 1)
        return (
            {"search": lanes * bits * count, "search_move": moved},
            {"search": lanes * bits * (2**count - 1 + count)},
        )
    name = "compare_constant" if is_constant else "compare"
    used = 2 if steps == 3 and is_constant else steps
    return {name: lanes * used * bits}, {"compare": lanes * (steps + count)}
