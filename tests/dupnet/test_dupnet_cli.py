"""``dupnet``: every command is there, passes its line on, and speaks as its users type."""

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import flows.__main__ as flows
from dupnet import builds, cli, commands, demo, project
from dupnet.checkpoints import shipped, with_paths
from dupnet.commands import COMMANDS, GROUPS
from dupnet.words import translate
from flows.make.makefile import goals
from outside import called

ROOT = Path(__file__).resolve().parents[2]
#: What is for the project's folder alone, or another command's (watch is detect).
OF_THE_SOURCES = {
    "watch",
    "help",
    "setup",
    "test",
    "test-all",
    "mutants",
    "fuzz-networks",
    "clean",
    "docs",
    "figures",
}
#: What other goals need.
PARTS = {"built", "pictured", "bitstream-plan"}


@pytest.fixture(autouse=True)
def _speaks_of_modules_again():
    yield
    called._front.clear()


def said(capsys, *words):
    """(status, standard output, standard error) of a command line."""
    try:
        status = cli.main(list(words))
    except SystemExit as end:
        status = end.code
    return status, *capsys.readouterr()


def test_every_command_of_make_has_its_counterpart():
    assert set(goals()) - OF_THE_SOURCES - PARTS <= set(COMMANDS)


def test_every_command_of_flows_is_one_of_dupnet(capsys):
    with pytest.raises(SystemExit):
        flows.main(["?"])
    known = capsys.readouterr().err.partition("known: ")[2].partition("\n")[0].split(", ")
    assert len(known) > 10
    assert set(known) <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command(capsys, name):
    status, out, _ = said(capsys, name, "--help")
    assert status == 0
    assert out.startswith(f"usage: dupnet {'pnr' if name == 'timing' else name} ")
    assert "python -m" not in out
    assert ("instead of CONFIG.yaml:" in out) == COMMANDS[name].builds


def test_help_on_a_terminal(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stdout", terminal)
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    drawn = terminal.getvalue()
    assert "\x1b[" in drawn
    for title, group in GROUPS.items():
        assert f" {title} " in drawn
        assert all(command.name in drawn for command in group)


def test_help_loads_nothing_heavy():
    code = (
        "import sys\nfrom dupnet import cli\ntry:\n    cli.main(['--help'])\n"
        "except SystemExit:\n    print(sorted(set(sys.modules) & {'torch', 'numpy', 'onnx'}))\n"
    )
    out = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True)
    assert out.endswith("[]\n")


def test_help_lists_all(capsys):
    status, out, _ = said(capsys, "--help")
    assert status == 0
    for name, command in COMMANDS.items():
        assert f"\n  {name:12}{command.help}\n" in out
    assert said(capsys, "--version")[1].startswith("dupnet 0")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("buidl", "argument COMMAND: unknown command 'buidl'; did you mean build?"),
        ("cost --jsno x", "unknown option --jsno; did you mean --json?"),
        ("rtlsim x.yaml --stals 1", "unknown option --stals; did you mean --stalls?"),
        ("build", "the following arguments are required: CONFIG.yaml"),
        ("", "the following arguments are required: COMMAND"),
        ("config --bord x", "unknown option --bord; did you mean --board?"),
        ("build --board", "argument --board: expected one argument"),
    ],
)
def test_typing_errors(capsys, typed, message):
    status, out, err = said(capsys, *typed.split())
    where = " ".join(["dupnet", *typed.split()[:1]]) if typed.split()[:1] != ["buidl"] else "dupnet"
    assert (status, out) == (2, "")
    assert err == f"error: {message}\n(`{where} --help` says more)\n"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("build no.yaml", "no.yaml: no such file; expected a build configuration (YAML)"),
        ("build x.yaml --size 64", "x.yaml and options of a network: expected a configuration"),
        ("demo no.yaml", "no.yaml: no such file; expected a build configuration (YAML)"),
    ],
)
def test_mistakes_are_one_line(capsys, tmp_path, monkeypatch, typed, message):
    monkeypatch.chdir(tmp_path)
    status, out, err = said(capsys, *typed.split())
    assert (status, out) == (1, "")
    assert err.startswith(f"error: {message}")
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_finn_that_is_missing(capsys, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError("No module named 'finn.util'", name="finn.util")

    monkeypatch.setattr(commands.importlib, "import_module", missing)
    assert said(capsys, "bench", "x.yaml") == (
        1,
        "",
        f"error: FINN is missing: pip install --no-deps {cli.FINN}\n",
    )


def test_words_before_and_behind_the_command(monkeypatch):
    seen = []
    monkeypatch.setattr(cli, "main_of", lambda module: lambda words: seen.append(words) or 7)
    assert cli.main(["--debug", "cost", "--json", "x"]) == 7
    assert cli.main(["timing", "x.yaml", "--jobs", "2"]) == 7
    assert cli.main(["evaluate", "network", "--checkpoint", "dupnet-tinier-yolo"]) == 7
    weights = ROOT / "model" / "checkpoints" / "dupnet-tinier-yolo.npz"
    assert seen == [
        ["--debug", "--json", "x"],
        ["pnr", "x.yaml", "--jobs", "2"],
        ["network", "--checkpoint", str(weights)],
    ]


def test_names_of_checkpoints(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = "dupnet-tinier-yolo"
    path = shipped(name)
    assert shipped("ifq-tinier-yolo") is None
    assert with_paths(["--checkpoint", name, "x"]) == ["--checkpoint", str(path), "x"]
    assert with_paths([f"--checkpoint={name}"]) == [f"--checkpoint={path}"]
    scenes = path.with_name(f"{name}-scenes.npz")
    assert with_paths(["--checkpoint", scenes.stem]) == ["--checkpoint", str(scenes)]
    no_names = (["--checkpoint", "ifq-tinier-yolo"], ["--checkpoint", f"../checkpoints/{name}"])
    for words in (["--checkpoint"], *no_names, ["--image", name]):
        assert with_paths(words) == words
    Path(name).write_text("")  # a file of the user's own
    assert with_paths(["--checkpoint", name]) == ["--checkpoint", name]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("run `python -m flows build my.yaml` again", "run `dupnet build my.yaml` again"),
        ("python -m flows pnr and bitstream", "dupnet pnr and bitstream"),
        ("make it with `python -m model.complexity --json`", "make it with `dupnet cost --json`"),
        ("python -m model.complexities", "python -m model.complexities"),
        ("`make bitstream BOARD=ULX3S-85F` needs", "`dupnet bitstream --board ULX3S-85F` needs"),
        ("`make bitstream WAY=open` (--way", "`dupnet bitstream --way open` (--way"),
        ("(make build)", "(dupnet build)"),
        ("then make deploy takes it", "then dupnet deploy takes it"),
        ("make builds; remake build; make it", "make builds; remake build; make it"),
    ],
)  # fmt: skip
def test_commands_in_messages(text, meant):
    assert translate(text) == meant


