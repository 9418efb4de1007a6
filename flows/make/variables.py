"""The variables of the Makefile that users set, and what each may hold."""

import json
import math
import os
import re
import shlex
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from flows.run.host_name import EXPECTED as HOST_EXPECTED
from flows.run.host_name import is_host
from model import zoo
from outside.nearest import meant

#: Returns what was expected where a value is none of it, else "".
Check = Callable[[str], str]

ROOT = Path(__file__).resolve().parents[2]
MAX_CHECKPOINT, MAX_FOLDING = 1 << 30, 16 << 20
MAX_SIZE = 4096
ON, OFF = ("1", "yes", "true"), ("0", "no", "false")
#: model.comparison's and model.scenes' own lists, which need more than Python's library.
PRESETS, SPLITS = ("small", "medium", "full"), ("train", "val")


def boards() -> list[str]:
    """Names of the boards (hw/boards)."""
    return sorted(path.stem for path in (ROOT / "hw" / "boards").glob("*.yaml"))


def _one_of(names: Callable[[], list[str]] | tuple[str, ...]) -> Check:
    def check(value: str) -> str:
        known = list(names) if isinstance(names, tuple) else names()
        hint = meant(value, known)
        return "" if value in known else f"expected one of {', '.join(known)}{hint}"

    return check


def _whole(least: int) -> Check:
    def check(value: str) -> str:
        good = re.fullmatch(r"[0-9]{1,18}", value) and int(value) >= least
        return "" if good else f"expected a whole number, {least} or more"

    return check


def _number(test: Callable[[float], bool], expected: str) -> Check:
    def check(value: str) -> str:
        plain = re.fullmatch(r"[0-9]*\.?[0-9]+([eE][+-]?[0-9]{1,3})?", value)
        good = plain and math.isfinite(float(value)) and test(float(value))
        return "" if good else f"expected {expected}"

    return check


def _size(value: str) -> str:
    good = re.fullmatch(r"[0-9]{1,5}", value) and 0 < int(value) <= MAX_SIZE
    if good and int(value) % zoo.STRIDE == 0:
        return ""
    return f"expected a multiple of {zoo.STRIDE} up to {MAX_SIZE}"


def _pixels(value: str) -> str:
    good = re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,9}|/0*[1-9][0-9]{0,3})?", value)
    return "" if good and Fraction(1, 16) <= Fraction(value) <= 8 else "expected 1/16 to 8"


def _file(what: str, largest: int = 0) -> Check:
    def check(value: str) -> str:
        path = Path(value)
        try:
            found = path.stat()
        except (OSError, ValueError) as error:
            missing = isinstance(error, (FileNotFoundError, NotADirectoryError))
            reason = "no such file" if missing else getattr(error, "strerror", "") or str(error)
            return f"{reason}; expected {what}"
        if not path.is_file():
            return f"{'a folder' if path.is_dir() else 'no plain file'}; expected {what}"
        if not os.access(path, os.R_OK):
            return f"may not be read; expected {what}"
        if largest and found.st_size > largest:
            return f"{found.st_size:,} bytes; expected {what}"
        return ""

    return check


def _checkpoint(value: str) -> str:
    what = "a checkpoint that model.checkpoint wrote"
    if fault := _file(what, MAX_CHECKPOINT)(value):
        return fault
    with open(value, "rb") as file:
        archive = file.read(4) == b"PK\3\4"  # as every .npz begins
    return "" if archive else f"not a checkpoint; expected {what}"


def _folding(value: str) -> str:
    what = "a JSON file with PE and SIMD by node name"
    if fault := _file(what, MAX_FOLDING)(value):
        return fault
    if not value.isprintable():
        return "a name that no configuration can hold; rename the file"
    try:
        json.loads(Path(value).read_bytes())
    except (ValueError, RecursionError):
        return f"not readable as JSON; expected {what}"
    return ""


def _host(value: str) -> str:
    return "" if is_host(value) else f"expected {HOST_EXPECTED}"


def _models(value: str) -> str:
    known = zoo.names()
    good = value.split() and set(value.split()) <= set(known)
    return "" if good else f"expected names of {', '.join(known)}"


def _words(value: str) -> str:
    quotes = any(mark in value for mark in "'\"\\")
    command = shlex.join(value.split())
    return f"quotes are not understood; expected plain words, as {command}" if quotes else ""


