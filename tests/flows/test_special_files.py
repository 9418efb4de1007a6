"""Named pipes and devices in the place of files: nothing waits for them or reads on and on."""

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import flows.__main__ as flows_command
from model.data.lines import Lines
from model.errors import ModelError
from model.training.state import read_state
from outside.whole import remove
from tests.fuzz import kinds
from tests.fuzz.child import run

COMMANDS = {
    "build": "build {0}/config.yaml",
    "emulate": "emulate {0}/config.yaml --input {0}/frames.npy",
    "rtlsim": "rtlsim {0}/config.yaml --input {0}/frames.npy",
    "driver": "driver {0}/config.yaml",
    "report": "report {0}/config.yaml --image {0}/picture.png",
}


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a finished build and files of every kind."""
    return kinds.prepare(tmp_path_factory.mktemp("special"))


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
@pytest.mark.parametrize(
    ("command", "file", "status"),
    [
        ("report", "picture.png", 1),
        ("build", "build/final_hw_config.json", 0),  # written anew, whole
        ("build", "build/rtl", 0),
        ("build", "build/build.log", 1),
        ("rtlsim", "build/rtl/conv1_mvau_weights.mem", 1),
        ("rtlsim", "build/rtl/mvau.sv", 1),
        ("driver", "build/rtl/mvau.sv", 1),
    ],
)
def test_no_file_of_a_build_is_waited_for(
    ground: Path, tmp_path: Path, make: Callable[[Path], None], command: str, file: str, status: int
) -> None:
    place = tmp_path / "ground"
    shutil.copytree(ground, place)
    remove(place / file)
    make(place / file)
    arguments = COMMANDS[command].format(place).split()
    ended = run(flows_command.main, arguments, tmp_path / "log", seconds=30)
    assert not ended.fault, ended.said
    assert ended.status == status, ended.said
    if status:
        assert Path(file).name in ended.said.splitlines()[-1]
    else:
        assert (place / file).is_file() or (place / file).is_dir()
        assert not (place / file).is_symlink()


def test_no_list_of_boxes_is_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "boxes.txt")
    with pytest.raises(ModelError, match=r"boxes.txt: a named pipe; expected boxes"):
        Lines(tmp_path / "boxes.txt", "boxes")
    with pytest.raises(ModelError, match=r"boxes.txt: a named pipe; expected a state"):
        read_state(tmp_path / "boxes.txt")


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 50, b"model", bytes(range(256)) * 9],
    ids=["empty", "zeros", "text", "bytes"],
)
def test_the_model_of_a_step_that_is_none(ground: Path, tmp_path: Path, content: bytes) -> None:
    place = tmp_path / "ground"
    shutil.copytree(ground, place)
    (place / "build" / "intermediate_models" / "streamline.onnx").write_bytes(content)
    arguments = COMMANDS["emulate"].format(place).split()
    _check_one_line(flows_command.main, arguments, tmp_path, "streamline.onnx: not what step")


@pytest.mark.parametrize("count", ["99999999999", "9" * 400])
def test_more_frames_than_a_file_may_have(ground: Path, tmp_path: Path, count: str) -> None:
    arguments = ["frames", f"{ground}/config.yaml", "--frames", count, "--out", f"{tmp_path}/x.npy"]
    _check_one_line(flows_command.main, arguments, tmp_path, "--frames: expected at most")


def _check_one_line(
    main: Callable[[Sequence[str]], int], arguments: Sequence[str], folder: Path, message: str
) -> None:
    ended = run(main, arguments, folder / "log", seconds=30)
    assert not ended.fault, ended.said
    assert ended.status == (2 if message.startswith("--") else 1)
    assert message in ended.said
