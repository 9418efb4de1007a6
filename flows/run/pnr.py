"""``pnr``: every operator of a build alone, or the network, through yosys and nextpnr: its clock.

Each node's wrapper, between registers (hw.pnr.boundary), is synthesized, placed and routed for the
part of an ULX3S-85F. Its delays are those of nextpnr's model of that part; the same RTL on another
family has others. The parts of a build's camera path have rows beside the operators.
"""

from onnx import NodeProto

from flows.build.build import Build
from flows.build.layout import Layout
from flows.build.names import ResultName
from flows.errors import FlowError
from flows.run.camera_units import camera_units
from flows.run.synth import aligned, rtl_nodes
from hw.camera.cost.sizes import PARTS
from hw.ops.registry import rtl_of
from hw.pnr.ecp5 import Ecp5Target
from hw.pnr.fan_out import MANY
from hw.pnr.operator import OperatorTiming, operator_timing
from hw.sim.design import Design
from hw.synth.operator import Unit, read_unit
from hw.tools.nextpnr import find_nextpnr
from hw.tools.parallel import in_parallel
from hw.tools.yosys import find_yosys
from outside.progress import Progress, silent

#: Of the operators, and of the network as one.
REPORT, WHOLE_REPORT = ResultName.OPERATOR_TIMING, ResultName.NETWORK_TIMING
LEGEND = (
    "Each operator between registers, placed and routed alone; COMB (LUT4, carries and LUT RAM),\n"
    "FF: cells of ECP5, those of the registers around the operator included."
)


def pnr(
    build: Build,
    names: list[str] | None = None,
    jobs: int = 1,
    target: Ecp5Target | None = None,
    whole: bool = False,
) -> dict[str, OperatorTiming]:
    """Place and route all nodes (or those named), print the table, return the figures by node.

    target: default: an ULX3S-85F at 100 MHz. whole: the network's top level instead of its nodes.
    Writes report/post_route_timing.json (whole: post_route_timing_network.json) unless only some
    nodes were named. A missed frequency is told in the table; it is no error. Raises FlowError for
    an unknown node, HardwareError where a tool is missing or fails.
    """
    if jobs < 1:
        raise FlowError(f"--jobs {jobs}: expected 1 or more")
    if whole and names is not None:
        raise FlowError("--whole: expected without --nodes")
    target = target or Ecp5Target()
    report = WHOLE_REPORT if whole else REPORT
    parts = {} if whole else {m: u for m, u in camera_units(build).items() if m in PARTS}
    wanted = names if names is None else [name for name in names if name not in parts]
    nodes = {} if names and not wanted else rtl_nodes(build, wanted)
    tools = f"{find_yosys().version.partition(' (')[0]}, {find_nextpnr().version}"
    if names is None:
        build.results.remove(report)
    units = _units(build, nodes, whole)
    units += [unit for part, unit in parts.items() if names is None or part in names]
    print(f"{tools}, {' '.join(target.arguments())}, {len(units)} operators")
    results = _run(units, target, build.paths, jobs)
    found = {unit.name: result for unit, result in zip(units, results, strict=True)}
    print("\n".join(["", *timing_table(found, target), "", LEGEND, *net_table(found)]))
    if names is None:
        operators = {name: timing.as_dict() for name, timing in found.items()}
        facts = {"tools": tools, "target": target.arguments(), "wanted_mhz": target.mhz}
        build.results.write(report, {**facts, "operators": operators})
    return found


def _units(build: Build, nodes: dict[str, NodeProto], whole: bool) -> list[Unit]:
    """The nodes' wrappers, or the top level of all."""
    rtl = build.paths.rtl
    if not whole:
        return [
            read_unit(name, rtl, rtl_of(node).get_rtl_file_list()) for name, node in nodes.items()
        ]
    design = Design.load(build.paths.design)
    return [read_unit(design.top, rtl, list(design.sources))]


def _run(units: list[Unit], target: Ecp5Target, paths: Layout, jobs: int) -> list[OperatorTiming]:
    """Figures of each unit, jobs at a time; prints a line for each.

    Of one alone, which may be the whole network, also how far its netlist and nextpnr are.
    """
    count = 0
    alone = len(units) == 1

    def one(unit: Unit) -> OperatorTiming:
        nonlocal count
        work = paths.pnr / unit.name
        with Progress("nextpnr") as progress:
            tell, line = (_say, progress) if alone else (silent, silent)
            found, seconds = operator_timing(unit, target, work, paths.pnr_cache, tell, line)
        count += 1
        took = f"{seconds:.1f} s" if seconds else "kept"
        print(f"[{count}/{len(units)}] {unit.name}: {took}, {found.fmax_mhz:.1f} MHz", flush=True)
        return found

    return list(in_parallel(one, units, jobs))


def _say(text: str) -> None:
    print(text, flush=True)


def timing_table(found: dict[str, OperatorTiming], target: Ecp5Target) -> list[str]:
    """Lines: a row an operator, then the slowest."""
    heading = ["operator (nextpnr)", "MHz", "ns", "logic", "routing", "COMB", "FF", "DP16KD"]
    rows = [[*heading, "MULT18X18D", "critical path"]]
    for name, of in found.items():
        path = of.critical_path
        times = [f"{path[key]:.2f}" if path else "" for key in ("ns", "logic_ns", "routing_ns")]
        ends = f"{path['from']} -> {path['to']}".replace("i_operator.i_core.", "") if path else ""
        cells = (of.TRELLIS_COMB, of.TRELLIS_FF, of.DP16KD, of.MULT18X18D)
        rows.append([name, f"{of.fmax_mhz:.1f}", *times, *map(str, cells), ends])
    slow = [name for name, of in found.items() if of.fmax_mhz < target.mhz]
    verdict = f"{len(found) - len(slow)} of {len(found)} operators reach {target.mhz:g} MHz"
    return [*aligned(rows, text=True), "", f"{verdict}; below it: {', '.join(slow) or 'none'}"]


def net_table(found: dict[str, OperatorTiming]) -> list[str]:
    """Lines: the nets of many loads of all operators, the widest first; nothing where none is."""
    nets = [(net["loads"], name, net) for name, of in found.items() for net in of.fan_out]
    if not nets:
        return []
    rows = [["loads", "operator", "net", "driven by", "most of them at"]]
    for loads, name, net in sorted(nets, key=lambda row: (-row[0], row[1], row[2]["net"])):
        wire = str(net["net"]).removeprefix("i_operator.").replace("i_core.", "")
        rows.append([str(loads), name, wire, net["driver"], next(iter(net["at"]))])
    return ["", f"nets of {MANY} loads and more, clocks left out:", *aligned(rows, text=True)]
