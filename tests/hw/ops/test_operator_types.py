"""Operators are typed: none is Any, and one helper makes them from nodes."""

import ast
from pathlib import Path

import pytest

from hw.errors import HardwareError
from hw.ops.registry import RTL_DOMAIN, operator_of, operators, rtl_of
from hw.ops.single import one_node_model

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = ("hw", "flows", "tests/hw", "tests/flows")
#: Who may ask qonnx for the class of a node: the helpers, and who has nodes of other libraries.
ALLOWED = {
    "hw/ops/registry.py": "the helper",
    "hw/ops/hls_base.py": "the helper for the HLS side of any node",
    "flows/reference/quantizers.py": "qonnx's quantizers",
    "flows/graph/fold_weight_quantizers.py": "qonnx's quantizers",
    "flows/bench/finn_mapping.py": "FINN's operators",
    "flows/bench/finn_rival.py": "FINN's operators",
    "flows/bench/finn_section.py": "FINN's operators",
}


def trees(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def untyped(tree):
    """Parameters and fields named as an operator, or several, whose type says Any."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            name, annotation = node.arg, node.annotation
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name, annotation = node.target.id, node.annotation
        else:
            continue
        if name in ("op", "ops", "operator", "operators") and annotation is not None:
            words = {each.id for each in ast.walk(annotation) if isinstance(each, ast.Name)}
            if "Any" in words:
                yield f"{name}, line {node.lineno}"


def test_no_operator_is_any():
    found = {name: [*untyped(tree)] for name, tree in trees(*FOLDERS)}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def f(op: Any): ...", 1),
        ("def f(ops: list[Any]): ...", 1),
        ("class A:\n  ops: Sequence[Any]", 1),
        ("def f(op: Operator, value: Any): ...", 0),
    ],
)
def test_an_operator_that_is_any_is_found(text, found):
    assert len([*untyped(ast.parse(text))]) == found


def test_one_helper_makes_operators_of_nodes():
    found = {
        name
        for name, tree in trees("hw", "flows")
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.alias | ast.Attribute)
        and "getCustomOp" in (getattr(node, key, "") for key in ("id", "name", "attr"))
    }
    assert found == set(ALLOWED)


def test_the_helpers_refuse_what_is_none_of_the_library():
    node = one_node_model("GroupSum", (1, 2, 2, 4), {"Group": 2, "SIMD": 2, **TYPES}).graph.node[0]
    assert isinstance(operator_of(node), registered_class("GroupSum"))
    assert rtl_of(node).rtl_modules() == ("group_sum",)
    node.op_type, node.name = "GroupSum_hls", "sums"
    node.domain = RTL_DOMAIN.replace("rtl", "hls")
    with pytest.raises(HardwareError, match="node sums: GroupSum_hls is no RTL operator"):
        rtl_of(node)
    node.op_type = "Softmax"
    with pytest.raises(HardwareError, match="node sums: Softmax is no operator of this library"):
        operator_of(node)


TYPES = {"inputDataType": "UINT2", "outputDataType": "UINT3"}


def registered_class(kind):
    return next(each.rtl for each in operators() if each.kind == kind)
