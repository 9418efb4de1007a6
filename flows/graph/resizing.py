"""Which Resize and Upsample of ONNX repeat every pixel a whole number of times."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any

from onnx import NodeProto, helper

from flows.errors import FlowError
from flows.graph.integer_builder import where

#: (place in the output, rows in, rows out, scale) -> place in the input, by coordinate mode.
_PLACES = {
    "asymmetric": lambda at, size, out, scale: at / scale,
    "half_pixel": lambda at, size, out, scale: (at + Fraction(1, 2)) / scale - Fraction(1, 2),
    "half_pixel_symmetric": lambda at, size, out, scale: (
        Fraction(size, 2) * (1 - Fraction(out) / (scale * size))
        + (at + Fraction(1, 2)) / scale
        - Fraction(1, 2)
    ),
    "pytorch_half_pixel": lambda at, size, out, scale: (
        (at + Fraction(1, 2)) / scale - Fraction(1, 2) if out > 1 else Fraction(0)
    ),
    "tf_half_pixel_for_nn": lambda at, size, out, scale: (at + Fraction(1, 2)) / scale,
    "align_corners": lambda at, size, out, scale: (
        at * Fraction(size - 1, out - 1) if out > 1 else Fraction(0)
    ),
}
_NEAREST = {
    "floor": floor,
    "ceil": ceil,
    "round_prefer_floor": lambda place: ceil(place - Fraction(1, 2)),
    "round_prefer_ceil": lambda place: floor(place + Fraction(1, 2)),
}


def repetitions(
    node: NodeProto, shape: tuple[int, ...], output: tuple[int, ...], inputs: Sequence[Any]
) -> tuple[int, int]:
    """(rows, columns) that become of one row, one column, by a Resize or Upsample.

    shape, output: (1, C, H, W) in and out. inputs: constants of the inputs behind the first, None
    where there is none. FlowError, naming the node, where it does anything else.
    """
    attrs = {a.name: _text(helper.get_attribute_value(a)) for a in node.attribute}
    mode = attrs.get("mode", "nearest")
    if mode != "nearest":
        raise FlowError(
            f"{where(node)}: mode {mode} makes numbers between the pixels'; expected nearest"
        )
    if attrs.get("keep_aspect_ratio_policy", "stretch") != "stretch":
        raise FlowError(
            f"{where(node)}: keep_aspect_ratio_policy {attrs['keep_aspect_ratio_policy']} is not "
            "supported; expected stretch"
        )
    if len(output) != 4 or output[:2] != shape[:2]:
        raise FlowError(f"{where(node)}: makes {output} of {shape}; expected the same channels")
    scales = []
    for size, out in zip(shape[2:], output[2:], strict=True):
        if out < size or out % size:
            raise FlowError(
                f"{where(node)}: makes {output[2]} x {output[3]} pixels of {shape[2]} x "
                f"{shape[3]}; expected whole multiples"
            )
        scales.append(out // size)
    _check_scales(node, attrs, inputs, scales)
    kinds = _kinds(node, attrs, inputs)
    for size, scale in zip(shape[2:], scales, strict=True):
        place, nearest = _PLACES.get(kinds[0]), _NEAREST.get(kinds[1])
        if place is None or nearest is None:
            raise FlowError(
                f"{where(node)}: coordinate_transformation_mode {kinds[0]} with nearest_mode "
                f"{kinds[1]} is not supported"
            )
        out = size * scale
        found = [
            min(size - 1, max(0, nearest(place(Fraction(at), size, out, Fraction(scale)))))
            for at in range(out)
        ]
        if found != [at // scale for at in range(out)]:
            raise FlowError(
                f"{where(node)}: coordinate_transformation_mode {kinds[0]} with nearest_mode "
                f"{kinds[1]} does not repeat each pixel {scale} times; expected asymmetric with "
                "floor, or one that gives the same"
            )
    return scales[0], scales[1]


def _kinds(node: NodeProto, attrs: dict[str, Any], inputs: Sequence[Any]) -> tuple[str, str]:
    """Coordinate mode and rounding. Upsample, and the first Resize (one input behind x), have none
    of their own."""
    if node.op_type == "Upsample" or len(inputs) == 1:
        return "asymmetric", "floor"
    return (
        attrs.get("coordinate_transformation_mode", "half_pixel"),
        attrs.get("nearest_mode", "round_prefer_floor"),
    )


def _check_scales(
    node: NodeProto, attrs: dict[str, Any], inputs: Sequence[Any], scales: list[int]
) -> None:
    """FlowError where scales are given that are not the ratio of the sizes."""
    given = attrs.get("scales")
    for index in (0, 1):
        is_scale = index == 0 if node.op_type == "Upsample" or len(inputs) == 1 else index == 1
        if is_scale and len(inputs) > index and inputs[index] is not None:
            given = inputs[index].reshape(-1)
    if given is None or len(given) == 0:
        return  # sizes
    numbers = [float(v) for v in given]
    axes = attrs.get("axes", range(4))
    found = {int(axis) % 4: number for axis, number in zip(axes, numbers, strict=False)}
    if [found.get(axis, 1.0) for axis in range(4)] != [1, 1, *scales]:
        raise FlowError(
            f"{where(node)}: scales {numbers}; expected whole numbers for rows and columns alone"
        )


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value
