"""Product, maximum and minimum of two tensors of one shape. FINN's operators of these names.

Attributes: FINN's ``lhs_shape, rhs_shape, out_shape`` (N, H, W, C: one and the same),
``lhs_dtype, rhs_dtype, out_dtype``, ``PE`` (lanes); ours: ``Factors``, integers by which the two
are multiplied first, and of a product ``resType`` ("lut", or "dsp": one multiplier a lane). FINN
has no minimum; here it is named likewise. A tensor that is to be laid over a larger one comes here
as large as that (``UpsampleNearestNeighbour``).
"""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from qonnx.core.datatype import BaseDataType, DataType

from hw.datatypes import integer_datatype
from hw.errors import HardwareError
from hw.modules import Variant
from hw.ops.registry import register
from hw.ops.two_streams import TwoStreams, TwoStreamsHls, TwoStreamsRtl, result_range
from hw.synth.cost.features import Contents, Features
from hw.synth.cost.sampling import Drawn, Sampling, divisor, one

ATTRIBUTES = ("PE", "lhs_shape", "rhs_shape", "out_shape", "lhs_dtype", "rhs_dtype", "out_dtype")


def held_by(operation: str, kinds: list[BaseDataType], factors: tuple[int, int]) -> BaseDataType:
    """Smallest UINT or INT that holds every result, both inputs, and both times their factors."""
    plain = [(int(kind.min()), int(kind.max())) for kind in kinds]
    parts = [
        (min(factor * low, factor * high), max(factor * low, factor * high))
        for (low, high), factor in zip(plain, factors, strict=True)
    ]
    ranges = [*plain, *parts, result_range(operation, *parts)]
    return integer_datatype(min(low for low, _ in ranges), max(high for _, high in ranges))


def _sampling(name: str, operation: str, more: tuple[str, ...] = ()) -> Sampling:
    return Sampling((*ATTRIBUTES, "Factors", *more), ((10, _drawing(name, operation)),))


def _drawing(name: str, operation: str) -> Callable[[np.random.Generator, int], Drawn]:
    def draw(rng: np.random.Generator, index: int) -> Drawn:
        channels = one(rng, (4, 8, 16, 32))
        kinds = [f"{one(rng, ('UINT', 'INT'))}{one(rng, (2, 3, 4, 6, 8))}" for _ in range(2)]
        factors = (1, 1)
        attrs: dict[str, Any] = {"PE": divisor(rng, channels, 8)}
        if operation == "mul":
            attrs["resType"] = "dsp" if index % 4 == 3 else "lut"
        elif index % 3 == 2:
            factors = (one(rng, (1, 2, 3)), one(rng, (1, 5, 8)))
        made = held_by(operation, [DataType[kind] for kind in kinds], factors).name
        shape = [1, 16, 16, channels]
        attrs |= {f"{side}_shape": shape for side in ("lhs", "rhs", "out")}
        attrs |= {"lhs_dtype": kinds[0], "rhs_dtype": kinds[1], "out_dtype": made}
        return Drawn(name, tuple(shape), {**attrs, "Factors": list(factors)}, seed=index)

    return draw


