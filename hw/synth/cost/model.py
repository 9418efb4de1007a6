"""The cost model: LUT, FF, LUT RAM and RAMB18 of an operator from its features.

Its coefficients, ``data/coefficients.json``, are fitted to yosys' runs (``fit``).
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from qonnx.core.modelwrapper import ModelWrapper

from hw.files import READER
from hw.ops.base import Operator
from hw.ops.registry import operator_of
from hw.synth.cost.features import Contents, Features

#: Where runs and coefficients are kept.
DATA = Path(__file__).resolve().parent / "data"
COEFFICIENTS = DATA / "coefficients.json"


@dataclass(frozen=True)
class Cost:
    """Estimated LUTs (LUT RAM among them), flip-flops, LUTs that are RAM, RAMB18, DSP slices."""

    lut: float = 0.0
    ff: float = 0.0
    lutram: float = 0.0
    bram18: int = 0
    dsp: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.lut + other.lut,
            self.ff + other.ff,
            self.lutram + other.lutram,
            self.bram18 + other.bram18,
            self.dsp + other.dsp,
        )

    @property
    def bram36(self) -> float:
        """Block RAM in RAMB36."""
        return self.bram18 / 2


@dataclass(frozen=True)
class CostModel:
    """coefficients: kind of operator -> figure ("LUT", "FF") -> feature -> weight."""

    coefficients: dict[str, dict[str, dict[str, float]]]

    def of(self, op: Operator, contents: Contents | None = None) -> Cost:
        """Cost of an operator; contents: its contents, which no folding changes."""
        found = op.features(contents)
        lut, ff = self.weigh(op.cost_kind(), found)
        return Cost(lut, ff, float(found.lutram), found.bram18, found.dsp)

    def weigh(self, kind: str, found: Features) -> tuple[float, float]:
        """LUTs and flip-flops of an operator of these features.

        A feature that no run has, and those of a kind without runs, count as they are.
        """
        weights = self.coefficients.get(kind, {"LUT": {}, "FF": {}})
        lut = sum(weights["LUT"].get(name, 1.0) * value for name, value in found.lut.items())
        ff = sum(weights["FF"].get(name, 1.0) * value for name, value in found.ff.items())
        return lut, ff

    def by_node(self, model: ModelWrapper) -> dict[str, Cost]:
        """Cost of each node of a hardware graph."""
        found = {}
        for node in model.graph.node:
            op = operator_of(node)
            found[op.name] = self.of(op, op.contents(model))
        return found


@cache
def load_cost_model(path: Path = COEFFICIENTS) -> CostModel:
    """The fitted model; HardwareError where its file is missing or broken."""
    hint = "expected coefficients of the cost model; `python -m hw.synth.cost fit` makes them"
    return READER.json(path, CostModel, hint)
