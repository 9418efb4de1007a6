"""Any network as one of (batch, channels, rows, columns).

Reshape, Flatten, Transpose, Squeeze and Unsqueeze move no number in hardware: they only say how a
tensor lies in the file (``Layout``), and are gone. Fully connected layers become convolutions. A
network of one dimension has one row. Which axes of the input are channels, rows and columns the
file does not say; what the network does with it does.
"""

import heapq
import itertools

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper

from flows.errors import FlowError
from flows.graph.integer_builder import where
from flows.graph.layout import Layout, plain, without_frames
from flows.importing.canonical.auto_pad import settle_auto_pad
from flows.importing.canonical.averages import check_average
from flows.importing.canonical.blocks import BLOCKS, moved
from flows.importing.canonical.blocks_of_pixels import (
    Blocks,
    blocks_in,
    blocks_out,
    can_read,
    widen,
)
from flows.importing.canonical.channel_pads import ChannelPads, number_of
from flows.importing.canonical.dense import Dense
from flows.importing.canonical.elementwise import ELEMENTWISE, Elementwise
from flows.importing.canonical.embeddings import one_channel
from flows.importing.canonical.parts import Parts
from flows.importing.canonical.reductions import Reductions
from flows.importing.canonical.resizes import Resizes
from flows.importing.canonical.tensors import VIEWS
from flows.importing.constants import Shapes
from flows.importing.embedding import index_tensors
from flows.obstacles import Obstacles

#: Attributes of windows: what stands for the one row of a network of one dimension.
ONE_ROW = {"kernel_shape": 1, "strides": 1, "dilations": 1, "output_padding": 0}
#: Channels that a picture has at most.
FEW = 4
#: Choices of the inputs' layouts that are tried.
MAX_CHOICES = 32
#: Choices that are looked at for those.
MOST_LISTED = 1 << 16


def to_canonical(model: ModelProto, shapes: Shapes, obstacles: Obstacles) -> dict[str, Layout]:
    """Rewrite the model; returns the layout of each tensor of the file that the new graph has.

    shapes: of every tensor. What cannot be brought to the form is noted as an obstacle.
    """
    inputs = [info.name for info in model.graph.input]
    choices = [_layouts_of_input(model, name, shapes) for name in inputs]
    numbers = itertools.product(*(range(min(len(each), MAX_CHOICES)) for each in choices))
    # the usual way of most inputs first
    numbered = heapq.nsmallest(MAX_CHOICES, itertools.islice(numbers, MOST_LISTED), key=sum)
    best: tuple[Obstacles, _Walk] | None = None
    for chosen in numbered:
        found = Obstacles()
        layouts = [choices[place][number] for place, number in enumerate(chosen)]
        walk = _Walk(model, shapes, dict(zip(inputs, layouts, strict=True)))
        walk.run(found)
        if best is None or (len(found.texts), walk.moves) < (len(best[0].texts), best[1].moves):
            best = found, walk
        if not found.texts and not walk.moves:
            break
    if best is None:
        return {}
    for text in best[0].texts:
        obstacles.add(text)
    best[1].write()
    standing = [name for name, made in best[1].names.items() if name == made]
    return {**best[1].left, **{name: best[1].layouts[name] for name in standing}}


def _layouts_of_input(model: ModelProto, name: str, shapes: Shapes) -> list[Layout]:
    """How an input may lie, the usual way first."""
    dims = shapes[name]
    found = [one_channel(dims)] if name in index_tensors(model.graph) else []
    usual = plain(dims)
    if usual is not None:
        found.append(usual)
    if dims[0] != 1 and len(dims) > 1:
        found += without_frames(dims)
    if len(dims) == 4:
        last = Layout((dims[3], dims[1], dims[2])).transposed((0, 2, 3, 1))
        # pictures have few channels: it counts where the network, of dense layers, says nothing
        found.insert(0 if dims[3] <= FEW < dims[1] else 1, last)
    if len(dims) == 3:
        turned = Layout((dims[2], 1, dims[1])).reshaped((1, dims[2], dims[1]))
        found += [turned.transposed((0, 2, 1)), Layout((1, *dims[1:])).reshaped(dims)]
    targets = [shapes.get(n.output[0], ()) for n in model.graph.node if n.op_type in VIEWS]
    size = int(np.prod(dims))
    for target in targets:
        lies = plain(target) if int(np.prod(target)) == size else None
        if lies is not None and len(target) > 2:
            found.append(lies.reshaped(dims))
    found.append(Layout((size, 1, 1)).reshaped(dims))
    return list(dict.fromkeys(found))


