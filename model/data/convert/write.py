"""Labelled pictures as a split in WIDER FACE's layout."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from model.data import wider
from model.data.convert.labels import Labelled
from model.errors import ModelError
from outside.whole import whole_folder


def write(folder: Path, split: str, pictures: Sequence[Labelled], link: bool = False) -> None:
    """Write pictures and boxes as a split, which is there whole or not at all.

    Args:
        folder: may hold other splits.
        split: letters, digits, - and _; refused if it is there.
        pictures: at least one.
        link: make symbolic links to the pictures in place of copies.
    """
    if not split.replace("-", "").replace("_", "").isalnum():
        raise ModelError(f"split {split!r}; expected letters, digits, - and _")
    if not pictures:
        raise ModelError(f"{folder}: no pictures to write; expected some")
    target = folder / f"WIDER_{split}"
    text = wider.annotation_file(folder, split)
    for path in (target, text):
        if path.exists():
            raise ModelError(f"{path}: is there already; expected another --out or --split")
    by_name: dict[str, Labelled] = {}
    for one in pictures:
        if other := by_name.get(one.name):
            raise ModelError(
                f"{one.source} and {other.source} would both be {one.name}; expected other names"
            )
        by_name[one.name] = one
    try:
        with whole_folder(target) as work:
            for one in pictures:
                path = work / "images" / one.name
                path.parent.mkdir(parents=True, exist_ok=True)
                if link:
                    os.symlink(one.source.resolve(), path)
                else:
                    shutil.copyfile(one.source, path)
    except OSError as error:
        raise ModelError(f"{target}: cannot be written ({error.strerror or error})") from error
    wider.write_split(folder, split, (one.entry() for one in pictures))
