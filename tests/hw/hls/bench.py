"""The one bench of HLS operators: many one-node models in one C++ program, exact in both builds.

A test makes a list of models with ``tests.hw.bench.one_node_model`` (RTL, HLS or abstract nodes:
each runs through ``hls_variant``). ``run_hls_bench`` writes one C++ file with a case a model,
compiles it with plain integers ("fast") and with ap_int types and checked widths ("exact"), sends
random and extreme frames through it, and asserts that every beat equals the operator's integer
reference, that every input beat was read, and that the trips counted are ``hls_trips``.
"""

import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

import hw.ops  # noqa: F401 (registers the operators)
from hw.ops.hls_base import HlsOp, hls_variant
from hw.sim.beats import IntArray
from tests.hw.bench import assert_beats, model_beats
from tests.hw.hls.compiling import BUILDS, compile_program

_MAIN = """
// run one case: frames of int64 lanes from <folder>/<name>.in, outputs to <folder>/<name>.out
template <typename In, typename Out, typename Run>
void run_case(const std::string &folder, const char *name, std::size_t frames, Run run) {
  std::printf("case %s\\n", name);
  std::fflush(stdout);
  std::FILE *file = std::fopen((folder + "/" + name + ".in").c_str(), "rb");
  if (!file) df::cppsim::fail(std::string(name) + ": no input");
  std::vector<std::int64_t> values, results;
  std::int64_t chunk[4096];
  for (std::size_t got; (got = std::fread(chunk, 8, 4096, file)) > 0;) {
    values.insert(values.end(), chunk, chunk + got);
  }
  std::fclose(file);
  const std::string in_name = std::string(name) + "_in", out_name = std::string(name) + "_out";
  In in(in_name.c_str());
  Out out(out_name.c_str());
  double seconds = 0;
  std::size_t left = 0, next = 0;
  for (std::size_t frame = 0; frame < frames; ++frame) {
    auto beat = typename BeatOf<In>::type();
    for (const std::size_t end = values.size() / frames * (frame + 1); next < end;) {
      for (auto &lane : beat.lane) lane = values[next++];
      in.write(beat);
    }
    const auto start = std::chrono::steady_clock::now();
    run(in, out);
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    for (; !in.empty(); ++left) in.read();
    for (; !out.empty();) {
      const auto result = out.read();
      for (const auto &lane : result.lane) results.push_back(static_cast<long long>(lane));
    }
  }
  const unsigned long long trips = df::cppsim::state().pending_trips;
  df::cppsim::state().pending_trips = 0;
  file = std::fopen((folder + "/" + name + ".out").c_str(), "wb");
  if (!file) df::cppsim::fail(std::string(name) + ": cannot be written");
  std::fwrite(results.data(), 8, results.size(), file);
  std::fclose(file);
  std::printf("{\\"name\\": \\"%s\\", \\"trips\\": %llu, ", name, trips);
  std::printf("\\"left\\": %zu, \\"seconds\\": %g}\\n", left, seconds);
}
"""


@dataclass(frozen=True)
class HlsCaseResult:
    """One model in one build: its output beats, loop trips and seconds, each of all frames."""

    name: str
    build: str
    beats: IntArray
    trips: int
    left: int  # input beats that were not read
    seconds: float


@dataclass(frozen=True)
class HlsProgram:
    """A written program: its C++ file, and the operators of its cases."""

    source: Path
    ops: list[HlsOp]
    models: Sequence[ModelWrapper]


def bench_source(models: Sequence[ModelWrapper], change: Callable[[str], str] | None) -> str:
    """C++ of the program; change: applied to the text of each table (mutations)."""
    ops = [hls_variant(model.graph.node[0]) for model in models]
    headers = sorted({op.hls_function() for op in ops})
    lines = [f'#include "{header}.hpp"' for header in headers]
    lines += [f"#include <{name}>" for name in ("chrono", "cstdio", "string", "vector")]
    lines += [
        "template <typename Stream> struct BeatOf;",
        "template <typename T> struct BeatOf<hls::stream<T>> { using type = T; };",
        _MAIN,
    ]
    calls = []
    for op, model in zip(ops, models, strict=True):
        name = op.onnx_node.name
        for table in op.hls_tables(model):
            lines.append(change(table.text()) if change else table.text())
        stream_in, stream_out = op.hls_stream_type("in"), op.hls_stream_type("out")
        call = op.hls_call(model, "in", "out")
        lines += [
            f"static void {name}(const std::string &folder, std::size_t frames) {{",
            f"  run_case<{stream_in}, {stream_out}>(",
            f'      folder, "{name}", frames,',
            f"      []({stream_in} &in, {stream_out} &out) {{ {call} }});",
            "}",
        ]
        calls.append(f"  {name}(argv[1], std::stoul(argv[2]));")
    lines += ["int main(int, char **argv) {", *calls, "}"]
    return "\n".join(lines) + "\n"


