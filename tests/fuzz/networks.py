"""``make fuzz-networks``: random acyclic networks from the file to RTL and HLS C++, many of them.

Every network of ``tests/flows/acyclic`` is a file of its seed. It is imported and compared with
itself, run by numpy and QONNX, by the emulator, by the RTL with stalls and by the HLS C++; all
integers have to be equal. Each network's end is a line of ``build/fuzz-networks.jsonl``: a run that
was ended goes on behind the last one, and starts again where the code has changed. A fault is
looked at alone by ``SEED=5017 SAMPLE=1``. From seed 100000 on networks have two or three inputs
and up to four outputs. Exit status: 0 if no network has a fault.
"""

import argparse
import contextlib
import hashlib
import io
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.flows.acyclic.network import acyclic_network, kinds_of
from tests.flows.acyclic.running import Outcome, run_networks

ROOT = Path(__file__).resolve().parents[2]
#: The first seed, how many there are, and how many stand in one design.
SEED, SAMPLE, BATCH = 1, 200, 10
#: What a result depends on.
CODE = ("flows", "hw", "outside", "tests/flows")


def code_key() -> str:
    """A digest of all code that takes part."""
    digest = hashlib.sha256()
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".sv", ".hpp", ".cpp", ".h") and path.is_file():
                digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


class Results:
    """The lines of a file: how each seed ended, with the code's key."""

    def __init__(self, path: Path, key: str) -> None:
        self.path, self.key = path, key
        self.known: dict[int, Outcome] = {}
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        for line in lines:
            entry = json.loads(line)
            if entry.pop("code") == key:
                self.known[entry["seed"]] = Outcome(**entry)

    def add(self, outcome: Outcome) -> None:
        """Append a line."""
        self.known[outcome.seed] = outcome
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**asdict(outcome), "code": self.key}) + "\n")


def summary(outcomes: Sequence[Outcome]) -> str:
    """How many ended how, each refusal and fault, and what the networks that map have."""
    count = Counter(outcome.kind for outcome in outcomes)
    lines = [f"{len(outcomes)} networks: {count['exact']} exact, {count['refused']} refused, "
             f"{count['fault']} with a fault"]  # fmt: skip
    lines += [f"  seed {o.seed} {o.kind}: {o.why}" for o in outcomes if o.kind != "exact"]
    seeds = [outcome.seed for outcome in outcomes if outcome.kind == "exact"]
    kinds = Counter(kind for seed in seeds for kind in kinds_of(acyclic_network(seed).proto))
    lines.append("of the exact ones: " + ", ".join(f"{n} {kind}" for kind, n in sorted(
        kinds.items(), key=lambda item: (-item[1], item[0]))))  # fmt: skip
    return "\n".join(lines)


def campaign(
    results: Results, seeds: Sequence[int], batch: int, say: Callable[[str], None]
) -> list[Outcome]:
    """How all seeds ended; those that are not known yet are run, so many in one design."""
    todo = [seed for seed in seeds if seed not in results.known]
    if len(todo) < len(seeds):
        say(f"{len(seeds) - len(todo)} of {len(seeds)} are known from {results.path}")
    for first in range(0, len(todo), batch):
        part, start = todo[first : first + batch], time.monotonic()
        folder = Path(tempfile.mkdtemp(prefix="networks-"))
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                ended = run_networks(folder, list(part))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        for outcome in ended:
            results.add(outcome)
            say(f"seed {outcome.seed}: {outcome.kind}{outcome.why and ': '}{outcome.why}")
        done = len(seeds) - len(todo) + first + len(part)
        say(f"{done} of {len(seeds)} networks, {time.monotonic() - start:.0f} s for {len(part)}")
    return [results.known[seed] for seed in seeds]


def _whole(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text}: expected a whole number, {least} or more")
        return int(text)

    return number


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; see above."""
    parser = argparse.ArgumentParser(prog="make fuzz-networks", description=__doc__)
    parser.add_argument("--seed", type=_whole(0), default=SEED, help="the first")
    parser.add_argument("--sample", type=_whole(1), default=SAMPLE, help="how many")
    parser.add_argument("--batch", type=_whole(1), default=BATCH, help="networks in one design")
    parser.add_argument("--results", type=Path, default=ROOT / "build" / "fuzz-networks.jsonl")
    parser.add_argument("--code", default="", help="take results of code with this key too")
    given = parser.parse_args(arguments)
    seeds = range(given.seed, given.seed + given.sample)
    results = Results(given.results, given.code or code_key())
    outcomes = campaign(results, seeds, given.batch, lambda text: print(text, flush=True))
    print(summary(outcomes))
    return int(any(outcome.kind == "fault" for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
