"""An operator has one home: who treats them all asks the registry, and names none."""

import re
from pathlib import Path

import pytest

from hw.ops.registry import operators

ROOT = Path(__file__).resolve().parents[3]
#: Folders of the product.
FOLDERS = ("camera_path", "model", "hw", "flows", "outside")
#: Who may name operators, and why. This list may only shrink.
ALLOWED = {
    "flows/build/steps/to_hardware.py": "the importer",
    "flows/graph/dataflow_moves.py": "a part of the importer",
    "flows/bench/finn_section.py": "leaves out what FINN's figures do not have",
    "hw/dataflow/graph.py": "its message says which operator a fork needs",
    "hw/synth/constant_methods.py": "compares ways to build one of them",
}
KINDS = [each.kind for each in operators()]


def _files():
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            name = str(path.relative_to(ROOT))
            if not name.startswith("hw/ops/"):
                yield name, path.read_text(encoding="utf-8")


def test_no_other_file_names_an_operator():
    word = re.compile(rf"\b(?:{'|'.join(KINDS)})(?:_rtl|_hls)?\b")
    named = {name: word.findall(text) for name, text in _files()}
    found = {name: sorted(set(words)) for name, words in named.items() if words}
    assert set(found) == set(ALLOWED), found


def test_variants_are_told_apart_in_one_place():
    """Nobody but hw/ops takes _rtl or _hls off a name or looks for it."""
    suffix = re.compile(r"""(?:removesuffix|endswith)\(\s*["\']_(?:rtl|hls)["\']""")
    assert [name for name, text in _files() if suffix.search(text)] == []


@pytest.mark.parametrize("kind", ["GroupSum", "MultiLevelMVAU"])
def test_an_operator_is_named_in_few_files(kind):
    """Outside tests and documents; cost data, RTL, HLS C++ and proofs are counted too."""
    snake = {"GroupSum": "group_sum", "MultiLevelMVAU": "multi_level_mvau"}[kind]
    ends = (".py", ".sv", ".hpp", ".cpp", ".json", ".jsonl", ".yaml")
    files = [
        str(path.relative_to(ROOT))
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.suffix in ends and re.search(f"{kind}|{snake}", path.read_text(encoding="utf-8"))
    ]
    assert len(files) <= 8, files
