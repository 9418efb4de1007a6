"""The camera path's modules of a build as units to synthesize: its shell, and its parts."""

from camera_path.head import BOX_BITS
from flows.build.build import Build
from flows.build.names import StepName
from flows.run.board_top import head_integers
from flows.run.camera import camera_options
from flows.run.driver import describe, load_design
from flows.run.emulator import Emulator
from hw.camera.measure import unit
from hw.shell.board_top import only_stream
from hw.shell.streams import container_bytes
from hw.sim.design import INPUT, OUTPUT
from hw.synth.operator import Unit

#: The parts that have rows of their own: those that are no part of another.
PARTS = ("pixel_format", "letterbox", "decode_boxes", "suppress_boxes")
SHELL = "camera_shell"


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
    cells = {
        "Rows": rows,
        "Columns": columns,
        "Anchors": head.anchors,
        "Cell": head.stride << BOX_BITS,
    }
    network = {
        "Side": side,
        "InLanes": source.lanes,
        "OutLanes": result.lanes,
        "OutBits": result.bits,
        "OutContainerBytes": container_bytes(result.bits),
        "OutIsSigned": int(result.signed),
    }
    own = {
        "pixel_format": {},
        "letterbox": {"MaxOld": options.max_side, "Size": side},
        "decode_boxes": {"Bits": result.bits + (not result.signed), **cells},
        "suppress_boxes": {"Most": options.candidates},
        SHELL: {
            "MaxSide": options.max_side,
            "Candidates": options.candidates,
            "IsVideo": int(options.is_video),
            **network,
            **cells,
        },
    }
    return {
        module: unit(module, options.pixels, parameters, head) for module, parameters in own.items()
    }
