"""From SystemVerilog to a Zynq-7000 bitstream with open tools: yosys, nextpnr-xilinx, prjxray.

Works in one folder; each result appears whole or not at all::

    <top>.json     netlist of yosys, checked (``hw.openxc7.netlist``)
    <top>.fasm     routed design
    <top>.bit      bitstream
"""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from hw.errors import HardwareError
from hw.openxc7.netlist import check_netlist
from hw.tools.openxc7 import OpenTools
from hw.tools.yosys import Yosys

HERE = Path(__file__).resolve().parent
_LIBRARIES = ("lutrams.txt", "brams.txt")
#: Of what nextpnr-xilinx says, the clock that a design is asked to be this much faster than.
MARGIN = 2.0
_FREQUENCY = re.compile(r"Max frequency for clock\s+'([^']+)':\s+([\d.]+) MHz")


def synthesis_script(top: str, sources: Sequence[str], netlist: str) -> str:
    """Commands for yosys: as ``synth_xilinx``, with memories as these libraries allow, no DSP."""
    synth = f"synth_xilinx -family xc7 -flatten -nodsp -noiopad -noclkbuf -top {top}"
    return "\n".join(
        [
            f"read_verilog -sv -icells -D CARRY_ADD_ALU {' '.join(sources)}",
            f"{synth} -run begin:map_memory",
            f"memory_libmap {' '.join(f'-lib {name}' for name in _LIBRARIES)}",
            "techmap -map +/xilinx/lutrams_xc5v_map.v",
            "techmap -map +/xilinx/brams_xc6v_map.v",
            f"{synth} -run map_ffram:edif",
            "setattr -unset keep_hierarchy c:*",
            "flatten",
            "delete t:$scopeinfo",
            "clean",
            f"write_json {netlist}",
            "",
        ]
    )


def synthesize(folder: Path, top: str, sources: Sequence[str], yosys: Yosys) -> dict[str, int]:
    """Write and check ``<top>.json``; its cells by type.

    sources: files in folder. HardwareError where yosys fails, or the netlist has a cell that the
    open tools get wrong: then no netlist is left.
    """
    for name in _LIBRARIES:
        shutil.copyfile(HERE / name, folder / name)
    netlist = folder / f"{top}.json"
    netlist.unlink(missing_ok=True)
    part = folder / f"{top}.part.json"
    yosys.run(synthesis_script(top, sources, part.name), folder)
    counts = check_netlist(part)
    os.replace(part, netlist)
    return counts


def route(folder: Path, top: str, tools: OpenTools, mhz: float) -> float:
    """Place and route ``<top>.json`` into ``<top>.fasm``; the slowest clock in MHz.

    Raises HardwareError where nextpnr-xilinx fails, says no frequency, or one below MARGIN times
    mhz, for its delays of Series 7 are rough.
    """
    part = folder / f"{top}.part.fasm"
    (folder / f"{top}.xdc").write_text(
        "", encoding="utf-8"
    )  # no pins: everything is the processing system's
    said = _call(
        [
            *(tools.nextpnr, "--chipdb", str(tools.chipdb), "--xdc", f"{top}.xdc"),
            *("--json", f"{top}.json", "--fasm", part.name, "--freq", f"{mhz * MARGIN:g}"),
        ],
        folder,
        f"{top}.nextpnr.log",
    )
    found = {clock: float(value) for clock, value in _FREQUENCY.findall(said)}
    if not found or not part.is_file():
        raise HardwareError(f"{folder / f'{top}.nextpnr.log'}: no routed design with a frequency")
    slowest = min(found.values())
    if slowest < mhz * MARGIN:
        raise HardwareError(
            f"timing is not met: {slowest:g} MHz by nextpnr-xilinx, whose delays are rough; "
            f"{mhz * MARGIN:g} MHz are asked for, {MARGIN:g} times the clock"
        )
    os.replace(part, folder / f"{top}.fasm")
    return slowest


def pack(folder: Path, top: str, tools: OpenTools, part: str) -> Path:
    """Make ``<top>.bit`` of ``<top>.fasm``; its path."""
    frames, bit = folder / f"{top}.frames", folder / f"{top}.part.bit"
    text = _call(
        [tools.fasm2frames, "--part", part, "--db-root", str(tools.database), f"{top}.fasm"],
        folder,
        f"{top}.frames.log",
    )
    frames.write_text(text, encoding="utf-8")
    _call(
        [
            *(tools.frames2bit, "--part_file", str(tools.database / part / "part.yaml")),
            *("--part_name", part, "--frm_file", frames.name, "--output_file", bit.name),
        ],
        folder,
        f"{top}.bit.log",
    )
    if not bit.is_file() or not bit.stat().st_size:
        raise HardwareError(f"{tools.frames2bit}: wrote no bitstream; see {folder}/{top}.bit.log")
    os.replace(bit, folder / f"{top}.bit")
    return folder / f"{top}.bit"


def _call(command: list[str], folder: Path, log: str) -> str:
    """Run command in folder; its standard output. Both outputs are kept in the file log."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise HardwareError(f"{command[0]}: cannot be run: {error.strerror}") from error
    (folder / log).write_text(done.stdout + done.stderr, encoding="utf-8")
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        last = lines[-1] if lines else "no message"
        raise HardwareError(
            f"{Path(command[0]).name} ended with status {done.returncode}: {last} "
            f"(log: {folder / log})"
        )
    return done.stdout if log.endswith(".frames.log") else done.stdout + done.stderr
