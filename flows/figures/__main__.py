"""``python -m flows.figures [--check] [--measure A,B|all]``: figures and pictures of the pages."""

import argparse
import datetime
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from flows.commit import commit_of
from flows.errors import FlowError
from flows.figures.catalogue import FIGURES
from flows.figures.pages import pages, render, unmarked
from flows.figures.pictures import PICTURES
from flows.figures.records import Record, read_records, write_record
from flows.files import READER, write_text
from outside.arguments import Parser
from outside.command import run_command

ROOT = Path(__file__).resolve().parents[2]


def _parser() -> Parser:
    parser = Parser(prog="python -m flows.figures", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; name what differs")
    parser.add_argument(
        "--measure",
        metavar="A,B",
        help=f"first run the commands of these records again: all, or {', '.join(FIGURES)}",
    )
    parser.add_argument(
        "--collect",
        metavar="A,B",
        help="write these records anew from what their commands have left, and run nothing: "
        + ", ".join(name for name, figure in FIGURES.items() if figure.dated),
    )
    parser.add_argument("--root", type=Path, default=ROOT, help="folder of the repository")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    return run_command(_parser(), _run, argv)


def _run(arguments: argparse.Namespace) -> int:
    root = arguments.root
    folder = root / "docs" / "figures"
    if not folder.is_dir():
        raise FlowError(f"{folder}: no such folder; expected that of the repository as --root")
    if arguments.measure:
        names = list(FIGURES) if arguments.measure == "all" else arguments.measure.split(",")
        for name in names:
            if name not in FIGURES:
                raise FlowError(f"--measure {name}: no such record; all, or {', '.join(FIGURES)}")
        for name in names:
            _measure(name, root)
    for name in arguments.collect.split(",") if arguments.collect else ():
        if name not in FIGURES or not FIGURES[name].dated:
            raise FlowError(
                f"--collect {name}: no record whose figures say their own state of the sources; "
                "expected one of the help's, or --measure"
            )
        _write(name, root)
    records = read_records(folder)
    wrong = _draw(root / "docs" / "pictures", arguments.check)
    for page in pages(root):
        name = str(page.relative_to(root))
        text = READER.text(page)
        fresh = render(name, text, records)
        for figure in unmarked(text, records):
            print(f"{name}: {figure} stands outside of marks, copied by hand")
            wrong += 1
        if fresh != text and arguments.check:
            print(f"{name}: differs from docs/figures; make figures renews it")
            wrong += 1
        elif fresh != text:
            write_text(page, fresh)
            print(f"{name}: renewed")
    return 1 if wrong else 0


def _draw(folder: Path, check: bool) -> int:
    """Draw the pictures; with check name those that differ, and return their number."""
    wrong = 0
    for name, draw in PICTURES.items():
        path, fresh = folder / f"{name}.svg", draw()
        if path.is_file() and READER.text(path) == fresh:
            continue
        if check:
            print(f"docs/pictures/{name}.svg: differs from what the code draws; make figures")
            wrong += 1
        else:
            folder.mkdir(exist_ok=True)
            write_text(path, fresh)
            print(f"docs/pictures/{name}.svg: drawn")
    return wrong


def _measure(name: str, root: Path) -> None:
    """Run a record's commands, which may take hours, and write it anew."""
    figure = FIGURES[name]
    for command in figure.commands:
        print(f"{name}: {command}", flush=True)
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        status = subprocess.run(
            command, shell=True, cwd=root, env={**os.environ, "PATH": path}, check=False
        ).returncode
        if status:
            raise FlowError(f"{name}: {command} ended with status {status}; the record stays")
    _write(name, root)


def _write(name: str, root: Path) -> None:
    """Write a record of what its commands have left below ``build``."""
    figure = FIGURES[name]
    values, tables = figure.collect(root / "build")
    record = Record(
        commands=figure.commands,
        date=datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        commit=commit_of(root),
        note=figure.note,
        values=values,
        tables=tables,
    )
    write_record(root / "docs" / "figures" / f"{name}.json", record)
    print(f"{name}: docs/figures/{name}.json", flush=True)


if __name__ == "__main__":
    sys.exit(main())
