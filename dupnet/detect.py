"""``dupnet detect``: boxes on pictures, a film or a camera, by the integers of the hardware.

    dupnet detect photo.jpg                    a copy with its boxes, build/detections/photo.png
    dupnet detect holiday/ --out found         every picture of a folder
    dupnet detect film.mp4                     build/detections/film.avi
    dupnet detect 0 --frames 200               the first camera, into build/detections/camera-0.avi
    dupnet detect photo.jpg --json             boxes as JSON, a line a picture, and no copies
    dupnet detect film.mp4 --json              a line a frame, and the film with its boxes
    dupnet detect CONFIG.yaml --image p.jpg --out boxes.png      of a build

Boxes are those of the emulator, which the simulated RTL and a board equal in every integer.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from dupnet.commands import Command
from flows.errors import FlowError
from outside.arguments import Parser
from outside.command import run_command
from outside.errors import UserError
from outside.nearest import meant_file

#: Where copies go, unless told otherwise.
FOLDER = Path("build/detections")
#: Files of a folder that are taken for pictures, and files that are taken for films.
PICTURES = {".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm"}
FILMS = {".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg"}
#: The same for a build's network.
OF_A_BUILD = Command("detect", "", "flows", ("detect",), builds=True)
#: Options that say that a build is meant.
_BUILD_OPTIONS = {
    *("--image", "--integers", "--network", "--board", "--fps", "--pixels-per-clock"),
    *("--model-seed", "--folding", "--name"),
}


def _of_a_build(words: Sequence[str]) -> bool:
    named = {word.partition("=")[0] for word in words}
    files = [word for word in words if word.endswith((".yaml", ".yml"))]
    return bool(files) or bool(named & _BUILD_OPTIONS)


def _parser() -> Parser:
    parser = Parser(
        prog="dupnet detect",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "sources", nargs="*", metavar="SOURCE", help="picture, folder, film, or number of a camera"
    )
    parser.add_argument("--source", action="append", dest="more", help="the same, as an option")
    parser.add_argument(
        "--checkpoint",
        default="dupnet-tinier-yolo",
        help="weights by their name or file (.npz), or an export (.onnx)",
    )
    parser.add_argument("--size", type=int, default=512, help="of the network's input (512)")
    parser.add_argument("--threshold", type=float, help="least score (default: the network's own)")
    parser.add_argument("--out", type=Path, default=FOLDER, help=f"folder (default: {FOLDER})")
    parser.add_argument(
        "--camera-path",
        action="store_true",
        help="letterbox and boxes in the integers of the camera path",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print boxes as JSON, a line a picture or frame, and nothing else; write no copies",
    )
    parser.add_argument(
        "--frames", type=int, default=0, metavar="N", help="of a film or camera at most (0: all)"
    )
    return parser


def _pictures(source: str) -> list[Path]:
    """The pictures that a source names, if it is no film or camera."""
    path = Path(source)
    if not path.exists():
        kinds = "a picture, a folder, a film, or the number of a camera"
        raise FlowError(f"{source}: no such file; expected {kinds}{meant_file(path)}")
    if not path.is_dir():
        return [path]
    found = sorted(p for p in path.iterdir() if p.suffix.lower() in PICTURES)
    if not found:
        raise FlowError(f"{path}: no picture in this folder ({', '.join(sorted(PICTURES))})")
    return found


def _is_film(source: str) -> bool:
    return source.isdigit() or Path(source).suffix.lower() in FILMS


class _Stream:
    """A detector as the driver's, for pictures one after another."""

    def __init__(self, detector: Any, source: str, is_told: bool) -> None:
        self._detector, self._source, self._is_told = detector, source, is_told

    def detect_stream(self, pictures: Iterable[Any], threshold: float | None) -> Iterator[Any]:
        """Boxes of each picture, with progress on a terminal."""
        shown = tqdm(pictures, desc="detect", unit="frame", disable=None)
        for number, picture in enumerate(shown):
            boxes = self._detector.detect(np.ascontiguousarray(picture), threshold)
            if self._is_told:
                _tell(boxes, source=self._source, frame=number)
            yield _found(boxes)


