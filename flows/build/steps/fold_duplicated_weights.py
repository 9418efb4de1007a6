"""Step fold_duplicated_weights: channels of equal weights are summed up first (flows/graph)."""

from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.duplication import duplication
from flows.build.names import ResultName, StepName
from flows.build.step import Step
from flows.graph.fold_duplicated_weights import FoldDuplicatedWeights


def _run(model: ModelWrapper, build: Build) -> ModelWrapper:
    fold = FoldDuplicatedWeights()
    model = model.transform(fold)
    build.results.write(ResultName.FOLD_DUPLICATED_WEIGHTS, duplication(fold.savings, fold.kept))
    return model


STEP = Step(StepName.FOLD_DUPLICATED_WEIGHTS, _run)
