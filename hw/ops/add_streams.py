"""AddStreams: the sum of two tensors of one shape, exact. FINN's operator of this name.

Attributes: ``PE`` (lanes), ``inputDataType`` and ``secondDataType`` (of the two inputs),
``Factors``: integers by which they are multiplied first (FINN has none; 1 and 1 leave them as they
are, 1 and -1 make the difference). The output's data type holds every sum.
"""

from typing import Any

import numpy as np
from qonnx.core.datatype import BaseDataType, DataType
from qonnx.core.modelwrapper import ModelWrapper

from hw.datatypes import integer_datatype
from hw.errors import HardwareError
from hw.modules import Variant
from hw.ops.base import IntArray
from hw.ops.elementwise import ElementwiseOp
from hw.ops.hls_base import HlsOp
from hw.ops.registry import register
from hw.ops.rtl_base import RtlOp
from hw.ops.wrapper import instance_text
from hw.synth.cost.features import Contents, Features
from hw.synth.cost.sampling import Drawn, Sampling, divisor, one

#: The greatest size of a factor: sums of shifted copies stay small.
MAX_FACTOR = 1024


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


class AddStreams(ElementwiseOp):
    """Two of (N, H, W, C) -> (N, H, W, C); out = Factors[0] * in0 + Factors[1] * in1."""

    finn_names = ("AddStreams", "AddStreams_Batch")

    sampling = SAMPLING

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs = super().get_nodeattr_types()
        attrs.update(
            {
                # FINN data type of the second input's elements
                "secondDataType": ("s", True, ""),
                # what each input is multiplied by
                "Factors": ("ints", False, [1, 1]),
                # one depth an input
                "inFIFODepths": ("ints", False, [2, 2]),
            }
        )
        return attrs

    def stream_inputs(self) -> int:
        return 2

    def get_input_datatype(self, ind: int = 0) -> BaseDataType:
        return DataType[self.get_nodeattr("secondDataType" if ind else "inputDataType")]

    def minimal_output_datatype(self) -> BaseDataType:
        """Smallest UINT or INT that holds every sum."""
        first, second = self.get_input_datatype(0), self.get_input_datatype(1)
        return exact_sum(first, second, self.pair_attr("Factors"))

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        first, second = self.pair_attr("Factors")
        return first * x + second * params[0].reshape(x.shape)

    def check(self) -> None:
        name = self.onnx_node.name
        if len(self.onnx_node.input) != 2:
            raise HardwareError(
                f"node {name}: {len(self.onnx_node.input)} inputs; expected 2, both of them streams"
            )
        for index in range(2):
            datatype = self.get_input_datatype(index)
            if not datatype.is_integer() or datatype.name == "BIPOLAR":
                raise HardwareError(
                    f"node {name}: {datatype.name} is neither an unsigned nor a two's complement "
                    "type"
                )
        factors = self.ints_attr("Factors")
        if len(factors) != 2 or not all(0 < abs(factor) <= MAX_FACTOR for factor in factors):
            raise HardwareError(
                f"node {name}: Factors = {list(factors)}; expected two integers of -{MAX_FACTOR} "
                f"to {MAX_FACTOR}, none of them 0"
            )
        minimal, given = self.minimal_output_datatype(), self.get_output_datatype()
        if not given.is_integer() or given.min() > minimal.min() or given.max() < minimal.max():
            raise HardwareError(
                f"node {name}: outputDataType = {given.name} cannot hold the sum of "
                f"{self.get_input_datatype(0).name} and {self.get_input_datatype(1).name} "
                f"({minimal.name} can)"
            )
        super().check()

    def features(self, contents: Contents | None) -> Features:
        bits = self.get_outstream_width()
        added = sum(abs(factor).bit_count() - (factor > 0) for factor in self.ints_attr("Factors"))
        return Features(
            {"adders": bits, "beat": bits, "products": added * bits}, {"beat": 2 * bits}
        )

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: an adder and a multiplexer a bit of the sums, and control."""
        return 2 * int(self.get_outstream_width()) + 6


class AddStreams_rtl(AddStreams, RtlOp):
    """AddStreams in SystemVerilog: ``add_streams``."""

    variants = (
        Variant("add_streams", inputs=2),
        Variant("add_streams", {"Factor0": -3, "OutBits": 5}, inputs=2),
    )

    def rtl_modules(self) -> tuple[str, ...]:
        return ("add_streams",)

    def rtl_body(self, model: ModelWrapper) -> str:
        params: dict[str, int | str] = {"Lanes": self.lanes_in()}
        for index in range(2):
            datatype = self.get_input_datatype(index)
            params[f"In{index}Bits"] = int(datatype.bitwidth())
            params[f"In{index}Signed"] = int(datatype.signed())
            params[f"Factor{index}"] = self.pair_attr("Factors")[index]
        params["OutBits"] = int(self.get_output_datatype().bitwidth())
        pins = [
            ("in_valid_i", "{in1_valid, in0_valid}"),
            ("in_ready_o", "{in1_ready, in0_ready}"),
            ("in0_data_i", "in0_data"),
            ("in1_data_i", "in1_data"),
            ("out_valid_o", "out_valid"),
            ("out_ready_i", "out_ready"),
            ("out_data_o", "out_data"),
        ]
        return instance_text("add_streams", params, pins)


class AddStreams_hls(AddStreams, HlsOp):
    """AddStreams in HLS C++: hw/hls/add_streams.hpp."""

    hls_only = ("OutSigned", "Beats")

    def hls_function(self) -> str:
        return "add_streams"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        first, second = (self.get_input_datatype(index) for index in range(2))
        output, factors = self.get_output_datatype(), self.pair_attr("Factors")
        return {
            "Lanes": self.lanes_in(),
            "In0Bits": int(first.bitwidth()),
            "In0Signed": bool(first.signed()),
            "In1Bits": int(second.bitwidth()),
            "In1Signed": bool(second.signed()),
            "Factor0": factors[0],
            "Factor1": factors[1],
            "OutBits": int(output.bitwidth()),
            "OutSigned": bool(output.signed()),
            "Beats": self.hls_trips(),
        }

    def hls_trips(self) -> int:
        return self.get_exp_cycles()


register(AddStreams, AddStreams_rtl, AddStreams_hls)
