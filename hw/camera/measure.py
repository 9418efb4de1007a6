"""A module of the camera path as a unit to synthesize."""

import re
from collections.abc import Mapping

from camera_path.head import HeadIntegers
from hw.camera import camera_sources
from hw.camera.memories import HEAD, POWER_TABLE, SIGMOID_TABLE, head_memories
from hw.synth.operator import Unit

#: Files that modules with a head read, by their parameters.
_FILES = {"HeadFile": HEAD, "SigmoidFile": SIGMOID_TABLE, "PowerFile": POWER_TABLE}
#: A head of five anchors, of about the shipped network's.
_ANCHORS, _SCALE = ((0.4, 0.5), (0.7, 0.8), (0.9, 1.1), (1.6, 1.9), (3.0, 3.7)), 0.0336
#: How the pixels of a beat are called as a parameter.
_LANES = ("Lanes", "Pixels")


def unit(
    module: str,
    lanes: int = 2,
    parameters: Mapping[str, int] | None = None,
    head: HeadIntegers | None = None,
) -> Unit:
    """A module, at its own parameters, as a unit to synthesize.

    parameters: others of them, as far as it has them. head: default: one of five anchors.
    """
    sources = {path.name: path.read_text(encoding="utf-8") for path in camera_sources(module)}
    text = sources.pop(f"{module}.sv")
    for name in _LANES:
        text = re.sub(rf"(parameter int unsigned {name} = )2\b", rf"\g<1>{lanes}", text)
    for name, value in (parameters or {}).items():
        declared = rf"(parameter (?:int unsigned|bit) {name} = )[^,\n]+?(?=,?\n)"
        text = re.sub(declared, rf"\g<1>{value}", text)
    if 'parameter HeadFile = ""' not in text:
        return Unit(module, {**sources, f"{module}.sv": text}, {})
    for parameter, name in _FILES.items():
        text = text.replace(f'parameter {parameter} = ""', f'parameter {parameter} = "{name}"')
    memories = head_memories(head or HeadIntegers.make(_ANCHORS, _SCALE))
    return Unit(module, {**sources, f"{module}.sv": text}, memories)
