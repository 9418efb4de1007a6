"""From SystemVerilog to a Zynq-7000 bitstream with open tools: yosys, nextpnr-xilinx, prjxray.

Works in one folder; each result appears whole or not at all::

    <top>.json     netlist of yosys, checked (``hw.openxc7.netlist``)
    <top>.fasm     routed design (``hw.openxc7.routing``), its block RAMs compared with the
                   netlist's (``hw.openxc7.contents``)
    <top>.frames   configuration frames of it, as text
    <top>.bit      bitstream
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from hw.errors import HardwareError
from hw.openxc7.netlist import check_netlist
from hw.tools.openxc7 import OpenTools, router_version
from hw.tools.yosys import Yosys

HERE = Path(__file__).resolve().parent
_LIBRARIES = ("lutrams.txt", "brams.txt")


def synthesis_script(
    top: str, sources: Sequence[str], netlist: str, is_mended: bool = False
) -> str:
    """Commands for yosys: as ``synth_xilinx``; memories as these libraries allow, no products.

    is_mended: whether the router configures every block RAM (``hw.openxc7.versions``).
    """
    libraries = [f"-lib {name}" for name in _LIBRARIES] + ["-D MENDED"] * is_mended
    synth = f"synth_xilinx -family xc7 -flatten -nodsp -noiopad -noclkbuf -top {top}"
    return "\n".join(
        [
            f"read_verilog -sv -icells -D SLICE_DSP48E1 -D CARRY_ADD_ALU {' '.join(sources)}",
            f"{synth} -run begin:map_memory",
            f"memory_libmap {' '.join(libraries)}",
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


def synthesize(
    folder: Path,
    top: str,
    sources: Sequence[str],
    yosys: Yosys,
    is_mended: bool | None = None,
) -> dict[str, int]:
    """Write and check ``<top>.json``; its cells by type.

    sources: files in folder. is_mended: as in ``synthesis_script``, None: as the nextpnr-xilinx on
    the PATH is. HardwareError where yosys fails, or the netlist has a cell that the open tools get
    wrong: then no netlist is left.
    """
    if is_mended is None:
        is_mended = router_version().is_mended
    for name in _LIBRARIES:
        shutil.copyfile(HERE / name, folder / name)
    netlist = folder / f"{top}.json"
    netlist.unlink(missing_ok=True)
    part = folder / f"{top}.part.json"
    yosys.run(synthesis_script(top, sources, part.name, is_mended), folder)
    counts = check_netlist(part, is_mended)
    os.replace(part, netlist)
    return counts


def pack(folder: Path, top: str, tools: OpenTools, part: str) -> Path:
    """Make ``<top>.bit`` of ``<top>.fasm``; its path."""
    frames, bit = folder / f"{top}.frames", folder / f"{top}.part.bit"
    log = folder / f"{top}.frames.log"
    command = [tools.fasm2frames, "--part", part, "--db-root", str(tools.database), f"{top}.fasm"]
    try:
        _call(command, folder, frames, log)
        command = [
            *(tools.frames2bit, "--part_file", str(tools.database / part / "part.yaml")),
            *("--part_name", part, "--frm_file", frames.name, "--output_file", bit.name),
        ]
        log = folder / f"{top}.bit.log"
        _call(command, folder, log, log)
        if not bit.is_file() or not bit.stat().st_size:
            raise HardwareError(f"{tools.frames2bit}: wrote no bitstream; see {log}")
        os.replace(bit, folder / f"{top}.bit")
    finally:
        bit.unlink(missing_ok=True)
    return folder / f"{top}.bit"


def _call(command: list[str], folder: Path, output: Path, log: Path) -> None:
    """Run command in folder: its standard output into a file, what else it says into another.

    The two may be one. HardwareError with the last line of the log where it fails; output is
    removed then.
    """
    try:
        with output.open("wb") as out, log.open("ab" if log == output else "wb") as said:
            done = subprocess.run(command, cwd=folder, stdout=out, stderr=said, check=False)
    except OSError as error:
        raise HardwareError(f"{command[0]}: cannot be run: {error.strerror}") from error
    if not done.returncode:
        return
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    if output != log:
        output.unlink()
    raise HardwareError(
        f"{Path(command[0]).name} ended with status {done.returncode}: "
        f"{lines[-1] if lines else 'no message'} (log: {log})"
    )
