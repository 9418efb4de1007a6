"""The records: the commands that measure each, and what is taken from what they write."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flows.figures import collect
from flows.figures.gallery import gallery
from flows.figures.peers import peers
from flows.figures.records import Table

Found = tuple[dict[str, int | float | str], dict[str, Table]]


@dataclass(frozen=True)
class Figure:
    """commands: shell commands in the folder of the Makefile. collect: reads its build folder.
    dated: whether the tables say of which state of the sources each figure is."""

    commands: list[str]
    collect: Callable[[Path], Found]
    note: str = ""
    dated: bool = False


def _hardware(targets: str, name: str, more: str = "") -> list[str]:
    """Commands that simulate and synthesize a build in a folder of its own."""
    given = f"NAME={name}" + (f" {targets}" if targets else "")
    return [f"make rtlsim FRAMES=3 {given}", f"make synth {given}{more}"]


ESTIMATES = "LUT, FF and BRAM are yosys' estimates; clocks are those of the simulated RTL."

FIGURES: dict[str, Figure] = {
    "hardware": Figure(
        [
            *_hardware("", "figures-60-fps"),
            *_hardware("PIXELS_PER_CLOCK=1", "figures-1-pixel"),
        ],
        collect.hardware,
        ESTIMATES,
    ),
    "whole": Figure(
        [
            "make build NAME=figures-60-fps",
            "python -m flows synth build/figures-60-fps.yaml --whole-only --json >build/whole.json",
        ],
        collect.whole,
        ESTIMATES,
    ),
    "cost": Figure(["make cost"], collect.cost),
    "cost-model": Figure(["python -m hw.synth.cost fit"], collect.cost_model),
    "pareto": Figure(
        ["make pareto"], collect.pareto, "By the cost model and the timing model, FIFOs by rule."
    ),
    "duplicates": Figure(
        [
            *_hardware("PIXELS_PER_CLOCK=1", "figures-1-pixel"),
            *_hardware("PIXELS_PER_CLOCK=1 MODEL=ifq-tinier-yolo", "figures-1-pixel-ifq"),
        ],
        collect.duplicates,
        ESTIMATES,
    ),
    "packed": Figure(
        [
            *_hardware(
                "BOARD=ZCU104 PIXELS_PER_CLOCK=2", "figures-2-pixels", " NODES=conv1_mvau,pool1"
            ),
            *_hardware(
                "BOARD=ZCU104 PIXELS_PER_CLOCK=4", "figures-4-pixels", " NODES=conv1_mvau,pool1"
            ),
        ],
        collect.packed,
        ESTIMATES,
    ),
    "boards": Figure(
        [
            *_hardware("", "figures-60-fps"),
            *_hardware("PIXELS_PER_CLOCK=1", "figures-1-pixel"),
            *(
                command
                for board, pixels, folder in collect.OTHER_BOARDS
                for command in _hardware(f"BOARD={board} PIXELS_PER_CLOCK={pixels}", folder)
            ),
            "make bitstream BOARD=ULX3S-85F NAME=figures-ulx3s",
            "make bench SECTIONS=boards",
        ],
        collect.boards,
    ),
    "timing": Figure(
        [
            "make timing NAME=figures-60-fps",
            "make timing NAME=figures-1-pixel PIXELS_PER_CLOCK=1",
        ],
        collect.timing,
    ),
    "constant-matrix": Figure(
        [
            "make build NAME=figures-1-pixel PIXELS_PER_CLOCK=1",
            "python -m hw.synth.constant_methods --json build/constant-methods.json "
            "build/figures-1-pixel/intermediate_models/generate_rtl.onnx",
        ],
        collect.constant_matrix,
        "Yosys' estimates; of the last method the tables alone, without the adders behind them.",
    ),
    "comparison-medium": Figure(
        ['make compare PRESET=medium COMPARE_ARGS="--seeds 1,2,3"'],
        collect.comparison("comparison-medium/results.md"),
    ),
    "comparison-small-ablation": Figure(
        ["make compare PRESET=small COMPARE_ARGS=--ablation"],
        collect.comparison("comparison-small/ablation.md"),
    ),
    "bench-finn": Figure(["make bench SECTIONS=finn"], collect.bench("finn")),
    "bench-emulator": Figure(["make bench SECTIONS=emulator"], collect.bench("emulator")),
    "bench-growth": Figure(["make bench SECTIONS=growth"], collect.bench("growth")),
    "gallery": Figure(
        ["make gallery"],
        gallery,
        f"{ESTIMATES} States of the sources, by stage: the last table of the page.",
        dated=True,
    ),
    "peers": Figure(
        ["make peers DATA=../shared/faces/open_eval"],
        peers,
        "Labels are YuNet's at 640 pixels. pictures/s: of one core's time, ours by PyTorch.",
    ),
}
