"""The accelerator's streams in memory, and as parameters of the shell's modules."""

from hw.errors import HardwareError
from hw.sim.design import Stream

#: Bytes that an element may take in memory.
CONTAINERS = (1, 2, 4)


def container_bytes(bits: int) -> int:
    """Bytes that an element of so many bits takes in memory: 1, 2 or 4, the fewest that hold it."""
    for size in CONTAINERS:
        if bits <= 8 * size:
            return size
    raise HardwareError(f"an element of {bits} bits is wider than {8 * CONTAINERS[-1]} bits")


def beat_bytes(stream: Stream) -> int:
    """Bytes that a beat of a stream takes in memory."""
    return stream.lanes * container_bytes(stream.bits)


def frame_bytes(stream: Stream) -> int:
    """Bytes that a frame of a stream takes in memory."""
    return stream.frame_beats * beat_bytes(stream)


def lane_parameters(stream: Stream) -> dict[str, object]:
    """Parameters of ``lane_narrow``, and of ``lane_widen`` beside its sign."""
    size = container_bytes(stream.bits)
    return {"Lanes": stream.lanes, "Bits": stream.bits, "ContainerBytes": size}
