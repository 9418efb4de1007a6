"""deploy to a host, by a stand-in for ssh and by sshd."""

import getpass
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.__main__ import main
from flows.errors import FlowError
from flows.run.deploy import deploy
from flows.run.driver import build_id, load_design
from tests.flows.run.deploy_case import Detector, with_bitfile

STAND_IN = Path(__file__).parents[2] / "hw" / "driver" / "stand_in"
SSHD = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/sbin")

#: What a healthy board says to the probe.
HEALTHY = {
    "machine": "armv7l", "board": "Pynq-Z2", "model": "Zynq PYNQ-Z2 Board", "python": "True",
    "numpy": "yes", "pynq": "yes",
}  # fmt: skip


@pytest.fixture
def built(detector: Detector, tmp_path: Path) -> Detector:
    return with_bitfile(detector, tmp_path)


# --- a host, by a stand-in for ssh ------------------------------------------------------------


class Host:
    """A command ``ssh`` on the PATH that answers as told, and writes down what it was asked."""

    def __init__(self, folder: Path, build: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        folder.mkdir()
        script = folder / "ssh"
        script.write_text(
            f'#!/bin/sh\necho "$@" >>{folder}/asked\ncat >>{folder}/received\n'
            f'case "$*" in\n'
            f"  *uname*) . {folder}/probe ;;\n"
            f"  *tar*) . {folder}/copy ;;\n"
            f"  *) . {folder}/validate ;;\n"
            "esac\n"
        )
        script.chmod(0o755)
        self.says("probe", "\n".join(f"echo '{k}={v}'" for k, v in HEALTHY.items()))
        self.says("copy", "exit 0")
        self.says("validate", f"echo 'validate: 4 frames, all integers equal (build {build})'")
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def says(self, step: str, script: str) -> None:
        (self.folder / step).write_text(script + "\n")

    def is_(self, **facts: str) -> None:
        self.says("probe", "\n".join(f"echo '{k}={v}'" for k, v in {**HEALTHY, **facts}.items()))

    @property
    def asked(self) -> list[str]:
        path = self.folder / "asked"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def host(detector: Detector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    build = f"0x{build_id(load_design(detector[1])):08x}"
    return Host(tmp_path / "host", build, monkeypatch)


def test_a_board_gets_the_folder_and_validates(
    built: Detector, host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    path, build = built
    assert main(["deploy", str(path), "--host", "xilinx@board"]) == 0
    out = capsys.readouterr().out
    assert "copied to xilinx@board:dupnet/tiny-Pynq-Z2\n" in out
    assert "validate: 4 frames, all integers equal (build 0x" in out.splitlines()[-1]
    assert all("xilinx@board" in line for line in host.asked if "BatchMode" in line)
    # what was received is the folder, packed
    received = host.folder / "received"
    names = subprocess.run(
        ["tar", "-tzf", str(received)], capture_output=True, text=True, check=True
    ).stdout.split()
    assert {"./accelerator.json", "./bitfile/tiny.bit", "./vectors/input.npy"} <= set(names)
    result = json.loads((build.folder / "report" / "on_board.json").read_text())
    sha = hashlib.sha256(b"bits").hexdigest()
    assert result == {"board": "Pynq-Z2", "frames": 4, "sha256": sha, "faults": []}
    host.says("validate", "echo 'validate: 4 frames, all integers equal (build 0x00000000)'")
    with pytest.raises(FlowError, match=r"build 0x00000000.*; expected 'validate: 4 frames"):
        deploy(build, "xilinx@board")
    assert not (build.folder / "report" / "on_board.json").exists()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("connect to host board port 22: Connection refused", "refuses the connection"),
        ("connect to host board port 22: Connection timed out", "does not answer"),
        ("Timeout, server board not responding.", "answers no more: a board that hangs"),
        ("connect to host board port 22: No route to host", "cannot be reached"),
        ("Could not resolve hostname board: Name or service not known", "no host of this name"),
        ("x@board: Permission denied (publickey,password).", "ssh-copy-id x@board first"),
        ("Host key verification failed.", "host key is unknown or changed"),
        ("kex_exchange_identification: banner", "ssh failed: kex_exchange_identification: banner"),
    ],
)
def test_a_connection_that_fails_is_explained(
    built: Detector, host: Host, said: str, expected: str
) -> None:
    host.says("probe", f"echo '{said}' >&2; exit 255")
    with pytest.raises(FlowError, match=expected) as caught:
        deploy(built[1], "x@board")
    assert str(caught.value).startswith("x@board: ")
    assert not any("tar" in line for line in host.asked)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"machine": "x86_64"}, "is x86_64, a Pynq-Z2 is armv7l: wrong host"),
        ({"machine": "aarch64"}, "is aarch64, a Pynq-Z2 is armv7l"),
        ({"machine": ""}, "does not say what machine it is"),
        ({"board": "Pynq-Z1"}, "is a Pynq-Z1, not a Pynq-Z2: deploy with BOARD=Pynq-Z1"),
        ({"board": "KV260"}, "is a KV260, not a Pynq-Z2: deploy with BOARD=KV260_SOM"),
        ({"board": "", "model": "Digilent Pynq-Z1"}, "is a Digilent Pynq-Z1, not a Pynq-Z2"),
        ({"pynq": "ModuleNotFoundError: No module named pynq"}, "has no pynq .ModuleNotFoundError"),
        ({"numpy": "ImportError"}, "has no numpy"),
        ({"python": "False"}, "needs Python 3.8 or later"),
        ({"python": "bash: python3: command not found"}, "has: bash: python3: command not found"),
    ],
)
def test_a_host_that_is_no_such_board_is_refused(
    built: Detector, host: Host, facts: dict[str, str], expected: str
) -> None:
    host.is_(**facts)
    with pytest.raises(FlowError, match=expected):
        deploy(built[1], "x@board")
    assert not any("tar" in line for line in host.asked)
    assert not (built[1].folder / "report" / "on_board.json").exists()


