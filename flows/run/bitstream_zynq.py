"""``bitstream`` for boards with a Zynq: by Vivado, or (Zynq-7000, experimental) by open tools.

Both put the shell of ``hw/shell`` around the build's accelerator. The Vivado project is written in
any case, to <build>/vivado, and runs where Vivado is on the PATH. Both leave
bitfile/<top>.bit and .hwh, and report/bitstream.json; an earlier one goes once they can run.
"""

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.build.build import Build
from flows.build.config import read_folding
from flows.build.names import ResultName
from flows.build.schemas import Estimate
from flows.errors import FlowError
from flows.files import READER, check_space, fresh_folder, sha256
from flows.run.bitstream_ways import OPEN, VIVADO, without_vivado
from flows.run.board_top import write_board
from flows.run.camera import board_id, board_registers, camera_options
from flows.run.driver import build_id, load_design
from hw.errors import HardwareError
from hw.openxc7 import bitstream as open_way
from hw.openxc7 import hwh
from hw.openxc7.contents import check_contents
from hw.openxc7.routing import Routed, route_best
from hw.openxc7.top import BRIDGE, RTL_DIR, top_text
from hw.openxc7.versions import MENDED, RouterVersion
from hw.shell.addresses import REGISTER_SPAN
from hw.shell.engines import engines_of, port_counts
from hw.shell.register_block import CAMERA
from hw.shell.register_block import load as load_registers
from hw.sim.design import MEMORY_SUFFIXES, Design
from hw.tools.openxc7 import OpenTools, find_tools, router_version
from hw.tools.vivado import find_tool
from hw.tools.yosys import find_yosys
from hw.vivado import project as vivado
from hw.vivado.camera_wrapper import camera_cell
from hw.vivado.wrappers import Cell, cell_wrappers
from outside.progress import Progress

#: Attribute of nodes whose DSP slices only add.
ADDING = "sum_parts"


@dataclass(frozen=True)
class Placing:
    """How nextpnr-xilinx is run, and what is asked of it.

    seed, seeds: the first seed, and how many are tried; the fastest design is kept. margin: the
    clock that it has to reach, in clocks of the configuration. chipdb, database: where they are,
    None: looked for.
    """

    seed: int = 1
    seeds: int = 1
    margin: float = 1.0
    chipdb: Path | None = None
    database: Path | None = None


def bitstream(
    build: Build,
    way: str,
    jobs: int,
    placing: Placing,
) -> Path:
    """Make the bitstream of a build; see flows.run.bitstream.bitstream.

    Raises FlowError or HardwareError. An earlier bitstream stays where a tool is missing; once one
    has begun, nothing that looks finished is left.
    """
    load_design(build)  # refused before anything is written
    check_space(build.folder)
    if way == OPEN:
        return _by_open_tools(build, placing)
    return _by_vivado(build, jobs)


def _begin(build: Build) -> None:
    """Remove an earlier bitstream, with the report that vouches for it."""
    build.results.remove(ResultName.BITSTREAM)
    for path in (build.paths.bitfile, build.paths.handoff):
        path.unlink(missing_ok=True)


def _mhz(build: Build) -> float:
    return 1e3 / build.config.clock_ns


def _texts(design: Design) -> dict[str, str]:
    """Sources and memory contents of a design by file name."""
    memories = [p.name for p in design.folder.iterdir() if p.suffix in MEMORY_SUFFIXES]
    return {
        name: READER.text(design.folder / name, "build again")
        for name in (*design.sources, *memories)
    }


def _report(build: Build, fields: Mapping[str, Any], seconds: Mapping[str, float]) -> Path:
    """Write report/bitstream.json, last of all; path of the bitstream."""
    path = build.paths.bitfile
    common = {
        "top": build.top,
        "clock_mhz": _mhz(build),
        "bitfile": f"bitfile/{path.name}",
        "sha256": sha256(path),
        "build_id": board_id(build, build_id(load_design(build))),
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
        "memory_mb": {},
    }
    build.results.write(ResultName.BITSTREAM, {**fields, **common})
    return path


# --- Vivado -----------------------------------------------------------------------------------


