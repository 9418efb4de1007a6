"""Pixels repeated in a tensor whose channels do not stand where ONNX has them.

To a Resize or Upsample all axes are alike: its scales or sizes are one number for each axis of the
file's tensor. QONNX's conversion to channels last leaves them so.
"""

import numpy as np
from onnx import NodeProto

from flows.graph.layout import Layout, plain
from flows.importing.canonical.shuffles import Shuffles


class Resizes(Shuffles):
    """Part of the walk."""

    def resized(self, node: NodeProto) -> bool:
        """Take the node's numbers in the usual order of axes; False where it has them so already.

        False too where axes were made one, or one was put in that is enlarged: then the tensor has
        to lie as usual first.
        """
        name, output = node.input[0], node.output[0]
        layout, dims = self.layouts[name], self.dims(node, name)
        axes, usual = layout.axes(), plain(dims)
        after = self.dims(node, output)
        if axes is None or (usual is not None and layout.is_same_as(usual)):
            return False
        if any(inside is None and after[axis] != 1 for axis, inside in enumerate(axes)):
            return False
        made = NodeProto()
        made.CopyFrom(node)
        sizes = [1, *layout.shape]
        inside = _named_axes(made, axes)
        for index, each in enumerate(node.input):
            if not index or not each:
                continue
            values = self.value(node, each).reshape(-1)
            made.input[index] = ""
            if len(values) == len(inside):  # else a region, which no supported mode reads
                whole = np.array(sizes if values.dtype == np.int64 else [1] * 4, values.dtype)
                for place, value in zip(inside, values, strict=True):
                    if place is not None:
                        whole[place] = value
                made.input[index] = self.constant(f"{node.name}_by_axis{index}", whole)
        for place, size in zip(axes, after, strict=True):
            if place is not None:
                sizes[place] = size
        made.input[0] = self.names[name]
        self.nodes.append(made)
        self.names[output] = output
        self.layouts[output] = Layout((sizes[1], sizes[2], sizes[3]), layout.steps)
        return True


def _named_axes(made: NodeProto, axes: tuple[int | None, ...]) -> list[int | None]:
    """Which of (batch, channels, rows, columns) each number given is of; settles attributes."""
    given = next((list(a.ints) for a in made.attribute if a.name == "axes"), None)
    inside = list(axes) if given is None else [axes[axis % len(axes)] for axis in given]
    for attribute in made.attribute:
        if attribute.name == "scales" and len(attribute.floats) == len(inside):  # Upsample's first
            whole = [1.0] * 4
            for place, value in zip(inside, attribute.floats, strict=True):
                if place is not None:
                    whole[place] = value
            del attribute.floats[:]
            attribute.floats.extend(whole)
    kept = [a for a in made.attribute if a.name != "axes"]
    copies = [type(a).FromString(a.SerializeToString()) for a in kept]
    del made.attribute[:]
    made.attribute.extend(copies)
    return inside
