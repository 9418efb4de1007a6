"""A command line of make, looked at before anything is made.

A value that cannot be meant, a variable or goal that does not exist: refused, with what was
probably meant. What changes nothing is said in a note.
"""

import hashlib
import os
import sys
from pathlib import Path

from flows.make.makefile import goals, reads
from flows.make.variables import (
    CHECKS,
    INTERNAL,
    MAY_BE_EMPTY,
    MODEL_FILE,
    ON,
    ROOT,
    Check,
    is_model_file,
)
from outside.nearest import meant

#: Digits of a checkpoint's SHA-256 in the names of files and folders.
DIGITS = 8
#: In the project's own path: venv, the programs that it writes, or Verilator cannot have them.
UNUSABLE = " \t\n\"'`$\\:;#&|<>()*?%"
#: The network where a file stands in place of its name.
DEFAULT = "dupnet-tinier-yolo"
SHIPPED = f"{ROOT}/model/checkpoints/{{}}.npz"


class RefusedError(ValueError):
    """A command line that is the user's to mend."""


def check(given: list[str], wanted: list[str], values: dict[str, str]) -> list[str]:
    """Notes on a command line; raises RefusedError.

    given: names of its variables; wanted: its goals; values: of all variables, by name.
    """
    public = [name for name in CHECKS if name not in INTERNAL]
    if bad := sorted(set(os.getcwd()) & set(UNUSABLE)):
        raise RefusedError(
            f"{os.getcwd()}: the path of this folder has {' '.join(map(repr, bad))}, which not all "
            "tools can handle; move it"
        )
    for name in given:
        if name not in CHECKS:
            raise RefusedError(
                f"{name}=: no such variable (make help lists them){meant(name, public)}"
            )
    known = goals()
    for goal in wanted:
        if goal not in known and "/" not in goal:
            raise RefusedError(f"{goal}: no such target (make help lists them){meant(goal, known)}")
    is_file = "weights" in wanted and is_model_file(values["MODEL"])
    for name in given:
        _check_value(name, values[name], MODEL_FILE if name == "MODEL" and is_file else None)
    if "NAME" in given:  # the Makefile's own call: what was typed has been looked at
        return []
    if {"TARGET_FPS", "PIXELS_PER_CLOCK"} <= set(given) and values["PIXELS_PER_CLOCK"]:
        raise RefusedError("TARGET_FPS= and PIXELS_PER_CLOCK= are both given; expected one")
    if {"IMAGE", "INPUT"} <= set(given) and values["IMAGE"] and values["INPUT"]:
        raise RefusedError("IMAGE= and INPUT= are both given; expected one")
    if {"HOST", "WITHOUT_BITFILE"} <= set(given) and values["WITHOUT_BITFILE"] in ON:
        raise RefusedError("HOST= and WITHOUT_BITFILE= are both given: a board needs the bitfile")
    if "weights" in wanted:
        _check_second(given, is_file)
    used = reads(wanted or ["help"]) | {"PYTHON", "TORCH_INDEX"}
    what = " ".join(wanted or ["help"])
    return [f"make {what} makes no use of {name}=" for name in given if name not in used]


def _check_second(given: list[str], is_file: bool) -> None:
    """``make weights`` takes weights from a file, or a checkpoint of a network of ours."""
    if is_file and "CHECKPOINT" in given:
        raise RefusedError("MODEL=second.onnx and CHECKPOINT= are both given; expected one")
    if not is_file and "CHECKPOINT" not in given:
        raise RefusedError("make weights: expected MODEL=second.onnx, or CHECKPOINT=second.npz")


def _check_value(name: str, value: str, special: Check | None = None) -> None:
    """special: the check in place of the usual one."""
    if not value:
        if name not in MAY_BE_EMPTY:
            expected = CHECKS[name]("") or "expected a value"
            raise RefusedError(f"{name}= is empty; {expected}")
        return
    if not value.isprintable():
        raise RefusedError(f"{name}={value!r}: characters that cannot be printed")
    if fault := (special or CHECKS[name])(value):
        raise RefusedError(f"{name}={value}: {fault}")


def weights(model: str, checkpoint: str | None, seed: str) -> tuple[str, bool]:
    """The word that tells a network's weights from others, and whether these are the shipped ones.

    checkpoint: path; "": untrained weights of the seed; None: what ships with the network, which
    is a checkpoint or, where there is none, the weights of seed 1.
    """
    shipped = Path(SHIPPED.format(model))
    default = _digest(shipped) if shipped.is_file() else "seed1"
    if checkpoint is None and shipped.is_file():
        return default, True
    found = _digest(Path(checkpoint)) if checkpoint else f"seed{int(seed)}"
    return found, found == default


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise RefusedError(f"{path}: {error.strerror}") from error
    return digest.hexdigest()[:DIGITS]


def main(arguments: list[str]) -> int:
    """See ``flows/make/__main__.py``."""
    given, ignored, wanted = (text.split() for text in arguments[:3])
    values = dict(text.split("=", 1) for text in arguments[3:])
    try:
        notes = check(given, wanted, values)
        checkpoint = values["CHECKPOINT"] if "CHECKPOINT" in given else None
        model = DEFAULT if is_model_file(values["MODEL"]) else values["MODEL"]
        name, own = weights(model, checkpoint, values["MODEL_SEED"])
    except RefusedError as error:
        print(f"error {error}")
        return 0
    for name_ in ignored:
        notes.append(f"{name_} of the environment does not count; make TARGET {name_}=... does")
    for note in notes:
        print(f"note: {note}", file=sys.stderr)
    print(f"ok {name} {'shipped' if own else 'own'}")
    return 0