def write_vivado(build: Build) -> vivado.VivadoProject:
    """The Vivado project of a build, in <build>/vivado."""
    files, cells = _vivado_sources(build, load_design(build))
    device = build.device
    return vivado.write_project(
        build.paths.vivado,
        build.top,
        files,
        cells,
        part=device.part,
        board_part=device.board_part,
        family=device.family,
        mhz=_mhz(build),
    )


def _vivado_sources(build: Build, design: Design) -> tuple[dict[str, str], list[Cell]]:
    """Texts of the files by name, and the cells: DMAs and accelerator, or all of a camera path."""
    options = camera_options(build)
    with tempfile.TemporaryDirectory(dir=build.folder, prefix=".vivado-") as name:
        board = write_board(build, design, Path(name) / "board")
        texts = _texts(board)
        if options is not None:
            return texts, [camera_cell(board, build.top, options)]
    for name in (f"{board.top}.sv", f"{design.top}_shell.sv"):  # the block design does that
        texts.pop(name, None)
    return texts | _texts(design), cell_wrappers(design, build_id(design))


def _by_vivado(build: Build, jobs: int) -> Path:
    project = write_vivado(build)
    print(f"Vivado project: {project.folder}")
    began = time.monotonic()
    if project.finished:
        results = project.results()
        _begin(build)
    else:
        tool = find_tool()
        if tool is None:
            raise FlowError(without_vivado(build))
        _begin(build)
        print("Vivado: block design, synthesis, place and route, bitstream (tens of minutes) ...")
        vivado.run(project, tool, jobs)
        results = project.results()
    report = build.paths.report
    vivado.collect(results, build.paths.bitfiles, report, build.top)
    fields: dict[str, Any] = {
        "way": VIVADO,
        "tools": [f"Vivado {results.version}"],
        "device": build.device.part,
        "fmax_mhz": None,
        "slack_ns": min(results.setup_ns, results.hold_ns),
        "timing_met": results.timing_met,
        "used": {},
        "available": {},
    }
    path = _report(build, fields, {"vivado": time.monotonic() - began})
    print(
        f"bitstream: {path}, by Vivado {results.version}; worst slack {results.setup_ns:g} ns "
        f"(setup), {results.hold_ns:g} ns (hold) at {_mhz(build):g} MHz"
    )
    return path


# --- open tools -------------------------------------------------------------------------------


def _without_dsp(build: Build) -> None:
    """FlowError where a node multiplies in DSP slices: the open tools would make LUTs of them.

    Slices that add (sum_parts) are cells of the netlist, which the open tools take.
    """
    table = build.results.read(ResultName.LAYER_RESOURCES, dict[str, Estimate])
    folding = read_folding(build.paths.folding)
    adding = {name for name, entry in folding.items() if entry.get(ADDING)}
    names = [n for n, entry in table.items() if entry.DSP and n not in {"total", *adding}]
    if names:
        more = f" and {len(names) - 1} more nodes multiply" if names[1:] else " multiplies"
        slices = sum(table[name].DSP for name in names)
        raise FlowError(
            f"node {names[0]}{more} in DSP slices, {slices} in all, which the open "
            "tools do not know; build with dsp_limit: 0, and no resType = dsp in a folding file"
        )


