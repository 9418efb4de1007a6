"""Findings of the lint itself, beside what Verilator and yosys say."""

import pytest

from hw.lint import misread_casts, rtl_files


@pytest.mark.parametrize(
    "text",
    ["a = -Bits'(1);", "a = b ? -(W + 1)'(c) : d;", "f(-W'(x))", "a = ~W'(x);", "a & ~(W)'(x)"],
)
def test_a_sign_in_front_of_a_cast_is_found(tmp_path, text):
    path = tmp_path / "m.sv"
    path.write_text(f"module m;\n  {text}\nendmodule\n")
    assert misread_casts(path) == f"m.sv:2: yosys misreads a sign before a cast: {text}"


@pytest.mark.parametrize(
    "text", ["a = -(Bits'(1));", "a = b - W'(c);", "~(W'(x))", "// = -W'(x)", "[W-1:0] a"]
)
def test_other_minus_signs_are_not(tmp_path, text):
    path = tmp_path / "m.sv"
    path.write_text(text)
    assert misread_casts(path) == ""


def test_no_module_has_one():
    packages, modules = rtl_files()
    found = {path.name: misread_casts(path) for path in (*packages, *modules)}
    assert len(found) > 50
    assert not any(found.values()), found
