"""Values on make's command line are data: no command runs, no folder appears, no option either."""

import subprocess
from pathlib import Path

import pytest

from flows.make.makefile import goals, reads
from flows.make.variables import CHECKS, INTERNAL
from tests.flows.make.make_case import Place

#: Each way in which a value was, or could be, taken for a command; {} is a file that it would make.
COMMANDS = (
    "`touch {}`", "$(touch {})", "$$(touch {})", "$(shell touch {})", "$$(shell touch {})",
    ";touch {};", '";touch {};"', "';touch {};'", "|touch {}", "&touch {}&", "\\`touch {}\\`",
    "${{x:-`touch {}`}}", "$(eval $(shell touch {}))", "x)`touch {}`", "-x`touch {}`",
)  # fmt: skip
FREE = (
    "DATA",
    "VIDEO",
    "PICTURES",
    "FINN_HLSLIB",
    "SECTIONS",
    "ONLY",
    "STAGES",
    "NODES",
    "OUT",
    "RUN_DIR",
    "COMPARE",
    "MEASURE",
    "TORCH_INDEX",
)
WORDS = ("TRAIN_ARGS", "COMPARE_ARGS")
#: Variables that name a file, and what it holds.
FILES = {"IMAGE": b"", "CHECKPOINT": b"PK\3\4", "FOLDING": b"{}"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("make"))


def hostile(quotes: bool = True) -> str:
    """All of COMMANDS in one value."""
    parts = [text.format(f"caught{number}") for number, text in enumerate(COMMANDS)]
    return " ".join(p for p in parts if quotes or not set(p) & set("'\"\\"))


def goal_of(variable: str) -> str:
    """A goal that reads a variable."""
    choice = [goal for goal in ("demo", "bench", *goals()[2:]) if variable in reads([goal])]
    return choice[0] if choice else "setup"


def run(place: Place, variable: str, value: str) -> "subprocess.CompletedProcess[str]":
    """A goal that reads the variable; that of TORCH_INDEX is an environment to be made anew."""
    stamp = place.folder / ".venv" / ".installed"
    if variable != "TORCH_INDEX":
        return place.make(goal_of(variable), f"{variable}={value}")
    stamp.unlink()
    done = place.make("setup", "PYTHON=.venv/bin/python", f"{variable}={value}")
    stamp.touch()
    return done


@pytest.mark.parametrize("variable", [name for name in CHECKS if name != "PYTHON"])
def test_no_value_runs_a_command(place: Place, variable: str) -> None:
    done = run(place, variable, hostile(variable not in WORDS))
    assert (done.returncode == 0) == (variable in (*FREE, *WORDS)), done.stderr
    assert place.tree() == place.before


@pytest.mark.parametrize("variable", [n for n in CHECKS if n not in (*FREE, *WORDS, "PYTHON")])
def test_no_value_is_a_folder_or_an_option(variable: str) -> None:
    for value in ("../../outside", "../x", "/x", "-x", "--help", ".", "..", "a b", "%", "*", "~"):
        assert CHECKS[variable](value), value


@pytest.mark.parametrize("variable", FREE)
def test_a_free_value_reaches_its_command_as_it_was_typed(place: Place, variable: str) -> None:
    done = run(place, variable, hostile())
    assert done.returncode == 0, done.stderr
    typed = [a for call in place.asked() for a in call if a.endswith(f"={hostile()}")]
    assert typed
    assert all(argument.startswith("--") for argument in typed)


@pytest.mark.parametrize("number", range(len(COMMANDS)))
def test_a_file_may_have_any_name(place: Place, number: int) -> None:
    named = {v: f"a  b {COMMANDS[number].format('caught')} # % ü.{v}" for v in FILES}
    for variable, name in named.items():
        (place.folder / name).write_bytes(FILES[variable])
    try:
        done = place.make("demo", *(f"{variable}={name}" for variable, name in named.items()))
        assert done.returncode == 0, done.stderr
        for variable, name in named.items():
            found = {argument for call in place.asked() for argument in call if name in argument}
            option = f"--{variable.lower()}={name}"
            assert found == ({option, name} if variable == "IMAGE" else {option})
    finally:
        for name in named.values():
            (place.folder / name).unlink()
    assert place.tree() == place.before


@pytest.mark.parametrize(
    "host",
    ["-oProxyCommand=touch caught", "x@-oProxyCommand=touch", "-l", "`touch caught`", "a;b", "a b",
     "$(touch caught)", "a|b", "a'b", 'a"b', "a\\b", "a&b", "user@", "@host", "", "ssh://-x"],
)  # fmt: skip
def test_a_host_is_no_option_and_no_command(place: Place, host: str) -> None:
    done = place.make("deploy", f"HOST={host}")
    assert done.returncode == 2
    assert f"HOST={host}: expected user@address" in done.stderr or "HOST= is empty" in done.stderr
    assert place.asked() == []
    assert place.tree() == place.before


@pytest.mark.parametrize(
    "host", ["xilinx@192.168.2.99", "pynq", "pynq.local", "root@[fe80::1%eth0]", "ssh://x@pynq:22"]
)
def test_a_host_as_ssh_takes_it(place: Place, host: str) -> None:
    assert place.make("deploy", f"HOST={host}").returncode == 0
    assert f"--host={host}" in place.asked()[-1]


@pytest.mark.parametrize("variable", [n for n in CHECKS if n not in INTERNAL])
def test_a_line_break_is_refused(place: Place, variable: str) -> None:
    done = place.make(goal_of(variable), f"{variable}=a\ntouch caught\n")
    assert done.returncode == 2
    assert f"{variable}= has a line break in its value" in done.stderr
    assert place.tree() == place.before


def test_python_is_one_program(place: Place) -> None:
    (place.folder / ".venv" / ".installed").unlink()
    done = place.make("setup", f"PYTHON={hostile()}")
    (place.folder / ".venv" / ".installed").touch()
    assert done.returncode == 2
    assert "Python 3.11 is needed" in done.stderr
    assert place.tree() == place.before


def test_the_configuration_holds_any_name_of_a_folding_file(tmp_path: Path) -> None:
    import yaml

    from flows.make.configuration import text

    name = str(tmp_path / "a: b # 'c' \"d\" \\e {f} ü \U0001f600 %.json")
    made = text(Path("build/m.onnx"), "n", "dupnet-x", "Pynq-Z2", "60", "", name)
    assert yaml.safe_load(made) == {
        "model": "m.onnx",
        "output_dir": "n",
        "name": "dupnet_x",
        "board": "Pynq-Z2",
        "target_fps": 60,
        "folding_config_file": name,
    }
