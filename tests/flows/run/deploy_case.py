"""A build with a bitfile of sorts, to be deployed."""

import hashlib
import shutil
from pathlib import Path

from flows.build.config import BuildConfig, load_config
from flows.report.data import write_json
from flows.run.driver import build_id, load_design

Detector = tuple[Path, BuildConfig]


def put_bitfile(config: BuildConfig, **other: object) -> None:
    """A bitfile, and the report that says of what build it is."""
    bitfile = config.output_dir / "bitfile" / "tiny.bit"
    bitfile.parent.mkdir(exist_ok=True)
    bitfile.write_bytes(b"bits")
    said = {
        "build_id": build_id(load_design(config)),
        "sha256": hashlib.sha256(b"bits").hexdigest(),
    }
    write_json(config.output_dir, "bitstream", {**said, **other})


def with_bitfile(detector: Detector, folder: Path) -> Detector:
    """A copy of the build with a bitfile of sorts, whose configuration is the copy's."""
    shutil.copytree(detector[0].parent, folder / "net")
    path = folder / "net" / "config.yaml"
    config = load_config(path)
    put_bitfile(config)
    return path, config
