"""``bitstream`` for boards with a Zynq: by Vivado, or (Zynq-7000, experimental) by open tools.

Both put the shell of ``hw/shell`` around the build's accelerator. The Vivado project is written in
any case, to <build>/vivado, and runs where Vivado is on the PATH. Both leave
bitfile/<top>.bit and .hwh, and report/bitstream.json; an earlier one goes once they can run.
"""

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flows.build.config import BuildConfig
from flows.errors import FlowError
from flows.files import READER, check_space, fresh_folder
from flows.report.data import remove_json, sha256, write_json
from flows.run.bitstream_ways import OPEN, VIVADO, vivado_folder, without_vivado
from flows.run.driver import build_id, load_design, register_map
from hw.errors import HardwareError
from hw.openxc7 import bitstream as open_way
from hw.openxc7 import hwh
from hw.openxc7.top import BRIDGE, RTL_DIR, top_text
from hw.shell import board_top
from hw.shell.register_block import load as load_registers
from hw.sim.design import MEMORY_SUFFIXES, Design
from hw.tools.openxc7 import find_tools
from hw.tools.vivado import find_tool
from hw.tools.yosys import find_yosys
from hw.vivado import project as vivado
from hw.vivado.block_design import REGISTER_SPAN
from hw.vivado.wrappers import cell_wrappers


def bitstream(
    config: BuildConfig,
    way: str,
    jobs: int,
    chipdb: Path | None,
    database: Path | None,
) -> Path:
    """Make the bitstream of a build; see flows.run.bitstream.bitstream.

    Raises FlowError or HardwareError. An earlier bitstream stays where a tool is missing; once one
    has begun, nothing that looks finished is left.
    """
    load_design(config)  # refused before anything is written
    check_space(config.output_dir)
    if way == OPEN:
        return _by_open_tools(config, chipdb, database)
    return _by_vivado(config, jobs)


def _begin(config: BuildConfig) -> None:
    """Remove an earlier bitstream, with the report that vouches for it."""
    remove_json(config.output_dir, "bitstream")
    for suffix in (".bit", ".hwh"):
        (config.output_dir / "bitfile" / f"{config.top}{suffix}").unlink(missing_ok=True)


def _mhz(config: BuildConfig) -> float:
    return 1e3 / config.clock_ns


def _texts(design: Design) -> dict[str, str]:
    """Sources and memory contents of a design by file name."""
    memories = [p.name for p in design.folder.iterdir() if p.suffix in MEMORY_SUFFIXES]
    return {
        name: READER.text(design.folder / name, "build again")
        for name in (*design.sources, *memories)
    }


def _report(config: BuildConfig, fields: Mapping[str, Any], seconds: Mapping[str, float]) -> Path:
    """Write report/bitstream.json, last of all; path of the bitstream."""
    path = config.output_dir / "bitfile" / f"{config.top}.bit"
    common = {
        "top": config.top,
        "clock_mhz": _mhz(config),
        "bitfile": f"bitfile/{path.name}",
        "sha256": sha256(path),
        "build_id": build_id(load_design(config)),
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
        "memory_mb": {},
    }
    write_json(config.output_dir, "bitstream", {**fields, **common})
    return path


# --- Vivado -----------------------------------------------------------------------------------


def write_vivado(config: BuildConfig) -> vivado.VivadoProject:
    """The Vivado project of a build, in <build>/vivado."""
    design = load_design(config)
    number = build_id(design)
    files = _texts(design)
    with tempfile.TemporaryDirectory(dir=config.output_dir, prefix=".vivado-") as name:
        board = board_top.write(design, Path(name) / "board", build_id=number)
        shell = _texts(board)
    del shell[f"{board.top}.sv"]
    device = config.device
    return vivado.write_project(
        vivado_folder(config),
        config.top,
        shell | files,
        cell_wrappers(design, number),
        part=device.part,
        board_part=device.board_part,
        family=device.family,
        mhz=_mhz(config),
    )


