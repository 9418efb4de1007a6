"""A Vitis HLS project to test with, its test benches compiled here, and two stand-ins for the tool.

``tcl_calls`` runs a generated script in tclsh, every command of Vitis HLS stubbed by a recorder;
``parsed_calls`` reads the same calls with a small parser of its own, for machines without tclsh.
``fake_tool`` puts a program on the PATH that leaves what Vitis HLS leaves, in its formats.
"""

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp
from qonnx.util.basic import qonnx_make_model

import hw.ops  # noqa: F401 (registers the operators)
from hw.hls.compiler import find_ap_headers
from hw.hls.vitis import write_vitis_project
from hw.ops.registry import HLS_DOMAIN, RTL_DOMAIN
from hw.sim.beats import pack
from tests.hw.hls.compiling import CACHE

PART, CLOCK = "xc7z020clg400-1", 7.5
SHAPE = (1, 3, 4, 12)

#: Commands that Vitis HLS has (UG1399); a script that calls any other one fails.
VENDOR = [
    *("open_project", "set_top", "add_files", "open_solution", "set_part", "create_clock"),
    *("config_compile", "config_rtl", "config_interface", "set_param", "csim_design"),
    *("csynth_design", "cosim_design", "export_design"),
]

RECORDER = """
set record [open [lindex $argv 1] w]
fconfigure $record -encoding utf-8
proc unknown {args} { error "no command [lindex $args 0]" }
foreach name {COMMANDS} {
  proc $name {args} [string map [list NAME $name] {
    global record
    puts $record [join [concat [list NAME] $args] \\x1f]
    flush $record
    if {[info exists ::env(FAIL)] && $::env(FAIL) eq "NAME"} { error "made to fail" }
  }]
}
source [lindex $argv 0]
""".replace("COMMANDS", " ".join(VENDOR))


def two_node_model():
    """Padding (RTL) and a sum over groups (HLS) with a FIFO between: signed, odd widths."""
    attrs = {"backend": "fpgadataflow"}
    padded = (1, 4, 5, 12)
    pad = helper.make_node(
        "StreamPad_rtl", ["input"], ["a"], name="pad", domain=RTL_DOMAIN, inputShape=SHAPE,
        inputDataType="INT3", outputDataType="INT3", SIMD=6, Padding=[1, 0, 0, 1], **attrs,
    )  # fmt: skip
    fifo = helper.make_node(
        "StreamFIFO_rtl", ["a"], ["b"], name="pad_fifo", domain=RTL_DOMAIN, depth=7,
        folded_shape=[1, 4, 5, 2, 6], normal_shape=padded, dataType="INT3", **attrs,
    )  # fmt: skip
    total = helper.make_node(
        "GroupSum_hls", ["b"], ["y"], name="total", domain=HLS_DOMAIN, inputShape=padded,
        inputDataType="INT3", outputDataType="INT5", Group=3, SIMD=6, **attrs,
    )  # fmt: skip
    infos = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in (("input", SHAPE), ("y", (1, 4, 5, 4)))
    ]
    graph = helper.make_graph([pad, fifo, total], "two", infos[:1], infos[1:])
    model = ModelWrapper(qonnx_make_model(graph))
    for name in ("input", "a", "b"):
        model.set_tensor_datatype(name, DataType["INT3"])
    model.set_tensor_datatype("y", DataType["INT5"])
    return model


def model_vectors(model, frames=1, seed=1):
    """(stream, packed beats) of random and extreme frames, by the operators' integer references."""
    rng = np.random.default_rng(seed)
    x = [rng.integers(-4, 4, SHAPE) if i % 2 == 0 else np.full(SHAPE, -4) for i in range(frames)]
    first = getCustomOp(model.graph.node[0])
    yield "input", pack(np.concatenate([first.input_beats(v) for v in x]), 3, True).tobytes()
    for node in model.graph.node:
        op = getCustomOp(node)
        x = [op.reference(v) for v in x]
        if "FIFO" not in node.op_type:
            beats = np.concatenate([op.output_beats(v) for v in x])
            bits = int(op.get_output_datatype().bitwidth())
            yield node.name, pack(beats, bits, True).tobytes()


def write_case(folder, frames=1, seed=1):
    """The project of ``two_node_model``, with top level ``net``."""
    model = two_node_model()
    vectors = model_vectors(model, frames, seed)
    return write_vitis_project(model, folder, "net", PART, CLOCK, frames, vectors)


