"""FINN's own C++ simulation beside ours: FINN's MVAU on finn-hlslib, one program a node.

FINN generates a program for each node, which reads its input from a .npy file and writes one. Here
FINN's code generator makes those programs for every convolution of the network (its matrix-vector
unit alone: windows, pools and all else are left out, in FINN's favour), they are compiled with
FINN's own flags as far as these need no Vitis, and run on the very inputs that our units get.
Small stand-ins of our own replace the headers that come with Vitis.
"""

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import finn
import numpy as np
from finn.custom_op.fpgadataflow.hwcustomop import HWCustomOp
from onnx import helper
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp
from qonnx.util.basic import qonnx_make_model

from flows.bench.rows import Row, missing
from flows.build.build import Build
from flows.build.names import StepName
from hw.errors import HardwareError
from hw.hls.compiler import FAST, PURPOSE, STILL_WORKS, build_program, find_ap_headers
from hw.hls.cppsim import CppSimulation
from hw.hls.project import HLS_DIR, write_project
from hw.ops.base import Operator
from hw.ops.registry import HLS_DOMAIN, operator_of
from hw.tools.compiler import find_compiler

#: As FINN's HLSBackend.compile_singlenode_code has them.
_FLAGS = ("--std=c++17", "-O3", "-fno-builtin", "-fno-inline", "-w")
#: Headers that finn-hlslib and FINN take from Vitis, as small as they can be.
_STAND_INS = {
    "ap_axi_sdata.h": "#pragma once\n#include <ap_int.h>\n"
    "template <int D, int U, int I, int T> struct ap_axiu { ap_uint<D> data; ap_uint<1> last; };\n"
    "template <int D, int U, int I, int T> struct qdma_axis { ap_uint<D> data; };\n",
    "half.h": "#pragma once\nstruct half { unsigned short bits; };\n",
    "hls_vector.h": "#pragma once\n#include <cstddef>\nnamespace hls {\n"
    "template <typename T, std::size_t N> struct vector { T v[N];\n"
    "  T &operator[](std::size_t i) { return v[i]; }\n"
    "  const T &operator[](std::size_t i) const { return v[i]; } };\n}\n",
    "flatten.hpp": "#pragma once\n#include <ap_int.h>\n#include <cstddef>\n"
    "template <typename T> constexpr std::size_t width_v = T::width;\n"
    "template <typename T, std::size_t N>\n"
    "ap_uint<N * T::width> flatten(T const (&x)[N]) {\n"
    "  ap_uint<N * T::width> all = 0;\n"
    "  for (std::size_t i = 0; i < N; i++)\n"
    "    all.range((i + 1) * T::width - 1, i * T::width) = x[i].range(T::width - 1, 0);\n"
    "  return all;\n}\n"
    "template <typename T, std::size_t N, typename Packed>\n"
    "void unflatten(T (&x)[N], Packed const &all) {\n"
    "  for (std::size_t i = 0; i < N; i++)\n"
    "    x[i].range(T::width - 1, 0) = all.range((i + 1) * T::width - 1, i * T::width);\n}\n",
}


def measure(name: str, build: Build, hlslib: Path, work: Path) -> Row:
    """CPU seconds of all processes for one frame, and whether their integers are ours."""
    if not (hlslib / "bnn-library.h").is_file():
        return missing(name, f"{hlslib}: no bnn-library.h; expected a clone of finn-hlslib")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    frame = np.load(work.parent / "frames.npy")[0]
    run_seconds, compile_seconds, count = 0.0, 0.0, 0
    try:
        for op, model, given, expected in _units(build, frame):
            node = op.onnx_node.name
            print(f"finn-hlslib: {node}", flush=True)
            program, seconds = _compile(op, model, hlslib, work / node)
            compile_seconds += seconds
            found, seconds = _run(op, program, given)
            if not np.array_equal(found, expected):
                return missing(name, f"the integers of {node} are not ours: not comparable")
            run_seconds += seconds
            count += 1
    except (HardwareError, AssertionError, OSError) as error:
        return missing(name, str(error).strip()[:300])
    note = (
        f"the {count} matrix-vector units alone, integers equal; {count} programs, compiled in "
        f"{compile_seconds:.0f} s"
    )
    return Row(name, run_seconds, "s/frame", note)


