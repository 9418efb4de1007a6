"""A build with a bitfile of sorts, to be deployed."""

import hashlib
import shutil
from pathlib import Path

from flows.build.build import Build
from flows.build.names import ResultName
from flows.run.driver import build_id, load_design

Detector = tuple[Path, Build]


def put_bitfile(build: Build, **other: object) -> None:
    """A bitfile, and the report that says of what build it is."""
    bitfile = build.paths.bitfile
    bitfile.parent.mkdir(exist_ok=True)
    bitfile.write_bytes(b"bits")
    said = {
        "build_id": build_id(load_design(build)),
        "sha256": hashlib.sha256(b"bits").hexdigest(),
    }
    build.results.write(ResultName.BITSTREAM, {**said, **other})


def with_bitfile(detector: Detector, folder: Path) -> Detector:
    """A copy of the build with a bitfile of sorts, whose configuration is the copy's."""
    shutil.copytree(detector[0].parent, folder / "net")
    path = folder / "net" / "config.yaml"
    build = Build.load(path)
    put_bitfile(build)
    return path, build
