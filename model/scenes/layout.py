"""Scenes on disk in WIDER FACE's layout, rendered by several processes, resumable."""

import io
import multiprocessing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from model.errors import ModelError
from model.files import write_atomic
from model.scenes.compose import Scene, render_scene
from outside.command import deaf_to_interrupts

SPLITS = ("train", "val")
QUALITY = 90
FOLDER = 1000  # pictures in an event's folder
MAX_SCENES = 1_000_000


@dataclass(frozen=True)
class Job:
    """One picture to write."""

    index: int
    seed: int
    size: int
    near: bool
    picture: Path
    note: Path  # its lines of the annotation file, kept until the end


def scene_seed(seed: int, split: str, index: int) -> int:
    """The seed of one scene: no two of any seed, split or index are alike."""
    return (seed * len(SPLITS) + SPLITS.index(split)) * 10_000_000 + index


def annotation(name: str, scene: Scene) -> str:
    """A picture's lines of the annotation file, as WIDER FACE writes them."""
    lines = [name, str(len(scene.boxes))]
    for (left, top, right, bottom), row in zip(scene.boxes, scene.attributes, strict=True):
        x, y = int(np.floor(left)), int(np.floor(top))
        w, h = int(np.ceil(right)) - x, int(np.ceil(bottom)) - y
        lines.append(f"{x} {y} {w} {h} " + " ".join(str(int(v)) for v in row) + " ")
    if not len(scene.boxes):
        lines.append("0 0 0 0 0 0 0 0 0 0 ")
    return "\n".join(lines) + "\n"


def _write(job: Job) -> int:
    """Render one picture with its note, unless both are there; returns its number of faces."""
    if job.picture.exists() and job.note.exists():
        return 0
    scene = render_scene(job.seed, job.size, job.near)
    content = io.BytesIO()
    Image.fromarray(scene.image).save(content, "JPEG", quality=QUALITY)
    name = f"{job.picture.parent.name}/{job.picture.name}"
    write_atomic(job.note, annotation(name, scene).encode())
    write_atomic(job.picture, content.getvalue())
    return len(scene.boxes)


def _jobs(folder: Path, split: str, count: int, seed: int, size: int, near: bool) -> list[Job]:
    kind = "near" if near else "scenes"
    notes = folder / f".{kind}-{split}-{seed}-{size}"
    jobs = []
    for index in range(count):
        event = f"{index // FOLDER}--{kind}"
        stem = f"{index // FOLDER}_{kind}_{seed}_{size}_{index:06d}"
        picture = folder / f"WIDER_{split}" / "images" / event / f"{stem}.jpg"
        note = notes / f"{stem}.txt"
        jobs.append(Job(index, scene_seed(seed, split, index), size, near, picture, note))
    return jobs


def write_scenes(
    folder: Path,
    split: str,
    count: int,
    seed: int,
    size: int = 512,
    processes: int = 1,
    near: bool = False,
) -> Path:
    """Write `count` scenes of a split and its annotation file, whose path is returned.

    The bytes depend on seed, split, count, size and near alone. Pictures that are there already are
    kept, so that a run that was stopped goes on; the annotation file is written at the end.
    """
    if count < 1:
        raise ModelError(f"N={count}: expected at least 1 scene")
    if count > MAX_SCENES:
        raise ModelError(f"N={str(count)[:40]}: expected at most {MAX_SCENES:,} scenes")
    if seed < 0:
        raise ModelError(f"seed {seed}: expected 0 or more")
    if split not in SPLITS:
        raise ModelError(f"split {split!r}: expected one of {', '.join(SPLITS)}")
    if not 64 <= size <= 4096:
        raise ModelError(f"size {size}: expected 64 to 4096 pixels")
    if processes < 1:
        raise ModelError(f"jobs {processes}: expected at least 1")
    jobs = _jobs(folder, split, count, seed, size, near)
    try:
        for place in {job.picture.parent for job in jobs} | {jobs[0].note.parent}:
            place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelError(f"{folder}: cannot be written ({error.strerror})") from error
    left = [job for job in jobs if not (job.picture.exists() and job.note.exists())]
    progress = tqdm(total=count, initial=count - len(left), unit="scene", desc=f"scenes {split}")
    with progress:
        if processes == 1 or len(left) < 2:
            for job in left:
                _write(job)
                progress.update()
        else:
            context = multiprocessing.get_context("spawn")
            with deaf_to_interrupts():
                workers = context.Pool(min(processes, len(left)))
            with workers as pool:
                for _ in pool.imap_unordered(_write, left, chunksize=4):
                    progress.update()
    target = folder / "wider_face_split" / f"wider_face_{split}_bbx_gt.txt"
    write_atomic(target, "".join(job.note.read_text(encoding="utf-8") for job in jobs).encode())
    return target
