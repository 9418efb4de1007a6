"""The FINN operators, one file each. Importing this package registers them all with FINN."""

from hw.ops import (
    group_sum,
    multi_level_mvau,
    sliding_window,
    stream_fifo,
    stream_max_pool,
    stream_pad,
    stream_thresholding,
    stream_width_converter,
)

__all__ = [
    "group_sum",
    "multi_level_mvau",
    "sliding_window",
    "stream_fifo",
    "stream_max_pool",
    "stream_pad",
    "stream_thresholding",
    "stream_width_converter",
]
