"""Labels of COCO or YOLO into WIDER FACE's layout: `python -m model.data.convert coco|yolo`.

    coco instances.json --images FOLDER --out FOLDER [--split train] [--category face]
    yolo data.yaml --out FOLDER [--split train] [--category face]
    yolo FOLDER/images/train --out FOLDER [--labels FOLDER/labels/train] [--category 0]

Boxes that reach beyond their picture are clipped to it, and counted; what is no box of the picture
is refused, with its file and place. Nothing is written then.
"""

import argparse
import sys
from pathlib import Path

from model.data.convert import coco, yolo
from model.data.convert.labels import Labelled
from model.data.convert.write import write
from outside.answers import Answer, add_json
from outside.arguments import Parser
from outside.command import run_command


def _coco(options: argparse.Namespace) -> list[Labelled]:
    return coco.read(options.source, options.images, options.category)


def _yolo(options: argparse.Namespace) -> list[Labelled]:
    if options.source.is_dir():
        return yolo.read(options.source, options.labels, options.category)
    images, names = yolo.read_data(options.source, options.split)
    return yolo.read(images, options.labels, options.category, names)


def _parser() -> Parser:
    """The command line."""
    parser = Parser(
        prog="python -m model.data.convert",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, read, what in (
        ("coco", _coco, "JSON file of labels"),
        ("yolo", _yolo, "data.yaml, or a folder of pictures"),
    ):
        command = commands.add_parser(name)
        command.set_defaults(read=read)
        command.add_argument("source", type=Path, help=what)
        if name == "coco":
            command.add_argument("--images", type=Path, required=True, help="folder of pictures")
        else:
            command.add_argument("--labels", type=Path, help="folder of labels (default: beside)")
        command.add_argument("--out", type=Path, required=True, help="folder to write")
        command.add_argument("--split", default="train", help="split to write (default train)")
        command.add_argument("--category", default="", help="class, by name or number")
        command.add_argument("--link", action="store_true", help="links to pictures, no copies")
        add_json(command)
    return parser


def _run(options: argparse.Namespace) -> Answer:
    pictures = options.read(options)
    write(options.out, options.split, pictures, options.link)
    boxes = sum(len(one.boxes) for one in pictures)
    ignored, clipped = sum(sum(one.invalid) for one in pictures), sum(p.clipped for p in pictures)
    print(
        f"{options.out}: split {options.split}, {len(pictures)} pictures, {boxes} boxes; "
        f"{ignored} of them to be ignored, {clipped} clipped to their picture"
    )
    if options.split == "val":
        print(f"next: make evaluate DATA={options.out}")
    else:
        where = options.out if options.split == "train" else options.out / options.split
        print(f"next: make train DATA={where}")
    counts = {"pictures": len(pictures), "boxes": boxes, "ignored": ignored, "clipped": clipped}
    return Answer({"out": str(options.out), "split": options.split, **counts})


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    return run_command(_parser(), _run, arguments)


if __name__ == "__main__":
    sys.exit(main())
