"""The build that a folder or a configuration names."""

import os
from pathlib import Path

from flows.build.build import Build
from flows.build.names import StepName
from flows.errors import FlowError

#: How the names of configurations end.
_ENDINGS = (".yaml", ".yml")
_EXPECTED = "expected a build folder or its configuration"


def find_build(path: Path) -> tuple[Build, Path]:
    """The finished build, and its configuration: path itself, or a file beside the build folder.

    Raises FlowError where a folder is no build, has no configuration beside it, or its build is not
    finished or of another configuration.
    """
    if not os.path.lexists(path):
        raise FlowError(f"{path}: no such file or folder; {_EXPECTED}")
    source = configuration_of(path)
    build = Build.load(source)
    if not build.paths.state.is_file():
        raise FlowError(
            f"{build.folder}: nothing has been built there; run `python -m flows build`"
        )
    build.check_built(StepName.GENERATE_RTL)
    return build, source


def configuration_of(path: Path) -> Path:
    """The configuration that a path means: of a build folder the one beside it, else path itself.

    Raises FlowError where a folder is no build, or has no configuration beside it.
    """
    return _beside(path) if path.is_dir() else path


def _beside(folder: Path) -> Path:
    """The configuration of a build folder: the file of its name beside it, or another there."""
    place = folder.resolve()
    if not (place / "build_state.json").is_file():
        raise FlowError(f"{folder}: no build (it has no build_state.json); {_EXPECTED}")
    files = sorted(path for path in place.parent.iterdir() if path.suffix in _ENDINGS)
    files.sort(key=lambda path: path.stem != place.name)  # that of its name first
    for path in files:
        try:
            if Build.load(path).folder.resolve() == place:
                return path
        except FlowError:  # another YAML file
            continue
    raise FlowError(
        f"{folder}: no configuration beside it builds into this folder; give its configuration"
    )