def test_commands_of_a_report():
    from flows.report.commands import Commands, where

    page = Commands(None, Path("my c.yaml"))
    assert (
        page.flows("synth", "--nodes", "a b") == "python -m flows synth 'my c.yaml' --nodes 'a b'"
    )
    assert ".venv" in where()
    called.call_by(translate)
    assert page.flows("synth") == "dupnet synth 'my c.yaml'"
    assert where() == "Commands are for the folder of the configuration."


# --- on a network and a board ------------------------------------------------------------------


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty folder; exports and commands of flows are only written down."""
    monkeypatch.chdir(tmp_path)
    calls = []
    monkeypatch.setattr(flows, "main", lambda words: calls.append(words) or 0)

    def export(path, *given):
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
        calls.append(["export", path.name, *map(str, given)])

    monkeypatch.setattr("model.export.export", lambda *a: export(a[3], a[0], a[2], a[1], a[4]))
    return calls


def test_config_is_as_makes(place, capsys):
    """Names as tests/flows/make/test_makefile.py has them of make."""
    assert cli.main(["config"]) == 0
    ((_, file, *given),) = place
    assert file.startswith("dupnet-tinier-yolo-512-")
    assert given[:3] == ["dupnet-tinier-yolo", "512", "1"]
    assert given[3].endswith("checkpoints/dupnet-tinier-yolo.npz")
    path = Path("build/dupnet-tinier-yolo-Pynq-Z2.yaml")
    assert capsys.readouterr().out.endswith(f"{path}\n")
    assert path.read_text() == (
        f"model: {file}\noutput_dir: dupnet-tinier-yolo-Pynq-Z2\nname: dupnet_tinier_yolo\n"
        "board: Pynq-Z2\ntarget_fps: 60\n"
    )
    assert cli.main(["config", "--pixels-per-clock", "1/2"]) == 0
    assert len(place) == 1  # exported once
    assert "pixels_per_clock: 1/2" in path.read_text()


def test_other_weights_other_names(place, capsys):
    assert cli.main(["config", "--checkpoint", "", "--model-seed", "02", "--size", "64"]) == 0
    assert place.pop()[1:] == [
        *("dupnet-tinier-yolo-64-seed2.onnx", "dupnet-tinier-yolo", "64", "2", "None"),
    ]
    assert Path("build/dupnet-tinier-yolo-Pynq-Z2-seed2.yaml").is_file()
    for board in ("ULX3S-85F", "Tang-Nano-20K"):
        assert cli.main(["config", "--network", "ifq-tinier-yolo", "--board", board]) == 0
        assert "target_fps: 10\n" in Path(f"build/ifq-tinier-yolo-{board}.yaml").read_text()
    assert place.pop()[1] == "ifq-tinier-yolo-512-seed1.onnx"
    assert cli.main(["config", "--name", "mine", "--into", "there", "--fps", "5"]) == 0
    assert "output_dir: mine\n" in Path("there/mine.yaml").read_text()


def test_an_export_of_another_exporter_is_made_again(place, monkeypatch):
    for name, number in (("a", 1), ("a", 1), ("b", 2)):
        monkeypatch.setattr(project, "exporter", lambda name=name: name)
        assert cli.main(["config"]) == 0
        assert len(place) == number


CONFIG, FOLDER = "build/dupnet-tinier-yolo-Pynq-Z2.yaml", "build/dupnet-tinier-yolo-Pynq-Z2"
BUILT = ["build", CONFIG, "--if-changed"]


@pytest.mark.parametrize(
    ("typed", "calls"),
    [
        ("build --board Pynq-Z2 --stop to_hardware", [["build", CONFIG, "--stop", "to_hardware"]]),
        ("synth --board=Pynq-Z2 --jobs 2", [BUILT, ["synth", CONFIG, "--jobs", "2"]]),
        ("bitstream --board Pynq-Z2 --plan", [["bitstream", CONFIG, "--plan"]]),
        ("detect --board Pynq-Z2 --debug",
         [BUILT, ["detect", CONFIG, "--debug", "--out", f"{FOLDER}/detections.png"]]),
        ("frames --size 512 --out y.npy", [BUILT, ["frames", CONFIG, "--out", "y.npy"]]),
        ("rtlsim --fps 60 --stalls 0.3",
         [BUILT, ["frames", CONFIG, "--out", f"{FOLDER}/frames.npy", "--frames=2"],
          ["rtlsim", CONFIG, "--stalls", "0.3", "--input", f"{FOLDER}/frames.npy"]]),
        ("emulate --size 512 --brevitas --input x.npy --checkpoint dupnet-tinier-yolo",
         [BUILT, ["emulate", CONFIG, "--brevitas", "--input", "x.npy",
                  "--checkpoint", str(shipped("dupnet-tinier-yolo"))]]),
    ],
)  # fmt: skip
def test_a_network_in_place_of_a_configuration(place, typed, calls):
    assert cli.main(typed.split()) == 0
    here = f"{Path.cwd()}/"
    assert [[word.removeprefix(here) for word in words] for words in place[1:]] == calls
    assert place[0][0] == "export"


def test_a_failed_build_ends_it(place, monkeypatch):
    monkeypatch.setattr(flows, "main", lambda words: place.append(words) or 1)
    assert cli.main(["synth", "--size", "512"]) == 1
    assert place[1:] == [BUILT]


def test_demo_runs_all_in_order(place, monkeypatch):
    monkeypatch.setattr(demo.complexity, "main", lambda words: place.append(["cost", *words]) or 0)
    monkeypatch.setattr(demo, "summary", lambda build, *_: f"summary of {build.folder.name}")
    assert cli.main(["demo", "--size", "512", "--stalls", "0.2", "--threshold", "0.5"]) == 0
    files = {name: f"{Path.cwd()}/{FOLDER}/{name}" for name in ("frames.npy", "integers.npy")}
    boxes = f"{Path.cwd()}/{FOLDER}/detections.png"
    assert place[1:] == [
        ["cost", "--json", "build/cost.json"],
        ["build", CONFIG],
        ["frames", CONFIG, "--out", files["frames.npy"], "--frames=2", "--seed=1"],
        ["emulate", CONFIG, "--input", files["frames.npy"], "--brevitas",
         f"--checkpoint={shipped('dupnet-tinier-yolo')}"],
        ["rtlsim", CONFIG, "--input", files["frames.npy"], "--output", files["integers.npy"],
         "--stalls=0.2", "--seed=1"],
        ["cppsim", CONFIG, "--input", files["frames.npy"], "--build", "fast"],
        ["detect", CONFIG, "--integers", files["integers.npy"], "--out", boxes, "--threshold=0.5"],
        ["report", CONFIG, "--cost", "build/cost.json", "--threshold=0.5"],
    ]  # fmt: skip
    monkeypatch.setattr(flows, "main", lambda words: place.append(words) or 3)
    del place[:]
    assert builds.run_on_build(COMMANDS["demo"], demo.main, [CONFIG]) == 3
    assert len(place) == 2
    assert cli.main(["demo", CONFIG, "--image", "no.jpg"]) == 1
    assert len(place) == 2


# --- as a process ------------------------------------------------------------------------------


def test_ctrl_c_while_a_command_is_loaded(tmp_path):
    script = tmp_path / "dupnet"  # as pip writes it
    script.write_text(
        "import signal, sys, time\nfrom dupnet import cli, commands\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever started us\n"
        "def load(name):\n    print('ready', flush=True)\n    time.sleep(60)\n"
        "commands.importlib.import_module = load\nsys.exit(cli.main())\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen(
        [sys.executable, str(script), "lint"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    child.stdout.readline()
    child.send_signal(signal.SIGINT)
    assert (child.stderr.read(), child.wait(20)) == (b"interrupted\n", 130)
