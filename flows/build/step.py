"""A step of a build."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.names import StepName


@dataclass(frozen=True)
class Step:
    """A step, listed in flows/build/sequence.py.

    run: from the model before (None before the first step) and the build to the model after. What
    else it makes, it writes where ``build.paths`` and ``build.results`` say.
    """

    name: StepName
    run: Callable[[Any, Build], ModelWrapper]
