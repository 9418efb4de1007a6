"""A page of what a detector does: false boxes, missed faces, found ones, each a cut of its picture.

One HTML file that needs nothing beside it. Faces are outlined in green (grey: flagged invalid),
detections in red.
"""

import base64
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from model.data.wider import Annotation
from model.detection.decode import Detections
from model.detection.image import load_image
from model.evaluation.bands import sizes
from model.evaluation.boxes import OVERLAP, match, overlaps
from model.files import write_atomic

LIMIT = 60
"""Cuts of each kind."""

SIDE = 144
"""Height and width of a cut, pixels."""

AROUND = 2.4
"""Height and width of a cut over the longer side of its box."""

FACE, INVALID, FOUND = (40, 200, 60), (150, 150, 150), (230, 40, 30)

STYLE = """body { font: 14px sans-serif; margin: 2em } figure { display: inline-block; margin: 3px }
figcaption { font-size: 11px; max-width: 144px; overflow-wrap: anywhere }"""


@dataclass(frozen=True, eq=False)
class Cut:
    """A place in a picture that is worth a look."""

    picture: int
    box: NDArray[np.float64]  # (4,) what it is about
    score: float  # of the detection; of a missed face the best that overlaps it by half
    size: float  # of the box, pixels of the network's frame


def sort_cuts(
    detections: Sequence[Detections],
    ground_truth: Sequence[NDArray[np.float64]],
    ignored: Sequence[NDArray[np.bool_]],
    scale: Sequence[float],
    threshold: float,
) -> dict[str, list[Cut]]:
    """False boxes and found faces from the threshold on, and missed faces, by falling scores.

    Arguments as of `model.evaluation.bands.by_size`.
    """
    cuts: dict[str, list[Cut]] = {"false": [], "missed": [], "found": []}
    rows = zip(detections, ground_truth, ignored, scale, strict=True)
    for picture, (one, faces, flags, unit) in enumerate(rows):
        order = np.argsort(-one.scores, kind="stable")
        boxes, scores = one.boxes[order], one.scores[order]
        passed = scores >= threshold
        face, false = match(boxes[passed], faces, flags)
        found = face >= 0

        def cuts_of(
            where: NDArray[np.float64],
            values: NDArray[np.float64],
            picture: int = picture,
            unit: float = unit,
        ) -> list[Cut]:
            parts = zip(where, values, sizes(where, unit), strict=True)
            return [Cut(picture, box, float(v), float(size)) for box, v, size in parts]

        cuts["found"] += cuts_of(boxes[passed][found], scores[passed][found])
        cuts["false"] += cuts_of(boxes[passed][false], scores[passed][false])
        missed = ~flags
        missed[face[found]] = False
        near = overlaps(boxes, faces[missed]) >= OVERLAP
        best = np.where(near, scores[:, np.newaxis], 0.0).max(axis=0, initial=0.0)
        cuts["missed"] += cuts_of(faces[missed], best)
    for some in cuts.values():
        some.sort(key=lambda cut: -cut.score)
    return cuts


TITLES = {
    "false": "False: detections on no face, best score first",
    "missed": "Missed: faces without a detection, with the best score below the threshold",
    "found": "Found: best score first, all scores alike",
}


def _picture(
    cut: Cut, image: NDArray[np.uint8], one: Annotation, found: Detections, least: float
) -> str:
    """A cut as a data URI, with the boxes of the picture drawn."""
    wide, high = cut.box[2:] - cut.box[:2]
    reach = max(wide, high, 1.0) * AROUND / 2
    x, y = (cut.box[:2] + cut.box[2:]) / 2
    window = (x - reach, y - reach, x + reach, y + reach)
    picture = Image.fromarray(image).transform(
        (SIDE, SIDE), Image.Transform.EXTENT, window, Image.Resampling.BILINEAR, fillcolor="grey"
    )
    pen = ImageDraw.Draw(picture)
    lines = [
        (box, INVALID if flag else FACE) for box, flag in zip(one.boxes, one.invalid, strict=True)
    ]
    lines += [(box, FOUND) for box in found.boxes[found.scores >= least]]
    for box, colour in lines:
        moved = (box - np.array([window[0], window[1]] * 2)) * SIDE / (2 * reach)
        pen.rectangle(tuple(moved.tolist()), outline=colour, width=2)
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=80)
    return "data:image/jpeg;base64," + base64.b64encode(content.getvalue()).decode()


def write_page(
    path: Path,
    annotations: Sequence[Annotation],
    detections: Sequence[Detections],
    scale: Sequence[float],
    threshold: float,
    head: str = "",
) -> dict[str, int]:
    """Write the page; returns how many false, missed and found there are.

    Args:
        annotations: of the pictures, flagged faces kept.
        detections: of each.
        scale: of each (`model.evaluation.bands.scales`).
        threshold: least score of a detection.
        head: text that stands on top, line by line.
    """
    cuts = sort_cuts(
        detections,
        [one.boxes for one in annotations],
        [one.invalid for one in annotations],
        scale,
        threshold,
    )
    parts = [
        "<!DOCTYPE html><html lang=en><meta charset=utf-8><title>Detections</title>",
        f"<style>{STYLE}</style><h1>Detections from a score of {threshold:.3f} on</h1>",
        f"<pre>{html.escape(head)}</pre>",
        "<p>Green: faces; grey: faces that do not count; red: detections. Sizes are roots of "
        "areas, in pixels of the network's frame.</p>",
    ]
    for kind, some in cuts.items():
        chosen = some
        if kind == "found" and len(some) > LIMIT:
            chosen = [some[i] for i in np.linspace(0, len(some) - 1, LIMIT).astype(int)]
        parts.append(f"<h2>{html.escape(TITLES[kind])} ({len(some)})</h2>")
        for cut in chosen[:LIMIT]:
            one = annotations[cut.picture]
            picture = _picture(cut, load_image(one.path), one, detections[cut.picture], threshold)
            label = html.escape(f"{cut.score:.2f}, {cut.size:.0f} px, {one.name}")
            parts.append(
                f'<figure><img src="{picture}" alt=""><figcaption>{label}</figcaption></figure>'
            )
    write_atomic(path, "\n".join(parts).encode())
    return {kind: len(some) for kind, some in cuts.items()}
