"""The Vivado project of an accelerator: written whole, run where Vivado is, read back.

Folder (all paths in it are relative; it may be moved as a whole)::

    sources/                    SystemVerilog and memory contents
    wrappers/                   plain Verilog around what become cells of the block design
    build.tcl, README.md        everything with one command, where Vivado is
    results/                    what it made: <name>.bit, <name>.hwh, reports

The project is done when its script left ``finished`` with the digest of the sources at hand, so
results of a folder that ran elsewhere count. The sizes of the results stand behind it: a copy that
was cut short does not count.
"""

import hashlib
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hw.errors import HardwareError
from hw.files import write_changed
from hw.tools.process import run_to_log
from hw.tools.tcl import FAILED, FINISHED
from hw.vivado.block_design import VIDEO_SCRIPT
from hw.vivado.processing_system import ProcessingSystem, processing_system
from hw.vivado.script import RESULTS, SUMMARY, Implementation, result_names, script
from hw.vivado.wrappers import Cell
from outside.whole import write_whole

SCRIPT, LOG = "build.tcl", "run.log"
_SUMMARY = re.compile(r"^(setup|hold|version) (.+)$", re.MULTILINE)
_SIZE = re.compile(r"^(\d+) (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class VivadoProject:
    """A project that ``write_project`` wrote."""

    folder: Path
    name: str
    digest: str

    @property
    def finished(self) -> bool:
        """Whether a run of these very sources ended well."""
        mark = self.folder / FINISHED
        return (
            mark.is_file()
            and mark.read_text(encoding="utf-8", errors="replace").partition("\n")[0].strip()
            == self.digest
        )

    @property
    def bitstream(self) -> Path:
        """Where the bitstream lies when the project is finished; the .hwh is beside it."""
        return self.folder / RESULTS / f"{self.name}.bit"

    def results(self) -> "VivadoResults":
        """Figures and files of a finished project.

        Raises HardwareError where a file is missing or not whole, and where timing is not met.
        """
        where = self.folder / RESULTS
        files = [where / name for name in result_names(self.name)]
        mark = (self.folder / FINISHED).read_text(encoding="utf-8", errors="replace")
        sizes = {name: int(size) for size, name in _SIZE.findall(mark)}
        if bad := [fault for path in files if (fault := _fault(path, sizes.get(path.name, 0)))]:
            raise HardwareError(
                f"{where}: {', '.join(bad)} though the project is finished; copy {RESULTS} and "
                f"{FINISHED} here again, or remove {FINISHED} to have Vivado run again"
            )
        said = dict(
            _SUMMARY.findall((where / SUMMARY).read_text(encoding="utf-8", errors="replace"))
        )
        try:
            slacks = float(said["setup"]), float(said["hold"])
        except (KeyError, ValueError) as error:
            raise HardwareError(f"{where / SUMMARY}: no slacks of setup and hold") from error
        found = VivadoResults(said.get("version", "unknown"), *slacks, *files[:4])
        if not found.timing_met:
            raise HardwareError(
                f"{where / SUMMARY}: timing is not met: worst slack {found.setup_ns:g} ns (setup), "
                f"{found.hold_ns:g} ns (hold)"
            )
        return found


def _fault(path: Path, size: int) -> str:
    """The fault of a result that had so many bytes when it was made; empty where there is none."""
    if not path.is_file():
        return f"{path.name} missing"
    found = path.stat().st_size
    return "" if found == size > 0 else f"{path.name} of {found} bytes, {FINISHED} says {size},"


@dataclass(frozen=True)
class VivadoResults:
    """Slacks in ns, positive where timing is met; files."""

    version: str
    setup_ns: float
    hold_ns: float
    bit: Path
    hwh: Path
    timing: Path
    utilization: Path

    @property
    def timing_met(self) -> bool:
        """Whether both slacks are there and not negative."""
        return self.setup_ns >= 0 and self.hold_ns >= 0


def write_project(
    folder: Path,
    name: str,
    files: Mapping[str, str],
    cells: Sequence[Cell],
    *,
    part: str,
    board_part: str,
    family: str,
    mhz: float,
) -> VivadoProject:
    """Write the project; files that are as they were stay.

    files: SystemVerilog and memory contents by name. cells: those of ``cell_wrappers``. Raises
    HardwareError for a family without processing system, and where the disk refuses.
    """
    system = processing_system(family)
    texts = {f"sources/{key}": text for key, text in files.items()}
    texts |= {f"wrappers/{cell.module}.v": cell.text for cell in cells}

    def tcl(digest: str) -> str:
        given = (name, part, board_part, system, cells, mhz, sorted(texts), digest)
        return script(Implementation(*given))

    whole = hashlib.sha256()
    for key, text in sorted(texts.items()):
        whole.update(f"{key}\0{text}\0".encode())
    whole.update(tcl("").encode())
    digest = whole.hexdigest()
    texts[SCRIPT] = tcl(digest)
    video = next((f"{cell.name}/{cell.video}" for cell in cells if cell.video), "")
    texts["README.md"] = _readme(name, part, mhz) + (_video(video, system) if video else "")
    try:
        for key, text in texts.items():
            write_changed(folder / key, text.encode())
        _remove_stale(folder, set(texts))
    except OSError as error:
        where = error.filename or folder
        raise HardwareError(f"{where}: cannot be written: {error.strerror}") from error
    return VivadoProject(folder, name, digest)


def _remove_stale(folder: Path, names: set[str]) -> None:
    for kind in ("sources", "wrappers"):
        for path in (folder / kind).iterdir():
            if f"{kind}/{path.name}" not in names:
                path.unlink()


def run(project: VivadoProject, tool: str, jobs: int) -> None:
    """Run the script (log: run.log); HardwareError with the reason where it does not finish."""
    for name in (FINISHED, FAILED):
        (project.folder / name).unlink(missing_ok=True)
    log = project.folder / LOG
    command = [tool, "-mode", "batch", "-nojournal", "-nolog", "-source", SCRIPT]
    status = run_to_log([*command, "-tclargs", str(jobs)], project.folder, log)
    if project.finished:
        return
    failed = project.folder / FAILED
    said = (
        failed.read_text(encoding="utf-8", errors="replace").partition("\n")[2].strip()
        if failed.is_file()
        else ""
    )
    why = said or f"it ended with status {status} and said nothing"
    raise HardwareError(f"Vivado: {why} (log: {log})")


def collect(results: VivadoResults, bitfile: Path, report: Path, name: str) -> None:
    """Copy bitstream and .hwh to the folder bitfile, the reports to report, each file whole."""
    wanted = {
        bitfile / f"{name}.hwh": results.hwh,
        report / "vivado_timing.rpt": results.timing,
        report / "vivado_utilization.rpt": results.utilization,
        bitfile / f"{name}.bit": results.bit,
    }
    for target, source in wanted.items():
        with source.open("rb") as made:
            write_whole(target, partial(shutil.copyfileobj, made))


def _video(pin: str, system: ProcessingSystem) -> str:
    clock, reset = f"{system.cell}/{system.clock}", "reset0/peripheral_aresetn"
    return f"""
## The video stream

Frames come in at `{pin}`, AXI4-Stream Video as AMD's UG934 has it. **What sends them is yours**:
a MIPI or HDMI receiver, its pins and its constraints are no part of this project. Write
`{VIDEO_SCRIPT}` beside `{SCRIPT}`; it runs within the block design, before addresses are assigned.
It has to create these cells, connect them to `$video_input`, which is that interface, to the clock
`{clock}` and the reset `{reset}`, and add constraints (`add_files -fileset constrs_1`):

    create_bd_cell -type ip -vlnv [latest xilinx.com:ip:v_tpg:*] source0
    connect_bd_intf_net [get_bd_intf_pins source0/m_axis_video] [get_bd_intf_pins $video_input]
    connect_bd_net [get_bd_pins {clock}] [get_bd_pins source0/ap_clk]
    connect_bd_net [get_bd_pins {reset}] [get_bd_pins source0/ap_rst_n]

A source on another clock needs an AXI4-Stream clock converter, one that cannot wait a FIFO. Its own
registers go on a further port of the processing system. The bits of `tdata`, and what happens to
frames of another size: docs/registers-camera.md, "The video input".
"""


def _readme(name: str, part: str, mhz: float) -> str:
    return f"""# Vivado project of {name}

For {part} at {mhz:g} MHz. Generated. The folder may be moved as a whole.

Where Vivado 2020.2 or newer is on the PATH (`source <Xilinx>/settings64.sh`):

    vivado -mode batch -source {SCRIPT} -tclargs 4     # the number of jobs

builds the block design, synthesizes, places and routes it, and leaves `{RESULTS}/{name}.bit`,
`{RESULTS}/{name}.hwh` and the reports of timing and utilization, and the file `finished`; or
`failed`, with the reason, where a step fails or timing is not met. Copied back to where it was
written, `python -m flows bitstream CONFIG` takes the results. No version of Vivado has run it yet.
"""
