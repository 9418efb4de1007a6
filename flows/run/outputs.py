"""The integers of a network's outputs as users get them: an array, or of several a dict."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from flows.build.build import Build
from flows.errors import FlowError
from flows.files import write_file, write_npy


def only(outputs: Mapping[str, Any]) -> Any:
    """The only output itself; of several a dict of them, by name."""
    return next(iter(outputs.values())) if len(outputs) == 1 else dict(outputs)


def by_name(integers: Any, names: list[str]) -> dict[str, Any]:
    """The inverse of ``only``. names: of the network's outputs."""
    return dict(integers) if isinstance(integers, Mapping) else {names[0]: integers}


def write_integers(build: Build, of: str, outputs: Mapping[str, Any], passed: bool) -> None:
    """Write integers that were compared, a file an output. of: as of ``Layout.verdict``.

    The first has the plain name; names of others end in the output's.
    """
    for index, (name, array) in enumerate(outputs.items()):
        write_npy(build.paths.verdict(of, passed, name if index else ""), array)


def write_outputs(path: Path, integers: Any) -> None:
    """Write integers as ``only`` gives them: .npy of one output, .npz of one or several.

    FlowError for a .npy of several.
    """
    several = isinstance(integers, Mapping)
    if path.suffix == ".npz":
        arrays = integers if several else {"integers": integers}
        write_file(path, lambda file: np.savez(file, **arrays))
    elif several:
        raise FlowError(
            f"{path}: the network has {len(integers)} outputs; expected the name of a .npz"
        )
    else:
        write_npy(path, integers)
