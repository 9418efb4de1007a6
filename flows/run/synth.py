"""``synth``: every operator of a build through yosys, and the whole, beside what the part has.

Each node's wrapper is synthesized alone (out of context), with its parameters and memories. The
accelerator with the shell of its board is synthesized as one as well. The figures are estimates by
yosys, not those of a vendor's tool.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from onnx import NodeProto

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.errors import FlowError
from flows.run.camera_units import camera_units
from flows.run.driver import NoShellError
from flows.run.whole_units import whole_units
from hw.boards import Board
from hw.camera.cost.sizes import PARTS
from hw.ops.memories import Memory
from hw.ops.registry import is_rtl, rtl_of
from hw.stitch import hls_nodes, needs_vitis
from hw.synth.memories import MappedMemory, mapped, rom_unit
from hw.synth.operator import FAMILIES, Unit, read_unit, synthesize
from hw.synth.resources import Resources, total
from hw.tools.parallel import in_parallel
from hw.tools.yosys import Yosys, find_yosys
from outside.nearest import meant

#: Columns of the table: name of the figure, heading.
COLUMNS = {
    "LUT": "LUT",
    "LUTRAM": "LUTRAM",
    "SRL": "SRL",
    "LC": "LC",
    "FF": "FF",
    "CARRY4": "CARRY4",
    "BRAM_36K": "BRAM36",
    "BRAM_18K": "BRAM18",
    "DSP": "DSP",
}
LEGEND = (
    "LUT: all, LUT RAM (LUTRAM) and shift registers (SRL) among them, each LUT of the netlist "
    "counted\nas one; LC: the logic ones after yosys' guess of how many pairs share a LUT6."
)


#: Keys of the report besides the nodes: the accelerator with its shell as one (where no shell fits
#: it, the sum), the sum of the operators, the shell alone.
TOP, SUM, SHELL = "(top)", "(operators)", "(shell)"
#: Of a part of the camera path, which is in the shell.
CAMERA = "(camera: {})"


@dataclass(frozen=True)
class Whole:
    """The accelerator with the shell of its board, synthesized as one, and the shell alone."""

    top: Resources
    shell: Resources


@dataclass(frozen=True)
class _Runner:
    """The parts that all syntheses of a build share."""

    yosys: Yosys
    family: str
    work: Path
    cache: Path

    def run(self, units: list[Unit], jobs: int) -> list[Resources]:
        """Resources of each unit, jobs at a time; prints a line for each."""
        count = 0

        def one(unit: Unit) -> Resources:
            nonlocal count
            work = self.work / unit.name
            found, seconds = synthesize(unit, self.family, self.yosys, work, self.cache)
            count += 1
            took = f"{seconds:.1f} s" if seconds else "kept"
            print(f"[{count}/{len(units)}] {unit.name}: {took}, {found.LUT} LUT", flush=True)
            return found

        return list(in_parallel(one, units, jobs))


def synth(
    build: Build, names: list[str] | None = None, jobs: int = 1, whole: bool = True
) -> Resources:
    """Synthesize all nodes (or those named), print the tables and return the sum.

    whole: the accelerator with its shell as one too, where all nodes are synthesized. Writes
    report/post_synth_resources.json (FINN's form) and report/synth_memories.json, unless only some
    nodes were named. Raises FlowError for an unknown node, HardwareError where yosys is missing or
    fails.
    """
    runner, nodes = _prepare(build, names, jobs)
    if names is None:
        for report in (ResultName.SYNTHESIS, ResultName.SYNTH_MEMORIES):
            build.results.remove(report)
    units = _whole(build, nodes) if whole and names is None else []
    parts = {m: u for m, u in camera_units(build).items() if m in PARTS} if units else {}
    found, both = _operators(build, nodes, runner, jobs, [*units, *parts.values()])
    one = Whole(*both[: len(units)]) if units else None
    camera = dict(zip(map(CAMERA.format, parts), both[len(units) :], strict=True))
    memories = _memories(build, nodes, runner, jobs)
    added = total(found.values())
    table = _table(found, added, one, build.device, names is None, camera)
    print("\n".join(["", *table, "", LEGEND]))
    print("\n".join(["", *_memory_table(memories)]))
    if names is None:
        figures = {TOP: one.top if one else added, SUM: added}
        figures |= {SHELL: one.shell} if one else {}
        figures |= camera
        figures |= found
        build.results.write(
            ResultName.SYNTHESIS, {name: part.as_dict() for name, part in figures.items()}
        )
        build.results.write(
            ResultName.SYNTH_MEMORIES,
            {"tool": runner.yosys.version, "memories": [m.as_dict() for m in memories]},
        )
    return added


def _whole(build: Build, nodes: dict[str, NodeProto]) -> list[Unit]:
    """The accelerator with its shell, and the shell; none, and the reason is said, if there is one.

    nodes: those that are RTL; with others in it the whole cannot be synthesized.
    """
    if len(nodes) < len(build.model(StepName.GENERATE_RTL).graph.node):
        return []
    try:
        return list(whole_units(build))
    except NoShellError as error:
        print(f"the operators alone, without a shell: {error}")
        return []


def whole_alone(build: Build, jobs: int = 1) -> Whole:
    """The accelerator with its board's shell, and the shell: synthesize and print; no report.

    Raises FlowError where some nodes are no RTL or no shell fits, HardwareError where yosys is
    missing or fails.
    """
    runner, nodes = _prepare(build, None, jobs)
    units = _whole(build, nodes)
    if not units:
        raise FlowError("--whole-only: there is no whole to synthesize; expected RTL and a shell")
    one = Whole(*runner.run(units, jobs))
    print("\n".join(["", *_table({}, Resources(), one, build.device, True), "", LEGEND]))
    return one


def operators(build: Build, jobs: int = 1) -> dict[str, Resources]:
    """Resources of every RTL node of a build by name, as synth's, without reports or tables."""
    runner, nodes = _prepare(build, None, jobs)
    return _operators(build, nodes, runner, jobs)[0]


def _prepare(
    build: Build, names: list[str] | None, jobs: int
) -> tuple[_Runner, dict[str, NodeProto]]:
    """The parts of a synthesis, and its nodes; a node that cannot be synthesized is refused."""
    if jobs < 1:
        raise FlowError(f"--jobs {jobs}: expected 1 or more")
    nodes = rtl_nodes(build, names)
    family = FAMILIES.get(build.device.family)
    if family is None:
        raise FlowError(
            f"board {build.config.board}: synth counts AMD's primitives, and its part is of family "
            f"{build.device.family}; python -m flows pnr and bitstream have figures of its cells"
        )
    work, cache = build.paths.synth, build.paths.synth_cache
    return _Runner(find_yosys(), family, work, cache), nodes


def _operators(
    build: Build,
    nodes: dict[str, NodeProto],
    runner: _Runner,
    jobs: int,
    more: Sequence[Unit] = (),
) -> tuple[dict[str, Resources], list[Resources]]:
    """Synthesize nodes and more, which begins first, for it takes longest; a line for each."""
    tool = runner.yosys.version.partition(" (")[0]
    whole = ", and the accelerator with its board's shell as one" if more else ""
    print(f"{tool}, synth_xilinx -family {runner.family}, {len(nodes)} operators{whole}")
    rtl = build.paths.rtl
    units = [read_unit(node.name, rtl, rtl_of(node).get_rtl_file_list()) for node in nodes.values()]
    found = runner.run([*more, *units], jobs)
    return dict(zip(nodes, found[len(more) :], strict=True)), found[: len(more)]


def rtl_nodes(build: Build, names: list[str] | None) -> dict[str, NodeProto]:
    """The RTL nodes of the build by name, or those of names."""
    model = build.model(StepName.GENERATE_RTL)
    nodes = {node.name: node for node in model.graph.node}
    for name in names or ():
        if name not in nodes:
            known = f"{', '.join(nodes)}{meant(name, nodes)}"
            raise FlowError(f"no node {name} (--nodes, NODES=); nodes: {known}")
    others = [name for name, node in nodes.items() if not is_rtl(node)]
    if (hls := hls_nodes(model)) and not build.paths.rtl.is_dir():
        raise FlowError(f"this graph cannot be synthesized by yosys: {needs_vitis(hls)}")
    if others:
        print(f"not synthesized, for they are no RTL: {', '.join(others)}")
    wanted = names if names is not None else list(nodes)
    return {name: nodes[name] for name in wanted if name not in others}


def _memories(
    build: Build, nodes: dict[str, NodeProto], runner: _Runner, jobs: int
) -> list[MappedMemory]:
    """Every weight and threshold memory of the nodes, synthesized alone; parts of a search not."""
    model, rtl = build.model(StepName.GENERATE_RTL), build.paths.rtl
    parts: list[tuple[str, Memory, Unit | None]] = []
    for name, node in nodes.items():
        for memory in rtl_of(node).memories(model):
            if memory.is_part:
                continue
            parts.append((name, memory, rom_unit(memory, rtl)))
    units = [unit for _, _, unit in parts if unit is not None]
    print(f"memories alone: {len(units)}")
    found = iter(runner.run(units, jobs))
    return [
        mapped(name, memory, next(found) if unit is not None else None)
        for name, memory, unit in parts
    ]


def _table(
    found: dict[str, Resources],
    added: Resources,
    one: Whole | None,
    board: Board,
    is_network: bool,
    camera: Mapping[str, Resources] = MappingProxyType({}),
) -> list[str]:
    """Lines: a row an operator, the sum, shell and whole, and what the part has."""
    rows = [["operator (estimates by yosys)", *COLUMNS.values()]]
    rows += [[name, *_figures(resources)] for name, resources in found.items()]
    if found:
        rows.append(["in all", *_figures(added)])
    rows += [[name, *_figures(resources)] for name, resources in camera.items()]
    if one:
        rows.append([f"{SHELL} alone", *_figures(one.shell)])
        rows.append([f"{TOP} both as one", *_figures(one.top)])
    if is_network:
        whole = one.top if one else added
        part: dict[str, float] = {"LUT": board.lut, "FF": board.ff, "DSP": board.dsp}
        used: dict[str, float] = {"LUT": whole.LUT, "FF": whole.FF, "DSP": whole.DSP}
        part["BRAM_36K"], used["BRAM_36K"] = board.bram36, whole.bram36
        rows.append([f"{board.part} has", *(f"{part.get(name, '')}" for name in COLUMNS)])
        percent = {name: f"{100 * used[name] / part[name]:.1f} %" for name in part}
        rows.append(["used (BRAM18: half)", *(percent.get(name, "") for name in COLUMNS)])
    return aligned(rows)


def _figures(resources: Resources) -> list[str]:
    return [str(getattr(resources, name)) for name in COLUMNS]


def _memory_table(memories: list[MappedMemory]) -> list[str]:
    """Lines: a row a memory; sums by kind."""
    rows = [["memory (alone)", "rows x bits", "ideal bits", "BRAM36", "LUT", "mapped bits", "why"]]
    for of in memories:
        size = f"{of.rows} x {of.width}"
        row: list[Any] = [f"{of.node} {of.kind}", size, of.ideal_bits, of.bram36, of.lut]
        rows.append([str(cell) for cell in (*row, of.mapped_bits, of.why)])
    for kind in ("weights", "thresholds"):
        mine = [of for of in memories if of.kind == kind]
        sums = [sum(of.ideal_bits for of in mine), sum(of.bram36 for of in mine)]
        sums += [sum(of.lut for of in mine), sum(of.mapped_bits for of in mine)]
        rows.append([f"all {kind}", "", *map(str, sums), ""])
    return aligned(rows, text=True)


def aligned(rows: list[list[str]], text: bool = False) -> list[str]:
    """Lines of a table: the first column (if text, the last too) left, the others right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        if text:
            cells[-1] = row[-1]
        lines.append("  ".join(cells).rstrip())
    return lines
