"""``deploy``: a folder to copy to the board; with a host, copied and validated there by ssh.

``<build>/deploy`` is ``<build>/driver`` with the bitfile and a README. Without a bitfile the folder
holds a file ``WITHOUT_BITFILE`` that says so, and the command fails unless that was asked for.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

from flows.build.build import Build
from flows.build.names import ResultName
from flows.build.schemas import Vouched
from flows.errors import FlowError
from flows.files import fresh_folder, sha256, write_text
from flows.run.camera import board_id
from flows.run.driver import (
    NOTEBOOK,
    PACKAGE,
    PICTURE,
    VECTORS,
    build_id,
    load_design,
    write_driver,
)
from flows.run.remote import Remote, check_board
from hw.driver.accelerator import VECTORS as VECTOR_FOLDER
from hw.driver.accelerator import vector_names
from hw.driver.description import FILE, Description, Tensor, read_description
from hw.driver.host_tail import FILE as HOST_TAIL
from hw.driver.simulated import FILE as SIMULATION
from hw.shell.addresses import register_addresses

MARK = "WITHOUT_BITFILE"
#: The program that brings a bitstream onto boards at a serial line.
LOADER = "openFPGALoader"


def deploy(
    build: Build,
    host: str | None = None,
    without_bitfile: bool = False,
    image: Path | None = None,
) -> Path:
    """Write ``<build>/deploy``; with a host, copy it there and run ``validate``.

    host: as ssh takes it, user@address. Raises FlowError where there is no bitfile (unless
    without_bitfile), where the host is no such board, and where validate fails.
    """
    if host is not None and without_bitfile:
        raise FlowError("a host and --without-bitfile: validate needs the bitfile")
    if host is not None and not register_addresses(build.device.family):
        raise FlowError(
            f"{build.config.board} has no processor to log in to; connect it to this machine and "
            f"run python3 -m {PACKAGE} validate --serial PORT in the deploy folder"
        )
    bitfile = find_bitfile(build)
    driver = write_driver(build, image)
    folder = build.paths.deploy
    with fresh_folder(folder) as work:
        shutil.copytree(driver, work, dirs_exist_ok=True)
        if bitfile is not None:
            for path in (bitfile, build.paths.handoff):
                if path.is_file():
                    (work / "bitfile").mkdir(exist_ok=True)
                    shutil.copyfile(path, work / "bitfile" / path.name)
        else:
            write_text(work / MARK, _missing(build, "bitfile") + "\n")
        description = read_description(work / FILE)
        write_text(work / "README.md", readme(build, bitfile is not None, description))
    if bitfile is None and not without_bitfile:
        missing = _missing(build, build.paths.bitfiles)
        raise FlowError(f"{folder}: written without a bitfile: {missing}")
    print(f"deploy: {folder}" + ("" if bitfile else f" ({MARK})"))
    if bitfile is not None and (command := _loading(build)):
        print(f"onto the board, in that folder: {command}{_without_loader()}")
    if host is not None:
        _validate(build, host, folder)
    return folder


def find_bitfile(build: Build) -> Path | None:
    """The build's bitfile, or None; FlowError where report/bitstream.json does not vouch for it.

    The report is written behind the bitfile, and removed with the build that it is of.
    """
    path = build.paths.bitfile
    if not path.is_file():
        return None
    again = f"make bitstream BOARD={build.config.board} again"
    if not build.paths.result(ResultName.BITSTREAM).is_file():
        raise FlowError(f"{path}: no report/bitstream.json of this build vouches for it: {again}")
    report = build.results.read(ResultName.BITSTREAM, Vouched)
    said = report.build_id
    number = board_id(build, build_id(load_design(build)))
    if said != number:
        found = f"0x{said:08x}" if said is not None else "unknown"
        raise FlowError(f"{path}: of build {found}; the RTL is build 0x{number:08x}: {again}")
    if sha256(path) != report.sha256:
        raise FlowError(f"{path}: not the file that report/bitstream.json is about: {again}")
    return path


def _missing(build: Build, place: Path | str) -> str:
    """The file that is missing, and its command. place: its folder, as the reader knows it."""
    return (
        f"{place}/{build.paths.bitfile.name} is not there; make bitstream "
        f"BOARD={build.config.board} makes it, then make deploy takes it"
    )


def _validate(build: Build, host: str, folder: Path) -> None:
    """Copy the folder to the host and run its vectors there; report/on_board.json says how it went.

    Only what the board's own ``validate`` says of this very build counts, and only of this bitfile.
    """
    build.results.remove(ResultName.ON_BOARD)
    remote = Remote(host)
    check_board(remote, build.device)
    target = f"dupnet/{build.top}-{build.config.board}"
    remote.copy(folder, target)
    print(f"copied to {host}:{target}")
    number = read_description(folder / FILE).build_id
    bitfile = folder / "bitfile" / build.paths.bitfile.name
    result = {"board": build.config.board, "frames": VECTORS, "sha256": sha256(bitfile)}
    try:
        said = remote.run_as_root(f"cd {target} && python3 -B -m {PACKAGE} validate", "validate")
    except FlowError as error:
        if "integers differ" in str(error):
            build.results.write(ResultName.ON_BOARD, {**result, "faults": [str(error)]})
        raise
    expected = f"validate: {VECTORS} frames, all integers equal (build 0x{number:08x})"
    if said.splitlines()[-1:] != [expected]:
        raise FlowError(f"{host}: validate says {said[-200:]!r}; expected {expected!r}")
    print(said)
    build.results.write(ResultName.ON_BOARD, {**result, "faults": []})


def readme(build: Build, bitfile: bool, description: Description) -> str:
    """README.md of the folder."""
    side = build.device.serial
    serial = side is not None
    missing = _missing(build, "bitfile")
    warning = "" if bitfile else f"\n**There is no bitfile in this folder**: {missing}.\n"
    option = f" --serial {side.port}" if side else ""
    opening = (
        f'open_serial("{side.port}", "{FILE}"), "{FILE}"'
        if side
        else f'"bitfile/{build.paths.bitfile.name}"'
    )
    imports = f"\nfrom {PACKAGE}.serial_link import open_serial" if serial else ""
    notebook = "" if serial else f" (`{NOTEBOOK}` is a notebook of it)"
    given, right = vector_names(description)
    return f"""# {build.top} on {build.config.board}
{warning}
{_place(build, serial)}

