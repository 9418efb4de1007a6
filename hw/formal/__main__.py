"""``python -m hw.formal``: prove the RTL's handshakes, find the planted faults, write the table."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from hw.errors import HardwareError
from hw.files import write_text
from hw.formal.run import LIMIT, PROOFS, everything
from hw.formal.table import record, table
from outside.arguments import Parser
from outside.command import run_command


def _parser() -> Parser:
    parser = Parser(prog="python -m hw.formal", description=__doc__)
    names = sorted({proof.module for proof in PROOFS})
    parser.add_argument("modules", nargs="*", help=f"of {', '.join(names)}; default: all")
    parser.add_argument("--limit", type=int, default=LIMIT, help="seconds of ABC for one proof")
    parser.add_argument("--json", type=Path, help="where the results go, e.g. build/proofs.json")
    return parser


def _run(arguments: argparse.Namespace) -> int:
    names = {proof.module for proof in PROOFS}
    if unknown := sorted(set(arguments.modules) - names):
        raise HardwareError(
            f"no proofs of {', '.join(unknown)}; there are those of {', '.join(sorted(names))}"
        )
    done = []
    for proof in PROOFS:
        if arguments.modules and proof.module not in arguments.modules:
            continue
        for run in everything(proof, limit=arguments.limit):
            print(run.line(), flush=True)
            done.append(run)
    results = record(done)
    if arguments.json:
        write_text(arguments.json, json.dumps(results, indent=2) + "\n")
    print(table(results))
    wrong = [run for run in done if not run.right]
    print(f"{len(done)} runs, {len(wrong)} without the outcome they must have")
    return 1 if wrong else 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the proofs asked for; 1 where one has not the outcome that it must have."""
    return run_command(_parser(), _run, argv)


if __name__ == "__main__":
    sys.exit(main())
