"""The HLS C++ of a stream operator: its template call and its constant tables.

``HlsOp`` stands beside ``hw.ops.base.RtlOp``: an abstract operator X has the variants X_rtl and
X_hls of the same attributes and the same integer meaning, so each can stand for the other:
``hls_variant`` gives the HLS side of any node, which is how the C++ simulation runs a graph of RTL
operators, and of mixed ones. Each operator is one template of ``hw/hls/<header>.hpp``; a whole
graph becomes one program (``hw.hls.project``).
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from finn.custom_op.fpgadataflow.hlsbackend import HLSBackend
from onnx import GraphProto, NodeProto
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp

from hw.datatypes import range_bits
from hw.errors import HardwareError
from hw.hls.lanes import MAX_LANE_BITS, stream_type
from hw.hls.node_project import write_ipgen
from hw.hls.templates import template_call
from hw.ops.base import IntArray, StreamOp
from hw.ops.registry import HLS, HLS_DOMAIN, kind_of

#: ram_style -> RamStyle of the templates (hw/hls/memory_style.hpp).
RAM_STYLES = {"auto": 0, "block": 1, "distributed": 2}


@dataclass(frozen=True)
class HlsTable:
    """A constant table of generated C++: ``static const df::table_t<bits, signed> name[..]..``.

    values: of any rank; each fits bits (two's complement if signed). kind: "weights" or
    "thresholds". name: unique in the design, a C++ identifier.
    """

    name: str
    values: IntArray
    bits: int
    signed: bool
    kind: str

    def __post_init__(self) -> None:
        low = -(1 << (self.bits - 1)) if self.signed else 0
        high = (1 << (self.bits - self.signed)) - 1
        if self.values.size and (self.values.min() < low or self.values.max() > high):
            raise HardwareError(f"table {self.name}: a value does not fit {self.bits} bits")

    def text(self) -> str:
        """Definition of the table as C++."""
        dims = "".join(f"[{size}]" for size in self.values.shape)
        signed = str(self.signed).lower()
        body = _braces(self.values)
        return f"static const df::table_t<{self.bits}, {signed}> {self.name}{dims} =\n{body};\n"


def _braces(values: IntArray) -> str:
    if values.ndim == 1:
        return "{" + ",".join(map(str, values.tolist())) + "}"
    return "{" + ",\n".join(_braces(part) for part in values) + "}"


class HlsOp(HLSBackend):  # type: ignore[misc]
    """The HLS side of a stream operator; subclasses say header, template arguments and tables."""

    #: Parameters of the template that the RTL module does not have: lanes, bits and sign in place
    #: of a word, the sign of a result, beats of a frame. All others have the same names.
    hls_only: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def hls_function(self) -> str:
        """Name of the function in namespace df, and of its header: ``hw/hls/<name>.hpp``."""

    @abstractmethod
    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        """Template parameters of the function by name, named as the RTL module's."""

    @abstractmethod
    def hls_trips(self) -> int:
        """Trips of the operator's flat loop for one frame (N = 1)."""

    def hls_tables(self, model: ModelWrapper) -> list[HlsTable]:
        """Constant tables, passed to the function behind the streams, in order."""
        return []

    def hls_call(self, model: ModelWrapper, *streams: str) -> str:
        """C++ statement that runs the operator on streams: those in, then those out."""
        call = template_call(self.hls_function(), self.hls_parameters(model))
        passed = ", ".join([*streams, *(table.name for table in self.hls_tables(model))])
        return f"{call}({passed});"

    def lane_parameters(self) -> dict[str, int | bool]:
        """Lanes, bits and sign of the input stream: what most templates' parameters begin with."""
        datatype = self.get_input_datatype()
        return {
            "Lanes": int(self.lanes_in()),
            "Bits": int(datatype.bitwidth()),
            "IsSigned": bool(datatype.signed()),
        }

    def require_lane_bits(self, what: str, bits: int) -> None:
        """Raise HardwareError, naming the node, where a value has more bits than a lane holds."""
        if bits > MAX_LANE_BITS:
            raise HardwareError(
                f"node {self.onnx_node.name}: {what} needs {bits} bits; HLS C++ holds integers of "
                f"1 to {MAX_LANE_BITS} bits"
            )

    def hls_stream_type(self, side: str, index: int = 0) -> str:
        """C++ type of a stream at side "in" or "out"."""
        inward = side == "in"
        datatype = self.get_input_datatype(index) if inward else self.get_output_datatype(index)
        lanes = self.lanes_of(index) if inward else self.lanes_out()
        return stream_type(self.onnx_node.name, datatype, lanes)

    # --- FINN's interface -----------------------------------------------------------------------

    def global_includes(self) -> None:
        self.code_gen_dict["$GLOBALS$"] = [f'#include "{self.hls_function()}.hpp"']

    def defines(self, var: str) -> None:
        self.code_gen_dict["$DEFINES$"] = []

    def docompute(self) -> None:
        raise HardwareError(_whole_graph(self.onnx_node.name))

    def blackboxfunction(self) -> None:
        raise HardwareError(_whole_graph(self.onnx_node.name))

    def code_generation_cppsim(self, model: ModelWrapper) -> None:
        raise HardwareError(_whole_graph(self.onnx_node.name))

    def code_generation_ipgen(self, model: ModelWrapper, fpgapart: str, clk: float) -> None:
        """Write ``top_<node>.cpp`` and ``hls_syn_<node>.tcl`` for FINN's HLSSynthIP."""
        write_ipgen(self, model, fpgapart, clk)

    def execute_node(self, context: dict[str, Any], graph: GraphProto) -> None:
        """Execute the integer reference; C++ is executed by hw.hls, for a whole graph at once."""
        StreamOp.execute_node(self, context, graph)  # type: ignore[arg-type]


def _whole_graph(name: str) -> str:
    return f"node {name}: C++ is generated for a whole graph at once, by hw.hls.project"


def hls_variant(node: NodeProto) -> HlsOp:
    """The X_hls operator of a node X, X_rtl or X_hls, on a copy of the node.

    Raises HardwareError, naming the node, where there is none.
    """
    copy = NodeProto()
    copy.CopyFrom(node)
    copy.op_type = kind_of(node) + HLS
    copy.domain = HLS_DOMAIN
    try:
        found = getCustomOp(copy)
    except Exception as error:  # qonnx raises bare exceptions
        raise HardwareError(
            f"node {node.name}: {node.op_type} has no HLS variant ({copy.op_type})"
        ) from error
    if not isinstance(found, HlsOp):
        raise HardwareError(f"node {node.name}: {node.op_type} is no operator of this library")
    return found


def int_table(name: str, values: Any, kind: str) -> HlsTable:
    """Table of the fewest bits that hold all values (int64 array)."""
    array = np.asarray(values, np.int64)
    bits, signed = range_bits(int(array.min()), int(array.max()))
    return HlsTable(name, array, bits, signed, kind)
