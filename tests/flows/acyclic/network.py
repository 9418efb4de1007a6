"""The random network of a seed."""

from collections import Counter
from typing import Any

import numpy as np
from onnx import ModelProto, TensorProto, helper

from tests.flows.acyclic import (  # noqa: F401  (they fill OPERATORS)
    joins,
    layers,
    moves,
    of_two,
    places,
    pools,
)
from tests.flows.acyclic.growing import SEVERAL_ENDS, Growing, operators_of
from tests.flows.builder import Builder, Network


def acyclic_network(seed: int, operators: int = 0) -> Network:
    """Always the same; operators: how many are tried (0: 6 to 12)."""
    net = Growing(seed)
    known = operators_of(seed)
    names = [name for name, each in known.items() for _ in range(each.weight)]
    last = ""
    for _ in range(operators or int(net.rng.integers(6, 13))):
        name = net.one(names)
        made = known[name].grow(net)
        if made is not None:
            net.facts.append(f"{name} {net.b.probe[made][0].shape[1:]}")
            last = made
    net.used.discard(last)
    return _finished(net, seed, last or _one_layer(net))


def _one_layer(net: Growing) -> str:
    made = layers.convolution(net, next(iter(net.bits)), 2)
    assert made is not None
    return net.quantized(made)


def _finished(net: Growing, seed: int, last: str) -> Network:
    """Tensors without a reader are laid beside the last one; a layer, or dense ones, end all."""
    b = net.b
    loose = [n for n in net.bits if n not in net.used and n != last]
    if seed >= SEVERAL_ENDS and net.chance(0.8):
        last, meeting = _meeting(net, last)
        loose = [*meeting, *loose]
    parts = _of_one_size(net, [last, *loose])
    if len(parts) > 1:
        last = b.add("Concat", parts, axis=1)
        net.known(last, 9, net.span(*parts))
    else:
        last = parts[0]
    last = _ended(net, last)
    _prune(b, last)
    proto = b.finish(last)
    if seed >= SEVERAL_ENDS:
        _let_out(net, proto)
    facts = tuple(net.facts)
    return Network(seed, proto, b.shape, b.input_scale, None, facts, (), (), tuple(b.more))


def _let_out(net: Growing, proto: ModelProto) -> None:
    """Up to three tensors of activations leave the network too."""
    varying = {info.name for info in proto.graph.input}
    for node in proto.graph.node:
        if varying.intersection(node.input):
            varying.update(node.output)
    own = proto.graph.output[0].name
    inner = [n.output[0] for n in proto.graph.node if n.output[0] in varying - {own}]
    for name in net.rng.permutation(inner)[: net.rng.integers(0, 4)]:
        proto.graph.output.add(name=str(name)).type.tensor_type.elem_type = TensorProto.FLOAT
        net.facts.append(f"output {name}")


def _meeting(net: Growing, last: str) -> tuple[str, list[str]]:
    """(the last tensor, a layer behind each input that it does not depend on): of one scale."""
    reached = {last}
    for node in reversed(net.b.nodes):
        if reached.intersection(node.output):
            reached.update(node.input)
    lost = [image for image in net.images if image not in reached]
    if lost and not net.plain(last):
        last = net.quantized(last, True, net.b.scale(net.b.spread(last)))
    found, scale = [], np.float32(net.units[last][0])
    for image in lost:
        weights, kind = net.weights(int(net.one([1, 2])), net.b.channels(image), 1, 1)
        made = net.b.conv(image, weights, kind, (1, 1), [0] * 4, net.chance(0.2))
        found.append(net.quantized(made, True, scale))
    return last, found


