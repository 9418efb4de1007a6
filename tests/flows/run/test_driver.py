"""The driver's files: description, package, vectors; and the package alone, as on a board."""

import ast
import importlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from flows.__main__ import main
from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.run.driver import PACKAGE, build_id, container, load_design, write_driver
from flows.run.emulator import Emulator
from hw.boards import load_board
from hw.driver import AcceleratorError, DupNetAccelerator, read_description
from hw.errors import HardwareError
from hw.shell.addresses import register_addresses
from hw.sim.design import OUTPUT, Stream

Detector = tuple[Path, Build]
STAND_IN = Path(__file__).parents[2] / "hw" / "driver" / "stand_in"
DRIVER = Path(__file__).parents[3] / "hw" / "driver"


@pytest.fixture(scope="session")
def folder(detector: Detector) -> Path:
    return write_driver(detector[1])


@pytest.fixture
def on_board(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, ModuleType]:
    """The folder with an (empty) bitfile, PYNQ's stand-in importable; returns (home, pynq)."""
    home = tmp_path / "home"
    shutil.copytree(folder, home)
    (home / "bitfile").mkdir()
    (home / "bitfile" / "tiny.bit").write_bytes(b"")
    monkeypatch.syspath_prepend(str(STAND_IN))
    monkeypatch.delitem(sys.modules, "pynq", raising=False)
    pynq = importlib.import_module("pynq")
    monkeypatch.setitem(sys.modules, "pynq", pynq)
    return home, pynq


def test_the_description_says_what_the_build_says(detector: Detector, folder: Path) -> None:
    _, build = detector
    description = read_description(folder / "accelerator.json")
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    design = load_design(build)
    assert description.input.shape == (16, 16, 3) == emulator.input_shape
    assert description.output.shape == (8, 8, 6)
    assert description.input.dtype == "uint8"
    assert description.input.frame_bytes == 768
    (result,) = design.of_kind(OUTPUT)
    assert np.dtype(description.output.dtype).itemsize * 8 >= result.bits
    assert description.output.scale * 6 == tuple(
        json.loads(emulator.graph.metadata["output_scale"])
    )
    assert description.output.bias == tuple(json.loads(emulator.graph.metadata["output_bias"]))
    assert description.anchors == ((0.5, 0.75),)
    assert description.clock_mhz == 100.0
    assert description.build_id == build_id(design)
    assert description.registers == {"idma0": 0x4000_0000, "odma0": 0x4001_0000}
    text = (folder / "accelerator.json").read_text()
    assert type(description).from_json(text) == description
    assert description.to_json() == text


def test_the_build_id_changes_with_any_source_or_memory(detector: Detector, tmp_path: Path) -> None:
    design = load_design(detector[1])
    shutil.copytree(design.folder, tmp_path / "rtl")
    moved = type(design).load(tmp_path / "rtl" / f"{design.top}.json")
    assert build_id(moved) == build_id(design)
    for name in (design.sources[0], next(design.folder.glob("*.mem")).name):
        path = tmp_path / "rtl" / name
        before = path.read_text()
        path.write_text(before + "\n")
        assert build_id(moved) != build_id(design)
        path.write_text(before)
    assert build_id(moved) == build_id(design)


@pytest.mark.parametrize(
    ("bits", "signed", "expected"),
    [(1, False, "uint8"), (8, True, "int8"), (9, True, "int16"), (17, False, "uint32")],
)
def test_an_element_takes_the_smallest_container(bits: int, signed: bool, expected: str) -> None:
    assert container(Stream("s", "w", OUTPUT, 1, bits, signed, 1)) == expected


def test_a_lane_beyond_32_bits_is_refused() -> None:
    with pytest.raises(HardwareError, match="33 bits"):
        container(Stream("s", "w", OUTPUT, 1, 33, True, 1))


def test_boards_without_a_processor_have_no_addresses() -> None:
    assert register_addresses(load_board("ULX3S-85F").family) == {}
    assert register_addresses(load_board("ZCU104").family)["idma0"] == 0xA000_0000


