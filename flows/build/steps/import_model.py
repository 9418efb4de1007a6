"""Step import: read any QONNX file, infer shapes, fold constants; nothing is renamed."""

import json
from pathlib import Path

from onnx import ModelProto, helper
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.general import RemoveUnusedTensors

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.step import Step
from flows.build.steps.streamline import streamline
from flows.errors import FlowError
from flows.files import write_model
from flows.graph.host_tail import REASONS
from flows.graph.input_scale import Scales, Types
from flows.graph.layout_metadata import write_layouts
from flows.importing.bypass import bypass
from flows.importing.canonical.walk import to_canonical
from flows.importing.channels_last import rewrite
from flows.importing.constants import (
    ShapesFlowError,
    fold_constants,
    infer_shapes,
    separate_constants,
)
from flows.importing.embedding import dequantize_first
from flows.importing.expands import settle_expands
from flows.importing.host_tail import CONSTANTS_ALONE, Cut, Search
from flows.importing.image_input import check_annotation, check_shape
from flows.importing.integer_inputs import as_reals
from flows.importing.loops.unroll import unrolled, was_unrolled
from flows.importing.lowered import raise_lowered
from flows.importing.pads import merge_pads
from flows.importing.qcdq import replace_qcdq
from flows.importing.quantizers import settle_quantizers
from flows.importing.read import read_model
from flows.importing.structure import check_structure
from flows.importing.unused import remove_unused
from flows.importing.weight_zero_points import take_zero_points
from flows.obstacles import Obstacles


def import_file(
    path: Path, input_scale: Scales = None, input_type: Types = None
) -> tuple[ModelWrapper, Cut]:
    """The model of a file in one form, and where the file was cut (``flows.importing.host_tail``).

    What is behind the cut is the host's. As much as the accelerator can take is in front: the first
    cut of which an integer graph can be made. input_scale, input_type: of the configuration.
    Raises FlowError with all that stands in the way.
    """
    search = Search(unrolled(read_model(path)))
    cut, is_trial = search.first(), search.is_open
    while True:
        try:
            return _formed(cut.front, input_scale, input_type, is_trial), cut
        except FlowError as error:
            found = search.after(error)
            if found is None:
                raise
            cut = found


def _formed(
    proto: ModelProto, input_scale: Scales, input_type: Types, is_trial: bool
) -> ModelWrapper:
    """A file in one form. What the next step would refuse of it is said here with all else.

    is_trial: let the next step be tried, whether something stands in the way or not.
    """
    obstacles = Obstacles()
    check_structure(proto, obstacles)
    model = to_one_form(ModelWrapper(proto), obstacles)
    if model is not None and (obstacles.texts or is_trial):
        with obstacles.noting():
            # it changes the model
            streamline(ModelWrapper(model.model, make_deepcopy=True), input_scale, input_type)
    obstacles.check()
    assert model is not None
    return model


def load_qonnx(path: Path, obstacles: Obstacles | None = None) -> ModelWrapper:
    """The model of a QONNX file, sorted and checked; FlowError where it is none.

    Every file of other hands is read here: what is wrong with it as a whole (types, shapes,
    attributes, operators that nobody knows) is said here and not looked at again.
    obstacles: takes what is wrong with nodes, for ``prepare`` to say with all else.
    """
    model = unrolled(read_model(path))
    check_structure(model, obstacles)
    return ModelWrapper(model)


def prepare(model: ModelWrapper) -> ModelWrapper:
    """One form of all files: constants folded, channels first, dense layers as convolutions.

    Quantizers stay, in one form. Raises FlowError with all that stands in the way. qonnx's own
    cleanup is not called: its renaming loses the second of two equal inputs, which is just what a
    duplicated input is.
    """
    obstacles = Obstacles()
    made = to_one_form(model, obstacles)
    obstacles.check()
    assert made is not None
    return made


def to_one_form(model: ModelWrapper, obstacles: Obstacles) -> ModelWrapper | None:
    """``prepare``, noting what stands in the way; None where not even the form is reached."""
    with obstacles.noting():
        try:
            return _one_form(model.model, obstacles)
        except ShapesFlowError:
            if not obstacles.texts:  # else it may come of what was refused before
                raise
    return None


def _one_form(proto: ModelProto, obstacles: Obstacles) -> ModelWrapper:
    check_structure(proto, obstacles)
    _remove_static_inputs(proto)
    check_shape(proto.graph, was_unrolled(proto))
    check_annotation(proto.graph)
    raise_lowered(proto.graph, obstacles)
    rewrite(proto.graph)
    _fold(proto)
    settle_expands(proto, obstacles)
    as_reals(proto)
    dequantize_first(proto.graph, infer_shapes(proto))
    replace_qcdq(proto, infer_shapes(proto), obstacles)
    remove_unused(proto.graph)
    _fold(proto)
    take_zero_points(proto)
    settle_quantizers(proto, infer_shapes(proto))
    layouts = to_canonical(proto, infer_shapes(proto), obstacles)
    merge_pads(proto.graph, obstacles)
    write_layouts(proto, layouts)
    infer_shapes(proto)
    separate_constants(proto.graph)
    return ModelWrapper(proto).transform(RemoveUnusedTensors())


def _fold(proto: ModelProto) -> None:
    bypass(proto.graph)
    fold_constants(proto)


def _remove_static_inputs(proto: ModelProto) -> None:
    """Inputs with a value of their own are constants: exporters write all weights so.

    It is done before anything is folded: a constant that is folded away would leave its input.
    Up to version 3 of the format every constant had to be an input, too.
    """
    graph = proto.graph
    proto.ir_version = max(proto.ir_version, CONSTANTS_ALONE)
    constants = {constant.name for constant in graph.initializer}
    for place in reversed(range(len(graph.input))):
        if graph.input[place].name in constants:
            del graph.input[place]


def _run(_: None, build: Build) -> ModelWrapper:
    config = build.config
    model, cut = import_file(config.model, config.input_scale, config.input_type)
    build.paths.host_tail.unlink(missing_ok=True)
    if cut.tail is None:
        build.paths.tail.unlink(missing_ok=True)
    else:
        # the model's own metadata stay with the front
        helper.set_model_props(cut.tail, {REASONS: json.dumps(cut.reasons)})
        write_model(build.paths.tail, cut.tail)
        print(f"import: on the host, behind {', '.join(cut.names)}: {', '.join(cut.nodes)}")
        for name, reason in cut.reasons.items():
            print(f"import: warning: {name} is the host's: {reason}")
    return model


STEP = Step(StepName.IMPORT, _run)
