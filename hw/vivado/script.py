"""The Tcl that takes Vivado from sources to a bitstream: project, block design, implementation.

The script finds its own folder, so that a project may be moved as a whole, and leaves one of two
files beside itself: ``finished``, with the size of each file, when timing is met and everything is
collected in ``results``, or ``failed``, with what failed. Commands and options are those of UG835,
Vivado 2020.2 to 2024.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hw.tools.tcl import FAILED, FINISHED, quoted
from hw.vivado.block_design import DESIGN, commands
from hw.vivado.processing_system import ProcessingSystem
from hw.vivado.wrappers import Cell

#: Where the script puts what it made, and what that is called.
RESULTS = "results"
TIMING, UTILIZATION, SUMMARY = "timing.rpt", "utilization.rpt", "summary.txt"
#: Where the reports are left when timing is not met.
MISSED = "timing-not-met"


def result_names(name: str) -> tuple[str, ...]:
    """Files of RESULTS: bitstream, .hwh, reports of timing and utilization, summary."""
    return f"{name}.bit", f"{name}.hwh", TIMING, UTILIZATION, SUMMARY


@dataclass(frozen=True)
class Implementation:
    """The purpose of a script. sources: files relative to the script; digest: of all of them."""

    name: str
    part: str
    board_part: str
    system: ProcessingSystem
    cells: Sequence[Cell]
    mhz: float
    sources: Sequence[str]
    digest: str


def script(of: Implementation) -> str:
    """Text of ``build.tcl``."""
    files = "\n".join(f"    [file join $here {quoted(name)}] \\" for name in of.sources)
    design = "\n".join(f"  {line}" for line in commands(of.system, of.cells, of.mhz))
    results = " ".join(quoted(name) for name in result_names(of.name))
    return f"""# Vivado: from these sources to {RESULTS}/{of.name}.bit. Run in this folder:
#   vivado -mode batch -source build.tcl -tclargs 4
# (the number of jobs). Generated, do not edit.
set name {quoted(of.name)}
set part {quoted(of.part)}
set board_part {quoted(of.board_part)}
set digest {quoted(of.digest)}
set jobs [expr {{[info exists argv] && [llength $argv] > 0 ? [lindex $argv 0] : 2}}]
set here [file normalize [file dirname [info script]]]
cd $here
file delete -force {FINISHED} {FAILED} {RESULTS} {RESULTS}.part {MISSED}

proc leave {{name text}} {{
  set file [open $name.part w]
  puts $file $text
  close $file
  file rename -force $name.part $name
}}

# the newest version of an IP that this Vivado has
proc latest {{pattern}} {{
  set found [lsort -dictionary [get_ipdefs -quiet $pattern]]
  if {{[llength $found] == 0}} {{ error "this Vivado has no IP $pattern" }}
  return [lindex $found end]
}}

# the board part that this Vivado has: this very one, else the newest version of it
proc board {{wanted}} {{
  if {{[llength [get_board_parts -quiet $wanted]] > 0}} {{ return $wanted }}
  set any "[join [lrange [split $wanted :] 0 end-1] :]:*"
  set found [lsort -dictionary [get_board_parts -quiet $any]]
  if {{[llength $found] == 0}} {{
    error "this Vivado has no files of board part $wanted, without which memory and clocks of the\
      processing system stay unset; install them (Tools > Vivado Store > Boards, or the vendor's\
      files in a folder of board.repoPaths) and run again"
  }}
  return [lindex $found end]
}}

# a run to its end, or an error
proc complete {{run}} {{
  wait_on_run $run
  if {{[get_property PROGRESS [get_runs $run]] ne "100%"}} {{
    error "run $run: [get_property STATUS [get_runs $run]]"
  }}
}}

# worst slack in ns of the paths of one kind, setup or hold
proc slack {{kind}} {{
  set paths [get_timing_paths -$kind -max_paths 1]
  if {{[llength $paths] == 0}} {{ error "there are no $kind paths: the design is empty" }}
  return [get_property SLACK [lindex $paths 0]]
}}

set stage project
if {{[catch {{
  create_project -force $name [file join $here vivado] -part $part
  # a memory without its contents would be zeros, and the bitstream wrong: no mere warning
  set_msg_config -id {{Synth 8-4445}} -new_severity ERROR
  # the board's presets: without them memory and clocks of the processing system are unset
  set_property board_part [board $board_part] [current_project]
  add_files -norecurse [list \\
{files}
  ]
  update_compile_order -fileset sources_1

  set stage "block design"
{design}
  # one synthesis of all, with the memory contents of this project
  set_property synth_checkpoint_mode None [get_files {DESIGN}.bd]
  generate_target all [get_files {DESIGN}.bd]
  make_wrapper -files [get_files {DESIGN}.bd] -top -import
  set_property top {DESIGN}_wrapper [current_fileset]

  set stage synthesis
  launch_runs synth_1 -jobs $jobs
  complete synth_1

  set stage implementation
  launch_runs impl_1 -to_step write_bitstream -jobs $jobs
  complete impl_1

  set stage reports
  open_run impl_1
  file mkdir {RESULTS}.part
  report_timing_summary -file {RESULTS}.part/{TIMING}
  report_utilization -hierarchical -file {RESULTS}.part/{UTILIZATION}
  set setup [slack setup]
  set hold [slack hold]
  leave {RESULTS}.part/{SUMMARY} "setup $setup\\nhold $hold\\nversion [version -short]"
  if {{$setup < 0 || $hold < 0}} {{
    file rename -force {RESULTS}.part {MISSED}
    error "timing is not met: worst slack $setup ns (setup), $hold ns (hold)"
  }}
  set run [file join $here vivado $name.runs impl_1]
  file copy -force [file join $run {DESIGN}_wrapper.bit] {RESULTS}.part/$name.bit
  # in .gen since 2020.2, in .srcs before
  set below {{sources_1 bd {DESIGN} hw_handoff *.hwh}}
  set handoff [glob [file join $here vivado $name.gen {{*}}$below] \\
    [file join $here vivado $name.srcs {{*}}$below]]
  file copy -force [lindex $handoff 0] {RESULTS}.part/$name.hwh
  set done $digest
  foreach file [list {results}] {{
    set size [file size {RESULTS}.part/$file]
    if {{$size == 0}} {{ error "$file is empty" }}
    append done "\n$size $file"
  }}
  file rename -force {RESULTS}.part {RESULTS}
}} message]}} {{
  file delete -force {RESULTS}.part
  leave {FAILED} "$digest\\n$stage: $message"
  puts stderr "$stage failed: $message"
  exit 1
}}
leave {FINISHED} $done
exit 0
"""
