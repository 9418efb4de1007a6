"""FINN's generated RTL, as units for yosys.

yosys reads FINN's SystemVerilog by its slang front end alone, and a few lines of the installed
package not even so; those are rewritten in memory (``_PATCHES``), each to the same meaning. DSP
slices that FINN instantiates stay as they are; for slang their ports come from yosys' own library.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from finn.custom_op.fpgadataflow.hwcustomop import HWCustomOp
from finn.util import settings as finn_settings
from qonnx.core.modelwrapper import ModelWrapper

from flows.errors import FlowError
from hw.synth.netlist import cell_models
from hw.synth.operator import Unit

#: Primitives that finn-rtllib instantiates.
PRIMITIVES = ("DSP48E1", "DSP48E2", "LUT6_2")
#: Of the files of a matrix-vector unit, the one for Versal's DSPs alone.
_VERSAL = "mvu_vvu_8sx9_dsp58.sv"
#: What stands between a module's ports and its contents in yosys' library.
_DECLARATIONS = r"(?:(?:\(\*.*?\*\)\s*)?(?:parameter|input|output|inout)\b[^;]*;\s*)*"
_DATA = re.compile(r'"(?:[^"]*/)?([^"/]*\.dat)"')


def _function_outside(text: str) -> str:
    """add_multi.sv: a function that a constant calls moves out of its generate block."""
    first = text.index("\t\ttypedef int unsigned  leaf_load_t")
    end = "endfunction : init_leaf_loads"
    last = text.index(end) + len(end)
    moved, rest = text[first:last], text[:first] + text[last:]
    place = rest.index("\tuwire [SUM_WIDTH-1:0]  sum0;")
    return f"{rest[:place]}{moved}\n{rest[place:]}"


def _replace(old: str, new: str) -> Callable[[str], str]:
    def patch(text: str) -> str:
        if old not in text:
            raise ValueError(old)
        return text.replace(old, new)

    return patch


_PATCHES: dict[str, tuple[Callable[[str], str], ...]] = {
    "add_multi.sv": (_function_outside,),
    # a warning for simulation: cleared 100 ns after the start
    "mvu.sv": (lambda text: re.sub(r"initial begin\s*#100ns;\s*Dirty <= 0;\s*end", "", text),),
    # an empty slice [M-1:M] in the branch that is not taken
    "thresholding.sv": (
        _replace("p.ptr[M-1:SN+1] < 2**stage", "(p.ptr[M-1:0] >> (SN+1)) < 2**stage"),
    ),
    # compiler directives inside a module
    "vpc.sv": (lambda text: re.sub(r"^`default_nettype.*$", "", text, flags=re.M),),
}


@cache
def _source(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    try:
        for patch in _PATCHES.get(path.name, ()):
            text = patch(text)
    except ValueError as error:
        raise FlowError(f"{path}: not the finn-plus that this comparison knows ({error})") from None
    return text


@cache
def primitives() -> str:
    """Ports and parameters of PRIMITIVES, without contents, from yosys' own cell library."""
    folder = cell_models().parent
    text = "\n".join(
        (folder / name).read_text(encoding="utf-8") for name in ("cells_sim.v", "cells_xtra.v")
    )
    modules = []
    for name in PRIMITIVES:
        found = re.search(rf"^module {name}\b.*?\);\s*{_DECLARATIONS}", text, re.S | re.M)
        if found is None:
            raise FlowError(f"{folder}: yosys' library has no {name}")
        head = re.sub(r"\(\*.*?\*\)", "", found[0])
        modules.append(f"(* blackbox *)\n{head}endmodule\n")
    return "\n".join(modules)


def script(unit: Unit, family: str) -> str:
    """Commands for yosys: as hw.synth.operator's, but by the slang front end."""
    read = "read_slang -j 1 --allow-use-before-declare --ignore-assertions"
    return "\n".join(
        [
            f"{read} --top {unit.name} {' '.join(unit.sources)}",
            f"synth_xilinx -family {family} -flatten -noiopad -noclkbuf -top {unit.name}",
            "tee -q -o stat.json stat -json -tech xilinx",
            "",
        ]
    )


