"""``python -m hw.synth.constant_methods MODEL.onnx``: ways to multiply by a constant matrix.

MODEL.onnx: a graph of RTL operators, such as ``intermediate_models/generate_rtl.onnx`` of a build.
Every MVAU in it with all weights at once (SF = NF = 1) is synthesized by yosys as masked adder
trees and as graphs of adders that share more and more, thresholds and FIFO included; ``--random``
adds matrices of its shape with random levels. The figures are yosys' estimates.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from qonnx.core.modelwrapper import ModelWrapper

from hw import RTL_DIR
from hw.datatypes import range_bits
from hw.errors import HardwareError
from hw.files import write_text
from hw.matrix.adders import Kind
from hw.matrix.search import PLANS, find_pipeline, fours_of
from hw.matrix.stages import Pipeline
from hw.matrix.sums import IntArray, Plan
from hw.modules import closure
from hw.ops.mvau import MultiLevelMVAU_rtl
from hw.ops.registry import operator_of
from hw.synth.operator import FAMILIES, Unit, synthesize
from hw.tools.yosys import find_yosys
from outside.arguments import Parser
from outside.command import run_command

#: Most clocks that a graph may take here.
MOST_CLOCKS = 16


@dataclass(frozen=True)
class Method:
    """A graph of adders: what is shared (plans), and how values are added (fours)."""

    name: str
    plans: tuple[Plan, ...]
    fours: bool = True


NOTHING = (Plan(),)
PAIRS = tuple(plan for plan in PLANS if plan.chains == 0)
METHODS = (
    Method("masked adder trees", ()),
    Method("graph, nothing shared", NOTHING),
    Method("pairs shared, two values an adder", PAIRS, fours=False),
    Method("pairs shared, four values an adder", PAIRS),
    Method("and rows as differences (chosen)", PLANS),
)


class Variant(MultiLevelMVAU_rtl):
    """A node by another method than its own: with this graph, or masked (None)."""

    graph: Pipeline | None = None

    def matrix_latency(self) -> int:
        return self.graph.latency if self.graph is not None else 0

    def matrix_graph(self, model: ModelWrapper) -> Pipeline:
        assert self.graph is not None
        return self.graph


def find_graph(op: MultiLevelMVAU_rtl, model: ModelWrapper, method: Method) -> Pipeline:
    """In the node's own clocks, or in as many more as the method takes."""
    datatype, weights = op.get_input_datatype(), op.weights(model)[op.unit.stream_order()]
    low, high = int(datatype.min()), int(datatype.max())
    for latency in range(op.matrix_latency(), MOST_CLOCKS):
        try:
            return find_pipeline(weights, low, high, latency, method.plans, method.fours)
        except HardwareError:
            continue
    raise HardwareError(f"{method.name}: more than {MOST_CLOCKS} clocks")


def unit_of(op: MultiLevelMVAU_rtl, model: ModelWrapper) -> Unit:
    """The sources of a node, for yosys."""
    name = op.onnx_node.name
    texts = {
        f"{module}.sv": (RTL_DIR / f"{module}.sv").read_text(encoding="utf-8")
        for module in closure(op.rtl_modules())
    }
    memories = {f"{m.name}.mem": "\n".join([*m.rows(), ""]) for m in op.memories(model)}
    return Unit(name, texts | {f"{name}.sv": op.wrapper(model)}, memories)


def table_luts(weights: IntArray, in_bits: int) -> int:
    """LUTs of distributed arithmetic's tables: of each row 6 inputs a LUT, for every bit of both.

    Counted, not synthesized; what adds the tables' words comes on top. weights: (MW, MH).
    """
    luts = 0
    for start in range(0, len(weights), 6):
        for group in weights[start : start + 6].T:
            if np.count_nonzero(group) > 1:
                small = group // np.gcd.reduce(group)
                low, high = int(np.minimum(small, 0).sum()), int(np.maximum(small, 0).sum())
                luts += in_bits * range_bits(low, high)[0]
    return luts


def constant_nodes(model: ModelWrapper) -> list[MultiLevelMVAU_rtl]:
    """RTL MVAUs of a graph with all weights at once."""
    found = []
    for node in model.graph.node:
        op = operator_of(node)
        if isinstance(op, MultiLevelMVAU_rtl) and op.matrix_latency():
            found.append(op)
    return found


