"""``python -m hw.formal``: prove the RTL's handshakes, find the planted faults, write the table."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from hw.errors import HardwareError
from hw.formal.run import LIMIT, PROOFS, everything
from hw.formal.table import read_runs, record, results, write_page
from outside.answers import Answer, add_json
from outside.arguments import Parser
from outside.command import run_command


def _parser() -> Parser:
    parser = Parser(prog="python -m hw.formal", description=__doc__)
    names = sorted({proof.module for proof in PROOFS})
    parser.add_argument("modules", nargs="*", help=f"of {', '.join(names)}; default: all")
    parser.add_argument("--limit", type=int, default=LIMIT, help="seconds of ABC for one proof")
    add_json(parser, file=True)
    parser.add_argument(
        "--page", type=Path, help="the page whose table is renewed: docs/method/proofs.md"
    )
    parser.add_argument("--read", type=Path, help="prove nothing: the results of this JSON file")
    return parser


def _run(arguments: argparse.Namespace) -> int | Answer:
    names = {proof.module for proof in PROOFS}
    if unknown := sorted(set(arguments.modules) - names):
        raise HardwareError(
            f"no proofs of {', '.join(unknown)}; there are those of {', '.join(sorted(names))}"
        )
    if arguments.read:
        if arguments.modules or arguments.json or not arguments.page:
            raise HardwareError("--read proves nothing; it goes with --page alone")
        write_page(arguments.page, read_runs(arguments.read))
        return 0
    done = []
    for proof in PROOFS:
        if arguments.modules and proof.module not in arguments.modules:
            continue
        for run in everything(proof, limit=arguments.limit):
            print(run.line(), flush=True)
            done.append(run)
    runs = record(done)
    if arguments.page:
        write_page(arguments.page, runs)
    print(results(runs))
    return Answer(runs, 0 if all(run.right for run in done) else 1)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the proofs asked for; 1 where one has not the outcome that it must have."""
    return run_command(_parser(), _run, argv)


if __name__ == "__main__":
    sys.exit(main())