def _by_vivado(config: BuildConfig, jobs: int) -> Path:
    project = write_vivado(config)
    print(f"Vivado project: {project.folder}")
    began = time.monotonic()
    if project.finished:
        results = project.results()
        _begin(config)
    else:
        tool = find_tool()
        if tool is None:
            raise FlowError(without_vivado(config))
        _begin(config)
        print("Vivado: block design, synthesis, place and route, bitstream (tens of minutes) ...")
        vivado.run(project, tool, jobs)
        results = project.results()
    report = config.output_dir / "report"
    vivado.collect(results, config.output_dir / "bitfile", report, config.top)
    fields: dict[str, Any] = {
        "way": VIVADO,
        "tools": [f"Vivado {results.version}"],
        "device": config.device.part,
        "fmax_mhz": None,
        "slack_ns": min(results.setup_ns, results.hold_ns),
        "timing_met": results.timing_met,
        "used": {},
        "available": {},
    }
    path = _report(config, fields, {"vivado": time.monotonic() - began})
    print(
        f"bitstream: {path}, by Vivado {results.version}; worst slack {results.setup_ns:g} ns "
        f"(setup), {results.hold_ns:g} ns (hold) at {_mhz(config):g} MHz"
    )
    return path


# --- open tools -------------------------------------------------------------------------------


def _by_open_tools(config: BuildConfig, chipdb: Path | None, database: Path | None) -> Path:
    """yosys, the netlist's check, then nextpnr-xilinx and prjxray where they are."""
    mhz = _mhz(config)
    hwh.divisors(mhz)  # refuses a clock that cannot be had
    yosys = find_yosys()
    design = load_design(config)
    number = build_id(design)
    top = f"{config.top}_zynq"
    folder = config.output_dir / "openxc7"
    seconds: dict[str, float] = {}
    with fresh_folder(folder) as work:
        board = board_top.write(design, work, build_id=number)
        bridge = (RTL_DIR / f"{BRIDGE}.sv").read_text(encoding="utf-8")
        (work / f"{BRIDGE}.sv").write_text(bridge, encoding="utf-8")
        (work / f"{top}.sv").write_text(top_text(top, board.top), encoding="utf-8")
    sources = [*board.sources, f"{BRIDGE}.sv", f"{top}.sv"]
    print(f"open way (experimental): {yosys.version.partition(' (')[0]}, {len(sources)} files ...")
    began = time.monotonic()
    cells = open_way.synthesize(folder, top, sources, yosys)
    seconds["synthesis"] = time.monotonic() - began
    print(f"netlist checked: {sum(cells.values()):,} cells, none that the open tools get wrong")
    try:
        tools = find_tools(config.device.part, chipdb, database)
    except HardwareError as error:
        raise FlowError(
            f"the netlist is made and checked ({folder / f'{top}.json'}), but cannot be routed: "
            f"{error}. openXC7 has them all (apio packages install openxc7)"
        ) from error
    _begin(config)
    began = time.monotonic()
    reached = open_way.route(folder, top, tools, mhz)
    seconds["route"] = time.monotonic() - began
    made = open_way.pack(folder, top, tools, config.device.part)
    handoff = hwh.text(
        config.top,
        config.device.part,
        mhz,
        register_map(config.device),
        REGISTER_SPAN,
        load_registers(),
    )
    bitfile = config.output_dir / "bitfile"
    bitfile.mkdir(exist_ok=True)
    hwh.write(bitfile / f"{config.top}.hwh", handoff)
    made.replace(bitfile / f"{config.top}.bit")
    fields: dict[str, Any] = {
        "way": "openxc7",
        "tools": [yosys.version.partition(" (")[0], "nextpnr-xilinx"],
        "device": config.device.part,
        "fmax_mhz": reached,
        "slack_ns": None,
        "timing_met": reached >= mhz,
        "used": {},
        "available": {},
    }
    path = _report(config, fields, seconds)
    print(
        f"bitstream: {path}, by open tools (experimental, tried on no board); {reached:g} MHz by "
        f"nextpnr-xilinx's rough delays, {mhz:g} MHz wanted"
    )
    return path