def test_a_board_that_does_not_say_its_name_is_taken_for_it(
    built: Detector, host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    host.is_(board="", model="Xilinx Zynq")
    deploy(built[1], "x@board")
    assert "does not say which board it is; taken for a Pynq-Z2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("step", "script", "expected"),
    [
        ("copy", "echo 'tar: No space left on device' >&2; exit 2", "copying to dupnet/.*No space"),
        (
            "validate",
            "echo 'error: frame 0, row 1: no' >&2; exit 1",
            "status 1: frame 0, row 1: no",
        ),
        ("validate", "exit 3", "validate failed with status 3: it says nothing"),
        ("validate", "echo 'sudo: a password is required' >&2; exit 1", "type: sudo -i, then cd"),
    ],
)
def test_what_fails_on_the_board_is_said_and_leaves_no_result(
    built: Detector, host: Host, step: str, script: str, expected: str
) -> None:
    result = built[1].folder / "report" / "on_board.json"
    result.write_text("{}")
    host.says(step, script)
    with pytest.raises(FlowError, match=expected):
        deploy(built[1], "x@board")
    assert not result.exists()


@pytest.mark.parametrize("name", ["", "-oProxyCommand=x", "two words"])
def test_a_host_that_is_no_address_is_refused(built: Detector, host: Host, name: str) -> None:
    with pytest.raises(FlowError, match="expected user@address"):
        deploy(built[1], name)
    assert not host.asked


