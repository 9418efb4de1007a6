"""PixelScale: times a factor of each pixel's place, that of its row times that of its column.

Averages whose border does not count divide each window's sum by its own number of pixels. Times
the least common multiple over that number, all of them have one divisor, and stay integers.
"""

from typing import Any

import numpy as np
from qonnx.core.datatype import BaseDataType, DataType
from qonnx.core.modelwrapper import ModelWrapper

from hw.datatypes import integer_type
from hw.errors import HardwareError
from hw.modules import Variant
from hw.ops.base import IntArray
from hw.ops.elementwise import ElementwiseOp
from hw.ops.hls_base import HlsOp, HlsTable
from hw.ops.memory_layout import check_input_datatype, check_output_datatype
from hw.ops.registry import register
from hw.ops.rtl_base import RtlOp
from hw.ops.wrapper import Verbatim
from hw.synth.cost.features import Contents, Features
from hw.synth.cost.sampling import Drawn, Sampling, divisor, one, some_channels
from hw.synth.estimates import counter_bits

#: Bits that an output may have at most.
MOST_BITS = 63


def scaled_datatype(given: BaseDataType, rows: IntArray, columns: IntArray) -> BaseDataType:
    """The smallest data type of what is made of numbers of a data type."""
    most = int(np.max(rows)) * int(np.max(columns))
    ends = [int(end) * factor for end in (given.min(), given.max()) for factor in (1, most)]
    return DataType[integer_type(min(ends), max(ends))]


def _draw(rng: np.random.Generator, index: int) -> Drawn:
    height, width, channels = one(rng, (4, 7, 13, 28)), one(rng, (4, 7, 13, 28)), some_channels(rng)
    rows, columns = (
        np.array([factor, *[one(rng, (1, 2))] * (size - 2), factor])
        for size, factor in ((height, one(rng, (2, 3))), (width, one(rng, (3, 5))))
    )
    given = f"{one(rng, ('INT', 'UINT'))}{one(rng, (4, 7, 11))}"
    attrs = {
        "Rows": rows.tolist(), "Columns": columns.tolist(), "PE": divisor(rng, channels, 8),
        "inputDataType": given,
        "outputDataType": scaled_datatype(DataType[given], rows, columns).name,
    }  # fmt: skip
    return Drawn("PixelScale", (1, height, width, channels), attrs, seed=index)


