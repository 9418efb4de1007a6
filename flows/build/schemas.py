"""The build's own report files, as far as they are read back; types are strict."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bits:
    """Bits of memories of a kind: all, those of values, those of padding."""

    bits: int
    stored_bits: int
    padding_bits: int


@dataclass(frozen=True)
class MemoryRow:
    """A generated memory. file: below the build folder; width: bits of a row."""

    node: str
    file: str
    kind: str
    rows: int
    width: int
    bits: int
    stored_bits: int
    padding_bits: int
    padding: str


@dataclass(frozen=True)
class MemoryTotal:
    """Sums by kind."""

    weights: Bits
    thresholds: Bits


@dataclass(frozen=True)
class Memories:
    """report/memories.json."""

    memories: list[MemoryRow]
    total: MemoryTotal


@dataclass(frozen=True)
class Estimate:
    """A node, or "total", of report/estimate_layer_resources.json."""

    LUT: int
    BRAM_18K: int
    DSP: int


@dataclass(frozen=True)
class DuplicatedLayer:
    """A layer of fuse_duplicated_inputs.json or fold_duplicated_weights.json."""

    layer: str
    factor: int
    weights_before: int
    weights_after: int
    weight_bits_before: int
    weight_bits_after: int
    macs_before: int
    macs_after: int
    line_buffer_bits_before: int | None = None
    line_buffer_bits_after: int | None = None


@dataclass(frozen=True)
class Duplicates:
    """Both of these files. not_folded: reason by layer."""

    layers: list[DuplicatedLayer]
    not_folded: dict[str, str]


@dataclass(frozen=True)
class FifoSizing:
    """report/fifo_sizing.json."""

    clocks_per_frame: int


@dataclass(frozen=True)
class FrameIntervals:
    """Of report/rtlsim_performance.json: clocks a frame, and between the last beats of frames."""

    clocks_per_frame: int
    frame_intervals_clocks: list[int]


@dataclass(frozen=True)
class Vouched:
    """Of report/bitstream.json: the build that a bitfile is of, and its hash."""

    build_id: int | None = None
    sha256: str = ""
