"""DupNet on FPGA, in three lines of Python and as the command ``dupnet``.

    import dupnet
    boxes = dupnet.load("dupnet-tinier-yolo").detect("photo.jpg")
    accelerator = dupnet.build("my-network.onnx", board="Pynq-Z2", input_scale=1 / 256)

``load`` gives a detector that computes the very integers of the hardware; ``build`` gives an
accelerator, which can be emulated, simulated as RTL, and compared with the network's file layer by
layer. The command ``dupnet`` (``dupnet --help``) does all that ``python -m flows``, ``model.X`` and
``hw.X`` do.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outside.early import guard_start

guard_start(always=os.path.basename(sys.argv[0]) == "dupnet")

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dupnet.accelerator import Accelerator
    from dupnet.detector import Detector

__all__ = ["build", "load"]


def load(name: str | Path = "dupnet-tinier-yolo", size: int = 512) -> "Detector":
    """A detector, by its name or its file, that computes the integers of the hardware.

    name: of a network whose checkpoint ships (``dupnet-tinier-yolo``), of a checkpoint that ships
    (``dupnet-tinier-yolo-scenes``), or the path of a checkpoint (.npz) or of a detector's
    export (.onnx of ``dupnet export``, whose size then holds). size: height and width of the
    network's input, a multiple of 32; pictures of any size are letterboxed into it. Raises
    ValueError for a name that is none of these and a file that is not readable as one.
    """
    from dupnet.detector import load as load_detector

    return load_detector(name, size)


def build(
    model: Any,
    board: str = "Pynq-Z2",
    *,
    folder: str | Path | None = None,
    input_shape: "tuple[int, ...] | Sequence[tuple[int, ...]] | None" = None,
    **keys: Any,
) -> "Accelerator":
    """Build an accelerator of a network, and return it.

    model: path of a QONNX file, an ``onnx.ModelProto``, a qonnx ``ModelWrapper``, or a torch module
    of Brevitas' layers, with input_shape = (1, C, H, W) then, or a list of the shapes of its
    inputs. folder: the build folder (default: build/<name of the network>); beside it the
    configuration <folder>.yaml is written, which the commands take too. keys: further keys of the
    configuration, such as target_fps=60, pixels_per_clock=1, input_scale=1 / 256,
    folding_config_file, name; see docs/commands.md. What is built of the same network and keys
    already is taken as it is. Raises ValueError, naming key or node, for what is not supported.
    """
    from dupnet.accelerator import build as build_accelerator

    return build_accelerator(model, board, folder, input_shape, keys)
