"""Cost of a camera path of some sizes: fitted LUTs and flip-flops, block RAM and DSP slices."""

from functools import cache
from pathlib import Path

from hw.camera.cost.features import REST, features
from hw.camera.cost.runs import DATA
from hw.camera.cost.sizes import PARTS, CameraSizes
from hw.files import READER
from hw.synth.cost.model import Cost, CostModel

COEFFICIENTS = DATA / "coefficients.json"


@cache
def load_camera_model(path: Path = COEFFICIENTS) -> CostModel:
    """The fitted model; HardwareError where its file is missing or broken."""
    hint = "expected coefficients of the camera path; `python -m hw.camera.cost fit` makes them"
    return READER.json(path, CostModel, hint)


def part_cost(module: str, sizes: CameraSizes, model: CostModel | None = None) -> Cost:
    """Cost of a part, or of REST; model: default: the fitted one."""
    found = features(module, sizes)
    lut, ff = (model or load_camera_model()).weigh(module, found)
    return Cost(lut, ff, float(found.lutram), found.bram18, found.dsp)


def shell_cost(sizes: CameraSizes, model: CostModel | None = None) -> Cost:
    """Cost of the shell with this camera path, all in all."""
    return sum((part_cost(part, sizes, model) for part in (*PARTS, REST)), Cost())
