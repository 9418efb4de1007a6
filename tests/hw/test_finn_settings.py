"""FINN's settings: read from nowhere, whatever lies in the temporary folder or the environment."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: YAML that runs a command when FINN's loader reads it.
TRAP = "finn_rtllib: !!python/object/apply:os.system ['touch {}']\n"
ASK = """
from hw.finn_settings import use_default_settings
use_default_settings()
from finn.util.settings import get_settings, initialize_dummy_settings
initialize_dummy_settings()
print(get_settings().finn_rtllib)
"""


def test_a_file_in_the_temporary_folder_is_not_read(tmp_path):
    """The name that an earlier version used, and FINN's own two, each with code in it."""
    caught = tmp_path / "caught"
    for name in ("finn-settings.yaml", "home/.finn/settings.yaml", "mine.yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TRAP.format(caught))
    before = sorted(tmp_path.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env={
            **os.environ,
            "TMPDIR": str(tmp_path),
            "HOME": str(tmp_path / "home"),
            "FINN_SETTINGS": str(tmp_path / "mine.yaml"),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert "finn-rtllib" in done.stdout
    assert not caught.exists()
    assert sorted(tmp_path.rglob("*")) == before  # and nothing is left there


def test_every_command_that_may_call_finn_asks_for_it():
    """The programs whose modules import FINN, or which start those that do."""
    for name in ("flows", "flows.bench", "hw.synth.cost"):
        text = (ROOT / name.replace(".", "/") / "__main__.py").read_text()
        assert "use_default_settings()" in text, name


def test_no_source_names_a_file_in_the_temporary_folder():
    """A name there that others can guess can be theirs; tempfile's own are random."""
    found = [
        path
        for package in ("flows", "hw", "model")
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"gettempdir|[\"']/tmp|TMPDIR", path.read_text(encoding="utf-8"))
    ]
    assert found == []
