"""Running a tool: what it says, and what is said where it cannot be started."""

import sys

import pytest

from hw.errors import HardwareError
from hw.tools.process import call, run_to_log, version_line

BOTH = "import sys; print('one', flush=True); print('two', file=sys.stderr); sys.exit(3)"


def test_both_outputs_in_one_and_line_by_line(tmp_path):
    lines = []
    done = call([sys.executable, "-c", BOTH], tmp_path, lines.append)
    assert (done.returncode, done.stdout, lines) == (3, "one\ntwo\n", ["one\n", "two\n"])


def test_folder_and_environment(tmp_path):
    code = "import os; print(os.getcwd(), os.environ['A'])"
    done = call([sys.executable, "-c", code], tmp_path, environment={"A": "b"})
    assert done.stdout == f"{tmp_path.resolve()} b\n"


def test_an_interrupted_reader_ends_the_tool(tmp_path):
    def stop(_):
        raise KeyboardInterrupt

    code = "import time; print(1, flush=True); time.sleep(100)"
    with pytest.raises(KeyboardInterrupt):
        call([sys.executable, "-c", code], tmp_path, stop)


def test_to_a_log(tmp_path):
    log = tmp_path / "run.log"
    assert run_to_log([sys.executable, "-c", BOTH], tmp_path, log) == 3
    assert log.read_text() == "one\ntwo\n"
    with pytest.raises(HardwareError, match="nothing/here: cannot be run: No such file"):
        run_to_log(["nothing/here"], tmp_path, log)


def test_the_first_line_of_a_version(tmp_path):
    tool = tmp_path / "tool"
    tool.write_text("#!/bin/sh\necho tool 1.2\necho more\n")
    tool.chmod(0o755)
    assert version_line(str(tool)) == "tool 1.2"
    tool.write_text("#!/bin/sh\necho tool 1.2\nexit 1\n")
    assert version_line(str(tool)) == ""
