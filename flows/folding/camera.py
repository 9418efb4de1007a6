"""Cost of a build's camera path on the part, before the network beside it has been folded."""

from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.metadata import Anchors, read
from flows.run.camera import camera_options
from hw.camera.cost.model import shell_cost
from hw.camera.cost.sizes import CameraSizes
from hw.synth.cost.model import Cost

#: Anchors of a network that does not say them: the camera path is refused for it later.
ANCHORS = 5


def camera_cost(build: Build, model: ModelWrapper) -> Cost:
    """Estimated cost of the shell with the build's camera path; nothing without one.

    model: its hardware graph. Of the network's streams the usual widths are taken.
    """
    options = camera_options(build)
    if options is None:
        return Cost()
    _, height, width, _ = _shape(model, model.graph.input[0].name)
    _, rows, columns, _ = _shape(model, model.graph.output[0].name)
    side = max(height, width)
    return shell_cost(
        CameraSizes(
            options.pixels,
            options.max_side,
            side,
            rows,
            columns,
            _anchors(model),
            stride=max(1, side // rows),
            candidates=options.candidates,
            is_video=options.is_video,
        )
    )


def _shape(model: ModelWrapper, tensor: str) -> tuple[int, ...]:
    """Of an image or, of what has no rows, a single pixel."""
    shape = tuple(int(size) for size in model.get_tensor_shape(tensor))
    return (*shape[:1], *(1,) * (4 - len(shape)), *shape[1:])


def _anchors(model: ModelWrapper) -> int:
    said = {prop.key: prop.value for prop in model.model.metadata_props}
    return len(read(said, "anchors", Anchors)) if "anchors" in said else ANCHORS
