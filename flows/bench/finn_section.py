"""Section finn: this flow beside FINN's own mapping of the same network, in clocks and resources.

Both start from the same streamlined integers. Ours is the build, its duplicates taken out; FINN's
is what its own passes make of the network as it is (``finn_mapping``), folded by its SetFolding for
the same clocks, its RTL written by FINN and synthesized by the same yosys. What FINN has in HLS
alone is left out.
"""

from dataclasses import dataclass, replace
from typing import Any

from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp

from flows.bench.finn_mapping import Choice, finn_mapping, slowest, weight_bits
from flows.bench.finn_rtl import finn_unit, script
from flows.bench.our_figures import OurFigures, measure_ours
from flows.bench.rows import Options, Row, Section, with_ratios
from flows.build.build import Build
from flows.build.names import StepName
from flows.build.target import target_clocks, target_text
from flows.errors import FlowError
from hw.errors import HardwareError
from hw.ops.registry import is_rtl
from hw.synth.operator import FAMILIES, Unit, synthesize
from hw.synth.resources import Resources, total
from hw.tools.parallel import in_parallel
from hw.tools.yosys import find_yosys

OURS, FINNS = "ours", "FINN, MVAU_rtl"
#: Kinds of ours that have no counterpart among the nodes of FINN's that are counted.
NOT_COUNTED = (
    *("StreamFIFO", "StreamMaxPool", "StreamPool", "GlobalAccPool", "UpsampleNearestNeighbour"),
    *("DuplicateStreams", "AddStreams", "StreamingConcat"),
    *("ElementwiseMul", "ElementwiseMax", "ElementwiseMin", "Crop"),
)
#: No limit of the weights' width: SetFolding is told this where its own limit misses the target.
WIDE = 8000
#: Where a node's resources are from: that tool, or nowhere.
YOSYS, _LEFT_OUT = "yosys", "left out"


@dataclass(frozen=True)
class _Node:
    """A node of FINN's graph. source: where its resources are from. pool: of a max pool."""

    name: str
    cycles: int
    resources: Resources
    source: str
    pool: bool

    def as_dict(self) -> dict[str, Any]:
        """For the JSON file."""
        figures = {"cycles": self.cycles, "source": self.source, **self.resources.as_dict()}
        return {"node": self.name, **figures}


def finn_section(build: Build, options: Options) -> Section:
    """Rows in pairs: a figure of ours, and the same of FINN's, with their ratio."""
    part, clocks = build.device.part, target_clocks(build.config, build.model(StepName.TO_HARDWARE))
    ours = measure_ours(build, options.jobs)
    streamlined = build.model(StepName.STREAMLINE)
    model = finn_mapping(streamlined, part, clocks, Choice())
    nodes = synthesized(model, build, options)
    like = {
        "finn": total(n.resources for n in nodes if n.source == YOSYS and not n.pool),
        "ours": ours.without(*NOT_COUNTED),
    }
    rows = [
        *_clock_rows(ours, model, clocks),
        *_pair(
            "weight memory",
            "bits",
            ours.weight_bits,
            weight_bits(model),
            "binary weights in 2 bits, each duplicate stored",
        ),
    ]
    note = "without pools and FIFOs on either side"
    for name, unit in (("LUT", "LUT"), ("FF", "FF"), ("bram36", "BRAM36"), ("DSP", "DSP")):
        rows += _pair(unit, unit, getattr(like["ours"], name), getattr(like["finn"], name), note)
    if slowest(model)[1] > clocks:
        rows += _wide_rows(streamlined, build, clocks)
    rows += _hls_rows(streamlined, build, clocks)
    return Section(
        "finn",
        "This flow beside FINN's own mapping of the same network",
        rows,
        _facts(build, ours, nodes, clocks),
        {"finn_nodes": [node.as_dict() for node in nodes]},
    )


def _facts(build: Build, ours: OurFigures, nodes: list[_Node], clocks: int) -> dict[str, str]:
    failed = [f"{n.name} ({n.source})" for n in nodes if n.source not in (YOSYS, _LEFT_OUT)]
    facts = {
        "target": f"{target_text(build.config)}: {clocks:,} clocks a frame, {build.device.part}",
        "resources": f"{find_yosys().version.partition(' (')[0]}, out of context, on either side: "
        "estimates",
        "ours with pools and FIFOs": f"{ours.total.LUT:,} LUT, {ours.total.FF:,} FF, "
        f"{ours.total.bram36:g} BRAM36",
        "left out of FINN's": "pools (HLS alone), copies of the image, FIFOs (sized in Vivado)",
        "FINN's queues": "shift registers that Vivado would put into SRLs are flip-flops for yosys",
    }
    return facts | ({"not by yosys": "; ".join(failed)} if failed else {})