def compile_bench(project_folder, unit_folder, kind, binary):
    """Compile a unit's test bench with g++, in the folder it lies in.

    kind: "fast" (built-in integers), "exact" (ap_int types, widths checked), "vendor": as Vitis HLS
    compiles it for C simulation (ap_uint ports; only hls_stream.h is a stand-in), "synthesis":
    as for synthesis (ap tables as well).
    """
    flags = {
        "fast": ["-DDF_CPPSIM", "-DDF_PLAIN"],
        "exact": ["-DDF_CPPSIM", "-DDF_CHECK_WIDTHS"],
        "vendor": ["-DAP_INT_MAX_W=4096"],
        "synthesis": ["-DAP_INT_MAX_W=4096", "-DDF_AP_TABLES"],
    }[kind]
    if kind != "fast":
        flags += ["-isystem", str(find_ap_headers().folder)]
        flags += ["-Wno-uninitialized", "-Wno-maybe-uninitialized"]
    unit = Path(unit_folder).relative_to(project_folder)
    command = ["g++", "-std=c++14", "-O0", "-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas"]
    command += [*flags, "-Iinclude", "-Iinclude/stand_ins", f"-I{unit}"]
    command += [str(path.relative_to(project_folder)) for path in Path(unit_folder).glob("*.cpp")]
    digest = hashlib.sha256(" ".join(command).encode())
    for folder in (Path(project_folder) / "include", Path(unit_folder)):
        for path in sorted(folder.rglob("*.[hc]*")):
            digest.update(path.read_bytes())
    digest.update((Path(project_folder) / "testbench.cpp").read_bytes())
    kept = CACHE / f"{digest.hexdigest()[:24]}-bench"
    if not kept.exists():
        done = subprocess.run(
            [*command, "testbench.cpp", "-o", str(binary)],
            cwd=project_folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[:3000]
        CACHE.mkdir(parents=True, exist_ok=True)
        made = kept.with_suffix(f".{os.getpid()}")
        shutil.copy(binary, made)
        made.rename(kept)
    shutil.copy(kept, binary)


def run_bench(binary, vectors):
    """(status, what it said) of a compiled bench."""
    done = subprocess.run([binary, vectors], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


# --- the script -------------------------------------------------------------------------------


def tcl_calls(script, folder, fail=""):
    """(exit status, calls) of a script run in tclsh from another folder; fail: a command."""
    (folder / "recorder.tcl").write_text(RECORDER)
    log = folder / "calls.txt"
    done = subprocess.run(
        ["tclsh", str(folder / "recorder.tcl"), str(script), str(log)],
        cwd=folder, env={"PATH": "/usr/bin:/bin", "FAIL": fail}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert not done.stderr or done.returncode == 1, done.stderr
    return done.returncode, [line.split("\x1f") for line in log.read_text().splitlines()]


def parsed_calls(script):
    """The calls of Vitis HLS's commands in a generated script, its variables filled in."""
    text = script.read_text().replace("\\\n", " ")
    for brackets in ("{}", "[]"):
        assert text.count(brackets[0]) == text.count(brackets[1]), f"unbalanced {brackets}"
    here = script.parent.resolve()

    def joined(match):
        return str((here / match[1]).resolve())

    text = re.sub(r'\[file normalize \[file join \$here "([^"]*)"\]\]', joined, text)
    values = dict(re.findall(r'^set (\w+) "([^"]*)"', text, re.MULTILINE))
    values |= {"here": str(here), "vectors": str((here / "../../vectors").resolve())}
    values["flags"] = values["flags"].replace("$here", str(here))
    calls = []
    for line in text.splitlines():
        words = shlex.split(line.strip()) if line.strip().split(" ")[0] in VENDOR else []
        filled = []
        for word in words:
            if word == "{*}$arguments":
                filled += ["-argv", values["vectors"]]
            else:
                filled.append(re.sub(r"\$(\w+)", lambda match: values[match[1]], word))
        if filled:
            calls.append(filled)
    return calls


def check_files(calls):
    for call in calls:
        if call[0] == "add_files":
            path = call[2] if call[1] == "-tb" else call[1]
            assert Path(path).is_file(), path
        for word in " ".join(call).split():
            if word.startswith("-I"):
                assert Path(word[2:]).is_dir(), word


# --- the tool ---------------------------------------------------------------------------------

CSYNTH = """<?xml version="1.0" encoding="UTF-8"?>
<profile>
<ReportVersion><Version>2022.2</Version></ReportVersion>
<UserAssignments><unit>ns</unit><ProductFamily>zynq</ProductFamily><Part>PART</Part>
<TopModelName>TOP</TopModelName><TargetClockPeriod>7.50</TargetClockPeriod>
<ClockUncertainty>2.03</ClockUncertainty><FlowTarget>vivado</FlowTarget></UserAssignments>
<PerformanceEstimates>
<PipelineType>dataflow</PipelineType>
<SummaryOfTimingAnalysis><unit>ns</unit><EstimatedClockPeriod>4.386</EstimatedClockPeriod>
</SummaryOfTimingAnalysis>
<SummaryOfOverallLatency><unit>clock cycles</unit><Best-caseLatency>49</Best-caseLatency>
<Average-caseLatency>49</Average-caseLatency><Worst-caseLatency>51</Worst-caseLatency>
<Interval-min>43</Interval-min><Interval-max>43</Interval-max></SummaryOfOverallLatency>
</PerformanceEstimates>
<AreaEstimates>
<Resources><BRAM_18K>1</BRAM_18K><DSP>0</DSP><FF>321</FF><LUT>1234</LUT><URAM>0</URAM></Resources>
<AvailableResources><BRAM_18K>280</BRAM_18K><DSP>220</DSP><FF>106400</FF><LUT>53200</LUT>
<URAM>0</URAM></AvailableResources>
</AreaEstimates>
</profile>
"""

_LINE = "+----------+----------+" + 2 * ("-" * 47 + "+") + "-" * 22 + "+"
_EMPTY = "|          |          |"
#: The columns that a real report has.
COSIM = f"""Report time       : Mon Nov 23 10:00:00 UTC 2026.
Solution          : sol1.
Simulation tool   : xsim.

{_LINE}
{_EMPTY}{"Latency(Clock Cycles)":^47}|{"Interval(Clock Cycles)":^47}| Total Execution Time |
+   RTL    +  Status  +{_LINE[23:70]}+{_LINE[23:70]}+    (Clock Cycles)    +
{_EMPTY}{2 * "      min      |      avg      |      max      |"}{"|":>23}
{_LINE}
|      VHDL|        NA|{6 * "             NA|"}                    NA|
|   Verilog|    STATUS|{3 * "             52|"}{3 * "             NA|"}                    52|
{_LINE}
"""

FAKE = """#!{python}
# leaves what Vitis HLS leaves; FAKE_FAIL=<top>:<how>, calls go to FAKE_LOG
import os, re, sys
from pathlib import Path
script = Path(sys.argv[-1])
with open(os.environ["FAKE_LOG"], "a") as log:
    log.write(" ".join([Path(sys.argv[0]).name, *sys.argv[1:]]) + "\\n")
text = script.read_text()  # relative: run in the unit's folder
top = re.search(r'^set top "(.*)"', text, re.MULTILINE)[1]
digest = re.search(r'^set digest "(.*)"', text, re.MULTILINE)[1]
part = re.search(r'set_part "(.*)"', text)[1]
name, _, how = os.environ.get("FAKE_FAIL", "").partition(":")
how = how if name == top else ""
if how == "crash":
    sys.exit(3)
solution = Path("project_" + top) / "sol1"
def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
if how == "csynth":
    put(Path("failed"), digest + "\\ncsynth: no license\\n")
    sys.exit(1)
put(solution / "syn/report" / (top + "_csynth.xml"),
    {csynth!r}.replace("TOP", top).replace("PART", part))
status = "Fail" if how in ("cosim", "liar") else "Pass"
put(solution / "sim/report" / (top + "_cosim.rpt"), {cosim!r}.replace("STATUS", status))
if how == "cosim":
    put(Path("failed"), digest + "\\ncosim: ERROR: [COSIM 212-4] *** C/RTL co-simulation finished: "
        "FAIL ***\\n")
    sys.exit(1)
put(solution / "impl/ip/component.xml", "<component/>")
put(Path("finished"), digest + "\\n")
"""


def fake_tool(folder, name="vitis_hls"):
    """Write the stand-in for Vitis HLS into folder; returns folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(FAKE.format(python=sys.executable, csynth=CSYNTH, cosim=COSIM))
    path.chmod(0o755)
    return folder
