"""The target of the folding: clocks per frame, from frames per second or pixels per clock."""

from qonnx.core.modelwrapper import ModelWrapper

from flows.build.config import BuildConfig
from flows.graph.pack_pixels import SLACK
from hw.ops.registry import operator_of


def target_clocks(config: BuildConfig, model: ModelWrapper) -> int:
    """Clocks that a frame may take in every operator of model.

    With pixels_per_clock p, 1.02 x H x W / p of the input image, of several of the one of most
    pixels (``input_pixels``); at p near 1 and above it at least
    the pixels of the largest image inside, borders included, for no operator takes more than one a
    clock. (Above 1 a pixel is a packed one, flows/graph/pack_pixels.py.)
    """
    if not config.pixels_per_clock:
        return config.clocks_per_frame
    ops = [operator_of(node) for node in model.graph.node]
    allowed = int((1 + SLACK) * input_pixels(model) / config.pixels_per_clock)
    largest = max(int(op.output_shape()[1] * op.output_shape()[2]) for op in ops)
    return max(allowed, largest)


def input_pixels(model: ModelWrapper) -> int:
    """Pixels of a frame of the input that has most."""
    shapes = [model.get_tensor_shape(info.name) for info in model.graph.input]
    return max(int(height * width) for _, height, width, _ in shapes)


def target_text(config: BuildConfig) -> str:
    """The target in words."""
    if config.pixels_per_clock:
        return f"{config.pixels_per_clock:g} pixels a clock"
    return f"{config.target_fps or 10.0:g} frames/s"


def target_key(config: BuildConfig) -> str:
    """The configuration's key that says the target."""
    return "pixels_per_clock" if config.pixels_per_clock else "target_fps"
