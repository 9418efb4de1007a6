"""Files for other machines name nothing of this one: no folder, no user, no host."""

import getpass
import shutil
import socket
import sys
import zipfile
from pathlib import Path

import pytest

from flows.__main__ import main
from flows.build.build import Build
from flows.run import bitstream_zynq
from tests.flows.run.deploy_case import put_bitfile

ROOT = Path(__file__).resolve().parents[2]
#: A user or host so called could be a word of the texts themselves.
TOO_COMMON = {"root", "user", "localhost", "board", "vivado", "build", "xilinx", "runner", "main"}


def contents(path: Path) -> bytes:
    """Bytes of a file; of an archive those of its members too."""
    data = path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            data += b"".join(archive.read(name) for name in archive.namelist())
    return data


def of_this_machine(folder: Path) -> list[str]:
    """Folders, user and host of this machine, as they could stand in a file."""
    paths = {str(place) for place in (ROOT, folder, Path.home(), sys.prefix, Path.cwd())}
    words = {socket.gethostname(), getpass.getuser()} - TOO_COMMON
    return [name for name in paths if name.count("/") > 1] + [w for w in words if len(w) > 4]


@pytest.mark.parametrize("bitfile", [False, True])
def test_no_folder_that_is_to_be_copied_names_this_machine(
    detector: tuple[Path, Build],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    bitfile: bool,
) -> None:
    monkeypatch.setattr(bitstream_zynq, "find_tool", lambda: None)
    shutil.copytree(detector[0].parent, tmp_path / "a-telling-name")
    path = tmp_path / "a-telling-name" / "config.yaml"
    build = Build.load(path).folder
    if bitfile:
        put_bitfile(Build.load(path))
        assert main(["deploy", str(path)]) == 0
    else:
        assert main(["deploy", str(path)]) == 1
        assert main(["hls", str(path), "--write-only"]) == 0
        assert main(["bitstream", str(path)]) == 1  # writes Vivado's project
    kinds = ("deploy", "driver", "rtl") if bitfile else ("deploy", "rtl", "hls", "vivado")
    names = [name.encode() for name in (*of_this_machine(tmp_path), "a-telling-name")]
    found = []
    for kind in kinds:
        files = [p for p in (build / kind).rglob("*") if p.is_file()]
        assert files, kind
        for file in files:
            data = contents(file)
            found += [f"{file.relative_to(build)}: {name!r}" for name in names if name in data]
    assert found == []
