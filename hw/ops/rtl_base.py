"""The SystemVerilog side of a stream operator: its wrapper, its memories, the modules it needs."""

from abc import abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from finn.custom_op.fpgadataflow.rtlbackend import RTLBackend
from onnx import GraphProto
from qonnx.core.modelwrapper import ModelWrapper

from hw import RTL_DIR
from hw.modules import Variant, closure
from hw.ops.base import StreamOp


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


class RtlOp(RTLBackend):  # type: ignore[misc]
    """The SystemVerilog side of a stream operator.

    ``generate_hdl`` writes ``<node name>.sv``, a wrapper with FINN's port names (``in0_V_TDATA``
    and so on, padded to bytes) around one or more modules of ``hw/rtl``, and the memories'
    contents beside it. Memories are named without a folder: tools run where they lie.
    """

    #: Its stream modules, each at the parameters that choose between its structures: what
    #: hw.ready_paths, part of ``make lint``, looks at.
    variants: ClassVar[tuple[Variant, ...]]

    @abstractmethod
    def rtl_modules(self) -> tuple[str, ...]:
        """Modules of hw/rtl that the wrapper instantiates; what those need follows from them."""

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
        files = [library / f"{module}.sv" for module in closure(self.rtl_modules())]
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
