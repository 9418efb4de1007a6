"""The camera path's modules of a build as units to synthesize: its shell, and its parts."""

from flows.build.build import Build
from flows.build.names import StepName
from flows.run.board_top import head_integers
from flows.run.camera import camera_options
from flows.run.driver import describe, load_design
from flows.run.emulator import Emulator
from hw.camera.cost.sizes import PARTS, SHELL, CameraSizes
from hw.shell.board_top import only_stream
from hw.sim.design import INPUT, OUTPUT
from hw.synth.operator import Unit


def camera_units(build: Build) -> dict[str, Unit]:
    """The parts and the shell, by module, with the build's parameters; {} without a camera path."""
    options = camera_options(build)
    if options is None:
        return {}
    design = load_design(build)
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    description = describe(build, emulator, design)
    head, side = head_integers(description), description.input.shape[0]
    rows, columns, _ = description.output.shape
    source, result = only_stream(design, INPUT), only_stream(design, OUTPUT)
    sizes = CameraSizes(
        options.pixels,
        options.max_side,
        side,
        rows,
        columns,
        head.anchors,
        source.lanes,
        result.lanes,
        result.bits,
        result.signed,
        head.stride,
        options.candidates,
        options.is_video,
    )
    return {module: sizes.unit(module, head) for module in (*PARTS, SHELL)}
