"""Step fuse_duplicated_inputs: binary kernels on copies of one tensor become one (flows/graph)."""

from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.duplication import duplication
from flows.build.names import ResultName, StepName
from flows.build.step import Step
from flows.graph.fuse_duplicated_inputs import FuseDuplicatedInputs


def _run(model: ModelWrapper, build: Build) -> ModelWrapper:
    fuse = FuseDuplicatedInputs()
    model = model.transform(fuse)
    build.results.write(ResultName.FUSE_DUPLICATED_INPUTS, duplication(fuse.savings, {}))
    return model


STEP = Step(StepName.FUSE_DUPLICATED_INPUTS, _run)
