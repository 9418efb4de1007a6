"""The four networks as one table. Nothing heavy is imported until a network is built.

The layers are a reconstruction from the published figures, not the authors' own list: the paper's
factors per layer may differ (docs/network.md, "The reconstructed networks"). The paper gives no
size of `dupnet-l-pact`: its duplication, half of `dupnet-tinier-yolo`'s in every layer, is our
choice.
"""

from dataclasses import dataclass, field
from typing import Literal

from model.errors import ModelError

Quantizer = Literal["float", "hwgq", "pact"]

ANCHORS = ((0.5, 0.65), (1.1, 1.45), (2.2, 2.9), (4.2, 5.5), (8.0, 10.0))
"""Widths and heights of the 5 anchors in cells of 32 pixels: faces of 16 to 256 pixels, somewhat
taller than wide, until training computes them from its data."""

OUTPUTS_PER_ANCHOR = 6
"""x, y, w, h, objectness, face, in this order, anchor by anchor."""

STRIDE = 32
"""Pixels of the input to a cell of the output, along each axis."""


@dataclass(frozen=True)
class LayerSpec:
    """One convolution with what follows it."""

    name: str
    kernel: int
    in_channels: int
    out_channels: int
    pool: bool = False  # a 2x2 max-pool with stride 2 after the activation
    duplicate_weights: int = 1  # D: the weights are D copies of a base along the input channels
    duplicate_input: int = 1  # F: the input is taken F times, each copy with weights of its own


@dataclass(frozen=True)
class PaperFigures:
    """The paper's figures of a network; None where it prints nothing."""

    model_size_kb: float | None = None  # KB of 1,024 bytes
    complexity_gflops: float | None = None
    size_ratio: float | None = None  # times the size of dupnet-tinier-yolo
    complexity_ratio: float | None = None  # times the complexity of dupnet-tinier-yolo
    size_reduction: float | None = None  # ifq-tinier-yolo's size over this network's
    complexity_reduction_percent: float | None = None  # less than ifq-tinier-yolo
    detection_rate: float | None = None


@dataclass(frozen=True)
class NetworkSpec:
    """One network of the zoo."""

    name: str
    quantizer: Quantizer  # of the activations; "float": full precision, weights too
    layers: tuple[LayerSpec, ...]  # conv1 to conv9; the last is the head
    paper: PaperFigures
    note: str
    # initial clipping level of PACT, in deviations of BatchNorm's output: HWGQ's highest level. The
    # last layer's step is the head's scale too: with 3 the head's outputs start too large to learn
    pact_alpha: float = 3 * 551 / 1024
    input_size: int = 512  # height and width for which the figures hold
    anchors: tuple[tuple[float, float], ...] = field(default=ANCHORS)

    @property
    def quantized(self) -> bool:
        """Whether there is an integer network to export."""
        return self.quantizer != "float"


_HEAD_CHANNELS = len(ANCHORS) * OUTPUTS_PER_ANCHOR


def _layers(
    duplicate_weights: dict[str, int], duplicate_input: dict[str, int], full: bool = False
) -> tuple[LayerSpec, ...]:
    """The Tiny-YOLOv2 backbone with its head; `full` has Tiny-YOLO's own conv7 and conv8."""
    #          name    kernel  in   out  pool
    rows = [("conv1", 3, 3, 16, True)]
    rows += [("conv2", 3, 16, 32, True)]
    rows += [("conv3", 3, 32, 64, True)]
    rows += [("conv4", 3, 64, 128, True)]
    rows += [("conv5", 3, 128, 256, True)]
    rows += [("conv6", 3, 256, 512, False)]
    if full:
        rows += [("conv7", 3, 512, 1024, False)]
        rows += [("conv8", 3, 1024, 1024, False)]
        rows += [("conv9", 1, 1024, _HEAD_CHANNELS, False)]
    else:
        rows += [("conv7", 1, 512, 512, False)]
        rows += [("conv8", 1, 512, 256, False)]
        rows += [("conv9", 1, 256, _HEAD_CHANNELS, False)]
    return tuple(
        LayerSpec(*row, duplicate_weights.get(row[0], 1), duplicate_input.get(row[0], 1))
        for row in rows
    )


NETWORKS = (
    NetworkSpec(
        name="tiny-yolo",
        quantizer="float",
        layers=_layers({}, {}, full=True),
        paper=PaperFigures(size_ratio=1694.2, complexity_ratio=389.9, detection_rate=0.920),
        note="full precision, Tiny-YOLOv2 backbone, leaky ReLU",
    ),
    NetworkSpec(
        name="ifq-tinier-yolo",
        quantizer="hwgq",
        layers=_layers({}, {}),
        paper=PaperFigures(model_size_kb=240.9, complexity_gflops=0.1079, detection_rate=0.856),
        note="binary weights, 2-bit HWGQ activations",
    ),
    NetworkSpec(
        name="dupnet-tinier-yolo",
        quantizer="hwgq",
        layers=_layers({"conv4": 4, "conv5": 8, "conv6": 8, "conv7": 4, "conv8": 64}, {"conv1": 2}),
        paper=PaperFigures(
            model_size_kb=36.9,
            size_reduction=6.5,
            complexity_reduction_percent=42.0,
            detection_rate=0.880,
        ),
        note="duplicated weights and duplicated input",
    ),
    NetworkSpec(
        name="dupnet-l-pact",
        quantizer="pact",
        layers=_layers({"conv4": 2, "conv5": 4, "conv6": 4, "conv7": 2, "conv8": 32}, {"conv1": 2}),
        paper=PaperFigures(detection_rate=0.906),
        note="half the duplication, 2-bit PACT activations; the factors are our choice",
    ),
)
"""The zoo, in the order of the paper's table."""


def names() -> list[str]:
    """Names of all networks."""
    return [spec.name for spec in NETWORKS]


def find(name: str) -> NetworkSpec:
    """The network of that name."""
    for spec in NETWORKS:
        if spec.name == name:
            return spec
    raise ModelError(f"unknown network {name!r}; expected one of {', '.join(names())}")