def _to_float32(node: NodeProto) -> bool:
    return any(a.name == "to" and a.i == TensorProto.FLOAT for a in node.attribute)


class _Walk(Dense, Elementwise, Parts, Reductions, Resizes, ChannelPads):
    def __init__(self, model: ModelProto, shapes: Shapes, inputs: dict[str, Layout]) -> None:
        super().__init__(model, shapes, inputs)
        #: Tensors that are numbers of rows of a table: they may be of types of integers.
        self.indices = index_tensors(model.graph)
        self.opset = max((o.version for o in model.opset_import if not o.domain), default=0)

    def run(self, obstacles: Obstacles) -> None:
        """Rewrite node by node; what cannot be is noted, and stands as it is in the file."""
        guessed: set[str] = set()
        for node in self.graph.node:
            if not self.varying.intersection(node.input):
                continue  # constants come with their readers
            try:
                self._node(node)
            except FlowError as error:
                if not guessed.intersection(node.input):  # else it may come of that alone
                    obstacles.add(str(error))
                guessed.update(node.output)
                self._leave(node)
        for info in self.graph.output:
            if info.name in self.joined:
                obstacles.add(self.joined[info.name][1])

    def write(self) -> None:
        """Put the new graph into the model."""
        graph = self.graph
        for info in graph.output:
            if self.names.get(info.name, "") not in ("", info.name):
                made = helper.make_node(
                    "Identity", [self.names[info.name]], [info.name], name=f"{info.name}_output"
                )
                self.nodes.append(made)
                self.names[info.name] = info.name
        read = {name for node in self.nodes for name in node.input}
        for info in (*graph.input, *graph.output):
            if info.name in self.layouts:
                info.type.tensor_type.elem_type = TensorProto.FLOAT
                shape = info.type.tensor_type.shape
                del shape.dim[:]
                for size in (1, *self.layouts[info.name].shape):
                    shape.dim.add(dim_value=size)
        copies = [NodeProto.FromString(node.SerializeToString()) for node in self.nodes]
        kept = [t for name, t in self.constants.items() if name in read]
        constants = [type(t).FromString(t.SerializeToString()) for t in kept]
        for field, values in ((graph.node, copies), (graph.initializer, constants)):
            del field[:]
            field.extend(values)
        del graph.value_info[:]

    def _node(self, node: NodeProto) -> None:
        for name in node.input:
            if name in self.joined and node.op_type not in ("Gemm", "MatMul", "Concat"):
                raise FlowError(self.joined[name][1])
            if name in self.varying and name not in self.layouts and name not in self.joined:
                raise FlowError(f"{where(node)}: how its input {name} lies is not known")
        op = node.op_type
        mine = {
            "Gemm": self.on_gemm,
            "MatMul": self.on_matmul,
            "MultiThreshold": self.on_multithreshold,
            "Concat": self.on_concat,
            "Sum": self.on_sum,
            "Mean": self.on_sum,
            "Pad": self._pad,
            "Slice": self.on_slice,
            "Split": self.on_split,
            "Gather": self.on_gather,
            "ReduceMean": self.on_reduction,
            "ReduceMax": self.on_reduction,
            "ReduceSum": self.on_reduction,
        }
        is_index = op == "Cast" and node.output[0] in self.indices
        if op in VIEWS or is_index or (op == "Cast" and _to_float32(node)):
            self._view(node)
        elif op in BLOCKS:
            source = node.input[0]
            self.names[node.output[0]] = self.names[source]
            self.layouts[node.output[0]] = moved(self.layouts[source], node)
        elif op in mine:
            mine[op](node)
        elif op in ELEMENTWISE:
            self.on_elementwise(node)
        elif op not in ("Resize", "Upsample") or not self.resized(node):
            self._windowed(node)

    def _leave(self, node: NodeProto) -> None:
        """Let a node stand as it is, with results that lie as usual."""
        made = NodeProto()
        made.CopyFrom(node)
        for index, name in enumerate(node.input):
            made.input[index] = self.names.get(name, name)
            if name not in self.varying:
                self.keep(name)
        self.nodes.append(made)
        for name in node.output:
            layout = plain(self.shapes.get(name, ()))
            if name and layout is not None:
                self.names[name], self.layouts[name] = name, layout

    # --- operators ----------------------------------------------------------------------------

    def _view(self, node: NodeProto) -> None:
        name, output = node.input[0], node.output[0]
        layout = self.layouts[name]
        if node.op_type == "Transpose":
            axes = len(layout.dims)
            order = next((a.ints for a in node.attribute if a.name == "perm"), range(axes)[::-1])
            layout = layout.transposed(tuple(order))
        else:
            layout = layout.reshaped(self.dims(node, output))
        self.names[output], self.layouts[output] = self.names[name], layout

    def _windowed(self, node: NodeProto) -> None:
        """An operator that knows channels, rows and columns: its inputs have to lie as usual."""
        made = NodeProto()
        made.CopyFrom(node)
        axes = len(self.dims(node, node.input[0]))
        blocks = blocks_in(self.layouts[node.input[0]]) if node.op_type == "Conv" else None
        if blocks is not None and not can_read(node, blocks):
            blocks = None
        self.moves += blocks is not None
        for index, name in enumerate(node.input):
            if name in self.varying:
                if blocks is None or index:
                    self._be_plain(node, name)
                made.input[index] = self.names[name]
            elif name and index == 1 and node.op_type in ("Conv", "ConvTranspose"):
                made.input[index] = self._kernel(node, name, axes, blocks)
            elif name:
                self.keep(name)
        settle_auto_pad(made, self.dims(node, node.input[0]), self.dims(node, node.output[0]))
        if axes == 3:
            self._add_row(node, made)
        size = (1, *self.dims(node, node.input[0])[2:])[-2:]
        check_average(made, (size[0], size[-1]), self.opset)
        if blocks is not None:
            height, width = (1, *self.dims(node, node.input[1])[2:])[-2:]
            widen(made, blocks, (height, width))
        for name in node.output:
            layout = plain(self.dims(node, name)) if name else None
            if name and layout is None:
                raise FlowError(
                    f"{where(node)}: its result has shape {self.dims(node, name)}; expected a "
                    "batch of one, channels, and at most two more axes"
                )
            if layout is not None:
                self.names[name], self.layouts[name] = name, layout
        self.nodes.append(made)

    def _be_plain(self, node: NodeProto, name: str) -> None:
        """Let a tensor lie as usual: its numbers are moved, in the cheapest way there is."""
        for find, op in ((blocks_in, "Conv"), (blocks_out, "ConvTranspose")):
            layout = self.layouts[name]
            blocks, usual = find(layout), plain(layout.dims)
            if blocks is not None and usual is not None and blocks.is_small:
                picked = self.constant(f"{name}_picked", blocks.one_hot)
                attrs = {"kernel_shape": list(blocks.block), "strides": list(blocks.block)}
                made = name if self.names[name] != name else self.fresh(name)
                if made != name:
                    self.left[name] = layout
                self.emit(
                    op, self.makers.get(name, node), [self.names[name], picked], made, **attrs
                )
                self.names[name], self.layouts[name] = made, usual
                self.moves += 1
        usual = plain(self.dims(node, name))
        if usual is None:
            raise FlowError(
                f"{where(node)}: its input {name} has shape {self.dims(node, name)}; expected a "
                "batch of one, channels, and at most two more axes"
            )
        self.shuffle(node, name, usual)

    def _kernel(self, node: NodeProto, name: str, axes: int, blocks: Blocks | None) -> str:
        """Name of the weights of a convolution, with rows."""
        maker = self.makers.get(name)
        if axes == 4 and blocks is None and (maker is None or maker.op_type not in VIEWS):
            return self.keep(name)
        weights = self.weights(node, name)
        if axes == 3:
            weights = weights.moved(lambda array: np.expand_dims(array, 2))
        if blocks is not None:
            weights = weights.moved(blocks.kernel)
        return self.emit_weights(node, weights)

    def _add_row(self, node: NodeProto, made: NodeProto) -> None:
        """Windows of one dimension as those of two."""
        for attribute in made.attribute:
            if attribute.name in ONE_ROW:
                values = [ONE_ROW[attribute.name], *attribute.ints]
            elif attribute.name == "pads":
                values = [0, attribute.ints[0], 0, attribute.ints[1]]
            else:
                continue
            del attribute.ints[:]
            attribute.ints.extend(values)
        if node.op_type in ("Resize", "Upsample"):
            self._repeat_one_row(node, made)

    def _repeat_one_row(self, node: NodeProto, made: NodeProto) -> None:
        """Scales or sizes of (batch, channels, columns) as those of an image of one row."""
        if any(a.name in ("axes", "scales", "height_scale") for a in node.attribute):
            raise FlowError(
                f"{where(node)}: axes or scales as attributes are supported for images alone, not "
                "in one dimension; expected scales or sizes as an input"
            )
        for index, name in enumerate(node.input):
            if index and name and self.value(node, name).size == 3:
                whole = np.insert(self.value(node, name), 2, 1)
                made.input[index] = self.constant(f"{node.name}_whole{index}", whole)

    def _pad(self, node: NodeProto) -> None:
        name, output = node.input[0], node.output[0]
        layout, dims = self.layouts[name], self.dims(node, name)
        pads = next((list(a.ints) for a in node.attribute if a.name == "pads"), None)
        if pads is None:
            pads = [int(v) for v in self.value(node, node.input[1]).reshape(-1)]
        which = list(range(len(dims)))
        if len(node.input) > 3 and node.input[3]:
            which = [int(v) % len(dims) for v in self.value(node, node.input[3]).reshape(-1)]
        axes = layout.axes()
        ends: dict[str, list[int]] = {"begin": [0] * 4, "end": [0] * 4}
        for place, axis in enumerate(which):
            both = pads[place], pads[place + len(which)]
            inside = axes[axis] if axes is not None else None
            if inside is None and any(both):
                raise FlowError(f"{where(node)}: pads an axis that is neither rows nor columns")
            if inside is not None:
                ends["begin"][inside], ends["end"][inside] = both
        name = self._cropped(node, ends)
        channels = max(0, ends["begin"][1]), max(0, ends["end"][1])
        if any(channels):
            values = [self.value(node, each) for each in node.input[2:3] if each]
            name = self.widened(node, name, channels, number_of(node, values))
            ends["begin"][1] = ends["end"][1] = 0  # of rows and columns there may be more
        layout = self.layouts[name]
        whole = np.array([*ends["begin"], *ends["end"]], np.int64).clip(min=0)
        inputs = [self.names[name], self.constant(f"{node.name}_pads", whole)]
        if len(node.input) > 2 and node.input[2]:
            inputs.append(self.constant(f"{node.name}_value", self.value(node, node.input[2])))
        mode = next((a.s for a in node.attribute if a.name == "mode"), b"constant")
        value = {a.name: a.f for a in node.attribute if a.name == "value"}  # up to opset 10
        if value:
            inputs.append(self.constant(f"{node.name}_value", np.float32(value["value"])))
        self.emit("Pad", node, inputs, output, mode=mode)
        more = whole.reshape(2, 4).sum(axis=0).tolist()
        shape = [size + added for size, added in zip((1, *layout.shape), more, strict=True)]
        self.names[output] = output
        self.layouts[output] = Layout((shape[1], shape[2], shape[3]), layout.steps)

    def _cropped(self, node: NodeProto, ends: dict[str, list[int]]) -> str:
        """The input of a Pad, less the rows and columns that numbers below zero take away."""
        name, kept = str(node.input[0]), {}
        sizes = (1, *self.layouts[name].shape)
        for axis, inside in enumerate(self.layouts[name].axes() or ()):
            if inside is not None and min(ends["begin"][inside], ends["end"][inside]) < 0:
                first, last = (max(0, -ends[side][inside]) for side in ("begin", "end"))
                kept[axis] = np.arange(first, sizes[inside] - last)
        if not kept:
            return name
        part = self.fresh(f"{node.output[0]}_part")
        self._select(node, name, part, kept)
        return part
