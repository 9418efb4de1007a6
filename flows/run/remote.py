"""A board reached by ssh: looking at it, copying a folder to it, running a command there.

Everything goes through the ``ssh`` command, so that the user's keys, configuration and known hosts
count. Nothing ever asks for a password: where one would be needed, the error says what to do.
"""

import io
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from flows.errors import FlowError
from flows.run.host_name import EXPECTED, is_host
from hw.boards import Board, board_names, load_board

#: Machine (uname -m) of a family's processor.
_MACHINES = {"zynq7000": "armv7l", "zynqultrascaleplus": "aarch64"}
#: What a host says of itself, as lines key=value. Login shells know PYNQ's environment and BOARD.
_PROBE = r"""
echo machine=$(uname -m)
echo board=$BOARD
echo model=$(tr -d '\0' 2>/dev/null </proc/device-tree/model)
echo python=$(python3 -c 'import sys; print(sys.version_info >= (3, 8))' 2>&1 | tail -n 1)
for module in numpy pynq; do
  if text=$(python3 -c "import $module" 2>&1); then echo $module=yes
  else echo $module=$(echo "$text" | tail -n 1); fi
done
"""
#: A board whose bus hangs answers no more, for ever: after a minute ssh gives up.
_ALIVE = ("ServerAliveInterval=15", "ServerAliveCountMax=4")
#: What ssh says on standard error, and what that means.
_REASONS = (
    ("connection refused", "it refuses the connection: is an ssh server running there?"),
    ("could not resolve", "there is no host of this name"),
    ("name or service not known", "there is no host of this name"),
    ("not responding", "it answers no more: a board that hangs has to be switched off and on"),
    ("timed out", "it does not answer: is the board on, and is the address right?"),
    ("no route to host", "it cannot be reached: is the board on, and is the address right?"),
    ("network is unreachable", "it cannot be reached: is the board on, and is the address right?"),
    ("permission denied", "it lets nobody in without a password: ssh-copy-id {host} first"),
    (
        "host key verification failed",
        "its host key is unknown or changed: ssh {host} by hand",
    ),
)


class Remote:
    """A host that ssh reaches, user@address."""

    def __init__(self, host: str) -> None:
        if not is_host(host):
            raise FlowError(f"--host {host}: expected {EXPECTED}")
        if shutil.which("ssh") is None:
            raise FlowError("--host needs ssh, which is not on the PATH: install an OpenSSH client")
        self.host = host

    def run(self, command: str, data: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        """Run a command in a login shell; FlowError where ssh itself fails."""
        options = ("BatchMode=yes", "ConnectTimeout=10", *_ALIVE)
        said = [part for option in options for part in ("-o", option)]
        return self._ssh([*said, self.host, f"bash -lc {shlex.quote(command)}"], data)

    def run_as_root(self, command: str, what: str) -> str:
        """Run a command as root; returns what it says, FlowError with its last line if it fails."""
        shell = f"bash -lc {shlex.quote(command)}"
        elevated = f'if [ "$(id -u)" = 0 ]; then {shell}; else sudo -n -E {shell}; fi'
        done = self.run(elevated)
        said, faults = _text(done.stdout), _text(done.stderr)
        if done.returncode == 0:
            return said
        if "password is required" in faults or "a terminal is required" in faults:
            raise FlowError(
                f"{self.host}: {what} needs root there, and sudo asks for a password; log in and "
                f"type: sudo -i, then {command}"
            )
        last = (faults or said).splitlines()
        raise FlowError(
            f"{self.host}: {what} failed with status {done.returncode}: "
            f"{last[-1].removeprefix('error: ') if last else 'it says nothing'}"
        )

    def copy(self, folder: Path, target: str) -> None:
        """Copy a folder to a path in the host's home, whole or not at all."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            archive.add(folder, ".")
        work, old = shlex.quote(f"{target}.part"), shlex.quote(f"{target}.old")
        place = shlex.quote(target)
        # what root ran there may have left files of root's
        drop = f"rm -rf {old} 2>/dev/null || sudo -n rm -rf {old}"
        command = (
            f"set -e; rm -rf {work}; mkdir -p {work}; tar -xzf - -C {work}; {drop}; "
            f"if [ -e {place} ]; then mv {place} {old}; fi; mv {work} {place}; {drop}"
        )
        done = self.run(command, packed.getvalue())
        if done.returncode:
            lines = _text(done.stderr).splitlines()
            reason = lines[-1] if lines else f"status {done.returncode}"
            raise FlowError(f"{self.host}: copying to {target} failed: {reason}")

    def _ssh(self, arguments: list[str], data: bytes) -> "subprocess.CompletedProcess[bytes]":
        done = subprocess.run(["ssh", *arguments], input=data, capture_output=True, check=False)
        if done.returncode != 255:  # ssh's own status
            return done
        said = _text(done.stderr)
        for text, reason in _REASONS:
            if text in said.lower():
                raise FlowError(f"{self.host}: {reason.format(host=self.host)}")
        last = said.splitlines()
        raise FlowError(f"{self.host}: ssh failed: {last[-1] if last else 'it says nothing'}")


def check_board(remote: Remote, board: Board) -> None:
    """FlowError where the host is not this board with PYNQ's environment."""
    done = remote.run(_PROBE)
    lines = _text(done.stdout).splitlines()
    found = dict(line.split("=", 1) for line in lines if "=" in line)
    host, machine = remote.host, found.get("machine", "")
    if not machine:
        raise FlowError(
            f"{host}: its shell does not say what machine it is; expected Linux with bash"
        )
    expected = _MACHINES[board.family]
    if machine != expected:
        raise FlowError(f"{host}: is {machine}, a {board.name} is {expected}: wrong host?")
    _check_name(host, found, board)
    if found.get("python") != "True":
        raise FlowError(f"{host}: needs Python 3.8 or later, has: {found.get('python') or 'none'}")
    for module in ("numpy", "pynq"):
        if found.get(module) != "yes":
            raise FlowError(
                f"{host}: its Python has no {module} ({found.get(module) or 'unknown'}); expected "
                "PYNQ's image, 2.7 or later"
            )


def _check_name(host: str, found: dict[str, str], board: Board) -> None:
    """FlowError where PYNQ's BOARD or the device tree names another board."""
    name = found.get("board", "")
    if name and not board.is_called(name):
        known = [other for other in board_names() if load_board(other).is_called(name)]
        names = " or ".join(f"BOARD={other}" for other in known)
        advice = f"deploy with {names}" if known else "wrong host?"
        raise FlowError(f"{host}: is a {name}, not a {board.name}: {advice}")
    model = _plain(found.get("model", ""))
    others = [other for other in board_names() if other != board.name and _plain(other) in model]
    if not name and others and _plain(board.name) not in model:
        raise FlowError(f"{host}: is a {found['model']}, not a {board.name}: wrong host?")
    if not name and _plain(board.name) not in model:
        print(f"{host}: does not say which board it is; taken for a {board.name}", file=sys.stderr)


def _text(said: bytes) -> str:
    return said.decode(errors="replace").strip()


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
