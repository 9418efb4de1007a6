"""What all stream operators share: shapes, beats, checks, and the RTL wrapper they generate.

A stream operator takes one NHWC tensor of integers and returns one. In hardware the tensor is a
stream of beats: pixels in raster order, and of each pixel its channels in groups of neighbouring
lanes, lane 0 in the least significant bits (the order FINN uses). ``StreamOp`` is the abstract
operator (attributes, shapes, cycle estimate, integer reference); ``RtlOp`` adds what turns it
into SystemVerilog. One concrete operator a file stands beside this one.
"""

from abc import abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from finn.custom_op.fpgadataflow.hwcustomop import HWCustomOp
from finn.custom_op.fpgadataflow.rtlbackend import RTLBackend
from onnx import GraphProto
from qonnx.core.datatype import BaseDataType, DataType
from qonnx.core.modelwrapper import ModelWrapper

from hw import RTL_DIR
from hw.errors import HardwareError

IntArray = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Memory:
    """Initial contents of one on-chip memory, written as a ``$readmemh`` file.

    words: one unsigned integer a row. width: bits of a row. kind: "weights" or "thresholds".
    stored_bits: bits that carry information (rows x width less padding); padding: why the
    difference, if any. style: rom_style that the memory is asked for.
    """

    name: str
    words: list[int]
    width: int
    kind: str
    stored_bits: int
    padding: str = ""
    style: str = "auto"

    @property
    def bits(self) -> int:
        """Bits of the whole memory, padding included."""
        return len(self.words) * self.width

    def rows(self) -> list[str]:
        """The rows in hexadecimal, as ``write`` writes them."""
        digits = (self.width + 3) // 4
        return [f"{word:0{digits}x}" for word in self.words]

    def write(self, folder: Path) -> Path:
        """Write ``<name>.mem`` into folder, one hexadecimal row a line."""
        path = folder / f"{self.name}.mem"
        path.write_text("".join(f"{row}\n" for row in self.rows()), encoding="utf-8")
        return path


class Verbatim(str):
    """Value of a parameter that is written as it is, not as a string."""


