"""Every pragma of the headers and of generated tops is one that Vitis HLS documents (UG1399).

A C++ compiler reads none of them, so a misspelt directive, option or variable would only show
where the tool is. Checked: directive, options, values that are words, and that the variable or port
is named in the function around the pragma.
"""

import re
from pathlib import Path

import pytest

import hw.hls
from hw.camera.hls import CAMERA_HLS_DIR
from tests.hw.hls.vitis_case import write_case

FOLDERS = (Path(hw.hls.__file__).parent, CAMERA_HLS_DIR)
HEADERS = sorted(path for folder in FOLDERS for path in folder.glob("*.hpp"))

NAME, NUMBER = "a variable", "a number or a constant"
RAM = {"ram_1p", "ram_1wnr", "ram_2p", "ram_s2p", "ram_t2p", "rom_1p", "rom_2p", "rom_np", "fifo"}
SHAPE = {
    "variable": NAME, "type": {"complete", "block", "cyclic"}, "dim": NUMBER, "factor": NUMBER,
}  # fmt: skip
BOOLEAN = {"true", "false"}
#: Directive -> (options, required ones, words that may stand alone).
DIRECTIVES = {
    "INTERFACE": (
        {"port": NAME, "offset": {"slave"}, "bundle": {"gmem0", "gmem1"}, "depth": NUMBER},
        {"port"}, {"axis", "ap_ctrl_none", "m_axi", "s_axilite"},
    ),
    "DATAFLOW": ({}, set(), set()),
    "PIPELINE": ({"II": NUMBER, "style": {"stp", "frp", "flp"}}, {"II"}, set()),
    "UNROLL": ({"factor": NUMBER}, set(), set()),
    "INLINE": ({}, set(), {"off", "recursive"}),
    "STREAM": (
        {"variable": NAME, "depth": NUMBER, "type": {"fifo"}}, {"variable", "depth"}, set(),
    ),
    "AGGREGATE": (
        {"variable": NAME, "compact": {"bit", "byte", "none", "auto"}}, {"variable"}, set(),
    ),
    "ARRAY_PARTITION": (SHAPE, {"variable", "type"}, set()),
    "ARRAY_RESHAPE": (SHAPE, {"variable", "type"}, set()),
    "BIND_STORAGE": (
        {"variable": NAME, "type": RAM, "impl": {"bram", "lutram", "uram", "srl", "auto"},
         "latency": NUMBER},
        {"variable", "type"}, set(),
    ),
    "BIND_OP": (
        {"variable": NAME, "op": {"mul", "add", "sub"}, "impl": {"dsp", "fabric"},
         "latency": NUMBER},
        {"variable", "op"}, set(),
    ),
    "DEPENDENCE": (
        {"variable": NAME, "type": {"inter", "intra"}, "direction": {"RAW", "WAR", "WAW"},
         "distance": NUMBER, "dependent": BOOLEAN},
        {"variable", "type"}, BOOLEAN,
    ),
    "FUNCTION_INSTANTIATE": ({"variable": NAME}, {"variable"}, set()),
}  # fmt: skip


def faults(text):
    """Faults in the pragmas of a source, a line each."""
    found, around = [], ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.lstrip().startswith("#pragma HLS"):
            # the function so far: from the end of the one before
            around = "" if line.startswith("}") else around + line.split("//")[0] + "\n"
            continue
        words = re.sub(r"\s*=\s*", "=", line.split("#pragma HLS", 1)[1]).split()
        found += [f"line {number}: {fault}" for fault in _faults(words, around)]
    return found


def _faults(words, around):
    directive, *rest = words or [""]
    if directive not in DIRECTIVES:
        yield f"no directive {directive!r}"
        return
    options, required, alone = DIRECTIVES[directive]
    given = dict(word.split("=", 1) for word in rest if "=" in word)
    for word in rest:
        if "=" not in word and word not in alone:
            yield f"{directive} takes no {word!r}"
    for key in required - set(given):
        yield f"{directive} needs {key}"
    if directive == "DEPENDENCE" and not BOOLEAN & {*rest, given.get("dependent", "")}:
        yield "DEPENDENCE says neither true nor false"
    for key, value in given.items():
        kind = options.get(key)
        if kind is None:
            yield f"{directive} has no option {key!r}"
        elif isinstance(kind, set):
            if value not in kind:
                yield f"{directive}: {key} = {value!r}"
        elif kind == NUMBER:
            if not re.fullmatch(r"\d+|[A-Za-z_]\w*", value):
                yield f"{directive}: {key} = {value!r}"
        elif value != "return" and not re.search(rf"\b{re.escape(value)}\b", around):
            yield f"{directive}: no {value!r} in this function"


@pytest.mark.parametrize("path", HEADERS, ids=lambda path: path.name)
def test_headers(path):
    assert faults(path.read_text()) == []


def test_generated_tops(tmp_path):
    write_case(tmp_path / "p")
    sources = [*tmp_path.glob("p/operators/*/top_*.cpp"), *tmp_path.glob("p/region/*/*.cpp")]
    assert len(sources) == 3
    for path in sources:
        text = path.read_text()
        assert faults(text) == []
        assert text.count("#pragma HLS DATAFLOW") == 1
        assert text.count("axis port =") == 2
        streams = set(re.findall(r"stream_t<.*> (\w+)\(", text))
        for pragma in ("STREAM", "AGGREGATE"):  # every stream has both
            assert set(re.findall(rf"HLS {pragma} variable = (\w+)", text)) == streams


@pytest.mark.parametrize(
    "line,fault",
    [
        ("#pragma HLS PIPLINE II = 1", "no directive 'PIPLINE'"),
        ("#pragma HLS PIPELINE", "PIPELINE needs II"),
        ("#pragma HLS UNROLL fully", "UNROLL takes no 'fully'"),
        ("#pragma HLS ARRAY_PARTITION variable = y type = complete", "no 'y' in this function"),
        ("#pragma HLS ARRAY_PARTITION variable = x type = whole", "type = 'whole'"),
        ("#pragma HLS AGGREGATE variable = x compact=bits", "compact = 'bits'"),
        ("#pragma HLS DEPENDENCE variable = x type = inter", "neither true nor false"),
        ("#pragma HLS FUNCTION_INSTANTIATE variable = x, z", "takes no 'z'"),
    ],
)
def test_the_check_finds(line, fault):
    text = f"void f() {{\n  int y;\n}}\n\nvoid g(int x, int z) {{\n{line}\n}}\n"
    assert any(fault in found for found in faults(text)), faults(text)
