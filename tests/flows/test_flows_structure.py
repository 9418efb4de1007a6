"""How the flow is laid out: who may import whom, and what a command loads before it runs."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from flows.__main__ import COMMANDS
from flows.build.names import EXECUTED, ResultName, StepName
from flows.build.sequence import STEPS

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "flows").rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Names of the modules that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def test_nothing_below_the_report_imports_it() -> None:
    users = [
        path.relative_to(ROOT / "flows").as_posix()
        for path in SOURCES
        if any(name.startswith("flows.report") for name in imported(path))
    ]
    assert {name for name in users if not name.startswith("report/")} == {"commands/report.py"}


def test_one_file_knows_the_paths_of_a_build() -> None:
    """No other one joins the build's folder and a name, or writes a step's name as a text."""
    joined = re.compile(r"(output_dir|build\.folder|self\.folder|config\.folder) / f?[\"']")
    of_its_own = {"build/layout.py", "run/bitstream_serial.py"}  # the latter's own work folder
    steps = re.compile(rf"\"({'|'.join(StepName)})\"")
    for path in SOURCES:
        name = path.relative_to(ROOT / "flows").as_posix()
        text = path.read_text(encoding="utf-8")
        assert name in of_its_own or not joined.search(text), name
        assert name == "build/names.py" or not steps.search(text), name


def test_every_step_has_one_file_and_its_name() -> None:
    assert list(STEPS) == list(StepName)
    assert all(step.name == name for name, step in STEPS.items())
    homes = [step.run.__module__ for step in STEPS.values()]
    assert len(set(homes)) == len(homes)
    assert all(home.startswith("flows.build.steps.") for home in homes)


def test_results_of_steps_stay_where_executors_results_go() -> None:
    of_steps = set(ResultName) - set(EXECUTED)
    assert {"verify_import", "fifo_sizing", "memories", "estimate_layer_cycles"} <= of_steps
    assert {"emulation", "rtlsim_performance", "cppsim", "bitstream"} <= set(EXECUTED)


def test_each_command_once() -> None:
    names = [command.name for command in COMMANDS]
    assert len(set(names)) == len(names)
    files = {path.stem for path in (ROOT / "flows" / "commands").glob("*.py")}
    assert {name.replace("-", "_") for name in names} == files - {"__init__", "command", "executor"}


@pytest.mark.parametrize("command", ["", *(command.name for command in COMMANDS)])
def test_help_loads_nothing_heavy(command: str) -> None:
    given = [command, "--help"] if command else ["--help"]
    program = (
        "import sys\nfrom flows.__main__ import _parser\n"
        f"try: _parser().parse_args({given})\nexcept SystemExit: pass\n"
        "print({'numpy', 'pydantic', 'onnx', 'qonnx', 'finn'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr == "set()\n"
