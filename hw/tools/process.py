"""Running a tool as a process of its own: what it says, to the end or line by line."""

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from hw.errors import HardwareError


def call(
    command: Sequence[str],
    folder: Path | None = None,
    line: Callable[[str], None] | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; stdout holds all that it says, on either output.

    folder: working directory. line: is given every line at once. environment: this one if None.
    """
    said = []
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            for text in process.stdout or ():
                said.append(text)
                if line is not None:
                    line(text)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(command, process.returncode, "".join(said))


def run_to_log(command: Sequence[str], folder: Path, log: Path) -> int:
    """Run a command in folder, all that it says to the file log as it comes; its exit status.

    Raises HardwareError where it cannot be started.
    """
    try:
        with log.open("w", encoding="utf-8") as out:
            done = subprocess.run(
                command,
                check=False,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
    except OSError as error:
        raise HardwareError(f"{command[0]}: cannot be run: {error.strerror}") from error
    return done.returncode


def version_line(binary: str, environment: Mapping[str, str] | None = None) -> str:
    """First line of ``--version`` on the standard output; "" where it fails."""
    done = subprocess.run(
        [binary, "--version"],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env=environment or dict(os.environ),
        check=False,
    )
    return done.stdout.partition("\n")[0] if done.returncode == 0 else ""
