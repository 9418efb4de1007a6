"""AddStreams: the sum of two tensors of one shape, exact. FINN's operator of this name.

Attributes: ``PE`` (lanes), ``inputDataType`` and ``secondDataType`` (of the two inputs). The
output's data type holds every sum of theirs.
"""

from typing import Any

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


def exact_sum(first: BaseDataType, second: BaseDataType) -> BaseDataType:
    """Smallest UINT or INT that holds every sum of a value of first and one of second."""
    return integer_datatype(int(first.min() + second.min()), int(first.max() + second.max()))


class AddStreams(ElementwiseOp):
    """Two of (N, H, W, C) -> (N, H, W, C); out = in0 + in1."""

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs = super().get_nodeattr_types()
        attrs.update(
            {
                # FINN data type of the second input's elements
                "secondDataType": ("s", True, ""),
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
        return exact_sum(self.get_input_datatype(0), self.get_input_datatype(1))

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        return x + params[0].reshape(x.shape)

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
        return Features({"adders": bits, "beat": bits}, {"beat": 2 * bits})

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: an adder and a multiplexer a bit of the sums, and control."""
        return 2 * int(self.get_outstream_width()) + 6


class AddStreams_rtl(AddStreams, RtlOp):
    """AddStreams in SystemVerilog: ``add_streams``."""

    variants = (Variant("add_streams", inputs=2),)

    def rtl_modules(self) -> tuple[str, ...]:
        return ("add_streams",)

    def rtl_body(self, model: ModelWrapper) -> str:
        params: dict[str, int | str] = {"Lanes": self.lanes_in()}
        for index in range(2):
            datatype = self.get_input_datatype(index)
            params[f"In{index}Bits"] = int(datatype.bitwidth())
            params[f"In{index}Signed"] = int(datatype.signed())
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

    def hls_function(self) -> str:
        return "add_streams"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        first, second = (self.get_input_datatype(index) for index in range(2))
        output = self.get_output_datatype()
        return {
            "Lanes": self.lanes_in(),
            "In0Bits": int(first.bitwidth()),
            "In0Signed": bool(first.signed()),
            "In1Bits": int(second.bitwidth()),
            "In1Signed": bool(second.signed()),
            "OutBits": int(output.bitwidth()),
            "OutSigned": bool(output.signed()),
            "Beats": self.hls_trips(),
        }

    def hls_trips(self) -> int:
        return self.get_exp_cycles()


register(AddStreams, AddStreams_rtl, AddStreams_hls)