def _units(build: Build, frame: Any) -> Iterator[tuple[Any, ModelWrapper, Any, Any]]:
    """For each MVAU: FINN's operator, its model, its input vectors, and what has to come out."""
    model = build.model(StepName.GENERATE_RTL)
    project = write_project(model, build.paths.hls_cpp, build.top)
    program = build_program(project, FAST, cache_dir=build.paths.hls_cache)
    mvaus = [node for node in project.nodes if node.function == "mvau"]
    sources = {mvau.sources[0]: project.stream(mvau.sources[0]).producer for mvau in mvaus}
    record = sorted({*(p for p in sources.values() if p), *(mvau.name for mvau in mvaus)})
    first = operator_of(model.graph.node[0])
    with CppSimulation(program, record, project.folder.parent) as simulation:
        beats = first.input_beats(frame.astype(np.int64))
        result = simulation.run({model.graph.input[0].name: beats})
    result.beats[""] = beats
    nodes = {node.name: node for node in model.graph.node}
    for mvau in mvaus:
        ours = operator_of(nodes[mvau.name])
        width, rows = ours.int_attr("MW"), ours.int_attr("MH")
        order = ours.input_beats(np.arange(width).reshape(1, 1, 1, width)).reshape(-1)
        stream = result.beats[sources[mvau.sources[0]]].reshape(-1, width)
        natural = np.empty_like(stream)
        natural[:, order] = stream
        single = _finn_model(ours, model, len(stream))
        expected = result.beats[mvau.name].reshape(-1, rows)
        yield getCustomOp(single.graph.node[0]), single, natural, expected


def _finn_model(ours: Operator, model: ModelWrapper, vectors: int) -> ModelWrapper:
    """FINN's MVAU_hls of the same matrix, thresholds, types and folding."""
    node, width, rows = ours.onnx_node, ours.int_attr("MW"), ours.int_attr("MH")
    weights = model.get_initializer(node.input[1])
    thresholds = None if ours.int_attr("noActivation") else model.get_initializer(node.input[2])
    inputs = ["x", "weights", *([] if thresholds is None else ["thresholds"])]
    made = helper.make_node(
        "MVAU_hls",
        inputs,
        ["y"],
        name=node.name,
        domain=HLS_DOMAIN,
        backend="fpgadataflow",
        MW=width,
        MH=rows,
        SIMD=ours.int_attr("SIMD"),
        PE=ours.int_attr("PE"),
        inputDataType=ours.get_nodeattr("inputDataType"),
        weightDataType=ours.get_nodeattr("weightDataType"),
        outputDataType=ours.get_nodeattr("outputDataType"),
        accDataType="INT32",
        ActVal=ours.int_attr("ActVal"),
        noActivation=ours.int_attr("noActivation"),
        numInputVectors=[1, 1, vectors],
        mem_mode="internal_embedded",
    )
    infos = [helper.make_tensor_value_info("x", 1, [1, 1, vectors, width])]
    outs = [helper.make_tensor_value_info("y", 1, [1, 1, vectors, rows])]
    single = ModelWrapper(qonnx_make_model(helper.make_graph([made], node.name, infos, outs)))
    single.set_initializer("weights", weights)
    single.set_tensor_datatype("weights", DataType[ours.get_nodeattr("weightDataType")])
    single.set_tensor_datatype("x", ours.get_input_datatype())
    single.set_tensor_datatype("y", ours.get_output_datatype())
    if thresholds is not None:
        single.set_initializer("thresholds", thresholds)
        single.set_tensor_datatype("thresholds", DataType["INT32"])
    return single


def _child_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _compile(op: HWCustomOp, model: ModelWrapper, hlslib: Path, folder: Path) -> tuple[Path, float]:
    """Let FINN generate the node's program, and compile it; CPU seconds."""
    (folder / "stand_ins").mkdir(parents=True)
    for name, text in _STAND_INS.items():
        if not (hlslib / name).is_file():
            (folder / "stand_ins" / name).write_text(text, encoding="utf-8")
    op.set_nodeattr("code_gen_dir_cppsim", str(folder))
    op.code_generation_cppsim(model)
    templates = Path(finn.__file__).parent / "templates" / "npy2stream"
    places = [folder, templates, hlslib, HLS_DIR / "stand_ins", folder / "stand_ins"]
    command = [find_compiler(PURPOSE, STILL_WORKS).command, *_FLAGS]
    command += [f"-I{place}" for place in places] + [f"-I{find_ap_headers().folder}"]
    command += ["-include", str(folder / "stand_ins" / "half.h")]
    command += [str(path) for path in folder.glob("*.cpp")] + [str(templates / "cnpy.cpp")]
    start = _child_seconds()
    done = subprocess.run(
        [*command, "-lz", "-o", str(folder / "node_model")],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        (folder / "log.txt").write_text(done.stderr, encoding="utf-8")
        lines = [line for line in done.stderr.splitlines() if "rror:" in line]
        raise HardwareError(f"finn-hlslib does not compile here: {lines[:1]} ({folder}/log.txt)")
    return folder / "node_model", _child_seconds() - start


def _run(op: HWCustomOp, program: Path, given: Any) -> tuple[Any, float]:
    """Run the node on its input; (vectors, rows) integers and CPU seconds."""
    folder = program.parent
    values = given.astype(np.float32).reshape(op.get_folded_input_shape())
    np.save(folder / "input_0.npy", values)
    start = _child_seconds()
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run([str(program)], capture_output=True, check=False, env=environment)
    seconds = _child_seconds() - start
    if done.returncode:
        raise HardwareError(f"{program}: ended with status {done.returncode}")
    found = np.load(folder / "output_0.npy").reshape(len(given), -1)
    return np.rint(found).astype(np.int64), seconds
