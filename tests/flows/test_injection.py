"""Names from ONNX files, configurations and reports reach no markup, no command and no folder."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import onnx
import pytest

from flows.__main__ import main
from flows.build.build import Build
from flows.build.names import StepName
from flows.run.bitstream_zynq import write_vivado
from hw.hls.project import write_project
from tests.flows.flow import small_network, write_config

MARKUP = '<script>alert("1")</script>&amp;\'>'
#: What a name may be in an ONNX file, whatever reads it later.
NAMES = {
    "markup": MARKUP,
    "above": "../../../x",
    "absolute": "/etc/x",
    "newline": "a\nendmodule\nmodule b;",
    "verilog": 'a; initial $system("touch owned"); //',
    "tcl": "a[exec touch owned]",
    "shell": "a`touch owned`$(touch owned)",
    "cpp": 'a"); system("touch owned"); //',
    "long": "x" * 5000,
    "reserved": "module",
    "unicode": "größe",
    "empty": "",
}


def named(folder: Path, name: str) -> Path:
    """A configuration of the small network with names of every kind made from name."""
    net = small_network()
    path = write_config(folder, net, target_fps=1000)
    file = folder / "net0.onnx"
    proto = onnx.load(file)
    renamed = {value.name: f"{name}_in" for value in proto.graph.input}
    for index, node in enumerate(proto.graph.node):
        node.name = f"{name}{index}" if name else ""
        node.doc_string = name
        for place, output in enumerate(node.output):
            renamed.setdefault(output, f"{name}_{index}_{place}" if name else f"t{index}")
    renamed |= {tensor.name: f"{name}_{tensor.name}" for tensor in proto.graph.initializer}
    for node in proto.graph.node:
        node.input[:] = [renamed.get(value, value) for value in node.input]
        node.output[:] = [renamed.get(value, value) for value in node.output]
    graph = proto.graph
    for value in (*graph.initializer, *graph.input, *graph.output, *graph.value_info):
        value.name = renamed.get(value.name, value.name)
    graph.name = name or "g"
    for key in ("network", "seed"):
        entry = proto.metadata_props.add()
        entry.key, entry.value = key, name
    onnx.save(proto, file)
    return path


def write_projects(path: Path) -> None:
    """The C++ of cppsim, the Tcl of Vitis HLS and of Vivado, of a finished build."""
    build = Build.load(path)
    model = build.model(StepName.GENERATE_RTL)
    for node in model.graph.node:  # what synth, pnr and all that writes files is given
        for name in (node.name, *node.input, *node.output):
            assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,100}", name), name
    write_project(model, build.folder / "hls" / "cpp", build.top)
    write_vivado(build)
    assert main(["hls", str(path), "--write-only"]) == 0
    assert main(["bitstream", str(path), "--plan"]) == 0


#: What stands in a text that a name of NAMES got into as it is; of some only with their signs.
SIGNS = ("touch", "owned", "$system", "system(", "<script", "../../x", "/etc/x", "größe")
COMMANDS = ("[exec", "`touch", "$(touch", '"touch', "touch owned")


def check_projects(build: Path, signs: Sequence[str] = SIGNS) -> None:
    """Files of write_projects do nothing of what NAMES would do."""
    for start in ("hls/cpp/*.cpp", "hls/vitis/**/*.tcl", "vivado/build.tcl"):
        assert list(build.glob(start)), start
    for folder in ("hls", "vivado"):
        for file in (build / folder).rglob("*"):
            check_project_file(file, signs)


def check_project_file(file: Path, signs: Sequence[str]) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_.]{1,120}", file.name), file
    if file.is_dir() or file.suffix in (".bin", ".dat"):
        return
    text = file.read_text(encoding="utf-8")
    for sign in signs:
        assert sign not in text, (file, sign)


@pytest.mark.parametrize("kind", list(NAMES))
def test_names_of_an_onnx_file(
    tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = NAMES[kind]
    place = tmp_path / "a" / "b" / "c"
    path = named(place, name)
    monkeypatch.chdir(place)
    before = {file for file in tmp_path.rglob("*") if "build" not in file.parts}
    status = main(["build", str(path)])
    assert status in (0, 1), capsys.readouterr().err
    if status:
        (line,) = [x for x in capsys.readouterr().err.splitlines() if x.startswith("error: ")]
        assert len(line) < 1000
        return
    assert main(["report", str(path)]) == 0
    page = (place / "build" / "report" / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    after = {file for file in tmp_path.rglob("*") if "build" not in file.parts}
    assert after == before
    assert not list(tmp_path.rglob("owned"))
    write_projects(path)
    check_projects(place / "build")
    assert {file for file in tmp_path.rglob("*") if "build" not in file.parts} == before
    assert not list(tmp_path.rglob("owned"))
    for file in (place / "build" / "rtl").iterdir():
        assert re.fullmatch(r"[A-Za-z0-9_.]{1,120}", file.name), file.name
        if file.suffix in (".sv", ".f"):
            text = file.read_text(encoding="utf-8")
            for sign in ("$system", "touch", "endmodule\nmodule b", "<script", "../"):
                assert sign not in text, file


@pytest.mark.parametrize("name", ["../../x", "/etc/x", "a;b", "module", MARKUP, "$(id)", "größe"])
def test_the_name_of_the_configuration_is_an_identifier(tmp_path: Path, name: str) -> None:
    build = Build.load(write_config(tmp_path, small_network(), name=name))
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,120}", build.top)


@pytest.mark.parametrize("kind", ["tcl", "shell", "cpp"])
def test_the_name_of_the_configuration_in_what_tools_read(tmp_path: Path, kind: str) -> None:
    path = write_config(tmp_path, small_network(), target_fps=1000, name=NAMES[kind])
    assert main(["build", str(path)]) == 0
    write_projects(path)
    check_projects(tmp_path / "build", COMMANDS)


def test_a_name_that_is_too_long_for_a_file(tmp_path: Path) -> None:
    path = write_config(tmp_path, small_network(), name="x" * 101)
    assert main(["build", str(path)]) == 1


def test_values_of_reports_bring_no_markup(tmp_path: Path) -> None:
    folder = tmp_path / MARKUP.replace("/", "")
    path = write_config(folder, small_network(), target_fps=1000, name=MARKUP)
    assert main(["build", str(path)]) == 0
    results = folder / "build" / "report"
    for name, data in {
        "emulation": {"frames": 1, "mismatches": 0, "boundaries": [MARKUP],
                      "against": ["integer graph before folding", MARKUP]},
        "bitstream": {"way": MARKUP, "tools": [MARKUP], "device": MARKUP, "clock_mhz": 1.0,
                      "fmax_mhz": None, "slack_ns": None, "timing_met": True, "bitfile": MARKUP,
                      "sha256": MARKUP, "used": {MARKUP: 1}, "available": {MARKUP: 2}},
        "board_sim": {"frames": 1, "faults": [MARKUP]},
        "cppsim": {"builds": {"fast": {"mismatches": 1, "differences": [MARKUP],
                   "boundaries": [MARKUP], "faults": [], "frames_run": 1,
                   "cpu_seconds_per_frame": None}}},
        "hls_synth": {"tool": MARKUP, "complete": False, "faults": [MARKUP], "not_run": [],
                      "operators": {MARKUP: {"status": MARKUP}}, "region": {}},
        "post_route_timing": {"operators": {MARKUP: {"fmax_mhz": 1.0}}, "wanted_mhz": 2.0,
                              "target": [MARKUP]},
        "cost": {MARKUP: {"weight_bits": 1, "macs": 1, "paper": {}, "note": MARKUP}},
    }.items():  # fmt: skip
        (results / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    for name in ("memories", "fold_duplicated_weights"):
        data = json.loads((results / f"{name}.json").read_text(encoding="utf-8"))
        if name == "memories":
            data["memories"][0] |= dict.fromkeys(("file", "kind", "padding"), MARKUP)
        else:
            data["not_folded"] = {MARKUP: MARKUP}
        (results / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    picture = folder / f"{MARKUP.replace('/', '')}.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    cost = str(results / "cost.json")
    assert main(["report", str(path), "--cost", cost, "--image", str(picture)]) == 0
    page = (results / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert 'alert("1")' not in page
    assert page.count("alert(&#34;1&#34;)") > 10