def _rename(models: Sequence[ModelWrapper]) -> None:
    """Give nodes and graph inputs names of their own; the same at every call, for the cache."""
    for number, model in enumerate(models):
        node = model.graph.node[0]
        node.name = f"c{number}_{node.op_type.removesuffix('_rtl').removesuffix('_hls')}"
        if model.graph.input[0].name != f"c{number}_x":
            model.rename_tensor(model.graph.input[0].name, f"c{number}_x")


def write_bench(
    models: Sequence[ModelWrapper], folder: Path, change: Callable[[str], str] | None = None
) -> HlsProgram:
    """Write ``bench.cpp`` into folder; nodes are renamed to ``c<number>_<name>``."""
    _rename(models)
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "bench.cpp"
    source.write_text(bench_source(models, change))
    return HlsProgram(source, [hls_variant(model.graph.node[0]) for model in models], models)


def run_program(
    program: HlsProgram,
    build: str,
    inputs: Sequence[IntArray],
    frames: int,
    command: str = "",
    flags: tuple[str, ...] = (),
) -> list[HlsCaseResult]:
    """Compile program in one build and send the beats of frames through each case.

    command: another compiler. flags: further ones for it. A program that ends early (a read from
    an empty stream, a width check) is an AssertionError with what it said.
    """
    folder = program.source.parent
    binary = compile_program(program.source, build, command, flags)
    for op, beats in zip(program.ops, inputs, strict=True):
        beats.astype("<i8").tofile(folder / f"{op.onnx_node.name}.in")
    done = subprocess.run(
        [str(binary), str(folder), str(frames)], capture_output=True, text=True, check=False
    )
    lines = done.stdout.splitlines()
    last = lines[-1] if lines else "start"
    assert done.returncode == 0, f"{build}, {last}: status {done.returncode}, {done.stderr}"
    results = []
    for op, text in zip(program.ops, lines[1::2], strict=True):
        said = json.loads(text)
        assert said["name"] == op.onnx_node.name
        beats = np.fromfile(folder / f"{said['name']}.out", "<i8").astype(np.int64)
        beats = beats.reshape(-1, op.lanes_out())
        results.append(
            HlsCaseResult(said["name"], build, beats, said["trips"], said["left"], said["seconds"])
        )
    return results


def check_results(
    results: Sequence[HlsCaseResult],
    ops: Sequence[HlsOp],
    expected: Sequence[IntArray],
    frames: int,
) -> None:
    """Assert exact beats, that all of the input was read, and the trips that the operator says."""
    for result, op, beats in zip(results, ops, expected, strict=True):
        what = f"{result.name}, {result.build}"
        assert_beats(result.beats, beats, what)
        assert result.left == 0, f"{what}: {result.left} input beats were not read"
        trips = frames * op.hls_trips()
        assert result.trips == trips, f"{what}: {result.trips} trips, not {trips}"


def run_hls_bench(
    models: Sequence[ModelWrapper],
    folder: Path,
    *,
    frames: int = 3,
    seed: int = 1,
    builds: Sequence[str] = BUILDS,
) -> dict[str, list[HlsCaseResult]]:
    """Run models in each build on random and extreme frames; assert that all is exact.

    folder: where the program and its files are written. Returns the results by build.
    """
    program = write_bench(models, folder)
    inputs, expected = model_beats(models, frames, seed)
    beats = [inputs[model.graph.input[0].name] for model in models]
    results = {}
    for build in builds:
        results[build] = run_program(program, build, beats, frames)
        check_results(results[build], program.ops, expected, frames)
    return results
