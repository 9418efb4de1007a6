"""The Makefile: names that were mistyped, values that mean nothing, weights told apart."""

import hashlib
import re
from pathlib import Path

import pytest

from flows.make.makefile import goals, reads
from flows.make.variables import CHECKS, INTERNAL, PRESETS, SPLITS, boards
from hw.boards import board_names, load_board
from tests.flows.make.make_case import ROOT, Place

SHIPPED = ROOT / "model" / "checkpoints" / "dupnet-tinier-yolo.npz"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("make"))


@pytest.mark.parametrize(
    "typed,said",
    [
        ("build target_fps=120", "target_fps=: no such variable (make help lists them); did you "
                                 "mean TARGET_FPS?"),
        ("demo IMGE=x.jpg", "IMGE=: no such variable (make help lists them); did you mean IMAGE?"),
        ("rtlsim FRAME=3", "FRAME=: no such variable (make help lists them); did you mean FRAMES?"),
        ("build qqq=1", "qqq=: no such variable (make help lists them)"),
        ("build BUILDER=x", "BUILDER=: no such variable (make help lists them)"),
        ("weights BUILD=x CHECKPOINT=", "BUILD=x: expected the folder of a finished build, or its"),
        ("weights", "make weights: expected MODEL=second.onnx, or CHECKPOINT=second.npz"),
        ("weights MODEL=no.onnx", "MODEL=no.onnx: no such file; expected a QONNX model (.onnx)"),
        ("weights MODEL=ifq", "MODEL=ifq: expected one of tiny-yolo, ifq-tinier-yolo"),
        ("build MODEL=x.onnx", "MODEL=x.onnx: expected one of tiny-yolo, ifq-tinier-yolo"),
        ("build SHELL=x", "SHELL=: no such variable"),
        ("dmeo", "dmeo: no such target (make help lists them); did you mean demo?"),
        ("build rtl-sim", "rtl-sim: no such target (make help lists them); did you mean rtlsim?"),
        ("zzz", "zzz: no such target (make help lists them)"),
        ("demo IMAGE=nope.jpg", "IMAGE=nope.jpg: no such file; expected a picture"),
        ("demo IMAGE=model", "IMAGE=model: a folder; expected a picture"),
        ("demo IMAGE=/dev/zero", "IMAGE=/dev/zero: no plain file; expected a picture"),
        ("build MODEL=dupnet", "MODEL=dupnet: expected one of tiny-yolo, ifq-tinier-yolo"),
        ("build MODEL=", "MODEL= is empty; expected one of tiny-yolo"),
        ("build BOARD=pynq", "BOARD=pynq: expected one of KV260_SOM, Pynq-Z1"),
        ("build BOARD=%", "BOARD=%: expected one of"),
        ("build CHECKPOINT=no.npz", "CHECKPOINT=no.npz: no such file; expected a checkpoint"),
        ("build CHECKPOINT=Makefile", "CHECKPOINT=Makefile: not a checkpoint; expected a"),
        ("build FOLDING=Makefile", "FOLDING=Makefile: not readable as JSON"),
        ("build SIZE=500", "SIZE=500: expected a multiple of 32 up to 4096"),
        ("build TARGET_FPS=abc", "TARGET_FPS=abc: expected a number above 0"),
        ("build TARGET_FPS=inf", "TARGET_FPS=inf: expected a number above 0"),
        ("build TARGET_FPS=-3", "TARGET_FPS=-3: expected a number above 0"),
        ("build TARGET_FPS=", "TARGET_FPS= is empty; expected a number above 0"),
        ("build PIXELS_PER_CLOCK=1/0", "PIXELS_PER_CLOCK=1/0: expected 1/16 to 8"),
        ("build PIXELS_PER_CLOCK=9", "PIXELS_PER_CLOCK=9: expected 1/16 to 8"),
        ("build PIXELS_PER_CLOCK=1 TARGET_FPS=9", "are both given; expected one"),
        ("rtlsim FRAMES=abc", "FRAMES=abc: expected a whole number, 1 or more"),
        ("build FRAMES=abc", "FRAMES=abc: expected a whole number, 1 or more"),
        ("rtlsim STALLS=1", "STALLS=1: expected 0 or more, below 1"),
        ("rtlsim STALLS=nan", "STALLS=nan: expected 0 or more, below 1"),
        ("rtlsim SEED=-1", "SEED=-1: expected a whole number, 0 or more"),
        ("rtlsim WAVES=on", "WAVES=on: expected one of 1, yes, true, 0, no, false"),
        ("detect THRESHOLD=2", "THRESHOLD=2: expected 0 to 1"),
        ("synth JOBS=0", "JOBS=0: expected a whole number, 1 or more"),
        ("cppsim BUILDS=slow", "BUILDS=slow: expected one of fast, exact, both"),
        ("bitstream WAY=vitis", "WAY=vitis: expected one of vivado, open"),
        ("deploy HOST=a@b WITHOUT_BITFILE=1", "are both given: a board needs the bitfile"),
        ("pareto PARETO=yolo", "PARETO=yolo: expected names of tiny-yolo"),
        ("-e build", "make -e: variables of the environment do not count here"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(place: Place, typed: str, said: str) -> None:
    done = place.make(*typed.split())
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert place.asked() == []
    assert place.tree() == place.before
    assert not (place.folder / "build").exists()


@pytest.mark.parametrize("name", ['a"b', "a'b", "a$b", "a`b", "a#b", "a;b", "a:b", "a%b", "a\\b"])
def test_a_checkout_that_tools_cannot_be_in_is_refused(tmp_path: Path, name: str) -> None:
    done = Place(tmp_path / name).make("build")
    assert done.returncode == 2
    assert "the path of this folder has" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_variable_that_changes_nothing_is_said(place: Place) -> None:
    done = place.make("cost", "IMAGE=Makefile", "BOARD=ZCU104")
    assert done.returncode == 0
    assert "note: make cost makes no use of IMAGE=\n" in done.stderr
    assert "note: make cost makes no use of BOARD=\n" in done.stderr
    assert place.make("demo", "IMAGE=Makefile", "BOARD=ZCU104", "FRAMES=1").stderr == ""


def test_the_environment_does_not_count(place: Place) -> None:
    """A shell may export such names for another program: they are neither used nor refused."""
    done = place.make(
        "config", MODEL="ifq-tinier-yolo", N="7", SEED="x", OUT="/", BUILD="/x", E="e"
    )
    assert done.returncode == 0
    for name in ("MODEL", "N", "SEED", "OUT"):
        assert f"note: {name} of the environment does not count; make TARGET {name}=" in done.stderr
    (export,) = [call for call in place.asked() if "model.export" in call]
    assert "--model=dupnet-tinier-yolo" in export
    (written,) = [call for call in place.asked() if "flows.make.configuration" in call]
    assert "--name=dupnet-tinier-yolo-Pynq-Z2" in written
    assert (place.folder / "build").is_dir()


def test_a_switch_that_is_off_is_off(place: Place) -> None:
    for value, on in (("1", True), ("yes", True), ("0", False), ("no", False), ("", False)):
        assert place.make("rtlsim", f"WAVES={value}").returncode == 0
        assert ("--waves" in place.asked()[-1]) == on


def test_the_whole_may_be_left_out(place: Place) -> None:
    for value, out in (("1", False), ("0", True), ("no", True)):
        assert place.make("synth", f"WHOLE={value}").returncode == 0
        assert ("--no-whole" in place.asked()[-1]) == out


def test_the_whole_is_placed_where_it_is_asked_for(place: Place) -> None:
    for words, whole in (([], False), (["WHOLE=1"], True), (["WHOLE=0"], False)):
        assert place.make("timing", *words, "SEED=3").returncode == 0
        asked = place.asked()[-1]
        assert ("--whole" in asked) == whole and "--seed=3" in asked and "--speed" not in asked
    assert place.make("timing", "WHOLE=1", "GRADE=8", "MHZ=125").returncode == 0
    assert {"--whole", "--speed=8", "--mhz=125"} <= set(place.asked()[-1])
    assert "GRADE=9" in place.make("timing", "GRADE=9").stderr


def test_weights_of_a_file_and_of_a_checkpoint(place: Place) -> None:
    """The build is the one that is named, or the network's own, whatever the second weights are."""
    file = place.folder.parent / "it's $(second).onnx"
    state = place.folder.parent / "my build" / "build_state.json"
    state.parent.mkdir()
    for path in (file, state):
        path.touch()
    build = str(state.parent)
    assert place.make("weights", f"MODEL={file}", f"BUILD={build}").returncode == 0
    assert place.asked()[-1] == ["-m", "flows", "weights", build, f"--model={file}"]
    assert not any("model.export" in call for call in place.asked())
    both = place.make("weights", f"MODEL={file}", "CHECKPOINT=")
    assert "MODEL=second.onnx and CHECKPOINT= are both given; expected one" in both.stderr
    assert place.make("weights", "CHECKPOINT=", "MODEL_SEED=2", "SIZE=64").returncode == 0
    expected = "--model=build/dupnet-tinier-yolo-64-seed2.onnx"
    own = "build/dupnet-tinier-yolo-Pynq-Z2"
    assert place.asked()[-1] == ["-m", "flows", "weights", own, expected]
    file.unlink()
    state.unlink()
    state.parent.rmdir()


def test_peers_are_beside_what_ships_or_what_is_given(place: Place) -> None:
    assert place.make("peers", "DATA=x").returncode == 0
    shipped = ["model/checkpoints/dupnet-tinier-yolo.npz"]
    shipped += ["model/checkpoints/dupnet-tinier-yolo-scenes.npz"]
    call = place.asked()[-1]
    assert call[call.index("--checkpoint") + 1 :] == shipped
    assert "--data=x" in call
    assert place.make("peers", f"CHECKPOINT={SHIPPED}", "N=7").returncode == 0
    call = place.asked()[-1]
    assert call[call.index("--checkpoint") + 1 :] == [str(SHIPPED), "--limit=7"]
    assert place.make("peers", "MODEL=dupnet-l-pact").returncode == 2


def test_the_picture_is_looked_at_before_anything_is_built(place: Place) -> None:
    for goal in ("demo", "frames", "emulate", "cppsim", "hls", "detect", "board-sim", "driver"):
        assert place.make(goal, "IMAGE=Makefile").returncode == 0
        assert place.asked()[0] == ["-m", "flows.make.picture", "Makefile"], goal


# --- weights ----------------------------------------------------------------------------------


def names(place: Place, *arguments: str) -> tuple[str, str]:
    """(export, build folder) that a command line leads to."""
    assert place.make("config", *arguments).returncode == 0
    (written,) = [call for call in place.asked() if "flows.make.configuration" in call]
    given = dict(text.split("=", 1) for text in written if text.startswith("--"))
    return Path(given["--model"]).name, given["--name"]


def test_exports_and_folders_are_told_apart_by_the_checkpoint(place: Place) -> None:
    shipped = hashlib.sha256(SHIPPED.read_bytes()).hexdigest()[:8]
    net = "dupnet-tinier-yolo"
    assert names(place) == (f"{net}-512-{shipped}.onnx", f"{net}-Pynq-Z2")
    same, mine = place.folder.parent / "same.npz", place.folder.parent / "mine.npz"
    same.write_bytes(SHIPPED.read_bytes())
    assert names(place, f"CHECKPOINT={same}") == (f"{net}-512-{shipped}.onnx", f"{net}-Pynq-Z2")
    for content in (b"PK\3\4one", b"PK\3\4another"):  # under one name
        mine.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()[:8]
        expected = (f"{net}-512-{digest}.onnx", f"{net}-Pynq-Z2-{digest}")
        assert names(place, f"CHECKPOINT={mine}") == expected
    assert names(place, "CHECKPOINT=") == (f"{net}-512-seed1.onnx", f"{net}-Pynq-Z2-seed1")
    seed = ("CHECKPOINT=", "MODEL_SEED=02", "SIZE=64")
    assert names(place, *seed) == (f"{net}-64-seed2.onnx", f"{net}-Pynq-Z2-seed2")
    ifq = "ifq-tinier-yolo"
    assert names(place, f"MODEL={ifq}") == (f"{ifq}-512-seed1.onnx", f"{ifq}-Pynq-Z2")
    assert names(place, f"MODEL={ifq}", "MODEL_SEED=3")[1] == f"{ifq}-Pynq-Z2-seed3"
    same.unlink()
    mine.unlink()


def test_every_command_takes_the_configuration_of_its_weights(place: Place) -> None:
    """detect, deploy, bitstream, board-sim, ... of one checkpoint never meet another's folder."""
    mine = place.folder.parent / "mine.npz"
    mine.write_bytes(b"PK\3\4mine")
    digest = hashlib.sha256(b"PK\3\4mine").hexdigest()[:8]
    commands = {goal for goal in goals() if "CONFIG" in reads([goal])} - {"config", "pareto"}
    assert {"detect", "deploy", "bitstream", "board-sim", "report", "synth"} <= commands
    for goal in sorted(commands):
        for arguments, suffix in (((f"CHECKPOINT={mine}",), f"-{digest}"), ((), "")):
            assert place.make(goal, *arguments).returncode == 0
            used = {a for c in place.asked() for a in c if a.endswith(".yaml")}
            assert used == {f"build/dupnet-tinier-yolo-Pynq-Z2{suffix}.yaml"}, goal
    mine.unlink()


def test_an_export_of_other_sources_is_made_again(place: Place) -> None:
    def exported() -> bool:
        assert place.make("export").returncode == 0
        return any("model.export" in call for call in place.asked())

    for path in place.folder.glob("build/*.onnx"):
        path.unlink()
    place.make("export")
    (call,) = [call for call in place.asked() if "model.export" in call]
    (place.folder / call[-1]).write_bytes(b"")  # as the export would have
    assert not exported()
    source = place.folder / "model" / "zoo.py"
    text = source.read_text()
    source.write_text(text + "# changed\n")
    assert exported()
    source.write_text(text)
    (place.folder / call[-1]).unlink()


# --- one list ---------------------------------------------------------------------------------


def test_the_lists_are_one() -> None:
    from model.comparison.config import PRESETS as COMPARISONS
    from model.scenes.layout import SPLITS as SCENES

    text = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    (line,) = re.findall(r"^VARIABLES := (.*)$", text, re.MULTILINE)
    assert sorted(line.split()) == sorted(CHECKS)
    assert tuple(COMPARISONS) == PRESETS
    assert SPLITS == SCENES
    assert "Pynq-Z2" in boards()


def test_help_names_every_variable_and_target(place: Place) -> None:
    said = place.make("help").stdout
    for name in set(CHECKS) - INTERNAL:
        assert re.search(rf"\b{name}\b", said), name
    for goal in set(goals()) - {"built", "pictured", "bitstream-plan"}:
        assert re.search(rf"^  {goal} ", said, re.MULTILINE), goal


def test_what_goals_read() -> None:
    text = (
        "X ?= 1\nY = $(Z)\nZ := $(W)\n$(FILE): | $(OTHER)\n\tcmd $$GIVEN_V\n"
        "one: two # not $(N)\n\tcmd $(call given,P,p) \\\n\t  $(if $(Q),$(Y))\n\t"
        "$(if $(call on,S),s)\n"
        "two: $(FILE)\n\tcmd $(X)\n.PHONY: one two\n"
    )
    assert goals(text) == ["one", "two"]
    read = reads(["one"], text)
    assert read >= {"X", "Y", "Z", "W", "V", "P", "Q", "S"}
    assert "N" not in read
    assert reads(["two"], text) >= {"X", "V"}
    assert not reads(["two"], text) & {"P", "Q", "W"}


def test_boards_at_a_serial_line_have_the_rate_of_their_description() -> None:
    """make knows them by name, for it reads no YAML."""
    text = (ROOT / "Makefile").read_text()
    found = re.search(r"^TARGET_FPS .*filter ([^,]+),\$\(BOARD\)\),(\d+),", text, re.MULTILINE)
    assert found
    named, rate = found.groups()
    sides = {name: load_board(name).serial for name in board_names()}
    serial = {name: str(side.fps) for name, side in sides.items() if side is not None}
    assert serial == dict.fromkeys(named.split(), rate)