class StreamOp(HWCustomOp):  # type: ignore[misc]
    """One NHWC integer tensor in, one out. Subclasses say lanes, shapes, cycles and integers."""

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs: dict[str, Any] = super().get_nodeattr_types()
        attrs.update(
            {
                # (N, H, W, C) of the input
                "inputShape": ("ints", True, []),
                # FINN data types of the elements, e.g. UINT2
                "inputDataType": ("s", True, ""),
                "outputDataType": ("s", True, ""),
            }
        )
        return attrs

    # --- what a subclass says -----------------------------------------------------------------

    @abstractmethod
    def lanes_in(self) -> int:
        """Elements in one beat of the input stream."""

    @abstractmethod
    def lanes_out(self) -> int:
        """Elements in one beat of the output stream."""

    @abstractmethod
    def output_shape(self) -> tuple[int, ...]:
        """(N, H, W, C) of the output."""

    @abstractmethod
    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        """Integer meaning of the operator: NHWC int64 in, NHWC int64 out.

        params are the node's further inputs (weights, thresholds), as int64.
        """

    @abstractmethod
    def get_exp_cycles(self) -> int:
        """Clocks that one frame takes, streams never stalling, in steady state."""

    def check(self) -> None:
        """Raise HardwareError, naming the node, where the attributes cannot be built."""
        channels_in = int(self.input_shape()[-1])
        channels_out = int(self.output_shape()[-1])
        self.require_divides("input lanes", self.lanes_in(), channels_in)
        self.require_divides("output lanes", self.lanes_out(), channels_out)

    # --- helpers ------------------------------------------------------------------------------

    def require_divides(self, what: str, lanes: int, channels: int) -> None:
        """Raise HardwareError unless lanes divides channels."""
        if lanes < 1 or channels % lanes:
            raise HardwareError(
                f"node {self.onnx_node.name}: {what} = {lanes} does not divide {channels}"
            )

    def int_attr(self, name: str) -> int:
        """Value of an integer attribute."""
        return int(self.get_nodeattr(name))

    def ints_attr(self, name: str) -> tuple[int, ...]:
        """Value of a list-of-integers attribute."""
        return tuple(int(v) for v in self.get_nodeattr(name))

    def input_shape(self) -> tuple[int, ...]:
        """(N, H, W, C) of the input."""
        return self.ints_attr("inputShape")

    def input_beats(self, x: IntArray) -> IntArray:
        """(N, H, W, C) -> (beats, lanes) in the order of the input stream."""
        return x.reshape(-1, self.lanes_in())

    def output_beats(self, y: IntArray) -> IntArray:
        """(N, H, W, C) -> (beats, lanes) in the order of the output stream."""
        return y.reshape(-1, self.lanes_out())

    # --- FINN's interface ---------------------------------------------------------------------

    def get_input_datatype(self, ind: int = 0) -> BaseDataType:
        return DataType[self.get_nodeattr("inputDataType")]

    def get_output_datatype(self, ind: int = 0) -> BaseDataType:
        return DataType[self.get_nodeattr("outputDataType")]

    def get_normal_input_shape(self, ind: int = 0) -> list[int]:
        return list(self.input_shape())

    def get_normal_output_shape(self, ind: int = 0) -> list[int]:
        return list(self.output_shape())

    def _folded(self, shape: tuple[int, ...], lanes: int) -> list[int]:
        return [*shape[:-1], shape[-1] // lanes, lanes]

    def get_folded_input_shape(self, ind: int = 0) -> list[int]:
        return self._folded(self.input_shape(), self.lanes_in())

    def get_folded_output_shape(self, ind: int = 0) -> list[int]:
        return self._folded(self.output_shape(), self.lanes_out())

    def get_instream_width(self, ind: int = 0) -> int:
        """Bits of the input stream; 0 for parameters, which are no streams."""
        return int(self.lanes_in() * self.get_input_datatype().bitwidth()) if ind == 0 else 0

    def get_outstream_width(self, ind: int = 0) -> int:
        return int(self.lanes_out() * self.get_output_datatype().bitwidth())

    def infer_node_datatype(self, model: ModelWrapper) -> None:
        model.set_tensor_datatype(self.onnx_node.output[0], self.get_output_datatype())

    def verify_node(self) -> None:
        self.check()

    def execute_node(self, context: dict[str, Any], graph: GraphProto) -> None:
        """Execute the integer reference (float32 containers, as qonnx uses).

        The input may be of another shape, as long as it is the same stream (packed pixels).
        """
        arrays = [np.rint(context[name]).astype(np.int64) for name in self.onnx_node.input]
        arrays[0] = arrays[0].reshape(self.get_normal_input_shape())
        context[self.onnx_node.output[0]] = self.reference(*arrays).astype(np.float32)


class RtlOp(RTLBackend):  # type: ignore[misc]
    """The SystemVerilog side of a stream operator.

    ``generate_hdl`` writes ``<node name>.sv``, a wrapper with FINN's port names (``in0_V_TDATA``
    and so on, padded to bytes) around one or more modules of ``hw/rtl``, and the memories'
    contents beside it. Memories are named without a folder: tools run where they lie.
    """

    @abstractmethod
    def rtl_modules(self) -> tuple[str, ...]:
        """Modules of hw/rtl that the wrapper needs, those they instantiate included."""

    @abstractmethod
    def rtl_body(self, model: ModelWrapper) -> str:
        """SystemVerilog between ``in_*`` and ``out_*`` of the wrapper.

        Names in scope: clk_i, rst_ni, in_valid, in_ready, in_data, out_valid, out_ready, out_data.
        """

    def memories(self, model: ModelWrapper) -> list[Memory]:
        """Memory contents of this node."""
        return []

    def instance(self, module: str, params: dict[str, int | str], name: str = "i_core") -> str:
        """Text of an instance of module between the wrapper's in_* and out_* streams."""
        lines = [
            f"    .{key}({value})"
            if isinstance(value, int | Verbatim)
            else f'    .{key}("{value}")'
            for key, value in params.items()
        ]
        ports = ["clk_i", "rst_ni"]
        connections = [f"    .{port}({port})" for port in ports]
        for side, direction in (("in", ("i", "o", "i")), ("out", ("o", "i", "o"))):
            for signal, way in zip(("valid", "ready", "data"), direction, strict=True):
                connections.append(f"    .{side}_{signal}_{way}({side}_{signal})")
        return (
            f"  {module} #(\n"
            + ",\n".join(lines)
            + f"\n  ) {name} (\n"
            + ",\n".join(connections)
            + "\n  );\n"
        )

    def wrapper(self, model: ModelWrapper) -> str:
        """Text of the wrapper module, named as the node."""
        name = self.onnx_node.name
        in_width, out_width = self.get_instream_width(), self.get_outstream_width()
        in_padded, out_padded = self.get_instream_width_padded(), self.get_outstream_width_padded()
        pad = out_padded - out_width
        out_tdata = f"{{{pad}'b0, out_data}}" if pad else "out_data"
        unused = (
            f"  logic unused_padding;\n  assign unused_padding = ^in0_V_TDATA[{in_padded - 1}:"
            f"{in_width}];\n"
            if in_padded > in_width
            else ""
        )
        return f"""// Generated for node {name} ({self.onnx_node.op_type}). Do not edit.
module {name} (
  input  logic ap_clk,
  input  logic ap_rst_n,
  input  logic in0_V_TVALID,
  output logic in0_V_TREADY,
  input  logic [{in_padded - 1}:0] in0_V_TDATA,
  output logic out0_V_TVALID,
  input  logic out0_V_TREADY,
  output logic [{out_padded - 1}:0] out0_V_TDATA
);
  logic clk_i, rst_ni;
  logic in_valid, in_ready, out_valid, out_ready;
  logic [{in_width - 1}:0] in_data;
  logic [{out_width - 1}:0] out_data;
  assign clk_i = ap_clk;
  assign rst_ni = ap_rst_n;
  assign in_valid = in0_V_TVALID;
  assign in0_V_TREADY = in_ready;
  assign in_data = in0_V_TDATA[{in_width - 1}:0];
  assign out0_V_TVALID = out_valid;
  assign out_ready = out0_V_TREADY;
  assign out0_V_TDATA = {out_tdata};
{unused}
{self.rtl_body(model)}
endmodule
"""

    # --- FINN's interface ---------------------------------------------------------------------

    def generate_hdl(self, model: ModelWrapper, fpgapart: str, clk: float) -> None:
        """Write the wrapper and the memories into code_gen_dir_ipgen."""
        check = getattr(self, "check", None)
        if check is not None:
            check()
        folder = Path(self.get_nodeattr("code_gen_dir_ipgen"))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.onnx_node.name}.sv").write_text(self.wrapper(model), encoding="utf-8")
        for memory in self.memories(model):
            memory.write(folder)
        self.set_nodeattr("gen_top_module", self.onnx_node.name)
        self.set_nodeattr("ipgen_path", str(folder))
        self.set_nodeattr("ip_path", str(folder))

    def get_rtl_file_list(self, abspath: bool = False) -> list[str]:
        folder = Path(self.get_nodeattr("code_gen_dir_ipgen")) if abspath else Path()
        library = RTL_DIR if abspath else Path()
        files = [library / f"{module}.sv" for module in self.rtl_modules()]
        return [str(path) for path in (*files, folder / f"{self.onnx_node.name}.sv")]

    def code_generation_ipi(self) -> list[str]:
        """Tcl for FINN's IP stitching: add the files, create the module's cell."""
        files = self.get_rtl_file_list(abspath=True)
        name = self.onnx_node.name
        return [f"add_files -norecurse {path}" for path in files] + [
            f"create_bd_cell -type module -reference {name} {name}"
        ]

    def execute_node(self, context: dict[str, Any], graph: GraphProto) -> None:
        """Execute the integer reference; RTL is executed by hw.sim, for a whole graph at once."""
        StreamOp.execute_node(self, context, graph)  # type: ignore[arg-type]