def _tell(boxes: list[Any], **of: Any) -> None:
    """A line of JSON on the boxes of a picture."""
    print(json.dumps({**of, "boxes": [asdict(box) for box in boxes]}), flush=True)


def _found(boxes: list[Any]) -> Any:
    """Boxes as arrays, as drawing takes them."""
    from model.detection.decode import Detections

    corners = [(box.left, box.top, box.right, box.bottom) for box in boxes]
    scores = np.array([box.score for box in boxes], dtype=np.float64)
    return Detections(np.array(corners, dtype=np.float64).reshape(-1, 4), scores)


def _film(detector: Any, source: str, options: argparse.Namespace) -> None:
    """Boxes in a film or a camera's pictures, written as a film."""
    from hw.driver.camera import follow
    from hw.driver.errors import AcceleratorError

    options.out.mkdir(parents=True, exist_ok=True)
    stem = f"camera-{source}" if source.isdigit() else Path(source).stem
    out = options.out / f"{stem}.avi"
    stream: Any = _Stream(detector, source, options.json)
    try:
        count, seconds, stopped = follow(
            stream, source, str(out), options.frames, options.threshold
        )
    except AcceleratorError as error:
        raise FlowError(str(error).replace("--source ", "")) from error
    rate = count / max(seconds, 1e-9)
    if not options.json:
        print(f"{source}: {count} frames, {rate:.1f} a second: {out}", flush=True)
    if stopped:
        raise KeyboardInterrupt


def _picture(detector: Any, path: Path, options: argparse.Namespace, taken: set[Path]) -> None:
    from model.detection.draw import draw_boxes, save_image
    from model.detection.image import load_image

    picture = load_image(path)
    boxes = detector.detect(picture, options.threshold)
    if options.json:
        _tell(boxes, picture=str(path))
        return
    out = options.out / f"{path.stem}.png"
    if out in taken:
        out = options.out / f"{path.name}.png"
    taken.add(out)
    if out.exists() and out.samefile(path):
        raise FlowError(f"{path}: --out is the folder of this picture; expected another")
    options.out.mkdir(parents=True, exist_ok=True)
    save_image(out, draw_boxes(picture, _found(boxes)))
    scores = f" ({', '.join(f'{box.score:.2f}' for box in boxes)})" if boxes else ""
    noun = "box" if len(boxes) == 1 else "boxes"
    print(f"{path}: {len(boxes)} {noun}{scores}: {out}", flush=True)


def _run(options: argparse.Namespace) -> int:
    from dupnet import load

    options.sources += options.more or []
    if not options.sources:
        raise FlowError("no SOURCE: expected pictures, folders, films, or the number of a camera")
    for source in filter(_is_film, options.sources):
        if not source.isdigit() and not Path(source).is_file():
            raise FlowError(f"{source}: no such file; expected a film{meant_file(Path(source))}")
    pictures = {s: [] if _is_film(s) else _pictures(s) for s in options.sources}
    detector = load(options.checkpoint, options.size)
    detector.camera_path = options.camera_path
    began, count, failed = time.monotonic(), 0, 0
    taken: set[Path] = set()
    for source in options.sources:
        if _is_film(source):
            _film(detector, source, options)
        for path in pictures[source]:
            try:
                _picture(detector, path, options, taken)
            except UserError as error:  # of one picture; the others go on
                print(f"error: {error}", file=sys.stderr, flush=True)
                failed += 1
            count += 1
    if count > 1 and not options.json:
        rate = count / max(time.monotonic() - began, 1e-9)
        unread = f", {failed} of them unreadable" if failed else ""
        print(f"{count} pictures{unread}, {rate:.1f} a second")
    return 1 if failed else 0


def main(argv: Sequence[str] | None = None) -> int:
    """Command line; returns the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    if _of_a_build(words):
        import flows.__main__ as flows
        from dupnet.builds import run_on_build

        return run_on_build(OF_A_BUILD, flows.main, words)
    return run_command(_parser(), _run, words)


if __name__ == "__main__":
    sys.exit(main())
