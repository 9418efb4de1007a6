"""elementwise_constant: sums and products with constants of places, clock by clock, with pauses."""

import numpy as np
from qonnx.core.datatype import DataType

from hw.ops.elementwise_constant import made_datatype
from tests.hw.bench import one_node_model, run_bench

RNG = np.random.default_rng(4)
#: (shape, rows of the constants, PE, operation, factor, input, constants, resType, ram_style)
CASES = [
    ((1, 3, 4, 4), 3, 2, "add", 1, "UINT4", "INT5", "lut", "auto"),
    ((1, 3, 4, 4), 1, 4, "add", -3, "INT4", "INT2", "lut", "distributed"),
    ((1, 2, 3, 3), 2, 1, "mul", 1, "INT5", "UINT1", "lut", "block"),
    ((1, 1, 7, 2), 1, 2, "mul", 1, "UINT8", "INT8", "dsp", "auto"),
    ((1, 5, 1, 2), 1, 2, "add", 4096, "UINT2", "UINT12", "lut", "auto"),
    ((1, 2, 2, 3), 2, 3, "max", 1, "INT3", "INT6", "lut", "auto"),
    ((1, 1, 1, 1), 1, 1, "min", 1, "UINT3", "UINT2", "lut", "auto"),
]


def model(shape, rows, pe, operation, factor, given, constants, kind, style):
    known = DataType[constants]
    table = RNG.integers(int(known.min()), int(known.max()) + 1, (rows, *shape[2:]))
    made = made_datatype(operation, DataType[given], known, factor).name
    params = {
        "PE": pe, "Operation": operation, "Factor": factor, "inputDataType": given,
        "outputDataType": made, "constantDataType": constants, "resType": kind, "ram_style": style,
    }  # fmt: skip
    return one_node_model("ElementwiseConstant", shape, params, [(table, constants)])


def test_bench(tmp_path):
    for result in run_bench([model(*case) for case in CASES], tmp_path):
        result.check_cycles(extra=2)
