"""Streams of HLS C++: the type of one, and which integers its lanes hold."""

from qonnx.core.datatype import BaseDataType

from hw.errors import HardwareError

#: A lane is held in 64 bits by both builds of the C++ simulation.
MAX_LANE_BITS = 64


def stream_type(name: str, datatype: BaseDataType, lanes: int) -> str:
    """C++ type of a stream; name: of the node, for the error where a lane is too wide."""
    bits = int(datatype.bitwidth())
    if not datatype.is_integer() or datatype.name == "BIPOLAR" or bits > MAX_LANE_BITS:
        raise HardwareError(
            f"node {name}: HLS C++ holds integers of 1 to {MAX_LANE_BITS} bits, not {datatype.name}"
        )
    return f"df::stream_t<{bits}, {str(bool(datatype.signed())).lower()}, {lanes}>"
