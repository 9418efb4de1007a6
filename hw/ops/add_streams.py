"""AddStreams: the sum of two tensors of one shape, exact. FINN's operator of this name.

Attributes: ``PE`` (lanes), ``inputDataType`` and ``secondDataType`` (of the two inputs),
``Factors``: integers by which they are multiplied first (FINN has none; 1 and 1 leave them as they
are, 1 and -1 make the difference). The output's data type holds every sum.
"""

from typing import Any

import numpy as np
from qonnx.core.datatype import BaseDataType, DataType

from hw.datatypes import integer_datatype
from hw.modules import Variant
from hw.ops.registry import register
from hw.ops.two_streams import TwoStreams, TwoStreamsHls, TwoStreamsRtl
from hw.synth.cost.features import Contents, Features
from hw.synth.cost.sampling import Drawn, Sampling, divisor, one


def exact_sum(
    first: BaseDataType, second: BaseDataType, factors: tuple[int, int] = (1, 1)
) -> BaseDataType:
    """Smallest UINT or INT that holds every sum of a value of first and one of second.

    factors: by which they are multiplied first.
    """
    pairs = list(zip((first, second), factors, strict=True))
    ends = [(factor * int(kind.min()), factor * int(kind.max())) for kind, factor in pairs]
    return integer_datatype(sum(map(min, ends)), sum(map(max, ends)))


def _draw(rng: np.random.Generator, index: int) -> Drawn:
    channels = one(rng, (4, 8, 16, 32, 64))
    kinds = [f"{one(rng, ('UINT', 'INT'))}{one(rng, (2, 2, 3, 4, 8))}" for _ in range(2)]
    factors = (1, 1) if index % 2 else (one(rng, (1, 2, 3)), one(rng, (-1, 1, 5, 8, 12)))
    attrs = {
        "PE": divisor(rng, channels, 16), "inputDataType": kinds[0], "secondDataType": kinds[1],
        "Factors": list(factors),
        "outputDataType": exact_sum(DataType[kinds[0]], DataType[kinds[1]], factors).name,
    }  # fmt: skip
    return Drawn("AddStreams", (1, 16, 16, channels), attrs, seed=index)


#: Samples of which the cost model is made.
SAMPLING = Sampling(
    ("PE", "inputDataType", "secondDataType", "Factors", "outputDataType"), ((16, _draw),)
)


class AddStreams(TwoStreams):
    """Two of (N, H, W, C) -> (N, H, W, C); out = Factors[0] * in0 + Factors[1] * in1."""

    finn_names = ("AddStreams", "AddStreams_Batch")

    sampling = SAMPLING
    operation = "add"
    result_name = "sum"

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs = super().get_nodeattr_types()
        # FINN data type of the second input's elements
        attrs["secondDataType"] = ("s", True, "")
        return attrs

    def get_input_datatype(self, ind: int = 0) -> BaseDataType:
        return DataType[self.get_nodeattr("secondDataType" if ind else "inputDataType")]

    def minimal_output_datatype(self) -> BaseDataType:
        """Smallest UINT or INT that holds every sum."""
        first, second = self.get_input_datatype(0), self.get_input_datatype(1)
        return exact_sum(first, second, self.pair_attr("Factors"))

    def features(self, contents: Contents | None) -> Features:
        bits = self.get_outstream_width()
        products = self.added_by_factors() * bits
        return Features({"adders": bits, "beat": bits, "products": products}, {"beat": 2 * bits})

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: an adder and a multiplexer a bit of the sums, and control."""
        return 2 * int(self.get_outstream_width()) + 6


class AddStreams_rtl(AddStreams, TwoStreamsRtl):
    """AddStreams in SystemVerilog."""

    variants = (
        Variant("elementwise_binary", inputs=2),
        Variant("elementwise_binary", {"Factor0": -3, "OutBits": 5}, inputs=2),
    )


class AddStreams_hls(AddStreams, TwoStreamsHls):
    """AddStreams in HLS C++."""


register(AddStreams, AddStreams_rtl, AddStreams_hls)
