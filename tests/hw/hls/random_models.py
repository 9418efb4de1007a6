"""Random one-node models of every operator, of sorts that both its RTL and its HLS C++ take."""

import random
from collections.abc import Callable

from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper

from hw.ops.group_sum import sum_datatype
from tests.hw.bench import one_node_model
from tests.hw.hls.cases import converter_model, stream_model, window_model
from tests.hw.hls.mvau_cases import (
    mvau_model,
    random_mvaus,
    random_thresholdings,
    thresholding_model,
)
from tests.hw.hls.random_pools import global_pool, shuffle, upsample, window_pool
from tests.hw.hls.random_tables import elementwise_constant, lookup, pixel_scale

DATATYPES = ("UINT1", "UINT2", "INT2", "INT3", "UINT5", "UINT8", "INT9")


def _size(source: random.Random, least: int = 1) -> int:
    return source.randint(least, least + 6)


def _pad(source: random.Random) -> ModelWrapper:
    simd, folding = source.randint(1, 4), source.randint(1, 3)
    shape = (1, _size(source), _size(source), simd * folding)
    padding, datatype = [source.randint(0, 3) for _ in range(4)], source.choice(DATATYPES)
    fill = source.choice([0, int(DataType[datatype].min())])
    return stream_model("StreamPad", shape, datatype, SIMD=simd, Padding=padding, Fill=fill)


def _window(source: random.Random, parallel: bool) -> ModelWrapper:
    kernel = source.randint(1, 4), source.randint(1, 4)
    stride = source.randint(1, 3), source.randint(1, 3)
    simd, folding = source.randint(1, 3), source.randint(1, 3)
    shape = (1, _size(source, kernel[0]), _size(source, kernel[1]), simd * folding)
    style = source.choice(["auto", "block", "distributed"])
    return window_model(shape, simd, kernel, stride, source.choice(DATATYPES), parallel, style)


def _group_sum(source: random.Random) -> ModelWrapper:
    group, times = source.randint(1, 4), source.randint(1, 3)
    simd = source.choice([group * times, *(d for d in (1, 2, 3, 4) if group % d == 0)])
    channels = group * times * source.randint(1, 3)
    datatype = source.choice(DATATYPES)
    params = {
        "Group": group,
        "SIMD": simd,
        "inputDataType": datatype,
        "outputDataType": sum_datatype(DataType[datatype], group).name,
    }
    return one_node_model("GroupSum", (1, _size(source), _size(source), channels), params)


def _pool(source: random.Random) -> ModelWrapper:
    kernel = source.randint(1, 3), source.randint(1, 4)
    pe, folding = source.randint(1, 3), source.randint(1, 4)
    shape = (1, _size(source, kernel[0]), _size(source, kernel[1]), pe * folding)
    return stream_model(
        "StreamMaxPool", shape, source.choice(DATATYPES), PE=pe, KernelSize=list(kernel)
    )


def _crop(source: random.Random) -> ModelWrapper:
    lanes, beats = source.randint(1, 3), source.randint(1, 4)
    size, channels = [_size(source, 3) for _ in range(2)], lanes * beats
    params = {"ImgDim": size, "NumChannels": channels, "DataType": source.choice(DATATYPES)}
    params |= {f"Crop{side}": source.randint(0, 1) for side in ("North", "South", "West", "East")}
    params["Steps"] = [source.randint(1, 3) for _ in range(2)]
    if source.randint(0, 1):  # any lanes of whole pixels
        kept = [source.randrange(channels) for _ in range(source.randint(1, channels + 1))]
        params |= {"SIMD": channels, "Channels": kept}
    else:
        first, step = source.randrange(beats), source.randint(1, 2)
        kept = [lanes * b + lane for b in range(first, beats, step) for lane in range(lanes)]
        params |= {"SIMD": lanes, "Channels": kept}
    return one_node_model("Crop", (1, *size, channels), params)


def _converter(source: random.Random) -> ModelWrapper:
    lanes_in, lanes_out = source.choice([1, 2, 3, 4, 6, 12]), source.choice([1, 2, 3, 4, 6, 12])
    datatype = source.choice(DATATYPES)
    shape = (1, _size(source), _size(source), 12)
    return converter_model(shape, lanes_in, lanes_out, datatype)


def _fifo(source: random.Random) -> ModelWrapper:
    lanes, folding, height, width = (source.randint(1, 4) for _ in range(4))
    params = {
        "depth": source.randint(2, 9),
        "folded_shape": [1, height, width, folding, lanes],
        "normal_shape": [1, height, width, folding * lanes],
        "dataType": source.choice(DATATYPES),
    }
    return one_node_model("StreamFIFO", (1, height, width, folding * lanes), params)


def _several(make: Callable[[random.Random], ModelWrapper], count: int, seed: int) -> list:
    source = random.Random(seed)
    return [make(source) for _ in range(count)]


def random_models(count: int, seed: int) -> dict[str, list[ModelWrapper]]:
    """Return by function of hw/hls: count models of each operator."""
    mvaus = enumerate(random_mvaus(count, seed))
    thresholdings = enumerate(random_thresholdings(count, seed))
    return {
        "stream_pad": _several(_pad, count, seed),
        "sliding_window_parallel": _several(lambda s: _window(s, True), count, seed),
        "sliding_window_serial": _several(lambda s: _window(s, False), count, seed),
        "group_sum": _several(_group_sum, count, seed),
        "max_pool": _several(_pool, count, seed),
        "crop": _several(_crop, count, seed),
        "stream_pool": _several(window_pool, count, seed),
        "global_acc_pool": _several(global_pool, count, seed),
        "upsample_nearest": _several(upsample, count, seed),
        "elementwise_constant": _several(elementwise_constant, count, seed),
        "lookup": _several(lookup, count, seed),
        "pixel_scale": _several(pixel_scale, count, seed),
        "shuffle": _several(shuffle, count, seed),
        "stream_width_converter": _several(_converter, count, seed),
        "stream_fifo": _several(_fifo, count, seed),
        "mvau": [mvau_model(case, number) for number, case in mvaus],
        "thresholding": [thresholding_model(case, number) for number, case in thresholdings],
    }