@contextmanager
def _finn_settings() -> Iterator[finn_settings.FINNSettings]:
    """FINN's settings as its library needs them, for one call.

    FINN keeps them in a variable of its module and in the environment, where they would decide
    over what runs later in this process: both are put back.
    """
    kept, environment = finn_settings._SETTINGS, dict(os.environ)
    try:
        finn_settings.initialize_dummy_settings()
        yield finn_settings.get_settings()
    finally:
        finn_settings._SETTINGS = kept
        os.environ.clear()
        os.environ.update(environment)


def finn_unit(
    op: HWCustomOp, model: ModelWrapper, part: str, clock_ns: float, folder: Path
) -> Unit:
    """Let FINN generate the RTL of an operator (of type ..._rtl) into folder, and read it.

    A matrix-vector unit comes with its weight memory, joined as FINN's Vivado scripts join them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    op.set_nodeattr("code_gen_dir_ipgen", str(folder))
    with _finn_settings() as settings:
        op.generate_hdl(model, part, clock_ns)
        paths = [Path(path) for path in op.get_rtl_file_list(abspath=True)]
    top = str(op.get_nodeattr("gen_top_module"))
    paths = [path for path in paths if path.name != _VERSAL]
    own = ""
    if op.onnx_node.op_type == "MVAU_rtl":
        library = Path(settings.finn_rtllib)
        paths += [library / "axi/hdl/axilite.sv"]
        paths += [library / f"memstream/hdl/{name}.sv" for name in ("memstream", "memstream_axi")]
        paths.append(folder / f"{top}_memstream_wrapper.v")
        own, top = _joined(op, top), f"{top}_with_weights"
    paths.sort(key=lambda path: (not path.name.endswith("_pkg.sv"), path.parent == folder))
    sources = {"primitives.sv": primitives()} if own else {}
    # data files lie beside the sources, whatever folder FINN names
    sources |= {path.name: _DATA.sub(r'"\1"', _source(path)) for path in paths}
    if own:
        sources[f"{top}.sv"] = own
    memories = {
        path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.dat"))
    }
    return Unit(top, sources, memories)


def _joined(op: HWCustomOp, name: str) -> str:
    """A top level of a matrix-vector unit and its weight memory, whose AXI-Lite is not used."""
    given, result = (int(op.get_instream_width_padded()), int(op.get_outstream_width_padded()))
    weights = int(op.get_instream_width_padded(1))
    unused = "AWVALID AWPROT AWADDR WVALID WDATA WSTRB BREADY ARVALID ARPROT ARADDR RREADY"
    idle = ", ".join(f".s_axilite_{port}('0)" for port in unused.split())
    return f"""module {name}_with_weights (
  input  logic ap_clk, ap_rst_n, in0_V_TVALID, out0_V_TREADY,
  output logic in0_V_TREADY, out0_V_TVALID,
  input  logic [{given - 1}:0] in0_V_TDATA,
  output logic [{result - 1}:0] out0_V_TDATA
);
  logic [{weights - 1}:0] in1_V_TDATA;
  logic in1_V_TVALID, in1_V_TREADY;
  {name}_memstream_wrapper i_weights (
    .ap_clk, .ap_clk2x(ap_clk), .ap_rst_n, {idle}, .s_axis_0_tvalid('0), .s_axis_0_tdata('0),
    .m_axis_0_tready(in1_V_TREADY), .m_axis_0_tvalid(in1_V_TVALID), .m_axis_0_tdata(in1_V_TDATA)
  );
  {name} i_unit (
    .ap_clk, .ap_clk2x(ap_clk), .ap_rst_n, .in0_V_TDATA, .in0_V_TVALID, .in0_V_TREADY,
    .in1_V_TDATA, .in1_V_TVALID, .in1_V_TREADY, .out0_V_TDATA, .out0_V_TVALID, .out0_V_TREADY
  );
endmodule
"""
