"""``python -m flows.gallery``: networks of the field, each through the whole flow.

Each network of model/gallery is exported, built, and compared with its file (verify_import), its
Brevitas module (emulate), as simulated RTL and as C++; its figures stand beside FINN's. What has
run is kept: the same command goes on where it was ended.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hw.finn_settings import use_default_settings
from outside.answers import Answer, add_json
from outside.arguments import Parser
from outside.command import run_command


def _parser() -> Parser:
    parser = Parser(prog="python -m flows.gallery", description=__doc__)
    parser.add_argument("--only", metavar="A,B", help="networks by name (default: all)")
    parser.add_argument("--stages", metavar="A,B", help="of these alone (default: all)")
    parser.add_argument("--list", action="store_true", help="names of networks and stages")
    parser.add_argument("--again", action="store_true", help="also stages that failed before")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="yosys runs at a time")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("build/gallery"),
        metavar="DIR",
        help="default: %(default)s",
    )
    add_json(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run; returns the exit status: 1 where a stage of a network that is supported failed."""
    use_default_settings()
    return run_command(_parser(), _run, argv)


def _run(arguments: argparse.Namespace) -> Answer:
    from flows.errors import FlowError
    from flows.files import READER
    from flows.gallery.run import run, stages_of
    from model.gallery.catalogue import ENTRIES, chosen

    if arguments.list:
        print(
            "networks:",
            *(f"  {entry.name:26}{entry.source}" for entry in ENTRIES.values()),
            sep="\n",
        )
        print("stages:", ", ".join(stages_of(None)))
        names = {entry.name: entry.source for entry in ENTRIES.values()}
        return Answer({"networks": names, "stages": list(stages_of(None))})
    if arguments.jobs < 1:
        raise FlowError(f"--jobs {arguments.jobs}: expected 1 or more")
    entries, stages = chosen(arguments.only), stages_of(arguments.stages)
    good = run(entries, arguments.out, stages, arguments.jobs, arguments.again)
    summary = arguments.out / "gallery.json"
    print(summary)
    return Answer(READER.json(summary, dict[str, Any]), 0 if good else 1)


if __name__ == "__main__":
    sys.exit(main())
