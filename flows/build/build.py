"""A build: its configuration, and what lies in its folder."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.build.config import BuildConfig, load_config
from flows.build.layout import Layout
from flows.build.names import StepName
from flows.build.results import Results
from flows.build.state import State, source_digest
from flows.errors import FlowError
from flows.files import sha256
from hw.boards import Board
from hw.pnr.families import FAMILIES

if TYPE_CHECKING:
    from qonnx.core.modelwrapper import ModelWrapper


@dataclass(frozen=True)
class Build:
    """All that is made of a configuration: models by step, results, and where each lies.

    Nothing of it has to be there yet. Reading is from the disk each time: another process may have
    built meanwhile.
    """

    config: BuildConfig

    @classmethod
    def load(cls, path: Path) -> "Build":
        """Of a configuration's file; FlowError naming file and key for whatever is wrong."""
        return cls(load_config(path))

    def of(self, **changes: Any) -> "Build":
        """A build of the same configuration but for some keys."""
        return Build(replace(self.config, **changes))

    @property
    def folder(self) -> Path:
        """The build's folder."""
        return self.config.output_dir

    @property
    def top(self) -> str:
        """Name of the accelerator's top module."""
        return self.config.top

    @property
    def device(self) -> Board:
        """The board."""
        return self.config.device

    @property
    def paths(self) -> Layout:
        """Where everything lies."""
        family = FAMILIES.get(self.device.family)
        return Layout(self.folder, self.top, family.bitstream if family else ".bit")

    @property
    def results(self) -> Results:
        """The results."""
        return Results(self.paths)

    def state(self) -> State:
        """The state that build_state.json holds."""
        return State.read(self.paths.state)

    def model(self, step: StepName) -> "ModelWrapper":
        """The model after a step of a finished build of this very configuration.

        FlowError where the step has not been built, or its file is not what it wrote.
        """
        path = self.check_built(step)
        from qonnx.core.modelwrapper import ModelWrapper

        import hw.ops  # noqa: F401  (registers the operators)
        from flows.importing.read import read_model

        if not self._is_unchanged(self.state(), step):
            raise FlowError(f"{path}: not what step {step} wrote; build again")
        try:
            return ModelWrapper(read_model(path))
        except FlowError as error:
            raise FlowError(f"{error}; build again") from error

    def check_built(self, step: StepName) -> Path:
        """File of the model after a step; FlowError where no build of this configuration did."""
        state = self.state()
        state.check_same(self.folder, self.config.fingerprint())
        path = self.paths.model(step)
        if step not in state.steps or not path.is_file():
            raise FlowError(
                f"{self.folder}: step {step} has not been built; run `python -m flows build`"
            )
        return path

    @staticmethod
    def sources() -> str:
        """Hash of the sources that a build is made by now."""
        return source_digest()

    def is_current(self) -> bool:
        """Whether all steps were done of this configuration, by these very sources."""
        state = self.state()
        return (
            state.config == self.config.fingerprint()
            and state.sources == self.sources()
            and state.steps == tuple(StepName)
            and all(self._is_unchanged(state, name) for name in StepName)
        )

    def _is_unchanged(self, state: State, step: StepName) -> bool:
        """Whether the model after a step is there, as the step wrote it."""
        path = self.paths.model(step)
        return path.is_file() and state.models.get(step) in (None, sha256(path))