def matrices(op: MultiLevelMVAU_rtl, model: ModelWrapper, random: bool) -> Iterator[str]:
    """Set the node's weights in model, one matrix after another; what each is."""
    own, tensor = op.weights(model), op.onnx_node.input[1]
    yield "own weights"
    if random:
        rng, reach = np.random.default_rng(1), int(np.abs(own).max())
        for name, levels in (("random, 3 levels", (-reach, 0, reach)), ("random signs", (-1, 1))):
            model.set_initializer(tensor, rng.choice(levels, own.shape).astype(np.float32))
            yield name
        model.set_initializer(tensor, own.astype(np.float32))


def depths(op: Variant) -> tuple[int, int]:
    """(clocks of the node, most carry chains one behind the other, thresholds not included)."""
    clocks = op.machines()[0][1].forth
    if op.graph is None:
        return clocks, 2 * (fours_of(op.lanes_in()) + fours_of(op.unit.weight_bits)) + 1
    levels = [0] * op.graph.inputs
    for cell in op.graph.cells:
        levels.append(max(levels[s] for s in cell.sources()) + (cell.kind != Kind.REGISTER))
    return clocks, max(levels)


#: Figures of a method: resources, clocks of the node, carry chains one behind the other.
HEADS = ("LUT", "FF", "carry bits", "clocks", "chains")


def row(name: str, figures: Iterable[int]) -> str:
    """A line of the table."""
    return f"{name:36}" + "".join(f"{figure:>12}" for figure in figures)


def measure(path: Path, family: str, random: bool, work: Path) -> list[dict[str, Any]]:
    """Print a table for every constant matrix of a model, and return them.

    Each is a dict: node, matrix (what its weights are), methods (by name, the figures by HEADS),
    table_luts (of bit-planes, counted).
    """
    try:
        model = ModelWrapper(onnx.load(path))
    except (OSError, ValueError) as error:
        raise HardwareError(f"{path}: not an ONNX model ({error})") from error
    yosys, made = find_yosys(), []
    for op in constant_nodes(model):
        for what in matrices(op, model, random):
            weights = op.weights(model)
            print(f"\n{op.onnx_node.name}, {weights.shape[0]} x {weights.shape[1]}, {what}")
            print(f"{'method (estimates by yosys)':36}" + "".join(f"{head:>12}" for head in HEADS))
            methods = {}
            for method in METHODS:
                variant = Variant(op.onnx_node)
                if method.plans:
                    variant.graph = find_graph(op, model, method)
                unit = unit_of(variant, model)
                found, _ = synthesize(unit, family, yosys, work / unit.name, work / "cache")
                figures = (found.LUT, found.FF, 4 * found.CARRY4, *depths(variant))
                methods[method.name] = dict(zip(HEADS, figures, strict=True))
                print(row(method.name, figures), flush=True)
            tables = table_luts(weights, int(op.get_input_datatype().bitwidth()))
            print(row("bit-planes, tables alone (counted)", (tables,)))
            table = {"methods": methods, "table_luts": tables}
            made.append({"node": op.onnx_node.name, "matrix": what, **table})
    return made


def _run(options: argparse.Namespace) -> None:
    made = measure(options.model, options.family, options.random, options.work)
    if not made:
        raise HardwareError(f"{options.model}: no MVAU has all of its weights at once")
    if options.json:
        write_text(options.json, json.dumps(made, indent=2) + "\n")


def main(arguments: list[str] | None = None) -> int:
    """Exit status 1 where the model cannot be read or has no constant matrix."""
    parser = Parser(
        prog="python -m hw.synth.constant_methods", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("model", type=Path, metavar="MODEL.onnx")
    parser.add_argument("--random", action="store_true", help="random matrices of that shape too")
    parser.add_argument("--family", choices=sorted(FAMILIES.values()), default="xc7")
    parser.add_argument("--work", type=Path, default=Path("build/constant-methods"), metavar="DIR")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the tables there too")
    return run_command(parser, _run, arguments, subject=lambda options: options.model)


if __name__ == "__main__":
    sys.exit(main())
