"""MultiLevelMVAU: matrix-vector product of integers with few-level weights, then thresholds.

Stands where FINN has MVAU (MatrixVectorActivation), which has no RTL for weights under two bits
and needs DSP slices. Weights are coded in the masked form of the paper (docs/network.md), so that
binary weights cost one bit and F-fold duplicated inputs ceil(log2(F+1)). The node's attributes
make one frozen value, ``MatrixUnit``, with which all the rest of this folder computes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import ceil, prod
from typing import Any

from qonnx.core.datatype import BaseDataType, DataType
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.dependency import Dependency
from hw.dataflow.machines import Link, Parts, Segment, block, machine, take
from hw.datatypes import integer_datatype
from hw.errors import HardwareError
from hw.matrix.search import fours_of
from hw.ops.base import IntArray, Role, StreamOp
from hw.ops.folding import STYLES, Folding, divisors
from hw.ops.memory_layout import check_input_datatype, integer_values
from hw.ops.mvau.copies import small_weights
from hw.ops.mvau.cost import MOST_SEARCHED, MvauContents, contents_of, mvau_features
from hw.ops.mvau.estimates import mvau_luts
from hw.ops.mvau.groups import check_groups
from hw.ops.mvau.levels import check_many_levels, many_levels, of_thresholds
from hw.ops.mvau.loaded import Loaded, acc_range, coded
from hw.ops.mvau.parts import check_parts, sum_parts, tree_clocks
from hw.ops.mvau.samples import SAMPLING
from hw.ops.mvau.unit import MOST_WEIGHTS, MatrixUnit
from hw.ops.thresholds import channel_thresholds, clamp_thresholds, count_thresholds
from hw.ops.weight_coding import WeightGrid
from hw.ops.writable import WRITABLE
from hw.synth.cost.features import Contents, Features
from hw.synth.estimates import memory_bram18


class MultiLevelMVAU(StreamOp):
    """y = thresholds(x @ weights) on the channels of an NHWC tensor.

    Inputs: x (N, H, W, MW); weights (MW / Groups, MH), integers; thresholds (MH or 1, n), integers,
    ascending, unless noActivation. Output: (N, H, W, MH).
    """

    role = Role.UNIT
    finn_names = ("MVAU", "MatrixVectorActivation", "StreamingFCLayer_Batch")
    lane_attributes = ("PE", "SIMD")
    folding_attributes = (
        "PE", "SIMD", "ram_style", "ram_style_thresholds", "resType", "threshold_search",
        "threshold_in_turn", "sum_parts", WRITABLE,
    )  # fmt: skip
    wide_attributes = ("sum_parts", "ram_style_thresholds", "threshold_in_turn")
    #: The last: with DSP slices or with searched thresholds, grouped or not.
    cost_kinds = ("MultiLevelMVAU", "GroupedMVAU", "DspOrSearchMVAU")
    sampling = SAMPLING

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs: dict[str, Any] = super().get_nodeattr_types()
        attrs.update(
            {
                # rows and columns of the weight matrix: elements of an input vector, outputs
                "MW": ("i", True, 0),
                "MH": ("i", True, 0),
                # activations a clock (divides MW, of one group), outputs at once (divides MH)
                "SIMD": ("i", True, 1),
                "PE": ("i", True, 1),
                # data type of the weights' values, e.g. BIPOLAR or INT3; what is stored follows
                # from the values (hw.ops.weight_coding)
                "weightDataType": ("s", True, ""),
                # data type of the accumulators; set by infer_node_datatype from the weights
                "accDataType": ("s", False, "INT32"),
                # bits stored for a weight; set by infer_node_datatype, 0 = not yet known
                "weightCodeBits": ("i", False, 0),
                # 1: no thresholds, the accumulators are the output
                "noActivation": ("i", False, 0, {0, 1}),
                # output where no threshold is reached
                "ActVal": ("i", False, 0),
                # memory of the weights: "block" = BRAM, "distributed" = LUTs
                "ram_style": ("s", False, "auto", {"auto", "block", "distributed"}),
                # memory of the thresholds (FINN's name): as ram_style
                "ram_style_thresholds": ("s", False, "auto", {"auto", "block", "distributed"}),
                # what multiplies by the weights: "lut" = sums of masked activations, "dsp" = DSP
                # slices, several weights a slice (FINN's name)
                "resType": ("s", False, "lut", {"lut", "dsp"}),
                # 1: thresholds are searched in memories, one a bit of the output and lane, instead
                # of being compared with at once
                "threshold_search": ("i", False, 0, {0, 1}),
                # 1: the three thresholds of a row are compared with one after the other
                "threshold_in_turn": ("i", False, 0, {0, 1}),
                # 1: weights and thresholds can be written while it runs (FINN's name), and which
                # weights: least, step, greatest; of one of the copies (below) too
                WRITABLE: ("i", False, 0, {0, 1}),
                "weightGrid": ("ints", False, []),
                "copyGrid": ("ints", False, []),
                # parts of a row's sum, of neighbouring lanes, that DSP slices add up, and over the
                # beats of a vector; 0: none
                "sum_parts": ("i", False, 0),
                # the input comes from a parallel sliding window of window_taps taps, window_simd
                # channels at a time; 0 = natural order (kernel tap, channel)
                "window_taps": ("i", False, 0),
                "window_simd": ("i", False, 0),
                # the matrix is copies of a small one: number, rows, first, step, run; see
                # hw/ops/mvau/copies.py. Empty: none
                "copies": ("ints", False, []),
                # a grouped convolution: groups that channels and rows fall into, and its kernel
                # (h, w); see hw/ops/mvau/groups.py. As many groups as channels: FINN's VVAU
                "Groups": ("i", False, 1),
                "Kernel": ("ints", False, [1, 1]),
                # bits stored for a weight of one copy, as weightCodeBits
                "copyCodeBits": ("i", False, 0),
            }
        )
        return attrs

    # --- the value that it is ------------------------------------------------------------------

    #: The node as it was when ``unit`` was last asked for, and the value.
    _last_unit: tuple[bytes, MatrixUnit] | None = None

    @property
    def unit(self) -> MatrixUnit:
        """Sizes, types and folding. Attributes are read only where the node has changed."""
        node = self.onnx_node.SerializeToString()
        if self._last_unit is None or self._last_unit[0] != node:
            self._last_unit = (node, self._read_unit())
        return self._last_unit[1]

    def _read_unit(self) -> MatrixUnit:
        return MatrixUnit(
            name=self.name,
            mw=self.int_attr("MW"),
            mh=self.int_attr("MH"),
            simd=self.int_attr("SIMD"),
            pe=self.int_attr("PE"),
            vectors=prod(self.input_shape()[:-1]),
            input_name=str(self.get_nodeattr("inputDataType")),
            weight_name=str(self.get_nodeattr("weightDataType")),
            acc_name=str(self.get_nodeattr("accDataType")),
            output_name=str(self.get_nodeattr("outputDataType")),
            code_bits=self.int_attr("weightCodeBits"),
            copy_code_bits=self.int_attr("copyCodeBits"),
            has_thresholds=not self.int_attr("noActivation"),
            act_val=self.int_attr("ActVal"),
            ram_style=str(self.get_nodeattr("ram_style")),
            order=(self.int_attr("window_taps"), self.int_attr("window_simd")),
            copy_sizes=self.ints_attr("copies"),
            number=self.int_attr("Groups"),
            taps=prod(self.ints_attr("Kernel")),
            products=str(self.get_nodeattr("resType")) == "dsp",
            search=bool(self.int_attr("threshold_search")),
            grid=self._grid("weightGrid"),
            copy_grid=self._grid("copyGrid"),
            parts=self.int_attr("sum_parts"),
            in_turn=bool(self.int_attr("threshold_in_turn")),
            threshold_style=str(self.get_nodeattr("ram_style_thresholds")),
        )

    def _grid(self, attribute: str) -> WeightGrid | None:
        """The weights that may be written; None where they are constants."""
        sizes = self.ints_attr(attribute)
        return WeightGrid(*sizes) if self.int_attr(WRITABLE) and len(sizes) == 3 else None

    def loaded(self, model: ModelWrapper) -> Loaded:
        """The unit with its weights and thresholds."""
        return Loaded(self.unit, self.weights(model), self.thresholds(model))

    # --- shapes, order --------------------------------------------------------------------------

    def lanes_in(self) -> int:
        return self.unit.lanes

    def lanes_out(self) -> int:
        return self.int_attr("PE")

    def output_shape(self) -> tuple[int, ...]:
        return (*self.input_shape()[:-1], self.int_attr("MH"))

    def input_beats(self, x: IntArray) -> IntArray:
        vectors = x.reshape(-1, self.int_attr("MW"))  # of whatever shape the same stream is
        return vectors[:, self.unit.stream_order()].reshape(-1, self.lanes_in())

    def check(self) -> None:
        name = self.onnx_node.name
        for lanes, size in (("SIMD", "MW"), ("PE", "MH"), ("Groups", "MH")):
            folded, whole = self.int_attr(lanes), self.int_attr(size)
            if folded < 1 or whole < 1 or whole % folded:
                raise HardwareError(
                    f"node {name}: {lanes} = {folded} does not divide {size} = {whole}"
                )
        kernel, number = self.ints_attr("Kernel"), self.int_attr("Groups")
        if len(kernel) != 2 or min(kernel) < 1 or self.int_attr("MW") % (prod(kernel) * number):
            raise HardwareError(
                f"node {name}: MW = {self.int_attr('MW')} is not taps of Kernel = {list(kernel)} "
                f"of channels of {number} groups"
            )
        shape = self.input_shape()
        if len(shape) != 4 or shape[-1] != self.int_attr("MW"):
            raise HardwareError(
                f"node {name}: inputShape {list(shape)} is not (N, H, W, MW = "
                f"{self.int_attr('MW')})"
            )
        check_input_datatype(name, self.get_input_datatype())
        taps, group = self.int_attr("window_taps"), self.int_attr("window_simd")
        if (taps == 0) != (group == 0):
            raise HardwareError(
                f"node {name}: window_taps = {taps} and window_simd = {group}; both or neither"
            )
        if taps and self.int_attr("MW") % (taps * group):
            raise HardwareError(
                f"node {name}: window_taps x window_simd = {taps} x {group} does not divide "
                f"MW = {self.int_attr('MW')}"
            )
        if self.int_attr(WRITABLE) and len(self.ints_attr("weightGrid")) != 3:
            raise HardwareError(
                f"node {name}: {WRITABLE} = 1, but weightGrid does not say which weights fit"
            )
        _ = self.unit.copies  # says what is wrong with them
        check_many_levels(self.unit)
        check_parts(self.unit)
        check_groups(name, self.unit.groups)

    # --- time and folding -------------------------------------------------------------------------

    def get_exp_cycles(self) -> int:
        return self.unit.clocks

    def matrix_latency(self) -> int:
        """Clocks of the graph of adders that RTL with constant weights is; 0 where it is none."""
        return self.unit.matrix_latency

    def machines(self) -> Parts:
        unit = self.unit
        vectors = prod(self.input_shape()[1:-1]) * unit.turns
        later_rows = Segment(unit.nf - 1, need=0, frees=0, gap=unit.sf)
        trees = 2 + tree_clocks(unit) + fours_of(unit.weight_bits)
        push = (self.matrix_latency() or trees) + 1 + unit.count_latency
        depth = ceil((push + 2) / unit.sf) + 1
        program = block(vectors, take(unit.sf - 1), Segment(1), later_rows)
        return [(machine(program), Link(depth, forth=push + 1))]

    def dependency(self) -> Dependency:
        # of groups in turns the first results wait for the first group alone
        is_whole = self.unit.turns == 1
        return replace(super().dependency(), beat_clocks=self.unit.sf, is_whole=is_whole)

    def turns(self) -> int:
        return self.unit.turns

    def takes_window(self, lanes: int) -> bool:
        return self.int_attr("Groups") == 1 or self.unit.groups.takes_window(lanes)

    def foldings(self, limit: int, given: Mapping[str, Any]) -> Iterator[Folding]:
        """Every PE, SIMD and style of the weights' memory."""
        width, rows = self.int_attr("MW"), self.int_attr("MH")
        # all weights as constants: of a small matrix, or where few clocks a vector are too many
        few = 4 if width * rows <= MOST_WEIGHTS else 2
        is_quick = width * rows <= MOST_SEARCHED or few * self.unit.vectors > limit
        order = {"window_taps": 0, "window_simd": 0}  # a window in front of it sets them
        unit = self.unit
        groups = unit.groups
        for simd in divisors(groups.elements):
            for pe in divisors(rows):
                is_whole = pe % groups.rows == 0 and (pe == groups.rows or simd % groups.width == 0)
                if groups.rows % pe and not is_whole:
                    continue
                is_constant = (simd, pe) == (groups.elements, rows)
                if not is_constant or is_quick or set(given) - set(self.wide_attributes):
                    styles = ("auto",) if is_constant else STYLES
                    folded = replace(unit, simd=simd, pe=pe)
                    for levels in many_levels(unit, is_constant, given):
                        for parts in sum_parts(folded, limit, given):
                            chosen = {"SIMD": simd, "PE": pe, **order, **levels, "sum_parts": parts}
                            for found in of_thresholds(folded, levels, limit, given):
                                yield Folding({**chosen, **found}, styles)

    # --- integers -------------------------------------------------------------------------------

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        acc = self.unit.groups.product(x, params[0]) if self.unit.number > 1 else x @ params[0]
        if self.int_attr("noActivation"):
            return acc
        thresholds = channel_thresholds(self.name, params[1], self.int_attr("MH"))
        return count_thresholds(acc, thresholds) + self.int_attr("ActVal")

    def weights(self, model: ModelWrapper) -> IntArray:
        """(MW / Groups, MH) weights in natural order."""
        name, shape = self.name, (self.unit.elements, self.int_attr("MH"))
        values = integer_values(name, "weights", model.get_initializer(self.onnx_node.input[1]))
        if values.shape != shape:
            raise HardwareError(f"node {name}: weights of shape {values.shape}, not {shape}")
        return values

    def acc_range(self, model: ModelWrapper) -> tuple[int, int]:
        """Least and greatest accumulator that these weights and this input data type can give."""
        return acc_range(self.unit, self.weights(model))

    def thresholds(self, model: ModelWrapper) -> IntArray | None:
        """(MH, n) thresholds, clamped to the accumulators' range; None without activation."""
        if self.int_attr("noActivation"):
            return None
        if len(self.onnx_node.input) < 3:
            raise HardwareError(f"node {self.name}: no thresholds, and noActivation = 0")
        given = model.get_initializer(self.onnx_node.input[2])
        values = integer_values(self.name, "thresholds", given)
        checked = channel_thresholds(self.name, values, self.int_attr("MH"))
        return clamp_thresholds(checked, *self.acc_range(model))

    def infer_node_datatype(self, model: ModelWrapper) -> None:
        """Set accDataType and weightCodeBits from the weights; the output's type if it is the acc.

        With noActivation, an outputDataType that is given stays, for it may be wider on purpose.
        """
        self.minimize_accumulator_width(model)
        weights = self.weights(model)
        self.set_nodeattr("weightCodeBits", coded(self.name, weights, self.unit.grid).bits)
        if (copies := self.unit.copies) is not None:
            small = small_weights(self.name, copies, weights)
            self.set_nodeattr("copyCodeBits", coded(self.name, small, self.unit.copy_grid).bits)
        if self.int_attr("noActivation") and not self.get_nodeattr("outputDataType"):
            self.set_nodeattr("outputDataType", self.get_nodeattr("accDataType"))
        super().infer_node_datatype(model)

    # --- cost -----------------------------------------------------------------------------------

    def contents(self, model: ModelWrapper) -> MvauContents:
        return contents_of(self.loaded(model))

    def features(self, contents: Contents | None) -> Features:
        assert isinstance(contents, MvauContents)
        return mvau_features(self.unit, contents)

    def cost_kind(self) -> str:
        unit = self.unit
        is_many = unit.products or unit.search
        return self.cost_kinds[2 if is_many else int(unit.number > 1)]

    def drawn_contents(self, model: ModelWrapper) -> tuple[tuple[int, int, int], int]:
        coding, thresholds = self.loaded(model).coding, self.thresholds(model)
        steps = 0 if thresholds is None else int(thresholds.shape[1])
        return (coding.minimum, coding.step, coding.top), steps

    # --- FINN's interface -----------------------------------------------------------------------

    def minimize_accumulator_width(self, model: ModelWrapper) -> BaseDataType:
        """FINN's hook: tightest accDataType for these weights."""
        acc = integer_datatype(*self.acc_range(model))
        self.set_nodeattr("accDataType", acc.name)
        return acc

    def get_input_datatype(self, ind: int = 0) -> BaseDataType:
        names = ("inputDataType", "weightDataType", "accDataType")
        return DataType[self.get_nodeattr(names[ind])]

    def get_accumulator_datatype(self) -> BaseDataType:
        return DataType[self.get_nodeattr("accDataType")]

    def get_normal_input_shape(self, ind: int = 0) -> list[int]:
        if ind == 1:
            return [self.unit.elements, self.int_attr("MH")]
        return list(self.input_shape())

    def get_folded_input_shape(self, ind: int = 0) -> list[int]:
        """Of the stream; of the weights (ind 1) as FINN's MVAU: (1, rows, codes a row)."""
        if ind == 1:
            return [1, self.calc_wmem(), self.unit.simd * self.lanes_out()]
        return super().get_folded_input_shape(ind)

    def calc_wmem(self) -> int:
        return self.unit.weight_rows

    def calc_tmem(self) -> int:
        return self.unit.turns * self.unit.nf if self.unit.has_thresholds else 0

    def get_weight_storage_bits(self) -> int:
        """Bits of all weights as they are stored."""
        return self.unit.stored_weights * self.unit.weight_bits

    def get_op_and_param_counts(self) -> dict[str, int]:
        """Multiply-accumulates and parameters, under the keys of FINN's MVAU."""
        unit = self.unit
        narrow, wide = sorted((unit.act_bits, unit.weight_bits))
        macs = unit.stored_weights * unit.built_copies * unit.vectors
        counts = {
            f"op_mac_{narrow}bx{wide}b": macs,
            f"param_weight_{unit.weight_bits}b": unit.stored_weights,
        }
        if unit.has_thresholds:
            counts[f"param_threshold_{unit.acc_bits}b"] = unit.mh // unit.built_copies
        return counts

    def bram_estimation(self, fpgapart: str = "") -> int:
        """RAMB18 of the weights; an estimate."""
        unit = self.unit
        if unit.in_copies:  # constants
            return 0
        width = unit.simd * unit.pe * unit.weight_bits
        return memory_bram18(self.calc_wmem(), width, unit.ram_style)

    def bram_efficiency_estimation(self, fpgapart: str = "") -> float:
        """Share of those RAMB18 that weights fill; an estimate."""
        brams = self.bram_estimation(fpgapart)
        return self.get_weight_storage_bits() / (brams * 18432) if brams else 1.0

    def lut_estimation(self, fpgapart: str = "") -> int:
        """LUTs in RTL; an estimate."""
        return mvau_luts(self.unit)
