"""Expand of activations: gone where its readers lay one tensor over another anyway.

PyTorch's ``expand_as`` writes it, in squeeze and excitation. Where a reader wants the larger tensor
(``Concat``), and rows and columns alone are repeated, it is an enlargement (``Resize``).
"""

import numpy as np
from onnx import ModelProto, NodeProto, helper, numpy_helper

from flows.graph.integer_builder import where
from flows.importing.constants import Shapes, infer_shapes
from flows.obstacles import Obstacles

_LAYING_OVER = frozenset(["Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean"])


def settle_expands(model: ModelProto, obstacles: Obstacles) -> None:
    """Rewrite each Expand that reads an activation; constants have been folded before."""
    graph = model.graph
    found = [node for node in graph.node if node.op_type == "Expand" and not node.domain]
    if not found:
        return
    shapes = infer_shapes(model)
    outputs = {info.name for info in graph.output}
    for node in found:
        given, made = shapes[node.input[0]], shapes[node.output[0]]
        readers = [other for other in graph.node if node.output[0] in other.input]
        if given == made or (
            node.output[0] not in outputs
            and all(_lays_over(reader, node.output[0], made, shapes) for reader in readers)
        ):
            _become(node, "Identity", [node.input[0]])
            shapes[node.output[0]] = given  # so another one that meets it there stays large
        elif len(made) == 4 and given[:-2] == made[:-2]:
            scales = np.array([b / a for a, b in zip(given, made, strict=True)], np.float32)
            name = f"{node.output[0]}_scales"
            while name in shapes:
                name += "_"
            shapes[name] = scales.shape
            graph.initializer.append(numpy_helper.from_array(scales, name))
            _become(node, "Resize", [node.input[0], "", name])
            node.attribute.append(helper.make_attribute("mode", "nearest"))
            # as ONNX repeats numbers by whole factors
            node.attribute.append(
                helper.make_attribute("coordinate_transformation_mode", "asymmetric")
            )
            node.attribute.append(helper.make_attribute("nearest_mode", "floor"))
        else:
            sizes = " to ".join(" x ".join(map(str, shape)) for shape in (given, made))
            obstacles.add(
                f"{where(node)}: repeats a tensor of {sizes}, of which a reader wants the larger "
                "one; expected rows and columns that are repeated, or a sum, product, maximum or "
                "minimum that reads it"
            )
            _become(node, "Identity", [node.input[0]])
    obstacles.check()


def _lays_over(reader: NodeProto, name: str, made: tuple[int, ...], shapes: Shapes) -> bool:
    """Whether a reader of the smaller tensor gives what it gives of the larger one."""
    if reader.op_type not in _LAYING_OVER or reader.domain:
        return False
    others = [shapes.get(other) for other in reader.input if other != name]
    return made in others


def _become(node: NodeProto, kind: str, inputs: list[str]) -> None:
    node.op_type = kind
    del node.input[:]
    node.input.extend(inputs)