class ElementwiseBinary(TwoStreams):
    """Base of the three, with FINN's attributes."""

    output_attribute: ClassVar[str] = "out_dtype"

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs = super().get_nodeattr_types()
        for name in ("inputShape", "inputDataType", "outputDataType"):
            del attrs[name]  # FINN's stand for them
        for side in ("lhs", "rhs", "out"):
            # FINN data type of the elements; N, H, W, C
            attrs[f"{side}_dtype"] = ("s", True, "")
            attrs[f"{side}_shape"] = ("ints", True, [1])
        return attrs

    def input_shape(self) -> tuple[int, ...]:
        return self.ints_attr("lhs_shape")

    def get_input_datatype(self, ind: int = 0) -> BaseDataType:
        return DataType[self.get_nodeattr("rhs_dtype" if ind else "lhs_dtype")]

    def get_output_datatype(self, ind: int = 0) -> BaseDataType:
        return DataType[self.get_nodeattr("out_dtype")]

    def minimal_output_datatype(self) -> BaseDataType:
        kinds = [self.get_input_datatype(index) for index in range(2)]
        return held_by(self.operation, kinds, self.pair_attr("Factors"))

    def check(self) -> None:
        shapes = [self.ints_attr(f"{side}_shape") for side in ("lhs", "rhs", "out")]
        if len(set(shapes)) > 1:
            raise HardwareError(
                f"node {self.name}: lhs_shape, rhs_shape and out_shape are "
                f"{', '.join(map(str, map(list, shapes)))}; expected one shape: what is laid over "
                "more pixels is repeated in front"
            )
        super().check()

    def features(self, contents: Contents | None) -> Features:
        bits, products = self.get_outstream_width(), self.added_by_factors()
        return Features(
            {"beat": bits, "choice": 2 * bits, "products": products * bits}, {"beat": 2 * bits}
        )

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: a comparison and a choice a bit, output registers, and control."""
        return 3 * int(self.get_outstream_width()) + 6


class ElementwiseMul(ElementwiseBinary):
    """Two of (N, H, W, C) -> (N, H, W, C), their product."""

    operation = "mul"
    result_name = "product"
    finn_names = ("ElementwiseMul",)
    folding_attributes = ("PE", "resType")
    sampling = _sampling("ElementwiseMul", "mul", ("resType",))

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs = super().get_nodeattr_types()
        # of LUTs, or a multiplier a lane
        attrs["resType"] = ("s", False, "lut", {"lut", "dsp"})
        return attrs

    def is_multiplier(self) -> bool:
        return str(self.get_nodeattr("resType")) == "dsp"

    def features(self, contents: Contents | None) -> Features:
        bits, lanes = self.get_outstream_width(), self.lanes_in()
        sides = [int(self.get_input_datatype(index).bitwidth()) for index in range(2)]
        if self.is_multiplier():
            return Features({"beat": bits}, {"beat": 2 * bits}, dsp=lanes)
        return Features(
            {
                "beat": bits,
                "copies": lanes * sides[0] * sides[1],
                "signs": bits * int(self.get_input_datatype(1).signed()),
                "products": self.added_by_factors() * bits,
            },
            {"beat": 2 * bits},
        )

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: an adder a bit of the second input, output registers, and control."""
        bits = int(self.get_input_datatype(1).bitwidth())
        return (1 if self.is_multiplier() else bits) * int(self.get_outstream_width()) + 6


class ElementwiseMul_rtl(ElementwiseMul, TwoStreamsRtl):
    """ElementwiseMul in SystemVerilog."""

    variants = (
        Variant("elementwise_binary", {"Operation": '"mul"', "OutBits": 4}, inputs=2),
        Variant(
            "elementwise_binary",
            {"Operation": '"mul"', "OutBits": 4, "In1Signed": 1, "OutSigned": 1},
            inputs=2,
        ),
        Variant(
            "elementwise_binary", {"Operation": '"mul"', "OutBits": 4, "IsMultiplier": 1}, inputs=2
        ),
    )


class ElementwiseMul_hls(ElementwiseMul, TwoStreamsHls):
    """ElementwiseMul in HLS C++."""


class ElementwiseMax(ElementwiseBinary):
    """Two of (N, H, W, C) -> (N, H, W, C), of each two numbers the greater one."""

    operation = "max"
    result_name = "maximum"
    finn_names = ("ElementwiseMax",)
    sampling = _sampling("ElementwiseMax", "max")


class ElementwiseMax_rtl(ElementwiseMax, TwoStreamsRtl):
    """ElementwiseMax in SystemVerilog."""

    variants = (
        Variant("elementwise_binary", {"Operation": '"max"'}, inputs=2),
        Variant(
            "elementwise_binary", {"Operation": '"max"', "In0Signed": 1, "OutSigned": 1}, inputs=2
        ),
    )


class ElementwiseMax_hls(ElementwiseMax, TwoStreamsHls):
    """ElementwiseMax in HLS C++."""


class ElementwiseMin(ElementwiseBinary):
    """Two of (N, H, W, C) -> (N, H, W, C), of each two numbers the smaller one."""

    operation = "min"
    result_name = "minimum"
    sampling = _sampling("ElementwiseMin", "min")


class ElementwiseMin_rtl(ElementwiseMin, TwoStreamsRtl):
    """ElementwiseMin in SystemVerilog."""

    variants = (Variant("elementwise_binary", {"Operation": '"min"'}, inputs=2),)


class ElementwiseMin_hls(ElementwiseMin, TwoStreamsHls):
    """ElementwiseMin in HLS C++."""


register(ElementwiseMul, ElementwiseMul_rtl, ElementwiseMul_hls)
register(ElementwiseMax, ElementwiseMax_rtl, ElementwiseMax_hls)
register(ElementwiseMin, ElementwiseMin_rtl, ElementwiseMin_hls)
