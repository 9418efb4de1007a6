"""Building a simulator of a Design: Verilator, the C++ harness, a compiler; cached by content.

Nothing but the Verilator binary and a C++ compiler is run (no perl, no make). What is built lies
in a cache folder under a hash of everything that went in; Verilator's runtime library is compiled
once for each set of flags. A build is made in a temporary folder and renamed at the end, so that
an interrupted one leaves nothing behind that looks finished.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hw.errors import HardwareError
from hw.files import READER
from hw.sim.design import Design
from hw.sim.tables import stream_table, visible_wires
from hw.tools.cache import ToolCache, content_key
from hw.tools.compiler import Compiler, find_compiler
from hw.tools.parallel import in_parallel
from hw.tools.process import call
from hw.tools.verilator import Verilator, find_verilator

_HERE = Path(__file__).resolve().parent
_HARNESS = (_HERE / "harness.cpp", _HERE / "harness_streams.hpp")
#: Headers beside the harness: stand-ins for the libraries that Verilator's FST writer includes.
_HEADERS = ("lz4.h", "zlib.h")
_VERILATOR_FLAGS = (
    "--cc",
    "--prefix",
    "Vtop",
    "--no-timing",
    "-O3",
    "--x-assign",
    "fast",
    "--x-initial",
    "unique",
    "-Wno-fatal",
    "-Werror-USERERROR",  # a module refuses its parameters
    "--output-split",
    "20000",
)
#: The top level and the wrappers' ports: every stream. A network's insides fill gigabytes.
_WAVE_FLAGS = ("--trace-fst", "--trace-depth", "2")
_CXX_FLAGS = ("-std=c++17", "-fno-strict-aliasing", "-faligned-new", "-w")
#: Code below this size is compiled as one file: reading headers would dominate.
_UNIT_BYTES = 400_000
#: The same where nothing is optimized: there headers dominate much longer.
_PLAIN_UNIT_BYTES = 4_000_000
#: What each file of C++ begins with; reading it takes most of a plain build. With its text.
_PRELUDE = "prelude.hpp"
_STANDARD = ("chrono", "cinttypes", "cstdio", "cstdlib", "map", "memory", "string", "vector")
_PRELUDE_TEXT = "".join(f"#include <{name}>\n" for name in _STANDARD) + '#include "verilated.h"\n'

#: Where Verilator reads the design.
SOURCES = "sources"
#: What a finished build holds.
PROGRAM = "simulate"

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Simulator:
    """A built simulator. seconds: what the build took, 0 if it came from the cache."""

    design: Design
    exe: Path
    waves: bool
    seconds: float


def _silent(_: str) -> None:
    """Show nothing."""


def _defines(waves: bool) -> list[str]:
    on = int(waves)
    return [
        "-DVERILATOR=1",
        "-DVM_COVERAGE=0",
        "-DVM_SC=0",
        "-DVM_TIMING=0",
        f"-DVM_TRACE={on}",
        f"-DVM_TRACE_FST={on}",
        "-DVM_TRACE_VCD=0",
        "-DVM_TRACE_SAIF=0",
    ]


@dataclass(frozen=True)
class _Toolchain:
    """The tools and flags of one build."""

    verilator: Verilator
    compiler: Compiler
    waves: bool
    optimize: str

    def compile_command(
        self, source: Path, target: Path, optimize: str, options: Sequence[str] = ()
    ) -> list[str]:
        include = self.verilator.root / "include"
        return [
            self.compiler.command,
            *_CXX_FLAGS,
            optimize,
            *_defines(self.waves),
            f"-I{source.parent}",
            f"-I{_HERE}",
            f"-I{include}",
            f"-I{include / 'vltstd'}",
            *options,
            "-c",
            str(source),
            "-o",
            str(target),
        ]

    def runtime_key(self) -> str:
        """All that Verilator's compiled runtime library depends on."""
        return "\n".join(
            [
                self.verilator.version,
                self.compiler.version,
                *_CXX_FLAGS,
                *_defines(self.waves),
                *((_HERE / name).read_text(encoding="utf-8") for name in _HEADERS),
            ]
        )

    def key(self) -> str:
        """All that a simulator depends on beside its design."""
        return "\n".join([self.runtime_key(), self.optimize, *_VERILATOR_FLAGS])