```sh
{_preparation(build)}
python3 -m {PACKAGE} validate{option}
```

`validate` runs {_files(given)} through the accelerator and compares every integer with
{_files(right)}, which the project's emulator computed. Then:

```sh
python3 -m {PACKAGE} throughput{option}
```
{_detection(description, option)}{_host(description)}
Without a board, on a PC with numpy and onnxruntime, the same commands take `--simulated`: the
driver's own code on a simulated DMA shell, the integers by onnxruntime from `{SIMULATION}`.

```sh
python3 -m {PACKAGE} validate --simulated
```

In Python{notebook}:

```python
from {PACKAGE} import DupNetAccelerator{imports}

with DupNetAccelerator({opening}) as accelerator:
    {_call(description)}
```

`{FILE}` says what the driver has to know of this build; a bitfile of another build is
refused.
"""


def _detection(description: Description, option: str) -> str:
    """The README's part on pictures for a detector; empty for another network."""
    if not description.detects:
        return ""
    origin = (
        "a default, for the network names none"
        if description.threshold is None
        else f"the network's own (`threshold` in `{FILE}`)"
    )
    return f"""
Faces in a picture ({PICTURE} is the first frame of the vectors), and in what a camera sees:

```sh
python3 -m {PACKAGE} detect {PICTURE}{option}
python3 -m {PACKAGE}.camera --source 0 --out faces.avi{option}
```

Boxes count from a score of {description.least_score():g} on, {origin};
with `--threshold P` from P on.
"""


def _host(description: Description) -> str:
    """The README's part on what the host does; empty where it is but a scale and a bias."""
    if not description.host_nodes:
        return ""
    nodes = ", ".join(f"`{name}`" for name in description.host_nodes)
    return f"""
The accelerator ends in front of {nodes}: `accelerator.outputs(integers)` does that
here, by onnxruntime from `{HOST_TAIL}`, and gives the outputs of the network's file
({", ".join(description.host_outputs)}).
"""


def _call(description: Description) -> str:
    """A line of Python that uses the accelerator."""
    if description.detects:
        return "found = accelerator.detect(picture)  # (H, W, 3) uint8 RGB -> boxes, scores"
    taken = " and ".join(
        f"(N, {', '.join(map(str, source.shape))}) {source.dtype}" for source in description.inputs
    )
    given = "frames" if len(description.inputs) == 1 else _names("frames", description.inputs)
    made = "integers" if len(description.outputs) == 1 else _names("integers", description.outputs)
    return f"{made} = accelerator.execute({given})  # {taken} -> the network's integers"


def _names(stem: str, tensors: Sequence[Tensor]) -> str:
    """A list of Python for several inputs or outputs, such as [frames_0, frames_1]."""
    return "[" + ", ".join(f"{stem}_{index}" for index in range(len(tensors))) + "]"


def _files(names: Sequence[str]) -> str:
    return ", ".join(f"`{VECTOR_FOLDER}/{name}`" for name in names)


def _place(build: Build, serial: bool) -> str:
    if serial:
        return (
            f"On the computer that the {build.config.board} is connected to by USB, in this folder:"
        )
    old = build.device.family == "zynq7000"
    but = " (but not 4.0, which left Zynq-7000 out)" if old else ""
    return f"On a {build.config.board} with PYNQ's image, 2.7 or later{but}:"


def _loading(build: Build) -> str:
    """The command that brings the bitstream onto a board at a serial line; "" for others."""
    side = build.device.serial
    return f"{LOADER} -b {side.loader} bitfile/{build.paths.bitfile.name}" if side else ""


def _without_loader() -> str:
    """Words for where openFPGALoader is missing; none where it is there."""
    if shutil.which(LOADER):
        return ""
    return f" ({LOADER} is missing here; distributions have it as openfpgaloader, PyPI has not)"


def _preparation(build: Build) -> str:
    """The two commands before the first ``validate``."""
    if command := _loading(build):
        return f"pip3 install -r requirements.txt\n{command}"
    return (
        "sudo -i                                   # PYNQ's Python, as root\n"
        "cd FOLDER                                 # where this file lies"
    )