def _by_open_tools(build: Build, placing: Placing) -> Path:
    """yosys, the netlist's check, then nextpnr-xilinx and prjxray where they are."""
    mhz = _mhz(build)
    hwh.divisors(mhz)  # refuses a clock that cannot be had
    _without_dsp(build)
    yosys = find_yosys()
    design = load_design(build)
    of_board = engines_of(design)
    engines, counts = [engine.name for engine in of_board], port_counts(of_board)
    if build.config.camera:  # frames come by the camera's one port
        counts = {}
    top_text("", "", engines, counts)  # refuses more of them than the part has memory ports
    top = f"{build.top}_zynq"
    folder = build.paths.openxc7
    seconds: dict[str, float] = {}
    with fresh_folder(folder) as work:
        board = write_board(build, design, work)
        bridge = (RTL_DIR / f"{BRIDGE}.sv").read_text(encoding="utf-8")
        (work / f"{BRIDGE}.sv").write_text(bridge, encoding="utf-8")
        (work / f"{top}.sv").write_text(top_text(top, board.top, engines, counts), encoding="utf-8")
    sources = [*board.sources, f"{BRIDGE}.sv", f"{top}.sv"]
    print(f"open way (experimental): {yosys.version.partition(' (')[0]}, {len(sources)} files ...")
    router = router_version()
    began = time.monotonic()
    cells = open_way.synthesize(folder, top, sources, yosys)
    seconds["synthesis"] = time.monotonic() - began
    print(f"netlist checked: {sum(cells.values()):,} cells, none that the open tools get wrong")
    print(_block_ram(cells, router))
    try:
        tools = find_tools(build.device.part, placing.chipdb, placing.database)
    except HardwareError as error:
        raise FlowError(
            f"the netlist is made and checked ({folder / f'{top}.json'}), but cannot be routed: "
            f"{error}. openXC7 has them all (apio packages install openxc7)"
        ) from error
    _begin(build)
    began = time.monotonic()
    routed = _routed(build, folder, top, tools, placing)
    seconds["route"] = time.monotonic() - began
    checked = check_contents(folder / f"{top}.json", routed.fasm)
    print(f"block RAM read back from the routed design: {checked}, as the netlist's")
    print("fasm2frames, xc7frames2bit ...", flush=True)
    made = open_way.pack(folder, top, tools, build.device.part)
    handoff = hwh.text(
        build.top,
        build.device.part,
        mhz,
        board_registers(build, engines),
        REGISTER_SPAN,
        load_registers(block=CAMERA if build.config.camera else ""),
    )
    build.paths.bitfiles.mkdir(exist_ok=True)
    hwh.write(build.paths.handoff, handoff)
    made.replace(build.paths.bitfile)
    fields: dict[str, Any] = {
        "way": "openxc7",
        "tools": [yosys.version.partition(" (")[0], str(router)],
        "device": build.device.part,
        "fmax_mhz": routed.mhz,
        "slack_ns": round(1e3 / mhz - 1e3 / routed.mhz, 3),
        "timing_met": True,
        "seed": routed.seed,
        "margin": placing.margin,
        "used": {},
        "available": {},
    }
    path = _report(build, fields, seconds)
    print(
        f"bitstream: {path}, by open tools (experimental, tried on no board); {routed.mhz:g} MHz "
        f"with seed {routed.seed} by nextpnr-xilinx's rough delays, {mhz:g} MHz wanted"
    )
    return path


def _block_ram(cells: Mapping[str, int], router: RouterVersion) -> str:
    """Block RAM of the netlist, and whether the router's version had a say in it."""
    bram36 = cells.get("RAMB36E1", 0) + cells.get("RAMB18E1", 0) / 2
    if router.is_mended:
        return f"{bram36:g} BRAM36, of every width, as {router} configures them"
    return (
        f"{bram36:g} BRAM36, without simple dual port and RAMB36 of 1 or 9 bits, which "
        f"{'.'.join(map(str, MENDED))} or newer configures rightly; this is {router}"
    )


def _routed(build: Build, folder: Path, top: str, tools: OpenTools, placing: Placing) -> Routed:
    """The fastest routed design; FlowError where it misses the clock with its margin."""
    mhz = _mhz(build)
    wanted = mhz * placing.margin
    seeds = range(placing.seed, placing.seed + placing.seeds)
    with Progress("nextpnr-xilinx") as progress:
        routed = route_best(
            folder,
            top,
            tools,
            wanted,
            seeds,
            progress,
            lambda seed, came: print(f"  seed {seed}: {came}", flush=True),
        )
    if routed.mhz < wanted:
        margin = f", {placing.margin:g} times the clock" if placing.margin != 1 else ""
        raise FlowError(
            f"timing is not met: {routed.mhz:g} MHz with seed {routed.seed} by nextpnr-xilinx, "
            f"whose delays are rough; {wanted:g} MHz are wanted{margin}. No bitstream was "
            f"published; the routed design is {routed.fasm}. Try --seeds {2 * placing.seeds} "
            f"(SEEDS={2 * placing.seeds}), or a larger synth_clk_period_ns than "
            f"{build.config.clock_ns:g}"
        )
    return routed
