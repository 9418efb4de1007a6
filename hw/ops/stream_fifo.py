"""StreamFIFO: a FIFO between two operators. FINN's counterpart: StreamingFIFO, its base class.

FINN's InsertFIFO creates StreamingFIFO nodes; renamed to StreamFIFO they become StreamFIFO_rtl
(module ``stream_fifo``) in FINN's SpecializeLayers. Attributes are FINN's (``depth``: beats held,
``folded_shape``, ``normal_shape``, ``dataType``, ``ram_style``).
"""

import numpy as np
from finn.custom_op.fpgadataflow.streamingfifo import StreamingFIFO
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.machines import Parts, fifo
from hw.errors import HardwareError
from hw.modules import Variant
from hw.ops.base import Role
from hw.ops.hls_base import HlsOp
from hw.ops.passthrough import Passthrough
from hw.ops.registry import register
from hw.ops.rtl_base import RtlOp
from hw.synth.cost.features import Contents, Features
from hw.synth.cost.memory import map_ram
from hw.synth.cost.sampling import Drawn, Sampling, divisor, one, some_channels, types
from hw.synth.estimates import AUTO_DISTRIBUTED_ROWS, counter_bits, memory_bram18, memory_luts

#: FINN's ram_style -> RamStyle of stream_fifo. There is no shift register and no URAM variant.
_RAM_STYLES = {
    "auto": "auto",
    "block": "block",
    "distributed": "distributed",
    "srl": "distributed",
    "ultra": "block",
}


def fifo_features(depth: int, beat: int, style: str, is_registered: bool) -> Features:
    """Of a StreamFIFO of depth beats; is_registered: its memory is read a clock later."""
    pointers = counter_bits(depth + 1, depth, depth)
    if depth <= 2:
        return Features({"pair": (depth - 1) * beat}, {"pair": depth * beat})
    # the memory behind a registered read is yosys' choice, one that is read at once is LUT RAM
    memory = map_ram(depth, beat, style if is_registered else "distributed")
    behind = beat if is_registered and memory.lutram else 0
    return Features(
        {"pointers": 2 * pointers, "registered": 20.0 * is_registered},
        {"pointers": pointers, "behind": behind, "registered": beat * is_registered},
        [memory],
    )


def _draw(rng: np.random.Generator, index: int) -> Drawn:
    channels = some_channels(rng)
    lanes = divisor(rng, channels)
    shape = (1, 16, 16, channels)
    attrs = {
        "depth": one(rng, (3, 16, 32, 48, 64, 100, 128, 256, 512)),
        "folded_shape": [*shape[:3], channels // lanes, lanes], "normal_shape": list(shape),
        "dataType": types(rng)["inputDataType"], "ram_style": "auto",
    }  # fmt: skip
    return Drawn("StreamFIFO", shape, attrs, seed=index)


#: Samples of which the cost model is made.
SAMPLING = Sampling(
    ("depth", "folded_shape", "normal_shape", "dataType", "ram_style"), ((14, _draw),)
)


class StreamFIFO(Passthrough, StreamingFIFO):
    """FIFO of ``depth`` beats; tensor in = tensor out."""

    finn_names = ("StreamingFIFO",)

    role = Role.FIFO
    sampling = SAMPLING

    def check(self) -> None:
        if self.int_attr("depth") < 1:  # FINN's shape methods assert it
            raise HardwareError(
                f"node {self.name}: depth = {self.int_attr('depth')} is less than 1"
            )
        super().check()

    def get_exp_cycles(self) -> int:
        """Clocks a frame: its beats; twice as many through a single register (depth 1)."""
        return super().get_exp_cycles() * (2 if self.int_attr("depth") == 1 else 1)

    def machines(self) -> Parts:
        depth = self.int_attr("depth")
        return fifo(self.frame_beats(), depth, self.get_ram_style() == "block" and depth > 4)

    def rtl_ram_style(self) -> str:
        """RamStyle of ``stream_fifo``: "auto", "block" or "distributed"."""
        return _RAM_STYLES[str(self.get_nodeattr("ram_style"))]

    def get_ram_style(self) -> str:
        """Kind of its memory: "block", or "distributed" (LUT RAM or registers)."""
        depth, style = self.int_attr("depth"), self.rtl_ram_style()
        is_block = (style == "block" and depth > 4) or (style == "auto" and depth > 64)
        return "block" if is_block else "distributed"

    def storage_bits(self) -> int:
        """Bits that the FIFO holds when full."""
        return self.int_attr("depth") * int(self.get_instream_width())

    def bram_estimation(self, fpgapart: str = "") -> int:
        """Estimate: RAMB18 of the memory."""
        depth, width = self.int_attr("depth"), int(self.get_instream_width())
        return memory_bram18(depth, width, self.get_ram_style())

    def uram_estimation(self, fpgapart: str = "") -> int:
        """URAM is never used."""
        return 0

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: LUT RAM, and two LUTs a bit of pointers and counters."""
        depth, width = self.int_attr("depth"), int(self.get_instream_width())
        control = 2 * counter_bits(depth + 1, depth, depth)
        if depth <= 2:
            return (depth - 1) * width + control
        return memory_luts(depth, width, self.get_ram_style()) + control

    def bram_efficiency_estimation(self, fpgapart: str = "") -> float:
        """Estimate: bits held / bits of the block RAMs taken (1 if none is)."""
        blocks = self.bram_estimation(fpgapart)
        return self.storage_bits() / (blocks * 18 * 1024) if blocks else 1.0

    def uram_efficiency_estimation(self, fpgapart: str = "") -> float:
        """1: URAM is never used."""
        return 1.0

    def features(self, contents: Contents | None) -> Features:
        depth, is_block = self.int_attr("depth"), self.get_ram_style() == "block"
        return fifo_features(depth, self.get_instream_width(), self.rtl_ram_style(), is_block)

    @classmethod
    def inserted(cls, first: int, last: int, depth: int = 0) -> Features:
        return fifo_features(depth, first, "auto", depth > AUTO_DISTRIBUTED_ROWS)


class StreamFIFO_rtl(StreamFIFO, RtlOp):
    """StreamFIFO in SystemVerilog: ``stream_fifo``."""

    rtl_only = ("Width", "Depth", "RamStyle")
    variants = (
        Variant("stream_fifo", {"Depth": 1}),
        Variant("stream_fifo", {"Depth": 2}),
        Variant("stream_fifo", {"Depth": 16}),
        Variant("stream_fifo", {"Depth": 100}),
    )

    def rtl_modules(self) -> tuple[str, ...]:
        return ("stream_fifo",)

    def rtl_body(self, model: ModelWrapper) -> str:
        return self.instance(
            "stream_fifo",
            {
                "Width": int(self.get_instream_width()),
                "Depth": self.int_attr("depth"),
                "RamStyle": self.rtl_ram_style(),
            },
        )


class StreamFIFO_hls(StreamFIFO, HlsOp):
    """StreamFIFO in HLS C++: hw/hls/stream_fifo.hpp, where it stands alone.

    In a whole graph hw.hls.project makes its two streams one, of the FIFO's depth.
    """

    hls_only = ("Lanes", "Bits", "IsSigned", "Beats")

    def hls_function(self) -> str:
        return "stream_fifo"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        return {**self.lane_parameters(), "Beats": self.hls_trips()}

    def hls_trips(self) -> int:
        return int(np.prod(self.input_shape())) // self.lanes_in()


register(StreamFIFO, StreamFIFO_rtl, StreamFIFO_hls)
