"""The ways to a bitstream, and what they lack here.

Imports nothing heavy: make asks before it builds.
"""

from typing import Any

from flows.build.build import Build
from flows.errors import FlowError
from hw.camera.options import VIDEO
from hw.pnr.families import FAMILIES
from hw.tools.openxc7 import missing_programs
from hw.tools.vivado import find_tool

#: Ways for a Zynq, which can be chosen, and that for a board at a serial line.
VIVADO, OPEN, SERIAL = "vivado", "open", "serial"
WAYS = (VIVADO, OPEN)
OPEN_FAMILY = "zynq7000"
ZYNQ_FAMILIES = (OPEN_FAMILY, "zynqultrascaleplus")


def chosen_way(build: Build, way: str | None) -> str:
    """The way to take. way: one of WAYS, or None; FlowError where the board does not know it."""
    family = build.device.family
    if family in FAMILIES:
        if way is not None:
            raise FlowError(
                f"board {build.config.board}: --way {way} (WAY={way}) is for boards with a Zynq; "
                "this one's bitstream is made by tools of PyPI"
            )
        return SERIAL
    if family not in ZYNQ_FAMILIES:
        raise FlowError(f"board {build.config.board}: no way to a bitstream for {family}")
    if way is not None and way not in WAYS:
        raise FlowError(f"--way {way}: expected {' or '.join(WAYS)}")
    if way == OPEN and family != OPEN_FAMILY:
        raise FlowError(
            f"board {build.config.board}: the open way is for {OPEN_FAMILY}; {family} needs Vivado"
        )
    if way == OPEN and build.config.camera == VIDEO:
        raise FlowError(
            f"camera: {VIDEO}: what sends the video stream is no part of this build, and the open "
            f"way has no place for it; expected Vivado's (WAY={VIVADO}), or camera: memory"
        )
    return way or VIVADO


def check_options(way: str, **given: Any) -> None:
    """FlowError where an option is given that the way chosen does not know, or has no such value.

    given: seed, jobs, seeds, margin, chipdb, database; None where not given.
    """
    known = {
        "seed": (
            "--seed",
            (SERIAL, OPEN),
            "of nextpnr's placement (a serial board, or --way open)",
        ),
        "jobs": ("--jobs", (VIVADO,), "Vivado's"),
        "seeds": ("--seeds", (OPEN,), "the open way's (--way open)"),
        "margin": ("--margin", (OPEN,), "the open way's (--way open)"),
        "chipdb": ("--chipdb", (OPEN,), "the open way's (--way open)"),
        "database": ("--prjxray-db", (OPEN,), "the open way's (--way open)"),
    }
    for name, value in given.items():
        option, owners, whose = known[name]
        if value is not None and way not in owners:
            raise FlowError(f"{option} {value}: is {whose}; this bitstream is made without it")
    for name, least in (("jobs", 1), ("seeds", 1), ("seed", 0)):
        if (value := given.get(name)) is not None and value < least:
            raise FlowError(f"--{name} {value}: expected {least} or more")
    margin = given.get("margin")
    if margin is not None and not 0.1 <= margin <= 10:
        raise FlowError(f"--margin {margin:g}: expected 0.1 to 10, in clocks of the configuration")


def plan(build: Build, way: str | None, **given: Any) -> str:
    """One line that says what ``bitstream`` will do on this machine.

    given: as ``check_options`` takes it; FlowError where ``bitstream`` would refuse it.
    """
    way = chosen_way(build, way)
    check_options(way, **given)
    if way == SERIAL:
        return f"bitstream: by {FAMILIES[build.device.family].by}"
    if way == OPEN:
        if lacking := missing_programs():
            return (
                f"bitstream: {', '.join(lacking)} missing: the netlist will be made and checked, "
                "but not routed; there will be no bitstream"
            )
        return "bitstream: by open tools (experimental)"
    tool, folder = find_tool(), build.paths.vivado
    if tool is None:
        return (
            f"bitstream: Vivado is missing (`vivado` is not on the PATH): its project will be "
            f"written to {folder}; there will be no bitstream, unless Vivado's results were copied "
            "back to it"
        )
    return f"bitstream: by Vivado ({tool}) in {folder}"


def without_vivado(build: Build) -> str:
    """Advice for where Vivado is missing and its project is written."""
    ways = "`make bitstream BOARD=ULX3S-85F` needs nothing but PyPI"
    if build.device.family == OPEN_FAMILY:
        lacking = missing_programs()
        state = f"needs {', '.join(lacking)} on the PATH" if lacking else "has its programs here"
        ways = f"`make bitstream WAY={OPEN}` (--way {OPEN}, experimental) {state}; {ways}"
    return (
        f"Vivado is missing: `vivado` is not on the PATH. The project is complete: copy "
        f"{build.paths.vivado} to a machine with Vivado, run `vivado -mode batch -source "
        "build.tcl` in it, and copy it back; then this command takes the results. Without Vivado: "
        f"{ways}; `make board-sim` (python -m flows board-sim) runs driver, shell and accelerator "
        "simulated"
    )
