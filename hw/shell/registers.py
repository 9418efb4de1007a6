"""``python -m hw.shell.registers``: write what is made of the description of the registers.

That is the SystemVerilog package, the driver's constants and docs/registers.md; a test holds those
files to the description.
"""

import argparse
import sys
from collections.abc import Sequence

from hw.shell.register_block import load
from hw.shell.register_texts import generated_files
from outside.arguments import Parser
from outside.command import run_command


def _run(_: argparse.Namespace) -> None:
    for path, text in generated_files(load()).items():
        path.write_text(text, encoding="utf-8")
        print(path)


def main(argv: Sequence[str] | None = None) -> int:
    """Write every generated file; returns the exit status."""
    return run_command(Parser(prog="python -m hw.shell.registers", description=__doc__), _run, argv)


if __name__ == "__main__":
    sys.exit(main())
