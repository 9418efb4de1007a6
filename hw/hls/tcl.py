"""The Tcl that runs Vitis HLS on one top level: C simulation, synthesis, co-simulation, export.

The script finds its own folder, so that a project may be moved as a whole, and leaves one of two
files beside itself, ``finished`` or ``failed``: the digest of the sources, and what failed. Only
documented commands and options are used (UG1399), those of vitis_hls 2020.2 to 2024.2 and of
``vitis-run --mode hls --tcl``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hw.tools.tcl import FAILED, FINISHED, quoted

STANDARD = "-std=c++14"
#: AP_INT_MAX_W: the widest ap_uint, which is a port's.
MAX_WIDTH = "-DAP_INT_MAX_W=4096"
#: Set in every script: pipelines deliver what they hold when their input pauses, and the modules of
#: one IP do not meet those of another.
DIRECTIVES = ("config_compile -pipeline_style flp", "config_rtl -module_auto_prefix")


@dataclass(frozen=True)
class Bench:
    """A test bench. All paths are relative to the script's folder.

    source: the C++ file. vectors: the files of beats. folder: where they lie, told to the program.
    """

    source: str
    vectors: tuple[str, ...]
    folder: str


def _joined(path: str) -> str:
    """Tcl for a path relative to the script's folder."""
    return f"[file normalize [file join $here {quoted(path)}]]"


def script(
    top: str,
    sources: Sequence[str],
    part: str,
    clock_ns: float,
    *,
    include: str,
    directives: Sequence[str] = DIRECTIVES,
    bench: Bench | None,
    digest: str = "",
) -> str:
    """Text of ``hls_syn_<top>.tcl``.

    sources, include: relative to the script's folder. bench: None for synthesis and export alone.
    """
    files = "\n".join(f"  add_files {_joined(name)} -cflags $flags" for name in sources)
    benches, csim, cosim = "", "", ""
    if bench is not None:
        benches = f"\n  add_files -tb {_joined(bench.source)} -cflags $flags\n"
        benches += "\n".join(f"  add_files -tb {_joined(name)}" for name in bench.vectors)
        csim = "\n  set stage csim\n  csim_design -O {*}$arguments"
        cosim = (
            "\n  set stage cosim\n  cosim_design -O -rtl verilog -trace_level none {*}$arguments"
        )
    arguments = (
        f"""
# the folder of the vectors; one argument cannot hold a blank, then the tool's copies are read
set vectors {_joined(bench.folder)}
set arguments [expr {{[string first " " $vectors] < 0 ? [list -argv $vectors] : [list]}}]"""
        if bench is not None
        else ""
    )
    options = "\n".join(f"  {line}" for line in directives)
    return f"""# Vitis HLS on {top}. Run in this folder: vitis_hls -f FILE, or
# vitis-run --mode hls --tcl FILE. Generated, do not edit.
set top {quoted(top)}
set digest {quoted(digest)}
set here [file normalize [file dirname [info script]]]
if {{![file exists [file join $here {quoted(sources[0])}]]}} {{ set here [pwd] }}
cd $here
set flags "{STANDARD} {MAX_WIDTH} -I{_joined(include)} -I$here"{arguments}
file delete -force {FINISHED} {FAILED}

proc leave {{name text}} {{
  set file [open $name.part w]
  puts $file $text
  close $file
  file rename -force $name.part $name
}}

set stage project
if {{[catch {{
  open_project -reset project_$top
{files}{benches}
  set_top $top
  open_solution -reset sol1
  set_part {quoted(part)}
{options}
  create_clock -period {clock_ns:g} -name default{csim}
  set stage csynth
  csynth_design{cosim}
  set stage export
  export_design -format ip_catalog -rtl verilog -vendor xilinx.com -library hls -ipname $top \\
    -version 1.0
}} message]}} {{
  leave {FAILED} "$digest\\n$stage: $message"
  puts stderr "$top: $stage failed: $message"
  exit 1
}}
leave {FINISHED} $digest
exit 0
"""
