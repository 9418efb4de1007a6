"""The comparison of ways to multiply by a constant matrix."""

import json

import numpy as np
import pytest

from hw.synth.constant_methods import (
    METHODS,
    Variant,
    constant_nodes,
    find_graph,
    main,
    table_luts,
    unit_of,
)
from tests.hw.bench import one_node_model


def model(simd=6):
    """One MVAU of 6 x 4 three-level weights."""
    weights = np.random.default_rng(1).choice((-2, 0, 2), (6, 4))
    params = {
        "MW": 6, "MH": 4, "SIMD": simd, "PE": 4, "weightDataType": "INT3", "noActivation": 0,
        "inputDataType": "UINT4", "outputDataType": "UINT2",
    }  # fmt: skip
    thresholds = np.array([[-3, 0, 5]])
    return one_node_model(
        "MultiLevelMVAU", (1, 1, 2, 6), params, [(weights, "INT3"), (thresholds, "INT8")]
    )


def test_units_differ_by_method():
    made = model()
    (op,) = constant_nodes(made)
    texts = []
    for method in METHODS:
        variant = Variant(op.onnx_node)
        if method.plans:
            variant.graph = find_graph(op, made, method)
        unit = unit_of(variant, made)
        texts.append(unit.sources[f"{unit.name}.sv"])
        assert ("CellTable" in texts[-1]) == bool(method.plans)
        assert set(unit.memories) == {f"{unit.name}_{m}.mem" for m in ("weights", "thresholds")}
    assert "MatrixCells" not in texts[0]
    assert texts[1] != texts[2]
    assert texts[-1].endswith(op.wrapper(made)[-200:])


def test_tables_of_bit_planes():
    # two inputs of 3 bits: 0, 1, 2 are two bits, -1, 0, 1 two, a single input needs no table
    weights = np.array([[2, 1, 1, 0], [2, -1, 0, 0]])
    assert table_luts(weights, 3) == 3 * (2 + 2)


def test_no_constant_matrix(tmp_path, capsys):
    path = tmp_path / "folded.onnx"
    model(simd=3).save(str(path))
    assert main([str(path), "--work", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"error: {path}: no MVAU has all of its weights at once\n"


def test_no_model(tmp_path, capsys):
    assert main([str(tmp_path / "none.onnx"), "--work", str(tmp_path)]) == 1
    assert "none.onnx: not an ONNX model" in capsys.readouterr().err


@pytest.mark.slow
def test_table(tmp_path, capsys):
    path = tmp_path / "model.onnx"
    model().save(str(path))
    kept = tmp_path / "tables.json"
    assert main([str(path), "--work", str(tmp_path), "--json", str(kept)]) == 0
    lines = capsys.readouterr().out.splitlines()
    luts = [int(line[36:48]) for line in lines if line[:36].strip() in {m.name for m in METHODS}]
    assert len(luts) == len(METHODS)
    assert luts[-1] < luts[0]
    (table,) = json.loads(kept.read_text())
    assert [figures["LUT"] for figures in table["methods"].values()] == luts
    assert list(table["methods"]) == [method.name for method in METHODS]