def test_without_ssh_a_host_cannot_be_reached(
    built: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(FlowError, match="needs ssh, which is not on the PATH"):
        deploy(built[1], "x@board")


# --- a host, by a real ssh server that stands in for the board --------------------------------


def _key(path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A local sshd whose sessions live in a folder (returned): host ``board``, a stand-in PYNQ."""
    if SSHD is None:
        pytest.skip("no sshd on this machine (Debian: apt install openssh-server)")
    home = tmp_path / "board"
    keys = tmp_path / "keys"
    for folder in (home, keys, home / "bin"):
        folder.mkdir()
    _key(keys / "server")
    _key(keys / "client")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (home / "bin" / "python3").symlink_to(sys.executable)
    (home / "bin" / "uname").write_text("#!/bin/sh\necho armv7l\n")
    (home / "bin" / "sudo").write_text(
        '#!/bin/sh\nwhile [ "${1#-}" != "$1" ]; do shift; done\nROOT=1 exec "$@"\n'
    )
    # root's files are in what was copied there before: only root may remove it
    (home / "bin" / "rm").write_text(
        '#!/bin/sh\ncase "$ROOT $*" in " "*-Z2.old) exit 1 ;; esac\nexec /bin/rm "$@"\n'
    )
    for name in ("uname", "sudo", "rm"):
        (home / "bin" / name).chmod(0o755)
    (home / ".bash_profile").write_text(
        f"export PATH={home}/bin:$PATH BOARD=Pynq-Z2 PYTHONPATH={STAND_IN}\n"
    )
    (home / "session").write_text(
        f'export HOME={home}; cd {home}; exec bash -c "$SSH_ORIGINAL_COMMAND"\n'
    )
    (keys / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {keys}/server\nPidFile none\n"
        f"AuthorizedKeysFile {keys}/client.pub\nStrictModes no\nUsePAM no\n"
        f"PermitRootLogin yes\nForceCommand bash {home}/session\n"
    )
    (keys / "ssh_config").write_text(
        f"Host board\nHostName 127.0.0.1\nPort {port}\nUser {getpass.getuser()}\n"
        f"IdentityFile {keys}/client\nIdentitiesOnly yes\nStrictHostKeyChecking no\n"
        f"UserKnownHostsFile {keys}/known\n"
    )
    ssh = shutil.which("ssh")
    (keys / "ssh").write_text(f'#!/bin/sh\nexec {ssh} -F {keys}/ssh_config "$@"\n')
    (keys / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{keys}:{os.environ['PATH']}")
    if os.geteuid() == 0:  # sshd of root wants its empty folder, which the service would make
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    with (keys / "log").open("wb") as log:
        server = subprocess.Popen([SSHD, "-D", "-e", "-f", str(keys / "sshd_config")], stderr=log)
        try:
            _await(port, server, keys / "log")
            yield home
        finally:
            server.terminate()
            server.wait()


def _await(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(100):
        assert server.poll() is None, log.read_text()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def test_over_a_real_connection_the_board_validates(
    built: Detector, board: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, build = built
    old = board / "dupnet" / "tiny-Pynq-Z2" / "left-over"
    old.mkdir(parents=True)
    assert main(["deploy", str(path), "--host", "board"]) == 0, capsys.readouterr().err
    number = json.loads((build.folder / "driver" / "accelerator.json").read_text())["build_id"]
    out = capsys.readouterr().out
    assert out.endswith(f"validate: 4 frames, all integers equal (build {number})\n")
    there = board / "dupnet" / "tiny-Pynq-Z2"
    assert (there / "bitfile" / "tiny.bit").read_bytes() == b"bits"
    assert not old.exists()
    assert not list(there.rglob("__pycache__"))  # which would be root's
    assert not there.with_name(there.name + ".part").exists()


def test_over_a_real_connection_a_fault_and_a_wrong_machine_are_said(
    built: Detector, board: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, build = built
    profile = board / ".bash_profile"
    text = profile.read_text()
    profile.write_text(text + "export PYNQ_STAND_IN_FAULT=1\n")
    assert main(["deploy", str(path), "--host", "board"]) == 1
    assert "validate failed with status 1: frame 0, row 0" in capsys.readouterr().err
    result = json.loads((build.folder / "report" / "on_board.json").read_text())
    assert "integers differ" in result["faults"][0]
    (board / "bin" / "uname").unlink()
    assert main(["deploy", str(path), "--host", "board"]) == 1
    assert "a Pynq-Z2 is armv7l: wrong host" in capsys.readouterr().err


def test_over_a_real_connection_a_refused_one_is_said(built: Detector, board: Path) -> None:
    (board.parent / "keys" / "ssh_config").write_text("Host *\nHostName 127.0.0.1\nPort 1\n")
    with pytest.raises(FlowError, match="board: it refuses the connection"):
        deploy(built[1], "board")
