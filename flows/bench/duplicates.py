"""Section duplicates: DupNet beside the network whose layers it duplicates, at the same target.

IFQ-Tinier-YOLO has DupNet's layers without any duplicate. What taking
the duplicates out buys in hardware is what the one takes and the other does not: same operators,
same solver, same target.
"""

from flows.bench.our_figures import OurFigures, measure_ours
from flows.bench.rows import Options, Row, Section, with_ratios
from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.build.target import target_clocks, target_text
from flows.errors import FlowError
from hw.tools.yosys import find_yosys
from model.export import export

#: The network without duplicates.
PLAIN = "ifq-tinier-yolo"


def duplicates_section(build: Build, options: Options) -> Section:
    """Rows in pairs: a figure of the configuration's network, and of the plain one."""
    streamlined = build.model(StepName.STREAMLINE)
    network = streamlined.get_metadata_prop("network") or ""
    size = streamlined.get_metadata_prop("input_size") or ""
    if not network.startswith("dupnet") or not size.isdigit():
        raise FlowError(
            f"{build.config.model}: section duplicates compares a dupnet network of the zoo with "
            f"{PLAIN}; this is {network or 'no network of the zoo'}"
        )
    other = _plain(build, options, int(size))
    found = {network: measure_ours(build, options.jobs), PLAIN: measure_ours(other, options.jobs)}
    target = target_clocks(build.config, build.model(StepName.TO_HARDWARE))
    facts = {
        "target": f"{target_text(build.config)}: {target:,} clocks a frame, {build.device.part}",
        "clocks": "between frames, by the timing model",
        "resources": f"{find_yosys().version.partition(' (')[0]}, all operators: estimates",
        "weights": f"{PLAIN}: of seed 1 (LUT memories and constant layers depend on them)",
    }
    return Section(
        "duplicates", "What taking the duplicates out buys", _rows(found, network), facts
    )


def _plain(build: Build, options: Options, size: int) -> Build:
    """The same configuration for the plain network, built if it is not yet."""
    path = options.work / f"{PLAIN}-{size}.onnx"
    if not path.is_file():
        export(PLAIN, 1, size, path)
    folder = options.work / PLAIN
    other = build.of(
        model=path,
        output_dir=folder,
        name=PLAIN.replace("-", "_"),
        folding_config_file=None,
    )
    if not other.is_current():
        print(f"{PLAIN}: building", flush=True)
        run_steps(other)
    return other


def _rows(found: dict[str, OurFigures], first: str) -> list[Row]:
    figures = {
        "clocks": ("clocks/frame", lambda ours: ours.clocks),
        "weight memory": ("bits", lambda ours: ours.weight_bits),
        "LUT": ("LUT", lambda ours: ours.total.LUT),
        "FF": ("FF", lambda ours: ours.total.FF),
        "BRAM36": ("BRAM36", lambda ours: ours.total.bram36),
        "DSP": ("DSP", lambda ours: ours.total.DSP),
    }
    rows: list[Row] = []
    for figure, (unit, get) in figures.items():
        pair = [Row(f"{figure}, {name}", get(ours), unit) for name, ours in found.items()]
        rows += with_ratios(pair, f"{figure}, {first}")
    return rows
