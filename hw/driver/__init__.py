"""Driver of the face detector on a board: Python 3.8 or later, numpy, and pynq on the board.

    from dupnet_driver import DupNetAccelerator

    accelerator = DupNetAccelerator("bitfile/dupnet_tinier_yolo.bit")
    found = accelerator.detect(picture)      # (H, W, 3) uint8 RGB -> boxes and scores

The package imports nothing outside itself, so that it is copied to the board as it is. What it runs
on is exchangeable (``backend``): PYNQ, a simulated board, a serial line.
"""

from .accelerator import DupNetAccelerator
from .backend import Backend, Buffer, Bus
from .camera_backend import CameraBackend
from .description import Camera, Description, Tensor, find_bitfile, read_description
from .detection import Detections
from .dma import DmaBackend
from .errors import AcceleratorError, StuckError, TransferError, ValidationError
from .video_backend import VideoBackend, VideoDetections

__all__ = [
    "AcceleratorError",
    "Backend",
    "Buffer",
    "Bus",
    "Camera",
    "CameraBackend",
    "Description",
    "Detections",
    "DmaBackend",
    "DupNetAccelerator",
    "StuckError",
    "Tensor",
    "TransferError",
    "ValidationError",
    "VideoBackend",
    "VideoDetections",
    "find_bitfile",
    "read_description",
]