class PixelScale(ElementwiseOp):
    """(N, H, W, C) -> (N, H, W, C); out[n, y, x] = in[n, y, x] * Rows[y] * Columns[x]."""

    of_one_size = "its factors are of one number of rows and columns"
    #: Samples of which the cost model is made.
    sampling = Sampling(("Rows", "Columns", "PE", "inputDataType", "outputDataType"), ((6, _draw),))

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs: dict[str, Any] = super().get_nodeattr_types()
        # factors of each row and of each column, 1 or more
        attrs.update({"Rows": ("ints", True, []), "Columns": ("ints", True, [])})
        return attrs

    def factors(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Of the rows and of the columns."""
        return self.ints_attr("Rows"), self.ints_attr("Columns")

    def factor_bits(self) -> int:
        """Bits of the greatest factor."""
        return max(max(axis) for axis in self.factors()).bit_length()

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        rows, columns = (np.array(axis, np.int64) for axis in self.factors())
        result: IntArray = x * rows[:, None, None] * columns[:, None]
        return result

    def check(self) -> None:
        name, (_, height, width, _) = self.name, self.input_shape()
        for what, size, given in zip(
            ("Rows", "Columns"), (height, width), self.factors(), strict=True
        ):
            if len(given) != size or min(given) < 1:
                raise HardwareError(
                    f"node {name}: {what} = {list(given)}; expected {size} factors of 1 and above"
                )
        check_input_datatype(name, self.get_input_datatype())
        rows, columns = (np.array(axis) for axis in self.factors())
        made = scaled_datatype(self.get_input_datatype(), rows, columns)
        check_output_datatype(name, self.get_output_datatype(), int(made.min()), int(made.max()))
        if self.get_output_datatype().bitwidth() > MOST_BITS:
            raise HardwareError(
                f"node {name}: products of {self.get_output_datatype().bitwidth()} bits; expected "
                f"at most {MOST_BITS}"
            )
        super().check()

    def features(self, contents: Contents | None) -> Features:
        lanes, bits = self.lanes_in(), int(self.get_input_datatype().bitwidth())
        _, height, width, _ = self.input_shape()
        counters = counter_bits(height, width, self.pixel_beats_in())
        kinds = sum(len(set(axis)) > 1 for axis in self.factors())
        luts = {
            "product": lanes * bits * 2 * self.factor_bits(), "beat": self.get_outstream_width(),
            "counters": counters, "factors": kinds * self.factor_bits(),
        }  # fmt: skip
        return Features(
            {key: float(value) for key, value in luts.items()},
            {"beat": 2 * self.get_outstream_width(), "counters": counters},
        )

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: the products, the output's registers, counters and factors."""
        lanes, bits = self.lanes_in(), int(self.get_input_datatype().bitwidth())
        _, height, width, _ = self.input_shape()
        counters = counter_bits(height, width, self.pixel_beats_in())
        return 2 * lanes * bits * self.factor_bits() + int(self.get_outstream_width()) + counters

    def sizes(self) -> dict[str, int]:
        """Parameters that RTL and HLS C++ have in common."""
        _, height, width, _ = self.input_shape()
        kind = self.get_input_datatype()
        return {
            "Lanes": self.lanes_in(),
            "InBits": int(kind.bitwidth()),
            "InSigned": int(kind.signed()),
            "OutBits": int(self.get_output_datatype().bitwidth()),
            "Folds": self.pixel_beats_in(),
            "Height": height,
            "Cols": width,
            "FactorBits": self.factor_bits(),
        }


class PixelScale_rtl(PixelScale, RtlOp):
    """PixelScale in SystemVerilog: ``pixel_scale``."""

    rtl_only = ("Rows", "Columns")
    variants = (
        Variant("pixel_scale"),
        Variant("pixel_scale", {"Folds": 1, "InSigned": 1, "Lanes": 1}),
    )

    def rtl_modules(self) -> tuple[str, ...]:
        return ("pixel_scale",)

    def rtl_body(self, model: ModelWrapper) -> str:
        bits = self.factor_bits()
        given: dict[str, int | str] = {**self.sizes()}
        for name, axis in zip(("Rows", "Columns"), self.factors(), strict=True):
            numbers = ", ".join(f"{bits}'d{factor}" for factor in reversed(axis))
            given[name] = Verbatim("{" + numbers + "}")
        return self.instance("pixel_scale", given)


class PixelScale_hls(PixelScale, HlsOp):
    """PixelScale in HLS C++: hw/hls/pixel_scale.hpp."""

    hls_only = ("OutSigned",)

    def hls_function(self) -> str:
        return "pixel_scale"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        given: dict[str, int | bool] = {**self.sizes()}
        signed = {
            "InSigned": bool(given["InSigned"]),
            "OutSigned": bool(self.get_output_datatype().signed()),
        }
        order = ("Lanes", "InBits", "InSigned", "OutBits", "OutSigned", "Folds", "Height", "Cols")
        return {name: {**given, **signed}[name] for name in (*order, "FactorBits")}

    def hls_tables(self, model: ModelWrapper) -> list[HlsTable]:
        return [
            HlsTable(f"{self.name}_{name}", np.array(axis), self.factor_bits(), False, "weights")
            for name, axis in zip(("rows", "columns"), self.factors(), strict=True)
        ]

    def hls_trips(self) -> int:
        return self.get_exp_cycles()


register(PixelScale, PixelScale_rtl, PixelScale_hls)
