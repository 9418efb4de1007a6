"""Which file holds the frames of which input.

Of one input it is the file that is named. Of several there may be one file for each, in the order
of the model's inputs (as FINN's driver takes them) or each behind the input's name, ``name=file``;
an archive .npz with an array for each, by name; or the name of a .npy that the files' names are
made of: frames.npy stands for frames_0.npy, frames_1.npy and so on, which ``frames`` writes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from flows.errors import FlowError
from flows.files import READER, write_file, write_npy


@dataclass(frozen=True)
class Source:
    """A file with frames of an input. array: which one in an archive; "": the file's only one."""

    path: Path
    array: str = ""

    def __str__(self) -> str:
        return f"{self.path}, {self.array}" if self.array else str(self.path)


def numbered(path: Path, count: int) -> list[Path]:
    """Names of the files of count inputs that a name stands for; of one, that name."""
    if count == 1:
        return [path]
    return [path.with_name(f"{path.stem}_{index}{path.suffix}") for index in range(count)]


def are_files(path: Path, count: int) -> bool:
    """Whether there are the files that a name stands for."""
    return all(each.is_file() for each in numbered(path, count))


def sources(paths: Sequence[Path], names: Mapping[str, str]) -> dict[str, Source]:
    """The file of each input. names: of the inputs in the model's file, by tensor.

    FlowError where there is not one for each.
    """
    tensors = list(names)
    if len(names) == 1:
        if len(paths) != 1:
            raise FlowError(f"{len(paths)} files of frames; the network has one input")
        return {tensors[0]: Source(paths[0])}
    if len(paths) == 1 and paths[0].suffix == ".npz":
        return _of_archive(paths[0], names)
    if len(paths) == 1 and are_files(paths[0], len(names)):
        return dict(zip(tensors, map(Source, numbered(paths[0], len(names))), strict=True))
    named = {tensor: _named(paths, name) for tensor, name in names.items()}
    if any(named.values()):
        if missing := [names[tensor] for tensor, found in named.items() if len(found) != 1]:
            count = len(named[next(t for t, name in names.items() if name == missing[0])])
            raise FlowError(f"{count} files of frames for the input {missing[0]}; expected one")
        if len(paths) != len(names):
            raise FlowError(f"{len(paths)} files of frames for {len(names)} inputs")
        return {tensor: Source(found[0]) for tensor, found in named.items()}
    if len(paths) != len(names):
        raise FlowError(
            f"{', '.join(map(str, paths))}: the network has the inputs "
            f"{', '.join(names.values())}; expected a file for each, in this order or as "
            f"{next(iter(names.values()))}=FILE, an archive .npz with an array for each by name, "
            f"or the files {' and '.join(each.name for each in numbered(paths[0], len(names)))}"
        )
    return dict(zip(tensors, map(Source, paths), strict=True))


def _named(paths: Sequence[Path], name: str) -> list[Path]:
    """The files that are given as name=file."""
    start = f"{name}="
    return [Path(str(path)[len(start) :]) for path in paths if str(path).startswith(start)]


def _of_archive(path: Path, names: Mapping[str, str]) -> dict[str, Source]:
    """Arrays by the inputs' names in the model's file."""
    arrays = READER.npz(path)
    if set(arrays) != set(names.values()):
        raise FlowError(
            f"{path}: holds the arrays {', '.join(sorted(arrays)) or 'none'}; expected "
            f"{', '.join(names.values())}"
        )
    return {tensor: Source(path, name) for tensor, name in names.items()}


def write_several(out: Path, arrays: Mapping[str, Any]) -> str:
    """Write frames of several inputs, by name: a .npz, or a .npy for each; the files' names."""
    if out.suffix == ".npz":
        write_file(out, lambda file: np.savez(file, **arrays))
        return str(out)
    paths = numbered(out, len(arrays))
    for path, array in zip(paths, arrays.values(), strict=True):
        write_npy(path, array)
    return ", ".join(map(str, paths))
