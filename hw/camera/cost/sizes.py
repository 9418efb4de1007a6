"""Sizes of a camera path, all that its modules' cost depends on, and its modules of such sizes."""

from dataclasses import dataclass

from camera_path.head import BOX_BITS, HeadIntegers
from hw.camera.measure import unit
from hw.shell.streams import container_bytes
from hw.synth.operator import Unit

#: The parts that have figures of their own: those that are no part of another; and all of it.
PARTS = ("pixel_format", "letterbox", "decode_boxes", "suppress_boxes")
SHELL = "camera_shell"


@dataclass(frozen=True)
class CameraSizes:
    """Pixels of a beat, of a frame's side at most, of the network's side; its streams and cells.

    in_lanes: of a beat into the network. out_lanes, out_bits, out_is_signed: of one out of it.
    rows, columns, anchors: of its output. stride: pixels of a cell. candidates: boxes kept.
    """

    lanes: int
    max_side: int
    side: int
    rows: int
    columns: int
    anchors: int
    in_lanes: int = 3
    out_lanes: int = 1
    out_bits: int = 16
    out_is_signed: bool = True
    stride: int = 32
    candidates: int = 64
    is_video: bool = False

    @property
    def places(self) -> int:
        """Boxes of the network's output."""
        return self.rows * self.columns * self.anchors

    def parameters(self, module: str) -> dict[str, int]:
        """Parameters of one of the modules, beside its pixels a beat."""
        cells = {
            "Rows": self.rows,
            "Columns": self.columns,
            "Anchors": self.anchors,
            "Cell": self.stride << BOX_BITS,
        }
        network = {
            "Side": self.side,
            "InLanes": self.in_lanes,
            "OutLanes": self.out_lanes,
            "OutBits": self.out_bits,
            "OutContainerBytes": container_bytes(self.out_bits),
            "OutIsSigned": int(self.out_is_signed),
        }
        own: dict[str, dict[str, int]] = {
            "pixel_format": {},
            "letterbox": {"MaxOld": self.max_side, "Size": self.side},
            "decode_boxes": {"Bits": self.out_bits + (not self.out_is_signed), **cells},
            "suppress_boxes": {"Most": self.candidates},
            SHELL: {
                "MaxSide": self.max_side,
                "Candidates": self.candidates,
                "IsVideo": int(self.is_video),
                **network,
                **cells,
            },
        }
        return own[module]

    def unit(self, module: str, head: HeadIntegers | None = None) -> Unit:
        """The module, to synthesize. head: default: one of so many anchors, made up."""
        if head is None:
            anchors = [(0.4 + 0.3 * k, 0.5 + 0.35 * k) for k in range(self.anchors)]
            head = HeadIntegers.make(anchors, 0.0336, stride=self.stride)
        return unit(module, self.lanes, self.parameters(module), head)
