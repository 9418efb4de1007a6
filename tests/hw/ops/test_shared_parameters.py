"""RTL and HLS C++ of an operator have parameters of the same names, but for those it declares."""

import pytest

from hw import RTL_DIR
from hw.hls.node_project import HLS_DIR
from hw.hls.templates import template_parameters
from hw.modules import parameters
from hw.ops.registry import operators

OPERATORS = {each.kind: each for each in operators()}


def names(op):
    """Parameters of an operator's modules, and of the templates of these names."""
    modules = {variant.module for variant in op.rtl.variants}
    headers = [module for module in modules if (HLS_DIR / f"{module}.hpp").is_file()]
    assert headers, f"{op.kind}: none of {modules} has a header of its name"
    rtl = {name for module in modules for name in parameters(module)}
    return rtl, {name for header in headers for name in template_parameters(header)}


@pytest.mark.parametrize("kind", OPERATORS)
def test_the_same_names(kind):
    op = OPERATORS[kind]
    rtl, hls = names(op)
    assert rtl - hls == set(op.rtl.rtl_only)
    assert hls - rtl == set(op.hls.hls_only)


def test_parameters_of_a_module_by_hand():
    assert parameters("group_sum") == ("Lanes", "Group", "InBits", "OutBits", "IsSigned")
    assert {"WeightFile", "CellTable", "MatrixBits"} <= set(parameters("mvau"))
    for path in RTL_DIR.glob("*.sv"):
        text = path.read_text(encoding="utf-8")
        code = [line.split("//")[0] for line in text.splitlines()]
        declared = sum(line.strip().startswith("parameter ") for line in code)
        assert len(parameters(path.stem)) == declared, path.name
