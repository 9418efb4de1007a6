"""Combinational paths between the handshakes of a stream module, found by yosys.

In a chain of modules ``ready`` travels against the stream. If any module passed it on within a
clock, the path would grow with the chain. So in every stream module neither the input's ready nor
the output's valid may depend on the other side, or on the same side's partner, but through a
register. Checked for each module at the parameters that choose between its structures, which its
operator names (``variants``).

A module that joins streams takes a beat of each in one clock: there the ready of one may depend on
the valid of the others, which come from registers. That does not grow with the chain.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import hw.ops  # noqa: F401 (registers the operators)
from hw import RTL_DIR
from hw.errors import HardwareError
from hw.modules import Variant
from hw.ops.registry import operators
from hw.tools.yosys import find_yosys

#: Cells at which a combinational path ends.
_REGISTERS = "dff dffe sdff sdffe sdffce adff adffe aldff aldffe dffsr dffsre"


def stream_variants() -> tuple[Variant, ...]:
    """Every stream module of hw/rtl, as the operators name them."""
    return tuple(variant for each in operators() for variant in each.rtl.variants)


def _pairs(variant: Variant) -> list[tuple[str, str]]:
    """Ports of ``_top``: what may not depend combinationally on what."""
    found = []
    for i in range(variant.inputs):
        found += [(f"in{i}_ready_o", f"out{j}_ready_i") for j in range(variant.outputs)]
        found.append((f"in{i}_ready_o", f"in{i}_valid_i"))
    for j in range(variant.outputs):
        found += [(f"out{j}_valid_o", f"out{k}_ready_i") for k in range(variant.outputs)]
        found += [(f"out{j}_valid_o", f"in{i}_valid_i") for i in range(variant.inputs)]
    return found


def _top(variant: Variant) -> str:
    """Verilog of a module ``top`` around a variant, a port each bit; its data are left open."""
    wires = {"clk_i": "input", "rst_ni": "input"}
    pins = ".clk_i(clk_i), .rst_ni(rst_ni)"
    sides = (("in", variant.inputs, ("valid_i", "ready_o")),
             ("out", variant.outputs, ("valid_o", "ready_i")))  # fmt: skip
    for side, count, signals in sides:
        for signal in signals:
            names = [f"{side}{i}_{signal}" for i in reversed(range(count))]
            wires |= dict.fromkeys(names, "input" if signal.endswith("_i") else "output")
            pins += f", .{side}_{signal}({{{', '.join(names)}}})"
    ports = ", ".join(f"{way} {name}" for name, way in wires.items())
    parameters = ", ".join(f".{key}({value})" for key, value in variant.parameters.items())
    return f"module top({ports});\n{variant.module} #({parameters}) i_dut ({pins});\nendmodule\n"


def combinational_paths(variants: Sequence[Variant]) -> list[str]:
    """One line for each forbidden path. Raises HardwareError where yosys cannot read a module."""
    files = sorted(path.name for path in RTL_DIR.glob("*.sv"))
    ends = ":".join(f"-${cell}" for cell in _REGISTERS.split())
    found = []
    with tempfile.TemporaryDirectory(prefix="ready-paths-") as name:
        folder = Path(name)
        for path in files:
            (folder / path).write_text(
                (RTL_DIR / path).read_text(encoding="utf-8"), encoding="utf-8"
            )
        lines: list[str] = []
        for number, variant in enumerate(variants):
            (folder / f"top{number}.v").write_text(_top(variant), encoding="utf-8")
            lines += [
                "design -reset",
                f"read_verilog -sv {' '.join(files)} top{number}.v",
                "hierarchy -top top",
                "proc",
                "flatten",
                "opt_expr",
                "opt_clean",
                "memory_dff",
                "opt_clean",
            ]
            for pair, (target, source) in enumerate(_pairs(variant)):
                lines += [
                    f"select -set cone o:{target} %ci*:{ends}",
                    f"tee -q -o {number}-{pair}.txt select -list @cone i:{source} %i",
                ]
        find_yosys().run("\n".join(lines) + "\n", folder)
        for number, variant in enumerate(variants):
            for pair, (target, source) in enumerate(_pairs(variant)):
                listed = folder / f"{number}-{pair}.txt"
                if not listed.exists():
                    raise HardwareError(f"{variant}: yosys did not look for paths")
                if listed.read_text(encoding="utf-8").strip():
                    found.append(f"{variant}: {source} reaches {target} without a register")
    return found


def input_paths(variant: Variant, outputs: str, sources: Sequence[Path]) -> list[str]:
    """Inputs of a module that reach one of its outputs without a register.

    outputs: patterns of yosys, "o:*valid o:*ready". sources: in compile order.
    """
    ends = ":".join(f"-${cell}" for cell in _REGISTERS.split())
    with tempfile.TemporaryDirectory(prefix="input-paths-") as name:
        folder = Path(name)
        for path in sources:
            (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
        parameters = [f"-chparam {key} {value}" for key, value in variant.parameters.items()]
        lines = [
            f"read_verilog -sv {' '.join(path.name for path in sources)}",
            f"hierarchy -top {variant.module} {' '.join(parameters)}",
            "proc",
            "flatten",
            "opt_expr",
            "opt_clean",
            "memory_dff",
            "opt_clean",
            f"select -assert-any {outputs}",
            f"select -set cone {outputs} %ci*:{ends}",
            "tee -q -o paths.txt select -list @cone i:* %i",
        ]
        find_yosys().run("\n".join(lines) + "\n", folder)
        listed = (folder / "paths.txt").read_text(encoding="utf-8").split()
    inputs = [line.rpartition("/")[2] for line in listed]
    return [f"{variant}: {name} reaches an output without a register" for name in inputs]