def _folder_name(value: str) -> str:
    good = re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", value)
    return "" if good else "expected a name of letters, digits and . _ -"


def _any(value: str) -> str:
    return ""


def _build(value: str) -> str:
    path = Path(value)
    good = not value.startswith("-") and (
        (path / "build_state.json").is_file() or (path.suffix == ".yaml" and path.is_file())
    )
    return "" if good else "expected the folder of a finished build, or its configuration (.yaml)"


def is_model_file(value: str) -> bool:
    """Whether MODEL is a file's name, which ``make weights`` takes in place of a network's."""
    return value.endswith(".onnx")


MODEL_FILE = _file("a QONNX model (.onnx)")
"""Of MODEL where it is a file's name."""
CHECKS: dict[str, Check] = {
    "MODEL": _one_of(zoo.names),
    "BOARD": _one_of(boards),
    "BUILD": _build,
    "TARGET_FPS": _number(lambda value: value > 0, "a number above 0"),
    "PIXELS_PER_CLOCK": _pixels,
    "SIZE": _size,
    "CAMERA": _one_of(("memory", "video")),
    "CAMERA_LANES": _one_of(("2", "4")),
    "MODEL_SEED": _whole(0),
    "CHECKPOINT": _checkpoint,
    "IMAGE": _file("a picture (JPEG, PNG, ...)"),
    "INPUT": _file("frames (.npy, .npz) or a picture"),
    "FOLDING": _folding,
    "N": _whole(1),
    "FRAMES": _whole(1),
    "STALLS": _number(lambda value: value < 1, "0 or more, below 1"),
    "SEED": _whole(0),
    "WAVES": _one_of((*ON, *OFF)),
    "WHOLE": _one_of((*ON, *OFF)),
    "WAVE_START": _whole(0),
    "WAVE_CLOCKS": _whole(0),
    "BUILDS": _one_of(("fast", "exact", "both")),
    "NODES": _any,
    "JOBS": _whole(1),
    "THRESHOLD": _number(lambda value: value <= 1, "0 to 1"),
    "FINN_HLSLIB": _any,
    "SECTIONS": _any,
    "ONLY": _any,
    "STAGES": _any,
    "VIDEO": _any,
    "PICTURES": _any,
    "WAY": _one_of(("vivado", "open")),
    "SEEDS": _whole(1),
    "GRADE": _one_of(("6", "7", "8")),
    "MHZ": _number(lambda value: value > 0, "a number above 0"),
    "MARGIN": _number(lambda value: 0.1 <= value <= 10, "0.1 to 10"),
    "HOST": _host,
    "WITHOUT_BITFILE": _one_of((*ON, *OFF)),
    "PARETO": _models,
    "MEASURED": _one_of((*ON, *OFF)),
    "SPLIT": _one_of(SPLITS),
    "OUT": _any,
    "DATA": _any,
    "EPOCHS": _whole(1),
    "RUN_DIR": _any,
    "TRAIN_ARGS": _words,
    "PRESET": _one_of(PRESETS),
    "COMPARE": _any,
    "COMPARE_ARGS": _words,
    "SAMPLE": _whole(1),
    "MEASURE": _any,
    "PYTHON": _any,
    "TORCH_INDEX": _any,
    "NAME": _folder_name,
}
"""Name -> check of its value."""

MAY_BE_EMPTY = {
    *("CAMERA", "CAMERA_LANES"),
    *("PIXELS_PER_CLOCK", "CHECKPOINT", "IMAGE", "INPUT", "FOLDING", "NODES", "JOBS", "WAVES"),
    "THRESHOLD",
    *(
        "FINN_HLSLIB",
        "SECTIONS",
        "PICTURES",
        "ONLY",
        "STAGES",
        "WAY",
        "SEEDS",
        "MARGIN",
        "GRADE",
        "MHZ",
        "WITHOUT_BITFILE",
        "MEASURED",
        "TRAIN_ARGS",
    ),
    *("COMPARE_ARGS", "SAMPLE", "MEASURE", "TORCH_INDEX"),
}
"""Those of which an empty value means something: none, or all."""

INTERNAL = {"NAME"}
"""For the Makefile's own calls of make."""
