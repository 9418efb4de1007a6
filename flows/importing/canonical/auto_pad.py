"""auto_pad as the pads that it stands for, on a tensor of known size."""

from onnx import NodeProto, helper


def settle_auto_pad(node: NodeProto, dims: tuple[int, ...], result: tuple[int, ...]) -> None:
    """Put pads in the place of auto_pad SAME_UPPER, SAME_LOWER or VALID.

    dims, result: sizes of what goes in and comes out, batch and channels first.
    """
    attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    kind = attrs.get("auto_pad", b"NOTSET").decode()
    if kind == "NOTSET" or node.op_type not in ("Conv", "MaxPool", "AveragePool"):
        return
    axes = len(dims) - 2
    if kind != "VALID" and "kernel_shape" not in attrs:
        return  # refused where the node is read
    before, after = [0] * axes, [0] * axes
    for axis in range(axes if kind in ("SAME_UPPER", "SAME_LOWER") else 0):
        stride = attrs.get("strides", [1] * axes)[axis]
        reach = (attrs["kernel_shape"][axis] - 1) * attrs.get("dilations", [1] * axes)[axis] + 1
        total = max(0, (result[axis + 2] - 1) * stride + reach - dims[axis + 2])
        small, large = total // 2, total - total // 2
        before[axis], after[axis] = (small, large) if kind == "SAME_UPPER" else (large, small)
    kept = [a for a in node.attribute if a.name not in ("auto_pad", "pads")]
    copies = [type(a).FromString(a.SerializeToString()) for a in kept]
    del node.attribute[:]
    node.attribute.extend(copies)
    node.attribute.append(helper.make_attribute("pads", [*before, *after]))
