"""deploy: the folder, with and without a bitfile."""

from pathlib import Path

import pytest
import yaml

from flows.__main__ import main
from flows.build.build import Build
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.run.deploy import deploy, find_bitfile
from hw.driver.description import find_bitfile as find_deployed
from tests.flows.run.deploy_case import Detector, put_bitfile, with_bitfile


@pytest.fixture
def built(detector: Detector, tmp_path: Path) -> Detector:
    return with_bitfile(detector, tmp_path)


def test_the_folder_holds_all_that_the_board_needs(
    built: Detector, capsys: pytest.CaptureFixture[str]
) -> None:
    path, build = built
    (build.folder / "bitfile" / "tiny.hwh").write_text("<EDKSYSTEM/>")
    assert main(["deploy", str(path)]) == 0
    folder = build.folder / "deploy"
    assert f"deploy: {folder}\n" in capsys.readouterr().out
    assert (folder / "bitfile" / "tiny.bit").read_bytes() == b"bits"
    for name in (
        "bitfile/tiny.hwh", "accelerator.json", "requirements.txt", "vectors/input.npy",
        "vectors/expected.npy", "dupnet_driver/__init__.py", "detect.ipynb",
    ):  # fmt: skip
        assert (folder / name).is_file(), name
    assert not (folder / "WITHOUT_BITFILE").exists()
    text = (folder / "README.md").read_text()
    for line in ("sudo -i", "cd FOLDER", "python3 -m dupnet_driver validate"):
        assert any(row.startswith(line) for row in text.splitlines()), line
    assert "no bitfile" not in text


def test_without_a_bitfile_the_folder_says_so_and_the_command_fails(
    built: Detector, capsys: pytest.CaptureFixture[str]
) -> None:
    path, build = built
    (build.folder / "bitfile" / "tiny.bit").unlink()
    assert main(["deploy", str(path)]) == 1
    text = "tiny.bit is not there; make bitstream BOARD=Pynq-Z2 makes it"
    assert text in capsys.readouterr().err
    folder = build.folder / "deploy"
    assert text in (folder / "WITHOUT_BITFILE").read_text()
    assert "There is no bitfile in this folder" in (folder / "README.md").read_text()
    assert main(["deploy", str(path), "--without-bitfile"]) == 0
    assert "WITHOUT_BITFILE" in capsys.readouterr().out
    with pytest.raises(FlowError, match="validate needs the bitfile"):
        deploy(build, "xilinx@board", without_bitfile=True)
    (build.folder / "bitfile" / "tiny.bit").write_bytes(b"bits")
    assert main(["deploy", str(path)]) == 0
    assert not (folder / "WITHOUT_BITFILE").exists()


def test_a_bitfile_that_no_report_of_this_build_vouches_for_is_refused(built: Detector) -> None:
    _, build = built
    assert find_bitfile(build) == build.folder / "bitfile" / "tiny.bit"
    put_bitfile(build, build_id=1)
    with pytest.raises(FlowError, match=r"tiny\.bit: of build 0x00000001; the RTL is build 0x"):
        find_bitfile(build)
    put_bitfile(build, sha256="0")
    with pytest.raises(FlowError, match=r"tiny\.bit: not the file that report/bitstream\.json"):
        find_bitfile(build)
    (build.folder / "report" / "bitstream.json").unlink()
    with pytest.raises(FlowError, match=r"tiny\.bit: no report/bitstream\.json of this build"):
        deploy(build)
    assert not (build.folder / "deploy").exists()


def test_a_board_without_a_processor_has_nobody_to_log_in_to(built: Detector) -> None:
    path, _ = built
    data = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump({**data, "board": "ULX3S-85F"}))
    build = Build.load(path)
    with pytest.raises(FlowError, match="has no processor to log in to"):
        deploy(build, "somebody@somewhere")


@pytest.mark.parametrize(
    ("board", "loaded", "port"),
    [
        ("ULX3S-85F", "ulx3s bitfile/tiny.bit", "/dev/ttyUSB0"),
        ("Tang-Nano-20K", "tangnano20k bitfile/tiny.fs", "/dev/ttyUSB1"),
    ],
)
def test_the_folder_of_a_serial_board_says_how_it_is_loaded(
    built: Detector,
    board: str,
    loaded: str,
    port: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, _ = built
    data = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump({**data, "board": board}))
    run_steps(Build.load(path))
    put_bitfile(Build.load(path))
    monkeypatch.setattr("flows.run.deploy.shutil.which", lambda name: None)
    folder = deploy(Build.load(path))
    text = (folder / "README.md").read_text()
    assert f"openFPGALoader -b {loaded}" in text
    said = capsys.readouterr().out
    assert f"in that folder: openFPGALoader -b {loaded} (openFPGALoader is missing here;" in said
    assert find_deployed(folder).name == loaded.rpartition("/")[2]
    assert f"python3 -m dupnet_driver validate --serial {port}" in text
    assert f'open_serial("{port}", "accelerator.json")' in text
    assert "pyserial" in (folder / "requirements.txt").read_text()
    assert not (folder / "detect.ipynb").exists()
