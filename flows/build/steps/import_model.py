"""Step import: read any QONNX file, infer shapes, fold constants; nothing is renamed."""

from pathlib import Path
from typing import Any

from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.general import RemoveUnusedTensors

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.step import Step
from flows.importing.bypass import bypass
from flows.importing.constants import fold_constants, infer_shapes, separate_constants
from flows.importing.image_input import check_annotation, check_shape
from flows.importing.quantizers import settle_quantizers
from flows.importing.read import read_model
from flows.importing.structure import check_structure


def load_qonnx(path: Path) -> ModelWrapper:
    """The model of a QONNX file, sorted and checked; FlowError where it is none.

    Every file of other hands is read here: what is wrong with it as a whole (types, shapes,
    attributes, operators that nobody knows) is said here and not looked at again.
    """
    model = read_model(path)
    check_structure(model)
    return ModelWrapper(model)


def prepare(model: ModelWrapper) -> ModelWrapper:
    """Shapes inferred, constants folded (quantizers stay), parameters of quantizers in one form.

    qonnx's own cleanup is not called: its renaming loses the second of two equal inputs, which is
    just what a duplicated input is.
    """
    proto = model.model
    check_structure(proto)
    _remove_static_inputs(proto.graph)
    check_shape(proto.graph)
    check_annotation(proto.graph)
    bypass(proto.graph)
    fold_constants(proto)
    settle_quantizers(proto, infer_shapes(proto))
    separate_constants(proto.graph)
    return ModelWrapper(proto).transform(RemoveUnusedTensors())


def _remove_static_inputs(graph: Any) -> None:
    """Inputs with a value of their own are constants: exporters write all weights so.

    It is done before anything is folded: a constant that is folded away would leave its input.
    """
    constants = {constant.name for constant in graph.initializer}
    for place in reversed(range(len(graph.input))):
        if graph.input[place].name in constants:
            del graph.input[place]


def _run(_: None, build: Build) -> ModelWrapper:
    return prepare(load_qonnx(build.config.model))


STEP = Step(StepName.IMPORT, _run)
