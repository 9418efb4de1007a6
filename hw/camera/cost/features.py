"""Features of the camera path's modules: what their LUTs and flip-flops grow with; RAM and slices.

In LUTs or flip-flops of the plain construction, as those of the operators are.
"""

from hw.camera.cost.sizes import CameraSizes
from hw.shell.streams import container_bytes
from hw.synth.cost.features import Features
from hw.synth.cost.memory import Mapped
from hw.synth.estimates import bram18

#: All of the shell that is in none of its parts: registers, DMA, queues, gearboxes.
REST = "rest"
#: Bits that a DSP slice multiplies, both without a sign.
WIDE, NARROW = 24, 17
#: Beats of sums that the letterbox holds, and rows of the tables of decode_boxes, 16 bits each.
DEPTH, TABLES = 512, (1024, 2048)
#: Of what is there at all sizes: so many, for the fit makes large coefficients smaller.
ALWAYS = 1000.0


def _bits(value: int) -> int:
    """Bits of a number from 0 to value."""
    return max(1, value.bit_length())


def total_bits(sizes: CameraSizes) -> int:
    """Bits of a sum of weights in the letterbox."""
    old, new = sizes.max_side, sizes.side
    most = 2 * old * old // new + old // 2 if old > new else 2 * max(old, new)
    return _bits(most)


def _product(first: int, second: int) -> int:
    """DSP slices of a product of so many bits."""
    long, short = max(first, second), min(first, second)
    return -(-long // WIDE) * -(-short // NARROW)


def features(module: str, sizes: CameraSizes) -> Features:
    """Features of a module of these sizes."""
    return _WAYS[module](sizes)


def _pixel_format(sizes: CameraSizes) -> Features:
    beat = 24.0 * sizes.lanes
    return Features({"beat": beat}, {"beat": beat}, dsp=3 * sizes.lanes)


def _letterbox(sizes: CameraSizes) -> Features:
    total, old = total_bits(sizes), _bits(sizes.max_side)
    sums = 3.0 * sizes.lanes * (8 + total)
    both = {"sums": sums, "quotient": 24.0 * total, "sides": 4.0 * (old + _bits(sizes.side))}
    beats = -(-sizes.max_side // sizes.lanes)
    line = bram18(1 << max(1, _bits(beats - 1)), round(2 * sums))
    held = bram18(DEPTH, round(sums))
    weight = _bits(2 * max(sizes.max_side, sizes.side))
    slices = 22 if sizes.lanes == 2 else 4
    if sizes.lanes > 2:
        both["carries"] = 36.0 * total  # 18 more additions of the quotient are none of slices
    products = 6 * sizes.lanes + 12 * _product(8 + total, weight) + _product(total, total)
    return Features(both, both, [Mapped(bram18=line + held)], products + slices)


def _decode_boxes(sizes: CameraSizes) -> Features:
    place = float(_bits(sizes.places - 1))
    both = {
        "module": ALWAYS,
        "bits": float(sizes.out_bits),
        "place": place,
        "anchors": float(sizes.anchors),
    }
    tables = sum(bram18(rows, 16) for rows in TABLES)
    return Features(both, both, [Mapped(bram18=tables)], 3)


def _suppress_boxes(sizes: CameraSizes) -> Features:
    entry = float(sizes.candidates)
    place = float(_bits(sizes.places - 1))
    return Features({"entries": entry, "place": place}, {"entries": entry, "place": place}, dsp=4)


def _rest(sizes: CameraSizes) -> Features:
    fifo = Mapped(bram18=0 if sizes.is_video else 2)
    both = {
        "module": ALWAYS,
        "memory": 0.0 if sizes.is_video else ALWAYS,
        "beat": 24.0 * sizes.lanes,
        "in": 8.0 * sizes.in_lanes,
        "out": float(sizes.out_lanes * sizes.out_bits),
    }
    # bytes of a beat, each of which may go to each place of a word
    raw = float(sizes.out_lanes * container_bytes(sizes.out_bits))
    return Features({**both, "gearbox": raw * raw}, both, [fifo])


_WAYS = {
    "pixel_format": _pixel_format,
    "letterbox": _letterbox,
    "decode_boxes": _decode_boxes,
    "suppress_boxes": _suppress_boxes,
    REST: _rest,
}
