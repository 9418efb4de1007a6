"""Compiling an HLS project with a plain C++ compiler: one program a network, cached by content.

Two builds of one source: "fast" holds lanes in built-in integers, "exact" in ap_int types, every
narrowing checked. What is built lies in a cache folder under a hash of all that went in; a build is
made in a temporary folder and renamed at the end.
"""

import importlib.util
import os
import platform
import re
import shutil
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hw.errors import HardwareError
from hw.files import READER
from hw.hls.design import HlsProject
from hw.hls.project import Progress, silent
from hw.tools.cache import ToolCache, content_key
from hw.tools.compiler import Compiler, find_compiler
from hw.tools.process import call

#: What a finished build holds.
PROGRAM = "program"
FAST, EXACT = "fast", "exact"
BUILDS = (FAST, EXACT)
#: Wheel with ap_int headers under an open licence, and where they are in it.
WHEEL, WHEEL_VERSION, WHEEL_HEADERS = "hls4ml", "1.3.0", "templates/vivado/ap_types"
PURPOSE = "C++ simulation of HLS (cppsim)"
STILL_WORKS = "everything but cppsim and RTL simulation works without it"

FLAGS = ("-std=c++14", "-Wall", "-Wextra", "-Wno-unknown-pragmas", "-DDF_CPPSIM")
BUILD_FLAGS = {
    FAST: ("-DDF_PLAIN", "-O3", "-march=native"),
    EXACT: (
        "-DDF_CHECK_WIDTHS",
        "-DAP_INT_MAX_W=4096",
        "-O2",
        "-Wno-uninitialized",
        "-Wno-maybe-uninitialized",
    ),
}
_INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)


@dataclass(frozen=True)
class Headers:
    """A folder with ap_int.h. source: where it is from, to be told to people."""

    folder: Path
    source: str


@dataclass(frozen=True)
class Program:
    """A compiled project. seconds: what compiling took when it was done; cached: not just now."""

    project: HlsProject
    build: str
    exe: Path
    seconds: float
    cached: bool
    compiler: str
    headers: str


def find_ap_headers() -> Headers:
    """Return the ap_int headers of the wheel, else of Vitis HLS, else raise HardwareError."""
    spec = importlib.util.find_spec(WHEEL)  # imports nothing
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / WHEEL_HEADERS
        if (folder / "ap_int.h").is_file():
            return Headers(folder, f"PyPI wheel {WHEEL}")
    roots = [
        Path(os.environ[name]) for name in ("XILINX_HLS", "XILINX_VITIS") if name in os.environ
    ]
    if binary := shutil.which("vitis_hls") or shutil.which("vitis-run"):
        roots.append(Path(binary).resolve().parent.parent)
    for root in roots:
        if (root / "include" / "ap_int.h").is_file():
            return Headers(root / "include", f"Vitis HLS, {root}")
    raise HardwareError(
        "the exact build of cppsim needs the ap_int headers, which are missing: pip install "
        f"--no-deps {WHEEL}=={WHEEL_VERSION}, or put Vitis HLS on the PATH (the fast build works "
        "without them)"
    )


@cache
def processor() -> str:
    """The processor, on which -march=native depends: a cache may move to another machine."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    flags = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    model = next((line for line in lines if line.startswith("model name")), "")
    return f"{platform.machine()} {model} {flags}"


def _files(project: HlsProject, sources: tuple[str, ...]) -> list[str]:
    """Files of the project that the program is made of: what its sources include."""
    todo, found = [*sources, "stand_ins/hls_stream.h"], []
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.append(name)
        for include in _INCLUDE.findall(READER.text(project.folder / name, "build again")):
            inner = str(Path(name).parent / include)
            todo.append(inner if (project.folder / inner).is_file() else include)
    return sorted(found)


def _key(
    project: HlsProject,
    sources: tuple[str, ...],
    command: list[str],
    compiler: Compiler,
    headers: str,
) -> str:
    texts = [compiler.version, headers, " ".join(command), project.top]
    if "-march=native" in command:
        texts.append(processor())
    for name in _files(project, sources):
        texts += [name, READER.text(project.folder / name, "build again")]
    return content_key(*texts)


def _headers_key(headers: Headers | None) -> str:
    """Content of the ap_int headers, in a few bytes."""
    if headers is None:
        return ""
    texts = []
    for path in sorted(headers.folder.glob("*.h")):
        texts += [path.name, path.read_text(encoding="latin-1")]
    return content_key(*texts)


def build_program(
    project: HlsProject,
    build: str = FAST,
    *,
    cache_dir: Path | None = None,
    flags: tuple[str, ...] = (),
    progress: Progress = silent,
    sources: tuple[str, ...] = (),
) -> Program:
    """Return the compiled program of a project, from the cache if the same was compiled before.

    build: "fast" or "exact". cache_dir: default ``.hls-cache`` beside the project's folder.
    flags: further ones for the compiler. sources: in the project's folder; default: its top level
    and ``main.cpp``. Raises HardwareError if a compiler or the ap_int headers
    are missing, or naming the log where the compiler fails.
    """
    if build not in BUILDS:
        raise HardwareError(f"build {build!r}: expected one of {', '.join(BUILDS)}")
    compiler = find_compiler(PURPOSE, STILL_WORKS)
    headers = find_ap_headers() if build == EXACT else None
    options = [*FLAGS, *BUILD_FLAGS[build], *flags]
    sources = sources or (f"{project.top}.cpp", "main.cpp")
    cache = ToolCache((cache_dir or project.folder.parent / ".hls-cache").resolve())
    key = _key(project, sources, options, compiler, _headers_key(headers))
    name = f"{project.top}-{build}-{key}"

    def make(work: Path) -> None:
        progress(f"compiling the {build} build of {project.top} with {Path(compiler.command).name}")
        log = cache.folder / f"{name}.log"
        _make(project, sources, compiler, headers, options, work, log)

    try:
        target, made = cache.made(name, PROGRAM, make)
    except OSError as error:
        where = cache.folder / name
        raise HardwareError(f"{where}: cannot be written: {error.strerror}") from error
    cached = not made
    seconds = float((target / "seconds").read_text(encoding="utf-8"))
    progress(f"{build} build: compiled {'earlier ' if cached else ''}in {seconds:.1f} s")
    source = headers.source if headers else ""
    return Program(project, build, target / PROGRAM, seconds, cached, compiler.version, source)


def _make(
    project: HlsProject,
    sources: tuple[str, ...],
    compiler: Compiler,
    headers: Headers | None,
    options: list[str],
    work: Path,
    log: Path,
) -> None:
    """Leave the program, and the seconds that compiling it took, in the empty folder work."""
    folder = project.folder.resolve()
    command = [compiler.command, *options, f"-I{folder / 'stand_ins'}", f"-I{folder}"]
    if headers is not None:
        command += ["-isystem", str(headers.folder)]
    command += [str(folder / source) for source in sources]
    command += ["-o", str(work / PROGRAM)]
    start = time.perf_counter()
    done = call(command)
    seconds = time.perf_counter() - start
    log.write_text(f"$ {' '.join(command)}\n{done.stdout}\n", encoding="utf-8")
    if done.returncode:
        raise HardwareError(
            f"{Path(compiler.command).name} failed on {project.top}: "
            f"{_first_error(done.stdout, done.returncode)} (log: {log})"
        )
    (work / "seconds").write_text(f"{seconds:.3f}\n", encoding="utf-8")


def _first_error(text: str, status: int) -> str:
    lines = [line.strip() for line in text.splitlines() if "rror:" in line]
    return lines[0][:300] if lines else f"exit status {status}"
