"""The SystemVerilog side of a stream operator: its wrapper, its memories, the modules it needs."""

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from finn.custom_op.fpgadataflow.rtlbackend import RTLBackend
from onnx import GraphProto
from qonnx.core.modelwrapper import ModelWrapper

from hw import RTL_DIR
from hw.modules import Variant, closure
from hw.ops.base import StreamOp
from hw.ops.memories import Memory
from hw.ops.wrapper import LOAD, NO_LOAD, instance_text, load_text, wrapper_text
from hw.ops.writable import BUS_BITS, Table, load_bits


class RtlOp(RTLBackend):  # type: ignore[misc]
    """The SystemVerilog side of a stream operator.

    ``generate_hdl`` writes ``<node name>.sv``, a wrapper with FINN's port names (``in0_V_TDATA``
    and so on, padded to bytes) around one or more modules of ``hw/rtl``, and the memories'
    contents beside it. Memories are named without a folder: tools run where they lie.
    """

    #: Its stream modules, each at the parameters that choose between its structures: what
    #: hw.ready_paths, part of ``make lint``, looks at.
    variants: ClassVar[tuple[Variant, ...]]
    #: Parameters of these modules that the HLS template does not have: a word of ``Width`` bits in
    #: place of lanes, files of memories, choices of structure. All others have the same names.
    rtl_only: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def rtl_modules(self) -> tuple[str, ...]:
        """Modules of hw/rtl that the wrapper instantiates; what those need follows from them."""

    @abstractmethod
    def rtl_body(self, model: ModelWrapper) -> str:
        """SystemVerilog between ``in_*`` and ``out_*`` of the wrapper.

        Names in scope: clk_i, rst_ni, in_valid, in_ready, in_data, out_valid, out_ready, out_data;
        where several streams come in, in0_valid and so on, in1_valid ... in place of in_valid, and
        the same of several that go out.
        """

    def memories(self, model: ModelWrapper) -> list[Memory]:
        """Memory contents of this node."""
        return []

    def is_writable(self) -> bool:
        """Whether it has tables, which are written while it runs."""
        return False

    def tables(self, model: ModelWrapper) -> list[Table]:
        """Memories that can be written while it runs; all others are constants."""
        return []

    def instance(
        self,
        module: str,
        params: dict[str, int | str],
        name: str = "i_core",
        load: bool | None = None,
        more: Sequence[tuple[str, str]] = (),
    ) -> str:
        """Text of an instance of module between the wrapper's in_* and out_* streams.

        load: the module has the load bus, and the node tables (True) or none (False). more: further
        ports and their wires.
        """
        connections = [*more]
        for side, direction in (("in", ("i", "o", "i")), ("out", ("o", "i", "o"))):
            for signal, way in zip(("valid", "ready", "data"), direction, strict=True):
                connections.append((f"{side}_{signal}_{way}", f"{side}_{signal}"))
        if load is None:
            return instance_text(module, params, connections, name)
        connections += LOAD if load else NO_LOAD
        wire = "" if load else "  logic [31:0] unused_load;\n"
        return wire + instance_text(module, params, connections, name)

    def wrapper(self, model: ModelWrapper) -> str:
        """Text of the wrapper module, named as the node."""
        if not (tables := self.tables(model)):
            return wrapper_text(self, self.rtl_body(model))
        bits = load_bits(tables)
        return wrapper_text(self, self.rtl_body(model), load_text(bits, BUS_BITS), BUS_BITS)

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
        modules = (*self.rtl_modules(), *(["load_port"] if self.is_writable() else []))
        files = [library / f"{module}.sv" for module in closure(modules)]
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