def _copied(design: Design, work: Path) -> list[str]:
    """Copies of the design's sources, by names relative to work.

    Verilator expands $NAME in the names that it is given, and cannot have a quote in them: it sees
    none of the folders that users name.
    """
    names = []
    for number, source in enumerate(design.sources):
        name = f"{SOURCES}/{number}/{Path(source).name}"
        (work / name).parent.mkdir(parents=True)
        shutil.copyfile(design.folder / source, work / name)
        names.append(name)
    return names


def _run(
    command: Sequence[str],
    log: Path,
    environment: dict[str, str] | None = None,
    folder: Path | None = None,
) -> None:
    """Run a tool, its output appended to the log; HardwareError names the log if it fails."""
    done = call(command, folder, environment=environment)
    with log.open("a", encoding="utf-8") as file:
        file.write(f"$ {' '.join(command)}\n{done.stdout}\n")
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if "rror" in line]
        first = lines[0].strip() if lines else f"exit status {done.returncode}"
        raise HardwareError(f"{Path(command[0]).name} failed: {first} (log: {log})")


def _compile_all(commands: Sequence[Sequence[str]], log: Path, progress: Progress) -> None:
    """Run compiler commands, as many at a time as there are processors."""
    done = in_parallel(lambda command: _run(command, log), commands)
    for number, _ in enumerate(done, 1):
        progress(f"compiled {number} of {len(commands)} C++ files")


def _runtime(tools: _Toolchain, cache: ToolCache, progress: Progress) -> list[Path]:
    """Return the object files of Verilator's runtime, compiling them if they are not there."""
    names = ["verilated", "verilated_threads"] + (["verilated_fst_c"] if tools.waves else [])
    name = f"runtime-{content_key(tools.runtime_key())}"

    def make(work: Path) -> None:
        progress("compiling Verilator's runtime (once)")
        include = tools.verilator.root / "include"
        log = cache.folder / f"{name}.log"
        log.unlink(missing_ok=True)
        commands = [
            tools.compile_command(include / f"{unit}.cpp", work / f"{unit}.o", "-O2")
            for unit in names
        ]
        _compile_all(commands, log, progress)

    folder, _ = cache.made(name, f"{names[-1]}.o", make)
    return [folder / f"{unit}.o" for unit in names]


def _prelude(tools: _Toolchain, cache: ToolCache, progress: Progress) -> list[str]:
    """Options of a plain build: the prelude, compiled once for all builds of a cache.

    g++ takes the compiled header that lies beside the one it is told to include; a compiler that
    cannot reads the header. There are none for code that is optimized: that takes much longer.
    """
    if tools.optimize != "-O0":
        return []
    name = f"prelude-{content_key(tools.runtime_key(), _PRELUDE_TEXT)}"
    holds = f"{_PRELUDE}.gch"

    def make(work: Path) -> None:
        progress("compiling Verilator's headers (once)")
        header = work / _PRELUDE
        header.write_text(_PRELUDE_TEXT, encoding="utf-8")
        log = cache.folder / f"{name}.log"
        log.unlink(missing_ok=True)
        _run(tools.compile_command(header, work / holds, tools.optimize), log)

    folder, _ = cache.made(name, holds, make)
    return ["-include", str(folder / _PRELUDE)]


