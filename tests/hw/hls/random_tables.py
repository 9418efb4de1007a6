"""Random one-node models of operators with tables: rows of constants, and numbers of places."""

import random

import numpy as np
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper

from hw.ops.elementwise_constant import made_datatype
from hw.ops.pixel_scale import scaled_datatype
from tests.hw.bench import one_node_model


def lookup(source: random.Random) -> ModelWrapper:
    """A table of any number of rows, all of which indices may ask for."""
    bits, pe, folding = source.randint(1, 5), source.randint(1, 3), source.randint(1, 3)
    rows, elements = source.randint(2 ** (bits - 1), 2**bits), pe * folding
    kind = source.choice(("UINT1", "INT2", "UINT5", "INT9"))
    low, high = int(DataType[kind].min()), int(DataType[kind].max())
    table = np.array(
        [[source.randint(low, high) for _ in range(elements)] for _ in range(rows)], np.int64
    )
    shape = (1, source.randint(1, 4), source.randint(1, 5))
    params = {
        "NumEmbeddings": rows, "EmbeddingDim": elements, "EmbeddingType": kind,
        "InputType": f"UINT{bits}", "InputShape": shape, "PE": pe,
        "ram_style": source.choice(["auto", "block", "distributed"]),
    }  # fmt: skip
    return one_node_model("Lookup", (*shape, 1), params, [(table, kind)])


def pixel_scale(source: random.Random) -> ModelWrapper:
    """Factors of each row and column."""
    pe, folding = source.randint(1, 3), source.randint(1, 3)
    shape = (1, source.randint(1, 5), source.randint(1, 5), pe * folding)
    rows, columns = ([source.randint(1, 7) for _ in range(size)] for size in shape[1:3])
    given = source.choice(("UINT1", "INT4", "UINT5", "INT12"))
    made = scaled_datatype(DataType[given], np.array(rows), np.array(columns)).name
    params = {
        "PE": pe, "Rows": rows, "Columns": columns, "inputDataType": given, "outputDataType": made,
    }  # fmt: skip
    return one_node_model("PixelScale", shape, params)


def elementwise_constant(source: random.Random) -> ModelWrapper:
    """A constant of each place, or of each place of a row."""
    pe, folding = source.randint(1, 3), source.randint(1, 3)
    shape = (1, source.randint(1, 4), source.randint(1, 5), pe * folding)
    operation, factor = source.choice(("add", "mul", "max", "min")), source.choice((1, 1, -2, 5))
    given, kind = (source.choice(("UINT1", "INT4", "UINT5", "INT9")) for _ in range(2))
    rows = source.choice((1, shape[1]))
    low, high = int(DataType[kind].min()), int(DataType[kind].max())
    count = rows * shape[2] * shape[3]
    table = np.array([source.randint(low, high) for _ in range(count)], np.int64)
    made = made_datatype(operation, DataType[given], DataType[kind], factor).name
    params = {
        "PE": pe, "Operation": operation, "Factor": factor, "inputDataType": given,
        "outputDataType": made, "constantDataType": kind,
        "ram_style": source.choice(["auto", "block", "distributed"]),
    }  # fmt: skip
    constants = table.reshape(rows, *shape[2:])
    return one_node_model("ElementwiseConstant", shape, params, [(constants, kind)])
