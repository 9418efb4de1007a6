"""Base of operators of two tensors of one shape: a join, lane by lane, each times a constant.

They are one module and one template, ``elementwise_binary``, which are told what to do.
"""

from abc import abstractmethod
from typing import Any, ClassVar

import numpy as np
from qonnx.core.datatype import BaseDataType
from qonnx.core.modelwrapper import ModelWrapper

from hw.errors import HardwareError
from hw.ops.base import IntArray
from hw.ops.elementwise import ElementwiseOp
from hw.ops.hls_base import HlsOp
from hw.ops.rtl_base import RtlOp
from hw.ops.wrapper import instance_text

#: The greatest size of a factor: sums of shifted copies stay small.
MAX_FACTOR = 1024
#: What can be done: numpy's function of each, in the order in which the template numbers them.
OPERATIONS: dict[str, Any] = {
    "add": np.add,
    "mul": np.multiply,
    "max": np.maximum,
    "min": np.minimum,
}
Range = tuple[int, int]


def result_range(operation: str, first: Range, second: Range) -> Range:
    """Least and greatest result of numbers of two ranges."""
    ends = [OPERATIONS[operation](a, b) for a in first for b in second]
    return int(min(ends)), int(max(ends))


class TwoStreams(ElementwiseOp):
    """Two of (N, H, W, C) -> (N, H, W, C); out = operation(Factors[0] * in0, Factors[1] * in1)."""

    #: One of OPERATIONS.
    operation: ClassVar[str]
    #: What its results are called in messages.
    result_name: ClassVar[str]

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs = super().get_nodeattr_types()
        # what each input is multiplied by
        attrs["Factors"] = ("ints", False, [1, 1])
        # one depth an input
        attrs["inFIFODepths"] = ("ints", False, [2, 2])
        return attrs

    @abstractmethod
    def minimal_output_datatype(self) -> BaseDataType:
        """Smallest UINT or INT that holds every result, and for a choice both that it is of."""

    def is_multiplier(self) -> bool:
        """Whether a product is a multiplier, for a DSP slice."""
        return False

    def stream_inputs(self) -> int:
        return 2

    def factored_ranges(self) -> tuple[Range, Range]:
        """Least and greatest number of each input times its factor."""
        found = []
        for index, factor in enumerate(self.pair_attr("Factors")):
            kind = self.get_input_datatype(index)
            ends = factor * int(kind.min()), factor * int(kind.max())
            found.append((min(ends), max(ends)))
        return found[0], found[1]

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        first, second = self.pair_attr("Factors")
        result: IntArray = OPERATIONS[self.operation](
            first * x, second * params[0].reshape(x.shape)
        )
        return result

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
        fits = given.is_integer() and given.min() <= minimal.min() and given.max() >= minimal.max()
        if not fits:
            raise HardwareError(
                f"node {name}: {self.output_attribute} = {given.name} cannot hold the "
                f"{self.result_name} of {self.get_input_datatype(0).name} and "
                f"{self.get_input_datatype(1).name} ({minimal.name} can)"
            )
        super().check()

    #: Attribute that says the type of the output.
    output_attribute: ClassVar[str] = "outputDataType"

    def added_by_factors(self) -> int:
        """Additions a bit that the multiplications by constants take."""
        return sum(abs(factor).bit_count() - (factor > 0) for factor in self.ints_attr("Factors"))


class TwoStreamsRtl(RtlOp):
    """SystemVerilog of such an operator: ``elementwise_binary``."""

    rtl_only = ("IsMultiplier",)

    def rtl_modules(self) -> tuple[str, ...]:
        return ("elementwise_binary",)

    def rtl_body(self, model: ModelWrapper) -> str:
        params: dict[str, int | str] = {"Operation": self.operation, "Lanes": self.lanes_in()}
        for index in range(2):
            datatype = self.get_input_datatype(index)
            params[f"In{index}Bits"] = int(datatype.bitwidth())
            params[f"In{index}Signed"] = int(datatype.signed())
            params[f"Factor{index}"] = self.pair_attr("Factors")[index]
        params["OutBits"] = int(self.get_output_datatype().bitwidth())
        params["OutSigned"] = int(self.get_output_datatype().signed())
        if self.is_multiplier():
            params["IsMultiplier"] = 1
        pins = [
            ("in_valid_i", "{in1_valid, in0_valid}"),
            ("in_ready_o", "{in1_ready, in0_ready}"),
            ("in0_data_i", "in0_data"),
            ("in1_data_i", "in1_data"),
            ("out_valid_o", "out_valid"),
            ("out_ready_i", "out_ready"),
            ("out_data_o", "out_data"),
        ]
        return instance_text("elementwise_binary", params, pins)


class TwoStreamsHls(HlsOp):
    """HLS C++ of such an operator: hw/hls/elementwise_binary.hpp."""

    hls_only = ("Beats",)

    def hls_function(self) -> str:
        return "elementwise_binary"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        first, second = (self.get_input_datatype(index) for index in range(2))
        output, factors = self.get_output_datatype(), self.pair_attr("Factors")
        return {
            "Operation": list(OPERATIONS).index(self.operation),
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
        return int(self.get_exp_cycles())