def _units(folder: Path, optimize: str) -> list[tuple[Path, str]]:
    """Join the harness and the generated C++ into few files; with each, the level of its code.

    What runs at every clock is compiled at the level that is asked for, the rest at -O1 at most.
    """
    slow = "-O0" if optimize == "-O0" else "-O1"
    chosen: dict[str, list[Path]] = {optimize: [folder / "harness.cpp"]}
    for path in sorted(folder.glob("Vtop*.cpp")):
        once = any(part in path.name for part in ("__Slow", "__Syms", "__Trace"))
        chosen.setdefault(slow if once else optimize, []).append(path)
    units = []
    for level, paths in chosen.items():
        groups: list[list[Path]] = [[]]
        size, most = 0, _PLAIN_UNIT_BYTES if level == "-O0" else _UNIT_BYTES
        for path in paths:
            if groups[-1] and size + path.stat().st_size > most:
                groups.append([])
                size = 0
            groups[-1].append(path)
            size += path.stat().st_size
        for number, group in enumerate(groups):
            unit = folder / f"unit{level}_{number}.cpp"
            unit.write_text(
                "".join(f'#include "{path.name}"\n' for path in group), encoding="utf-8"
            )
            units.append((unit, level))
    return units


def _make(
    design: Design,
    tools: _Toolchain,
    harness: Sequence[Path],
    made: Mapping[str, str],
    cache: ToolCache,
    work: Path,
    log: Path,
    progress: Progress,
) -> None:
    """Leave ``simulate`` in the empty folder work."""
    log.unlink(missing_ok=True)
    code = work / "code"
    code.mkdir()
    (code / "streams.h").write_text(stream_table(design), encoding="utf-8")
    config = code / "visible.vlt"
    config.write_text(visible_wires(design), encoding="utf-8")
    progress("running Verilator")
    flags = [*_VERILATOR_FLAGS, *(_WAVE_FLAGS if tools.waves else ())]
    files = _copied(design, work)
    command = [*flags, "--Mdir", code.name, "--top-module", design.top]
    command += [str(config.relative_to(work)), *files]
    _run(tools.verilator.command(command), log, tools.verilator.environment(), work)
    runtime = _runtime(tools, cache, progress)
    shutil.copyfile(harness[0], code / "harness.cpp")
    for header in harness[1:]:
        shutil.copyfile(header, code / header.name)
    for header_name, text in made.items():
        (code / header_name).write_text(text, encoding="utf-8")
    units = _units(code, tools.optimize)
    more = _prelude(tools, cache, progress)
    commands = [
        tools.compile_command(unit, unit.with_suffix(".o"), level, more) for unit, level in units
    ]
    _compile_all(commands, log, progress)
    objects = [str(unit.with_suffix(".o")) for unit, _ in units]
    exe = str(work / PROGRAM)
    _run([tools.compiler.command, *objects, *map(str, runtime), "-pthread", "-o", exe], log)
    shutil.rmtree(code)
    shutil.rmtree(work / SOURCES)


def build(
    design: Design,
    *,
    cache_dir: Path | None = None,
    waves: bool = False,
    optimize: str = "-O2",
    progress: Progress = _silent,
    harness: Sequence[Path] = _HARNESS,
    made: Mapping[str, str] | None = None,
) -> Simulator:
    """Return a simulator of design, from the cache if one was built of the same text.

    cache_dir: default ``.verilator-cache`` beside the design's folder. waves: can write an FST
    file. optimize: the compiler's level for speed-critical code; -O0 suits short benches.
    harness: the C++ file with ``main`` (default: streams in and out), then headers of its own;
    made: texts of further headers, by file name.
    Memories are no part of the cache's key: the simulator reads them when it runs. Raises
    HardwareError if a tool is missing (with what is) or fails (with the log's path).
    """
    tools = _Toolchain(find_verilator(), find_compiler(), waves, optimize)
    cache = ToolCache((cache_dir or design.folder.parent / ".verilator-cache").resolve())
    texts = [
        text
        for name in design.sources
        for text in (name, READER.text(design.folder / name, "build again"))
    ]
    key = content_key(
        tools.key(),
        design.top,
        stream_table(design),
        visible_wires(design),
        *(path.read_text(encoding="utf-8") for path in harness),
        *texts,
        *(made or {}).values(),
    )
    name = f"{design.top}-{key}"
    log = cache.folder / f"{name}.log"
    target, seconds = cache.made(
        name,
        PROGRAM,
        lambda work: _make(design, tools, harness, made or {}, cache, work, log, progress),
    )
    return Simulator(design, target / PROGRAM, waves, seconds)
