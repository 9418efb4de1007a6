"""Names that a file has already are not given again to what its lowered layers are raised to."""

import numpy as np
import pytest
from onnx import ModelProto

from flows.build.steps.import_model import import_file
from flows.build.steps.streamline import streamline
from flows.importing.channels_last import rewrite
from flows.importing.lowered import raise_lowered
from flows.importing.structure import check_structure
from flows.obstacles import Obstacles
from flows.run.emulator import Emulator
from tests.flows.importing.features import layouts
from tests.flows.importing.features.files import save
from tests.flows.importing.features.lowered import FEATURES
from tests.flows.importing.features.reference import frames

RAISED = ("Im2Col", "MaxPoolNHWC", "MatMul", "XnorPopcountMatMul")
LAST = "qonnx.custom_op.channels_last"
FILES = {**FEATURES, "channels_last_operators": layouts.FEATURES["channels_last_operators"]}


def names_of(model: ModelProto) -> tuple[list[str], list[str]]:
    """Names of the tensors and of the nodes."""
    tensors = [tensor.name for tensor in model.graph.initializer]
    tensors += [name for node in model.graph.node for name in node.output]
    return tensors, [node.name for node in model.graph.node]


def raised(model: ModelProto) -> ModelProto:
    made = ModelProto()
    made.CopyFrom(model)
    check_structure(made)
    raise_lowered(made.graph, Obstacles())
    rewrite(made.graph)
    return made


def clashing(model: ModelProto) -> ModelProto:
    """The same file, whose own tensors and nodes have the names that raising would give."""
    (tensors, nodes), (later, layers) = names_of(model), names_of(raised(model))
    fresh = [sorted(set(later) - set(tensors)), sorted(set(layers) - set(nodes))]
    output = model.graph.output[0].name
    raising = [node for node in model.graph.node if node.op_type in RAISED or node.domain == LAST]
    own = [name for name in tensors if name not in {output, *(n.output[0] for n in raising)}]
    others = [node.name for node in model.graph.node if node not in raising]
    renamed = dict(zip(own, fresh[0], strict=False))
    made = ModelProto()
    made.CopyFrom(model)
    for tensor in made.graph.initializer:
        tensor.name = renamed.get(tensor.name, tensor.name)
    for info in (*made.graph.value_info,):
        info.name = renamed.get(info.name, info.name)
    for annotation in made.graph.quantization_annotation:
        annotation.tensor_name = renamed.get(annotation.tensor_name, annotation.tensor_name)
    of_nodes = dict(zip(others, fresh[1], strict=False))
    assert renamed and of_nodes
    for node in made.graph.node:
        node.name = of_nodes.get(node.name, node.name)
        for names in (node.input, node.output):
            names[:] = [renamed.get(name, name) for name in names]
    return made


@pytest.mark.parametrize("feature", FILES)
def test_a_file_may_have_them(feature, tmp_path):
    results = []
    for model in (FILES[feature](), clashing(FILES[feature]())):
        for names in names_of(raised(model)):
            assert len(set(names)) == len(names)
        save(model, tmp_path / "file.onnx")
        emulator = Emulator(streamline(import_file(tmp_path / "file.onnx")[0]), 1)
        results.append(emulator.run(frames(emulator, 3)))
    assert np.array_equal(*results)
