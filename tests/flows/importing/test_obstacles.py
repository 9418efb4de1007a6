"""All that stands in the way of a file is said at once, each with what to do."""

import re
from pathlib import Path

import numpy as np
import pytest

from flows.__main__ import main
from flows.build.steps.import_model import import_file, load_qonnx, prepare
from flows.build.steps.streamline import streamline
from flows.errors import FlowError
from flows.obstacles import Obstacles, ObstaclesError
from flows.remedies import REMEDIES, remedy
from tests.flows import test_bad_models
from tests.flows.importing.features.files import File
from tests.flows.importing.features.reference import build_of, save

PAGE = Path(__file__).parents[3] / "docs" / "why-refused.md"


def troubled():
    """Five nodes that cannot be, with layers between that can."""
    f = File((1, 2, 6, 6))
    t = f.quant(f.conv(f.image(), 2, 3), 0.5, 3)
    t = f.op("Sin", t)  # 1
    t = f.quant(f.op("Conv", t, f.weights(3, 3, 1, 1, bits=20)), 0.5, 3)  # 2
    t = f.op("Foo", t, domain="somebody.else")  # 3
    t = f.op("Conv", t, f.const(f.rng.normal(size=(3, 3, 1, 1))))  # 4
    t = f.quant(f.op("Softmax", f.quant(t, 0.5, 3)), 0.5, 20)  # 5 and 6
    return f.finish(t)


EXPECTED = ("Sin_", "Quant_", "Foo_", "Conv_", "Softmax_", "Quant_")


def test_all_at_once_each_with_its_node(tmp_path, capsys):
    build_of(troubled(), tmp_path)
    assert main(["build", str(tmp_path / "config.yaml")]) == 1
    text = capsys.readouterr().err
    assert text.startswith(f"error: {len(EXPECTED)} things stand in the way:\n")
    nodes = re.findall(r"^  \d\. node (\w+) \(", text, re.M)
    assert sorted(re.sub(r"\d+", "", name) for name in nodes) == sorted(EXPECTED)
    assert len(set(nodes)) == len(EXPECTED)
    assert text.count("     what to do: ") == len(EXPECTED)


def test_nothing_is_noted_of_what_comes_of_another_fault(tmp_path):
    """Behind a node that cannot be read a sum and a join say nothing."""
    f = File((1, 2, 6, 6))
    t = f.quant(f.conv(f.image(), 2, 3), 0.5, 3)
    lost = f.op("Sin", t)
    t = f.op("Concat", f.op("Add", lost, t), lost, axis=1)
    save(f.finish(f.quant(f.conv(t, 6, 2), 0.5, 3)), tmp_path / "file.onnx")
    with pytest.raises(FlowError) as caught:
        streamline(prepare(load_qonnx(tmp_path / "file.onnx")))
    assert len(caught.value.texts) == 1
    assert "Sin" in caught.value.texts[0]


def test_shapes_that_come_of_a_fault_are_none(tmp_path):
    """Attention, and a function of ONNX whose result's shape is not inferred."""
    f = File((1, 4, 8, 8), opset=18)
    t = f.quant(f.conv(f.image(), 4, 4, pads=[1] * 4), 0.5, 3)
    rows = f.op("Reshape", t, f.const([1, 4, 64], np.int64))
    product = f.quant(f.op("MatMul", rows, f.op("Transpose", rows, perm=[0, 2, 1])), 1.0, 8)
    t = f.op("Reshape", f.op("MatMul", product, rows), f.const([1, 4, 8, 8], np.int64))
    t = f.op("GroupNormalization", t, f.const([1, 1]), f.const([0, 0]), num_groups=2)
    save(f.finish(f.quant(t)), tmp_path / "file.onnx")
    with pytest.raises(ObstaclesError) as caught:
        import_file(tmp_path / "file.onnx")
    texts = caught.value.texts
    assert any("operator GroupNormalization is not supported" in text for text in texts)
    assert not any("shape" in text for text in texts)


def test_of_each_node_the_first_is_kept():
    found = Obstacles()
    found.add("node a (Conv): one")
    found.add("node a (Conv): two")
    found.add("node b (Conv): three")
    found.add("the model has nothing")
    with found.noting():
        raise ObstaclesError(["node b (Conv): four", "node c (Conv): five"])
    with pytest.raises(ObstaclesError) as caught:
        found.check()
    assert caught.value.texts == ["node a (Conv): one", "node b (Conv): three",
                                  "the model has nothing", "node c (Conv): five"]  # fmt: skip


def test_every_remedy_has_its_section():
    headings = {h.lower() for h in re.findall(r"^## (.+)$", PAGE.read_text(), re.M)}
    assert {section for _, section, _ in REMEDIES} == headings


@pytest.mark.parametrize("name", test_bad_models.CASES)
def test_every_refusal_of_a_node_has_a_remedy(name):
    message = test_bad_models.CASES[name][1]
    if message.startswith("node ") and "input nowhere" not in message:
        assert remedy(message), message


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda f, t: f.op("Pad", t, f.const([0, 0, 1, 1, 0, 0, 1, 1], np.int64), mode="reflect"),
         "pads by reflect values"),
        (lambda f, t: f.op("Pad", t, f.const([0, 1, 0, 0, 0, 0, 0, 0], np.int64), f.const(1.0)),
         "pads channels with 1; expected zeros"),
        (lambda f, t: f.op("Pad", t, f.const([0, 0, 1, 1, 0, 0, 1, 1], np.int64), f.const(1.0)),
         "pads with 1; expected zeros"),
    ],
)  # fmt: skip
def test_pads_that_no_layer_can_take(change, text, tmp_path):
    f = File((1, 3, 6, 6))
    t = change(f, f.quant(f.conv(f.image(), 3, 3, pads=[1] * 4), 0.5, 3))
    t = f.op("Conv", t, f.weights(2, 4 if "channels" in text else 3, 1, 1))
    save(f.finish(f.quant(t, 0.5, 3)), tmp_path / "file.onnx")
    with pytest.raises(FlowError, match=text) as caught:
        prepare(load_qonnx(tmp_path / "file.onnx"))
    assert "what to do: " in str(caught.value)
