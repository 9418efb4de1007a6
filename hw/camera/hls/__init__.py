"""The camera path as HLS C++: headers of each unit, and the tables of a head for them."""

from pathlib import Path

import numpy as np

from camera_path.head import FACTOR_BITS, OFFSET_BITS, POWER, SIGMOID, HeadIntegers
from hw.ops.hls_base import HlsTable

CAMERA_HLS_DIR = Path(__file__).parent


def head_tables(head: HeadIntegers) -> str:
    """Text of ``head_tables.hpp``: constants of each channel, the logistic function, powers."""
    tables = (
        HlsTable("head_factors", np.array(head.factors), FACTOR_BITS, True, "constants"),
        HlsTable("head_offsets", np.array(head.offsets), OFFSET_BITS, True, "constants"),
        HlsTable("head_sigmoid", SIGMOID, 16, False, "constants"),
        HlsTable("head_power", POWER, 16, False, "constants"),
    )
    body = "\n".join(table.text() for table in tables)
    return f'// Generated. Do not edit.\n#pragma once\n\n#include "types.hpp"\n\n{body}'
