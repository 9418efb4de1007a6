"""``python -m hw.formal``: prove the RTL's handshakes, find the planted faults, write the table."""

import argparse
import json
import sys
from pathlib import Path

from hw.formal.run import LIMIT, PROOFS, everything
from hw.formal.table import record, table


def main() -> int:
    """Run the proofs asked for; 1 where one has not the outcome that it must have."""
    parser = argparse.ArgumentParser(prog="python -m hw.formal", description=__doc__)
    names = sorted({proof.module for proof in PROOFS})
    parser.add_argument("modules", nargs="*", choices=[*names, []], help="modules (default: all)")
    parser.add_argument("--limit", type=int, default=LIMIT, help="seconds of ABC for one proof")
    parser.add_argument("--json", type=Path, help="where the results go, e.g. build/proofs.json")
    arguments = parser.parse_args()
    done = []
    for proof in PROOFS:
        if arguments.modules and proof.module not in arguments.modules:
            continue
        for run in everything(proof, limit=arguments.limit):
            print(run.line(), flush=True)
            done.append(run)
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(record(done), indent=2) + "\n", encoding="utf-8")
    print(table(done))
    wrong = [run for run in done if not run.right]
    print(f"{len(done)} runs, {len(wrong)} without the outcome they must have")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