def _pair(figure: str, unit: str, ours: float, theirs: float, note: str = "") -> list[Row]:
    """The two rows of a figure, the second with its ratio to the first."""
    base = f"{figure}, {OURS}"
    rows = [Row(base, ours, unit), Row(f"{figure}, {FINNS}", theirs, unit, note)]
    return with_ratios(rows, base)


def _clock_rows(ours: OurFigures, model: ModelWrapper, clocks: int) -> list[Row]:
    name, cycles = slowest(model)
    missed = "" if cycles <= clocks else "; misses the target"
    rows = _pair("clocks", "clocks/frame", ours.clocks, cycles)
    note = f"FINN's own estimate, of {name}{missed}"
    return [
        replace(rows[0], note="timing model"),
        replace(rows[1], note=note),
    ]


def _wide_rows(streamlined: ModelWrapper, build: Build, clocks: int) -> list[Row]:
    """FINN with its limit of the weights' width lifted, where it misses the target with it."""
    model = finn_mapping(streamlined, build.device.part, clocks, Choice(weight_width=WIDE))
    name, cycles = slowest(model)
    what = f"{FINNS}, mvau_wwidth_max {WIDE}"
    dsps = _estimated(model, build.device.part, "DSP")
    return [
        Row(f"clocks, {what}", cycles, "clocks/frame", f"FINN's own estimate, of {name}"),
        Row(f"DSP, {what}", dsps, "DSP", f"FINN's own estimate; the part has {build.device.dsp}"),
    ]


def _hls_rows(streamlined: ModelWrapper, build: Build, clocks: int) -> list[Row]:
    """FINN's own choice for such narrow types, MVAU_hls: it needs Vitis HLS, so estimates alone."""
    model = finn_mapping(streamlined, build.device.part, clocks, Choice(rtl=False))
    part = build.device.part
    luts, brams = _estimated(model, part, "LUT"), _estimated(model, part, "BRAM_18K") / 2
    note = "FINN's own estimate of its first choice for such types (needs Vitis HLS); no pools"
    return [
        Row("LUT, FINN, MVAU_hls", luts, "LUT", note),
        Row("BRAM36, FINN, MVAU_hls", brams, "BRAM36", note),
    ]


def _estimated(model: ModelWrapper, part: str, figure: str) -> float:
    pools = _pools(model)
    return float(
        sum(
            getCustomOp(node).node_res_estimation(part)[figure]
            for node in model.graph.node
            if node.name not in pools
        )
    )


def _pools(model: ModelWrapper) -> set[str]:
    """Names of the nodes that make FINN's max pools: the pool, and the window in front of it."""
    names = set()
    for node in model.graph.node:
        if node.op_type.startswith("Pool"):
            names.add(node.name)
            before = model.find_producer(node.input[0])
            if before is not None and before.op_type.startswith("ConvolutionInputGenerator"):
                names.add(before.name)
    return names


def synthesized(model: ModelWrapper, build: Build, options: Options) -> list[_Node]:
    """All nodes of FINN's graph, those in RTL by yosys; prints a line for each."""
    folder, pools = options.work / "finn-rtl", _pools(model)
    family = FAMILIES.get(build.device.family)
    if family is None:
        raise FlowError(
            f"board {build.config.board}: yosys has no family for {build.device.family}"
        )
    yosys, nodes = find_yosys(), list(model.graph.node)
    given = [node for node in nodes if is_rtl(node) and node.name not in pools]
    units: dict[str, Unit] = {}
    for node in given:
        place = (folder / "generated" / node.name).resolve()
        units[node.name] = finn_unit(
            getCustomOp(node), model, build.device.part, build.config.clock_ns, place
        )
    print(f"FINN's RTL: {len(units)} operators", flush=True)

    def one(name: str) -> tuple[Resources, str]:
        unit = units[name]
        try:
            found, seconds = synthesize(
                unit, family, yosys, folder / name, folder / ".cache", script(unit, family)
            )
        except HardwareError as error:
            print(f"{name}: {error}", flush=True)
            return Resources(), str(error)
        print(f"{name}: {f'{seconds:.1f} s' if seconds else 'kept'}, {found.LUT} LUT", flush=True)
        return found, YOSYS

    found = dict(zip(units, in_parallel(one, units, options.jobs), strict=True))
    result = []
    for node in nodes:
        resources, source = found.get(node.name, (Resources(), _LEFT_OUT))
        cycles = int(getCustomOp(node).get_exp_cycles())
        result.append(_Node(node.name, cycles, resources, source, node.name in pools))
    return result
