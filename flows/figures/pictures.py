"""The pictures of README and docs that are drawn from the code: ``docs/pictures/*.svg``."""

from collections.abc import Callable

from flows.build.names import StepName as S
from flows.figures.svg import Drawing
from model.zoo import LayerSpec, find

NETWORK = "dupnet-tinier-yolo"

BLUE, GREEN, AMBER, GREY, ROSE = "#dce9f7", "#dff2e1", "#fdf0d5", "#eef1f4", "#f8dfe3"

#: Stages of a build with their steps: title, what leaves it, steps.
STAGES: tuple[tuple[str, str, tuple[S, ...]], ...] = (
    ("Import", "integer graph", (S.IMPORT, S.STREAMLINE, S.VERIFY_IMPORT)),
    (
        "Take duplicates out",
        "smaller integer graph",
        (S.FUSE_DUPLICATED_INPUTS, S.FOLD_DUPLICATED_WEIGHTS),
    ),
    ("Map and fold", "operators, PE and SIMD", (S.TO_HARDWARE, S.SET_FOLDING, S.SIZE_FIFOS)),
    ("Write hardware", "RTL and HLS C++", (S.SPECIALIZE, S.INSERT_STREAMS, S.GENERATE_RTL)),
)


def pipeline() -> str:
    """From the network to RTL: the steps of a build, and what is compared with what."""
    d = Drawing(960, 356, "From a Brevitas network to verified RTL and HLS C++")
    top, width, gap = 56, 172, 20
    d.text(16, 26, "What is made", 15, bold=True, left=True)
    d.box(16, top, 132, 96, GREEN)
    for row, said in enumerate(("Brevitas network", "QONNX file")):
        d.text(82, top + 34 + 36 * row, said, 13, bold=True)
    d.arrow((82, top + 40), (82, top + 56))
    places = [148 + gap + (width + gap) * number for number in range(len(STAGES))]
    for x, (title, result, steps) in zip(places, STAGES, strict=True):
        d.arrow((x - gap, top + 48), (x, top + 48))
        d.box(x, top, width, 96, BLUE)
        d.text(x + width / 2, top + 20, title, 13, bold=True)
        for row, step in enumerate(steps):
            d.text(x + width / 2, top + 38 + 15 * row, step.value, 11)
        d.text(x + width / 2, top + 88, f"gives: {result}", 10)
    d.text(266, 184, "What runs it: == on integers", 15, bold=True, left=True)
    low = 226
    runs = (
        (82, 132, "The file itself", "QONNX, onnxruntime"),
        (places[0] + width / 2, width, "Emulator", "onnxruntime on integers"),
        (places[2] + width / 2, width, "HLS C++, g++", "as one program"),
        (places[3] + width / 2, width, "RTL, Verilator", "clock by clock"),
    )
    for middle, wide, title, text in runs:
        d.box(middle - wide / 2, low, wide, 54, AMBER)
        d.text(middle, low + 23, title, 13, bold=True)
        d.text(middle, low + 41, text, 11)
    d.arrow((82, top + 96), (82, low))
    d.arrow((places[0] + width / 2, top + 96), (places[0] + width / 2, low))
    hls, rtl = places[2] + width / 2, places[3] + width / 2
    d.arrow((places[3] + 40, top + 96), (places[3] + 40, 178), (hls, 178), (hls, low))
    d.arrow((rtl, top + 96), (rtl, low))
    d.arrow((148, low + 27), (places[0], low + 27), both=True)
    d.arrow((places[0] + width, low + 27), (places[2], low + 27), both=True)
    corner = places[0] + width / 2
    d.arrow((corner, low + 54), (corner, 318), (rtl, 318), (rtl, low + 54), both=True)
    d.text(places[1] + width / 2, low + 18, "every layer boundary", 11)
    d.text(places[1] + width / 2, 336, "every layer boundary", 11)
    return d.svg()


def _chain(layer: LayerSpec) -> list[tuple[str, str]]:
    """The operators of a layer with their colours, in the order of the stream."""
    found = []
    if layer.duplicate_weights > 1:
        found.append((f"sum {layer.duplicate_weights}", ROSE))
    if layer.kernel > 1:
        found += [("pad", GREY), ("window", GREEN)]
    found.append(("mvau", BLUE))
    if layer.pool:
        found.append(("pool", AMBER))
    return found


def accelerator() -> str:
    """The accelerator of DupNet-Tinier-YOLO: each layer's operators along the stream."""
    layers = find(NETWORK).layers
    d = Drawing(960, 400, "The accelerator of DupNet-Tinier-YOLO, layer by layer")
    d.text(
        16, 26, "One stream through all layers; each operator works all the time", 15, True, True
    )
    d.text(16, 46, "frame in, a pixel after the other", 11, left=True)
    size = find(NETWORK).input_size
    columns, wide, high = 3, 296, 92
    for number, layer in enumerate(layers):
        row, column = divmod(number, columns)
        x, y = 16 + (wide + 20) * column, 58 + (high + 20) * row
        d.box(x, y, wide, high, "#ffffff")
        shape = f"{layer.kernel}x{layer.kernel}, {layer.in_channels} -> {layer.out_channels}"
        d.text(x + 10, y + 20, layer.name, 13, bold=True, left=True)
        d.text(x + 62, y + 20, f"{shape}, at {size} x {size}", 11, left=True)
        stored = layer.kernel**2 * layer.in_channels * layer.out_channels
        stored = stored * layer.duplicate_input // layer.duplicate_weights
        factors = f"D = {layer.duplicate_weights}, F = {layer.duplicate_input}"
        d.text(x + 10, y + 38, f"{factors}; {stored:,} weight bits", 11, left=True)
        chain = _chain(layer)
        for place, (name, colour) in enumerate(chain):
            left = x + 10 + 56 * place
            d.box(left, y + 52, 46, 28, colour)
            d.text(left + 23, y + 70, name, 11)
            if place:
                d.arrow((left - 10, y + 66), (left, y + 66))
        if column < columns - 1:
            d.arrow((x + wide, y + 66), (x + wide + 20, y + 66))
        elif number + 1 < len(layers):
            d.arrow(
                (x + wide / 2, y + high),
                (x + wide / 2, y + high + 10),
                (16 + wide / 2, y + high + 10),
                (16 + wide / 2, y + high + 20),
            )
        size //= 2 if layer.pool else 1
    legend = "sum D: adds the D channels that share weights; pad: the border; window: line buffer"
    d.text(
        944 / 2, 400 - 8, f"{legend}; mvau: matrix-vector unit with thresholds; pool: maximum", 11
    )
    return d.svg()


PICTURES: dict[str, Callable[[], str]] = {"pipeline": pipeline, "accelerator": accelerator}
"""Name of the file in docs/pictures -> its text."""
