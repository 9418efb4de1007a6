"""Memory files of ``decode_boxes``: the head's constants and the two tables."""

from camera_path.head import FACTOR_BITS, OFFSET_BITS, POWER, SIGMOID, HeadIntegers

#: Names of the files, as decode_boxes' parameters say them.
HEAD, SIGMOID_TABLE, POWER_TABLE = "head.hex", "sigmoid.hex", "power.hex"


def head_memories(head: HeadIntegers) -> dict[str, str]:
    """Text of each file, by name."""
    rows = [
        (factor % (1 << FACTOR_BITS)) << OFFSET_BITS | offset % (1 << OFFSET_BITS)
        for factor, offset in zip(head.factors, head.offsets, strict=True)
    ]
    tables = {HEAD: rows, SIGMOID_TABLE: SIGMOID.tolist(), POWER_TABLE: POWER.tolist()}
    return {name: "".join(f"{value:x}\n" for value in values) for name, values in tables.items()}
