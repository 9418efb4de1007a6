"""Runs a Vivado script in tclsh, with Vivado's commands as recorders."""

import subprocess
from pathlib import Path

#: Every command of Vivado that the script may use. What a getter returns is what it was asked for.
RECORDER = r"""
set calls [lrange $argv 1 1]
set log [open [lindex $argv 1] w]
fconfigure $log -buffering line
proc record {name arguments} {
  puts $::log [join [linsert $arguments 0 $name] \x1f]
  if {[info exists ::env(FAIL)] && $name eq $::env(FAIL)} { error "made to fail" }
}
proc unknown {args} { error "no command [lindex $args 0]" }
foreach name {create_project add_files update_compile_order create_bd_design create_bd_cell
    apply_bd_automation connect_bd_net connect_bd_intf_net assign_bd_address validate_bd_design
    save_bd_design make_wrapper set_msg_config
    generate_target launch_runs wait_on_run open_run} {
  proc $name {args} [string map [list NAME $name] { record NAME $args; return [lindex $args end] }]
}
foreach name {get_bd_cells get_bd_pins get_bd_intf_pins get_bd_addr_spaces get_bd_addr_segs
    get_files get_runs get_timing_paths} {
  proc $name {args} [string map [list NAME $name] { return [lindex $args end] }]
}
proc current_project {} { return project }
# the nets of an interface: those that were connected to it
proc get_bd_intf_nets {args} {
  flush $::log
  set calls [open [lindex $::calls 0]]
  set found {}
  foreach line [split [read $calls] \n] {
    set words [split $line \x1f]
    if {[lindex $words 0] eq "connect_bd_intf_net" && [lindex $args end] in $words} {
      lappend found $line
    }
  }
  close $calls
  return $found
}
# the board parts whose files are installed; BOARD_PARTS: these, where it is set
proc get_board_parts {args} {
  if {![info exists ::env(BOARD_PARTS)]} {
    return [expr {[string match {*[*]*} [lindex $args end]] ? {} : [lrange $args end end]}]
  }
  set found {}
  foreach part $::env(BOARD_PARTS) {
    if {[string match [lindex $args end] $part]} { lappend found $part }
  }
  if {[llength $found] == 0 && [lindex $args 0] ne "-quiet"} {
    puts "WARNING: \[Vivado 12-4739\] get_board_parts: No board_part objects found."
  }
  return $found
}
# as Vivado says it of a board part whose files are not installed
proc set_property {args} {
  record set_property $args
  lassign $args name value of
  if {$name eq "board_part" && [llength [get_board_parts -quiet $value]] == 0} {
    error "ERROR: \[Board 49-71\] The board_part definition was not found for $value. The\
      project's board_part property was not set, but the project's part property was set to\
      $::part. Valid board_part values can be retrieved with the 'get_board_parts' Tcl command.\
      Check if board.repoPaths parameter is set and the board_part is installed from the tcl app\
      store."
  }
  return $of
}
proc current_fileset {} { return sources_1 }
proc get_ipdefs {args} {
  set base [string trimright [lindex $args end] *]
  return [list ${base}9.0 ${base}10.1 ${base}2.3]
}
proc version {args} { return 2023.2 }
proc get_property {name of} {
  switch $name {
    PROGRESS { return [expr {[info exists ::env(STOPPED)] ? "40%" : "100%"}] }
    STATUS { return "route_design ERROR" }
    SLACK { return [expr {[info exists ::env(SLACK)] ? $::env(SLACK) : 0.412}] }
  }
  error "no property $name"
}
foreach name {report_timing_summary report_utilization} {
  proc $name {args} [string map [list NAME $name] {
    record NAME $args
    set file [open [lindex $args end] w]
    puts $file NAME
    close $file
  }]
}
# what the implementation leaves
proc launch_runs {args} {
  record launch_runs $args
  if {[lindex $args 0] ne "impl_1"} { return }
  set folder [lindex [glob -nocomplain $::here/vivado] 0]
  file mkdir $::here/vivado/$::name.runs/impl_1 \
    $::here/vivado/$::name.gen/sources_1/bd/system/hw_handoff
  set bits [expr {[info exists ::env(BITS)] ? $::env(BITS) : "bits"}]
  foreach {file text} [list $::name.runs/impl_1/system_wrapper.bit $bits \
      $::name.gen/sources_1/bd/system/hw_handoff/system.hwh handoff] {
    set out [open $::here/vivado/$file w]
    puts -nonewline $out $text
    close $out
  }
}
set argv0 [lindex $argv 0]
set argc 1
set script [lindex $argv 0]
set argv [lrange $argv 2 end]
source $script
"""


def tcl_calls(script: Path, folder: Path, jobs: str = "", **environment: str):
    """(exit status, calls) of a script run in tclsh from another folder.

    environment: FAIL, a command that fails; STOPPED, a run that does not complete; SLACK, in ns;
    BITS, what is in the bitstream; BOARD_PARTS, those whose files are installed (default: the one
    that the script asks for).
    """
    (folder / "recorder.tcl").write_text(RECORDER)
    log = folder / "calls.txt"
    done = subprocess.run(
        ["tclsh", str(folder / "recorder.tcl"), str(script), str(log), *jobs.split()],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr or done.returncode == 1, done.stderr
    return done.returncode, [line.split("\x1f") for line in log.read_text().splitlines()]
