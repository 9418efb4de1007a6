"""Random one-node models of pools, and of what repeats or moves pixels, for RTL and HLS C++."""

import random

from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper

from hw.ops.global_acc_pool import total_datatype
from hw.ops.stream_pool import joined_datatype
from tests.hw.bench import one_node_model
from tests.hw.hls.cases import stream_model

DATATYPES = ("UINT1", "UINT2", "INT2", "INT3", "UINT5", "UINT8", "INT9")
STYLES = ("auto", "block", "distributed")


def window_pool(source: random.Random) -> ModelWrapper:
    """A StreamPool."""
    kernel, stride, dilation = (
        [source.randint(1, most) for _ in range(2)] for most in (3, 3, source.choice([1, 1, 2]))
    )
    spans = [(size - 1) * step + 1 for size, step in zip(kernel, dilation, strict=True)]
    pe, folding = source.randint(1, 3), source.randint(1, 3)
    shape = (1, *(source.randint(span, span + 5) for span in spans), pe * folding)
    given, function = source.choice(DATATYPES), source.choice(["MaxPool", "AccPool"])
    attrs = {
        "KernelSize": kernel, "Stride": stride, "Dilation": dilation, "Function": function,
        "PE": pe, "ram_style": source.choice(STYLES), "inputDataType": given,
        "outputDataType": joined_datatype(DataType[given], function, kernel[0] * kernel[1]).name,
    }  # fmt: skip
    return one_node_model("StreamPool", shape, attrs)


def global_pool(source: random.Random) -> ModelWrapper:
    """A GlobalAccPool."""
    pe, folding = source.randint(1, 3), source.randint(1, 4)
    shape, given = (1, *source.choices(range(1, 6), k=2), pe * folding), source.choice(DATATYPES)
    attrs = {
        "PE": pe, "ram_style": source.choice(STYLES), "inputDataType": given,
        "outputDataType": total_datatype(DataType[given], shape[1] * shape[2]).name,
    }  # fmt: skip
    return one_node_model("GlobalAccPool", shape, attrs)


def upsample(source: random.Random) -> ModelWrapper:
    """An UpsampleNearestNeighbour."""
    simd, folding, scale_h, scale_w = (source.randint(1, 3) for _ in range(4))
    shape = (1, *source.choices(range(1, 5), k=2), simd * folding)
    return stream_model(
        "UpsampleNearestNeighbour", shape, source.choice(DATATYPES), SIMD=simd,
        HO=scale_h * shape[1], WO=scale_w * shape[2], ram_style=source.choice(STYLES),
    )  # fmt: skip


def shuffle(source: random.Random) -> ModelWrapper:
    """A StreamShuffle of three axes, which begin with columns or channels."""
    parts = [source.randint(2, 4) for _ in range(3)]
    perm = source.choice([[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    shape, made = [1, *parts], [1, *(parts[axis] for axis in perm)]
    lanes = [d for d in (1, 2, 3, 4) if parts[2] % d == 0] if perm[2] == 2 else [1]
    return stream_model(
        "StreamShuffle", shape, source.choice(DATATYPES), transpose_in_shape=parts, perm=perm,
        out_shape=made, SIMD=source.choice(lanes), ram_style=source.choice(STYLES),
    )  # fmt: skip
