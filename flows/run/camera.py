"""The camera path of a build: whether its board has one, and how.

The key ``camera`` of the configuration says so. The accelerator itself is the same with and
without: only the shell around it, the driver's description and what both simulate differ.
"""

import hashlib
from collections.abc import Sequence

from flows.build.build import Build
from flows.errors import FlowError
from flows.run.bitstream_ways import ZYNQ_FAMILIES
from hw.camera.board import BLOCK
from hw.camera.options import CameraOptions
from hw.driver import Camera
from hw.shell.addresses import register_addresses
from hw.shell.engines import ONE_OF_EACH


def camera_options(build: Build) -> CameraOptions | None:
    """The camera path that the configuration asks for; None for none.

    Raises FlowError for a board without the shell that it is a part of.
    """
    config = build.config
    if not config.camera:
        return None
    if build.device.family not in ZYNQ_FAMILIES:
        raise FlowError(
            f"camera: {config.camera}: the camera path is a part of the shell of boards with a "
            f"Zynq, which {config.board} has not; expected another board, or no camera"
        )
    options = CameraOptions(config.camera, config.camera_lanes, config.camera_max_side)
    options.check()
    return options


def camera_of(build: Build) -> Camera | None:
    """The camera path as the driver's description has it."""
    options = camera_options(build)
    if options is None:
        return None
    return Camera(options.source, options.max_side, options.candidates)


def board_id(build: Build, number: int) -> int:
    """BUILD_ID of the board: the accelerator's number, with a camera path another one.

    So a bitfile with another shell than the driver's description is told apart.
    """
    options = camera_options(build)
    if options is None:
        return number
    digest = hashlib.sha256(f"{number:08x} {options}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


def board_registers(build: Build, engines: Sequence[str] = ONE_OF_EACH) -> dict[str, int]:
    """Bus address of each block of registers, by the block; {} of a family without a processor.

    engines: those of the shell without a camera path.
    """
    addresses = register_addresses(build.device.family, engines)
    if camera_options(build) is None:
        return addresses
    return {BLOCK: min(addresses.values())}
