"""The gallery's comparison with modules, and its cut of a file, against numbers from elsewhere."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.infer_shapes import InferShapes

from flows.errors import FlowError
from flows.gallery.against_brevitas import as_integers
from flows.gallery.cut import cut
from tests.flows.flow import small_network


def _shaped(model: onnx.ModelProto) -> ModelWrapper:
    return ModelWrapper(model).transform(InferShapes())


def test_outputs_become_integers() -> None:
    # by hand: channel 0 is 0.5 k + 1, channel 1 is -2 k; (N, C, H, W) = (1, 2, 1, 2)
    reals = np.array([[[[1.5, 0.0]], [[4.0, -6.0]]]])
    found, worst = as_integers(reals, np.array([0.5, -2.0]), np.array([1.0, 0.0]), (1, 1, 2, 2))
    assert found.tolist() == [[[[1, -2], [-2, 3]]]]
    assert worst == 0
    assert as_integers(reals + 0.1, np.ones(2), np.zeros(2), (1, 1, 2, 2))[1] == pytest.approx(0.4)


def test_a_cut_file_gives_what_the_whole_one_has_there(tmp_path: Path) -> None:
    net = small_network()
    source = net.save(tmp_path)
    name = cut(source, 1, tmp_path / "front.onnx")
    front, whole = onnx.load(tmp_path / "front.onnx"), onnx.load(source)
    assert len(front.graph.node) < len(whole.graph.node)
    last = next(node for node in whole.graph.node if node.name == name or node.output[0] == name)
    value = np.random.default_rng(1).integers(0, 256, (1, *net.shape)) * 2.0**-8
    given = {whole.graph.input[0].name: value.astype(np.float32)}
    expected = execute_onnx(_shaped(whole), given, return_full_exec_context=True)
    found = execute_onnx(_shaped(front), given)
    np.testing.assert_array_equal(found[last.output[0]], expected[last.output[0]])
    assert np.unique(found[last.output[0]]).size > 1


def test_a_layer_without_a_quantizer_behind_it_is_refused(tmp_path: Path) -> None:
    source = small_network().save(tmp_path)
    with pytest.raises(FlowError, match="no quantizer behind layer 2"):
        cut(source, 2, tmp_path / "front.onnx")
    assert not (tmp_path / "front.onnx").exists()
