"""``make mutants``: plants single faults, one at a time, and lists what the tests do not find.

The faults are listed in ``tests/mutants/faults/*.yaml``, by source file::

    hw/rtl/group_sum.sv:
      tests: [tests/hw/rtl/test_group_sum.py]       # the nearest ones, as pytest takes them
      faults:
        - breaks: sums are not sign-extended        # with the file, the fault's name
          old: "a text that the file holds just once"
          new: "what takes its place"
          tests: [...]                              # where others are nearer
          equivalent: why no test can see it        # only where that is so

Faults are planted in copies of the tree below ``build/mutants/``. The first test that fails ends a
run, and counts only if it passes without the fault. One fault of every file comes first, then a
second, and so on: ``--sample 120`` takes the first 120 and says what it leaves out.
``build/mutants.json`` keeps each result until the fault, the code or its tests change, so that a
run that was ended, or a larger sample, goes on where it was. Exit status: 0 if every fault was
found (and no equivalent one), 1 if not or if tests fail without a fault, 2 if the lists do not fit.
"""

import argparse
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.faults import LISTS, Fault, FaultError, read_faults
from tests.mutants.run import KILLED, SURVIVED, Campaign, Result
from tests.mutants.sample import left_out, spread
from tests.mutants.scratch import OVERTIME

ROOT = Path(__file__).resolve().parents[2]
#: How many faults the lists have to hold.
LEAST = 100


def _say(text: str) -> None:
    print(text, flush=True)


def _table(faults: Sequence[Fault], results: dict[str, Result]) -> list[str]:
    """Lines: of each file how many faults, found, overtime, not found."""
    width = max(len(fault.file) for fault in faults)
    lines = [f"{'file':{width}}  faults  found  of them by time  not found"]
    for file in sorted({fault.file for fault in faults}):
        here = Counter(results[fault.name].outcome for fault in faults if fault.file == file)
        found = here[KILLED] + here[OVERTIME]
        lines.append(
            f"{file:{width}}  {here.total():6}  {found:5}  {here[OVERTIME]:15}  {here[SURVIVED]:9}"
        )
    return lines


def _wrong(faults: Sequence[Fault], results: dict[str, Result]) -> list[str]:
    """Lines: what is not as it has to be."""
    lines = []
    for fault in faults:
        result = results[fault.name]
        found = result.outcome in (KILLED, OVERTIME)
        if result.outcome == SURVIVED and not fault.equivalent:
            lines.append(f"survived: {fault.name} ({' '.join(fault.tests)})")
        elif found and fault.equivalent:
            lines.append(f"said to be equivalent, but found: {fault.name} ({result.said})")
        elif result.outcome != SURVIVED and not found:
            lines.append(f"tests did not run, {result.outcome}: {fault.name} ({result.said})")
    return lines


def report(faults: Sequence[Fault], results: dict[str, Result]) -> int:
    """Print the table and what is wrong; the exit status."""
    wrong = _wrong(faults, results)
    for line in ["", *_table(faults, results), "", *wrong]:
        _say(line)
    outcomes = Counter(results[fault.name].outcome for fault in faults)
    equivalent = sum(bool(fault.equivalent) for fault in faults)
    _say(
        f"{len(faults)} faults planted: {outcomes[KILLED] + outcomes[OVERTIME]} found, "
        f"{equivalent} change nothing that can be seen, {len(wrong)} wrong"
    )
    return 1 if wrong else 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutants", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--only", default="", help="parts of names of faults, with commas")
    parser.add_argument("--jobs", type=int, default=2, help="faults at a time (default 2)")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    parser.add_argument("--faults", type=Path, default=LISTS, help=argparse.SUPPRESS)
    parser.add_argument("--sample", type=int, help="how many, some of every file; default: all")
    parser.add_argument("--seed", type=int, default=1, help="which of them come first (default 1)")
    args = parser.parse_args(argv)
    for name in ("jobs", "sample"):
        if (value := getattr(args, name)) is not None and value < 1:
            parser.error(f"--{name} {value}: expected 1 or more")
    parts = [part for part in args.only.split(",") if part]
    try:
        faults = read_faults(args.faults, args.root)
        if args.faults == LISTS and len(faults) < LEAST:
            raise FaultError(f"{len(faults)} faults are listed, expected {LEAST} or more")
        chosen = [f for f in faults if not parts or any(part in f.name for part in parts)]
        if not chosen:
            raise FaultError(f"no fault's name has {' or '.join(parts)}")
        every, chosen = chosen, spread(chosen, args.seed)[: args.sample]
        out = left_out(every, chosen)
        for line in out:
            _say(line)
        if out:
            _say(f"{len(every) - len(chosen)} of {len(every)} faults left out of the sample")
        results = Campaign(args.root, args.root / "build", args.jobs, _say).run(chosen)
    except FaultError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("ended early; the results so far are kept", file=sys.stderr)
        return 130
    return report(chosen, results)


if __name__ == "__main__":
    for ending in (signal.SIGINT, signal.SIGTERM):  # both end what was started
        signal.signal(ending, signal.default_int_handler)
    sys.exit(main())
