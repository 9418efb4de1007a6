"""Clocks that a build's camera path takes for a frame, by its machines: known before simulation."""

from dataclasses import dataclass

from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from hw.camera.timing import Letterbox, frame_clocks
from hw.ops.registry import operator_of

#: Sizes of a camera that are told, as far as the build takes them.
SIZES = ((640, 480), (1280, 720), (1920, 1080))


@dataclass(frozen=True)
class CameraRate:
    """Clocks from a frame of RGB to the next one where the network never waits."""

    width: int
    height: int
    clocks: int

    def limit(self, network: int) -> str:
        """Which of both takes longer. network: its clocks a frame."""
        return "the camera path" if self.clocks > network else "the network"


def camera_rates(build: Build, model: ModelWrapper) -> tuple[CameraRate, ...]:
    """Rates of usual sizes (else of the largest square); none of a board without a camera path.

    model: the hardware graph.
    """
    config = build.config
    if not config.camera:
        return ()
    source = model.graph.input[0].name
    first = operator_of(model.find_consumer(source))
    most, side = config.camera_max_side, int(first.get_normal_input_shape(0)[1])
    unit = Letterbox(lanes=config.camera_lanes, max_old=most, size=side)
    sizes = [size for size in SIZES if max(size) <= most] or [(most, most)]
    lanes = int(first.lanes_of(0))
    return tuple(
        CameraRate(width, height, frame_clocks(unit, width, height, out_lanes=lanes).interval)
        for width, height in sizes
    )