def _of_one_size(net: Growing, loose: list[str]) -> list[str]:
    """Of tensors the first, and those of few channels that a pool can bring to the least size."""
    far = 4 if len(net.images) == 1 else 8
    near = [name for name in loose if max(net.size(name)) - min(net.size(loose[0])) <= far]
    parts, channels = [], 0
    for name in dict.fromkeys([loose[0], *near]):
        channels += net.b.channels(name)
        if not parts or (channels <= 16 and net.near(*parts, name)):
            parts.append(name)
    size = [min(net.size(name)[axis] for name in parts) for axis in range(2)]
    return [_shrunk(net, name, size) for name in parts]


def _shrunk(net: Growing, name: str, size: list[int]) -> str:
    """Maxima of overlapping windows: as many as the size says."""
    kernel = [mine - wanted + 1 for mine, wanted in zip(net.size(name), size, strict=True)]
    if kernel == [1, 1]:
        return name
    made = net.b.add("MaxPool", [name], kernel_shape=kernel, strides=[1, 1])
    return net.known(made, net.bits[name], net.units[name])


def _ended(net: Growing, last: str) -> str:
    if not net.near(last):
        return net.quantized(last)
    if net.chance(0.35):
        return _dense(net, last)
    weights, kind = net.weights(2, net.b.channels(last), 1, 1)
    last = net.b.conv(last, weights, kind, (1, 1), [0] * 4, net.chance(0.3))
    return net.quantized(last) if net.chance(0.5) else last


def _dense(net: Growing, last: str) -> str:
    """One or two fully connected layers of all that the tensor holds."""
    last = net.b.add("Flatten", [last])
    for rows in [5, 3][int(net.rng.integers(2)) :]:
        weights, kind = net.weights(rows, net.b.channels(last))
        last = net.b.add("Gemm", [last, net.b.weights(weights, kind)], transB=1)
        if rows == 5:
            last = net.b.quant(last, int(net.rng.integers(2, 9)), net.chance(0.5))
    return last


def _prune(b: Builder, last: str) -> None:
    """Leave out nodes that the output does not need."""
    needed = {last}
    for node in reversed(b.nodes):
        if node.output[0] in needed:
            needed |= set(node.input)
    b.nodes = [node for node in b.nodes if node.output[0] in needed]
    b.initializers = {k: v for k, v in b.initializers.items() if k in needed}


def kinds_of(proto: ModelProto) -> set[str]:
    """Words for all that a network has: its operators, kinds of windows and widths, forks."""
    found = set()
    constants = {i.name: i for i in proto.graph.initializer}
    shapes = {name: list(i.dims) for name, i in constants.items()}
    readers = Counter(name for node in proto.graph.node for name in set(node.input))
    for node in proto.graph.node:
        attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        of_weights = node.input[0] in constants
        shapes[node.output[0]] = shapes.get(node.input[0], []) if of_weights else []
        if node.op_type in ("Quant", "BipolarQuant"):
            bits = 1
            if node.op_type == "Quant":
                bits = int(np.frombuffer(constants[node.input[3]].raw_data, np.float32)[0])
            found.add(f"{'weights' if of_weights else 'activations'} of {bits} bits")
        if of_weights:
            continue
        if readers[node.output[0]] > 1:
            found.add("fork")
        found |= {node.op_type, *_windows(node.op_type, attrs, shapes.get(node.input[-1], []))}
    return found


def _windows(kind: str, attrs: dict[str, Any], weights: list[int]) -> set[str]:
    """Words for the windows of a convolution or pool."""
    found = set()
    if kind == "Conv" and attrs.get("group", 1) > 1:
        found.add("depthwise" if weights[1:2] == [1] else "groups")
    if max(attrs.get("dilations", [1])) > 1:
        found.add("dilation")
    if kind in ("MaxPool", "AveragePool"):
        kernel, strides = attrs["kernel_shape"], attrs.get("strides", [1, 1])
        if any(k > s for k, s in zip(kernel, strides, strict=True)):
            found.add(f"{kind} overlapping")
        if any(attrs.get("pads", [])):
            found.add(f"{kind} with a border")
        if attrs.get("ceil_mode", 0):
            found.add(f"{kind} rounded up")
    return found