def test_a_failed_write_leaves_the_folder_as_it_was(
    detector: Detector, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(path.relative_to(folder) for path in folder.rglob("*"))

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("flows.run.driver.copy_package", full)
    with pytest.raises(FlowError, match="No space left"):
        write_driver(detector[1])
    assert sorted(path.relative_to(folder) for path in folder.rglob("*")) == before
    assert not folder.with_name("driver.part").exists()


def test_without_rtl_there_is_nothing_to_describe(
    detector: Detector, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "config.yaml"
    net = detector[0].parent / "net0.onnx"
    path.write_text(f"model: {net}\noutput_dir: build\nname: tiny\n")
    assert main(["driver", str(path)]) == 1
    assert "expected the RTL of a finished build" in capsys.readouterr().err
    assert not (tmp_path / "build").exists()


def test_rtl_of_an_earlier_build_is_refused(detector: Detector, tmp_path: Path) -> None:
    shutil.copytree(detector[0].parent, tmp_path / "net")
    path = tmp_path / "net" / "config.yaml"
    build = Build.load(path)
    assert load_design(build).top == "tiny"
    path.write_text(path.read_text() + "synth_clk_period_ns: 5.0\n")
    with pytest.raises(FlowError, match="built from another configuration"):
        load_design(Build.load(path))
    run_steps(build, stop="fold_duplicated_weights")  # the RTL lies about
    assert (build.folder / "rtl" / "tiny.json").is_file()
    with pytest.raises(FlowError, match="step generate_rtl has not been built"):
        write_driver(build)


def test_the_package_is_python_3_8_and_imports_only_itself_and_what_a_board_has() -> None:
    on_boards = {"numpy", "pynq", "serial", "onnxruntime", "cv2", "PIL"}
    camera_path = sorted((DRIVER.parents[1] / "camera_path").glob("*.py"))
    files = [*sorted(DRIVER.glob("*.py")), *camera_path]
    assert len(files) > 8 + len(camera_path) > 12
    for path in files:
        allowed = {"numpy"} if path in camera_path else on_boards
        if path.name == "integer_path.py":  # which is copied into the package
            allowed = {*allowed, "camera_path"}
        tree = ast.parse(path.read_text(), str(path), feature_version=(3, 8))
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for name in names:
                top = name.split(".")[0]
                assert top in sys.stdlib_module_names | allowed, f"{path.name} imports {name}"


def test_the_package_alone_validates_on_pynq(on_board: tuple[Path, ModuleType]) -> None:
    home, pynq = on_board
    bitfile = home / "bitfile" / "tiny.bit"
    with DupNetAccelerator(bitfile) as accelerator:
        assert accelerator.validate() == 4
        assert accelerator.counters()["odma0_frames"] == 4
    assert pynq.log == [("Bitstream", str(bitfile))]
    assert pynq.Clocks.fclk0_mhz == 100.0
    assert not pynq._memory


def test_a_clock_above_the_bitfile_s_is_refused(on_board: tuple[Path, ModuleType]) -> None:
    home, pynq = on_board

    class Coarse:
        def __setattr__(self, name: str, value: float) -> None:
            object.__setattr__(self, name, value * 1.02)

    pynq.Clocks = Coarse()
    with pytest.raises(AcceleratorError, match="sets 102 MHz where 100 MHz were asked for"):
        DupNetAccelerator(home / "bitfile" / "tiny.bit")


def test_an_hwh_makes_an_overlay_whose_addresses_count(on_board: tuple[Path, ModuleType]) -> None:
    home, pynq = on_board
    bitfile = home / "bitfile" / "tiny.bit"
    bitfile.with_suffix(".hwh").write_text("idma0 odma0")
    text = (home / "accelerator.json").read_text()
    (home / "accelerator.json").write_text(text.replace("0x4000", "0x7000"))
    with DupNetAccelerator(bitfile) as accelerator:
        assert accelerator.validate() == 4
    assert pynq.log == [("Overlay", str(bitfile))]
    bitfile.with_suffix(".hwh").write_text("idma0")
    with pytest.raises(AcceleratorError, match=r"tiny\.hwh: no block named odma0"):
        DupNetAccelerator(bitfile)


def board_command(
    home: Path, *arguments: str, stand_in: bool = True, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Run ``python -m dupnet_driver`` in a folder, with nothing of this repository importable."""
    path = str(STAND_IN) if stand_in else ""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=home,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": path,
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_board_s_command_line(on_board: tuple[Path, ModuleType]) -> None:
    home, _ = on_board
    number = json.loads((home / "accelerator.json").read_text())["build_id"]
    done = board_command(home, PACKAGE, "validate")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"validate: 4 frames, all integers equal (build {number})\n"
    done = board_command(home, PACKAGE, "validate", PYNQ_STAND_IN_FAULT="1")
    assert done.returncode == 1
    assert done.stderr.startswith("error: frame 0, row 0, column 0, channel 0: expected ")
    np.save(home / "picture.npy", np.load(home / "vectors" / "input.npy")[0])
    done = board_command(home, PACKAGE, "detect", "picture.npy", "--threshold", "0")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("face ") >= 1
    assert "boxes of score 0 or more\n" in done.stdout
    script = (
        "import numpy, dupnet_driver.integer_path as path; from pathlib import Path; "
        "path.letterbox(numpy.zeros((3, 5, 3), 'uint8'), 8); print(path.resize.__file__)"
    )
    path = subprocess.run(
        [sys.executable, "-c", script], cwd=home, capture_output=True, text=True, check=True,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{STAND_IN}:{home}"},
    ).stdout  # fmt: skip
    assert path.strip().endswith("dupnet_driver/camera_path/resize.py")
    done = board_command(home, PACKAGE, "detect", "picture.png")  # the same frame, by the default
    default = "boxes of score 0.5 or more (the default: the network names no threshold)\n"
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(default)
    data = json.loads((home / "accelerator.json").read_text())
    data["detection"]["threshold"] = 0.0625
    (home / "accelerator.json").write_text(json.dumps(data))
    done = board_command(home, PACKAGE, "detect", "picture.png")
    assert done.stdout.endswith("boxes of score 0.0625 or more (the network's own)\n")
    assert done.stdout.count("face ") >= 1
    done = board_command(home, PACKAGE, "detect", "picture.png", "--threshold", "nan")
    assert (done.returncode, done.stderr) == (1, "error: threshold nan: expected 0 to 1\n")
    (home / "empty.npy").touch()
    done = board_command(home, PACKAGE, "detect", "empty.npy")
    assert (done.returncode, done.stderr[:37]) == (1, "error: empty.npy: not a readable .npy")
    done = board_command(home, PACKAGE, "counters")
    assert "odma0_clocks: 0" in done.stdout


def test_the_package_on_a_pc(on_board: tuple[Path, ModuleType]) -> None:
    """Without bitfile, PYNQ or a stand-in for it: the driver's own code, simulated."""
    home, _ = on_board
    number = json.loads((home / "accelerator.json").read_text())["build_id"]
    done = board_command(home, PACKAGE, "validate", "--simulated", stand_in=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"validate: 4 frames, all integers equal (build {number})\n"
    expected = np.load(home / "vectors" / "expected.npy")
    expected[2, 1, 0, 3] += 1
    np.save(home / "vectors" / "expected.npy", expected)
    done = board_command(home, PACKAGE, "validate", "--simulated", stand_in=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: frame 2, row 1, column 0, channel 3: expected ")
    words = ["detect", "picture.png", "--threshold", "0", "--simulated"]
    done = board_command(home, PACKAGE, *words, stand_in=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("face ") >= 1
    done = board_command(home, PACKAGE, "validate", "--simulated", "--serial", "x", stand_in=False)
    assert (done.returncode, done.stderr) == (
        1,
        "error: --simulated is for no board: expected neither bitfile nor line\n",
    )


@pytest.mark.parametrize("module", [[PACKAGE, "validate"], [PACKAGE, "detect", "picture.npy"]])
def test_what_a_board_lacks_is_said_in_a_line(
    on_board: tuple[Path, ModuleType], module: list[str]
) -> None:
    home, _ = on_board
    done = board_command(home, *module, stand_in=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: PYNQ is missing")
    done = board_command(home, *module, "--bitfile", "/nope.bit")
    assert done.returncode == 1
    assert done.stderr.startswith("error: /nope.bit: no such file; expected a bitfile")
    (home / "bitfile" / "tiny.bit").unlink()
    done = board_command(home, *module)
    assert done.returncode == 1
    assert "no bitfile; expected one, or --bitfile FILE" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_serial_line_that_is_not_there_is_named(on_board: tuple[Path, ModuleType]) -> None:
    done = board_command(on_board[0], PACKAGE, "validate", "--serial", "/dev/nowhere")
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "/dev/nowhere" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_camera_says_where_opencv_comes_from(on_board: tuple[Path, ModuleType]) -> None:
    hidden = on_board[0] / "cv2.py"  # this Python has it: evaluation draws with it
    hidden.write_text("raise ImportError\n")
    done = board_command(on_board[0], f"{PACKAGE}.camera")
    hidden.unlink()
    assert done.returncode == 1
    assert done.stderr.startswith("error: camera and video need OpenCV")
