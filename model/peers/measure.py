"""Detectors over a split, one after the other, and their figures."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from model.checkpoint import load_checkpoint
from model.data import predictions, wider
from model.data.wider import Annotation
from model.detection.image import image_size, load_image
from model.detection.letterbox import Transform, letterbox, placed
from model.errors import ModelError
from model.evaluation import bands, boxes
from model.files import READER, write_atomic
from model.peers.catalogue import GIVEN, GIVEN_ON, PEERS, Peer
from model.peers.worker import ANSWER, FORMAT, OURS, Answer, Picture, Request
from outside.progress import Progress

#: Variables by which libraries are told to compute on one thread.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

Row = dict[str, Any]


def chosen(only: Sequence[str]) -> list[Peer]:
    """The peers of these names, all for none; ModelError for a name that is none."""
    names = [peer.name for peer in PEERS]
    for name in only:
        if name not in names:
            raise ModelError(f"no detector {name}; known: {', '.join(names)}")
    return [peer for peer in PEERS if not only or peer.name in only]


def places(split: Sequence[Annotation], size: int) -> list[Picture]:
    """Where each picture lies in its letterbox."""
    found = []
    for one in split:
        width, height = image_size(one.path)
        left, top, new_width, new_height = placed(width, height, size)
        transform = Transform(width, height, new_width / width, new_height / height, left, top)
        found.append(Picture(name=one.name, **asdict(transform)))
    return found


def write_frames(path: Path, split: Sequence[Annotation], size: int) -> None:
    """Write all pictures in their letterbox, .npy (N, size, size, 3) uint8."""
    frames = np.lib.format.open_memmap(
        path, mode="w+", dtype=np.uint8, shape=(len(split), size, size, 3)
    )
    with Progress("pictures") as progress:
        for index, one in enumerate(split):
            frames[index], _ = letterbox(load_image(one.path), size)
            progress(f"{index + 1} of {len(split)}")
    frames.flush()


def kept(request: Request) -> Answer | None:
    """The answer of an earlier run of the same request; None where there is none."""
    out = Path(request.out)
    try:
        if READER.json(out / "request.json", Request) == request:
            return READER.json(out / ANSWER, Answer)
    except ModelError:
        pass
    return None


def run(request: Request, title: str) -> Answer:
    """Run a worker; ModelError with the last line that it said where it fails."""
    out = Path(request.out)
    shutil.rmtree(out, ignore_errors=True)
    write_atomic(out / "request.json", request.model_dump_json(indent=1).encode())
    command = [sys.executable, "-m", "model.peers.worker", str(out / "request.json")]
    log, count = out / "log.txt", len(request.pictures)
    environment = {**os.environ, **dict.fromkeys(THREADS, "1")}
    with log.open("wb") as file, Progress(title) as progress:
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=file, encoding="utf-8", env=environment
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                progress(f"{line.strip()[:40]} of {count} pictures")
        status = process.returncode
    if status:
        said = READER.text(log).strip().splitlines() or [f"ended with status {status}"]
        raise ModelError(f"{title}: {said[-1]} (log: {log})")
    return READER.json(out / ANSWER, Answer, "model.peers.worker writes it")


def _content(split: Sequence[Annotation], size: int) -> str:
    """Hash of the pictures, by name, length and time, and of the way that detectors are run."""
    digest = hashlib.sha256(f"{FORMAT} {size}\n".encode())
    for one in split:
        state = one.path.stat()
        digest.update(f"{one.name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def measure(
    data: Path,
    split_name: str,
    checkpoints: Sequence[Path],
    packages: Path,
    out: Path,
    *,
    size: int = 512,
    limit: int = 0,
    fppi: float = 0.1,
    only: Sequence[str] = (),
) -> dict[str, Any]:
    """Run our checkpoints and the peers that are installed over a split; all figures as JSON.

    What an earlier run found with the same pictures, weights and way to run is taken from `out`.

    Args:
        data: folder in WIDER FACE's layout.
        split_name: split of it.
        checkpoints: ours; rates are given relative to the first.
        packages: the folder below which peers are installed.
        out: folder for predictions and logs.
        size: height and width of the frame that every detector gets.
        limit: first so many pictures; 0: all.
        fppi: false positives a picture that the detection rates allow.
        only: names of peers; none: all.
    """
    others = chosen(only)
    own = [(path, load_checkpoint(path)) for path in checkpoints]
    split = wider.read_split(data, split_name, keep_invalid=True)[: limit or None]
    scale = bands.scales(split, size)
    out.mkdir(parents=True, exist_ok=True)
    frames, content = out / "frames.npy", _content(split, size)
    pictures = places(split, size)

    def figures(title: str, name: str, made_of: str, **of: str) -> Row:
        folder = out / name
        request = Request(
            frames=str(frames.resolve()),
            pictures=pictures,
            out=str(folder),
            of=f"{made_of} {content}",
            **of,
        )
        answer = kept(request)
        if answer is None:
            if not frames.exists():
                write_frames(frames, split, size)
            answer = run(request, title)
        found = predictions.read(folder / "predictions")
        result, threshold = bands.by_size(*boxes.align(found, split), scale, fppi)
        timed = answer.pictures - 1
        return {
            "detector": title,
            "kb": round(answer.bytes / 1024, 1),
            "bands": {band: asdict(values) for band, values in result.items()},
            "threshold": threshold,
            "pictures_per_second": timed / answer.seconds if timed and answer.seconds else None,
        }

    frames.unlink(missing_ok=True)
    try:
        rows = []
        for path, checkpoint in own:
            title = f"{checkpoint.network} ({path.stem})"
            of = {"detector": OURS, "checkpoint": str(path.resolve())}
            found = figures(title, f"ours-{path.stem}", checkpoint.digest, **of)
            rows.append(found | {"checkpoint": checkpoint.digest})
        rows += [_other(peer, packages, figures) for peer in others]
    finally:
        frames.unlink(missing_ok=True)
    return {
        "size": size,
        "fppi": fppi,
        "pictures": len(split),
        "faces": sum(int((~one.invalid).sum()) for one in split),
        "rows": rows,
        "given_on": GIVEN_ON,
        "given": [list(one) for one in GIVEN],
    }


def _other(peer: Peer, packages: Path, figures: Callable[..., Row]) -> Row:
    """A peer's figures; what installs it where it is not there; why it failed where it did."""
    about = {"why": peer.why, "packages": list(peer.packages), "licence": peer.licence}
    if not peer.installed(packages):
        return {"detector": peer.title, "missing": peer.install(packages), **about}
    try:
        folder = str(peer.folder(packages).resolve())
        made_of = " ".join(peer.packages)
        return figures(peer.title, peer.name, made_of, detector=peer.name, folder=folder) | about
    except ModelError as error:
        return {"detector": peer.title, "failed": str(error), **about}
