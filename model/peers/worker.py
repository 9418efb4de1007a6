"""One detector over pictures, in a process of its own: `python -m model.peers.worker REQUEST`.

REQUEST is a JSON file, `Request`. A line on standard output for each picture; at the end
`worker.json`, `Answer`, stands in the folder `out`, and `predictions` beside it.
"""

import json
import sys
import time
import traceback
from pathlib import Path

import numpy as np

from model.data import predictions
from model.detection.decode import Detections
from model.detection.letterbox import Transform
from model.files import READER, write_atomic
from model.peers.catalogue import PEERS
from model.peers.detectors import DETECTORS, Detector
from outside.schema import Document

OURS = "ours"
ANSWER = "worker.json"
#: Part of the hash of a kept result; another number, for another way to run, makes older ones void.
FORMAT = "1"


class Picture(Document):
    """A picture's name `event/image`, and where it lies in its frame (`Transform`)."""

    name: str
    width: int
    height: int
    scale_x: float
    scale_y: float
    left: int
    top: int

    def transform(self) -> Transform:
        """Its place as it was."""
        return Transform(**self.model_dump(exclude={"name"}))


class Request(Document):
    """A detector to be run over pictures.

    detector: name of a peer, or "ours" with a checkpoint. folder: what a peer is installed in.
    frames: .npy (N, S, S, 3) uint8 of all pictures in their letterbox, which every detector gets.
    out: folder for what it finds. of: hash of all else that the result depends on.
    """

    detector: str
    folder: str = ""
    checkpoint: str = ""
    frames: str
    pictures: list[Picture]
    out: str
    of: str = ""


class Answer(Document):
    """Seconds of the processor for all pictures but the first, and the bytes of the detector."""

    seconds: float
    pictures: int
    bytes: int


def ours(checkpoint: Path) -> tuple[Detector, int]:
    """Our network by PyTorch, as `model.evaluation network` runs it, and the bytes of its size."""
    import torch

    from model.checkpoint import load_checkpoint, network_from
    from model.complexity import measure
    from model.detection.decode import Head, detect
    from model.evaluation.network import LEAST_SCORE, LIMIT
    from model.peers.detectors import Frame
    from model.quantizers import INPUT_STEP

    torch.set_num_threads(1)
    network = network_from(load_checkpoint(checkpoint)).eval()
    size = round(1024 * measure(network, 512).model_size_kb)
    head = Head(network.spec.anchors)

    def run(frame: Frame) -> Detections:
        pixels = torch.from_numpy(frame.copy()).permute(2, 0, 1)[None].float() * INPUT_STEP
        with torch.no_grad():
            raw = network(pixels).permute(0, 2, 3, 1).numpy()
        (found,) = detect(raw, head, LEAST_SCORE, limit=LIMIT)
        return found

    return run, size


def _peer(request: Request) -> tuple[Detector, int]:
    """A peer from its folder, which goes before all other packages."""
    folder = Path(request.folder).resolve()
    sys.path.insert(0, str(folder))
    (peer,) = (one for one in PEERS if one.name == request.detector)
    detector = DETECTORS[peer.name](folder)
    if peer.name == "dlib":
        return detector, _saved_dlib(Path(request.out) / "detector.svm")
    return detector, sum((folder / path).stat().st_size for path in peer.weights)


def _saved_dlib(path: Path) -> int:
    import dlib

    dlib.get_frontal_face_detector().save(str(path))
    return path.stat().st_size


def work(request: Request) -> Answer:
    """Run the detector over the pictures and write predictions, in pixels of the pictures."""
    out = Path(request.out)
    made = ours(Path(request.checkpoint)) if request.detector == OURS else _peer(request)
    detector, size = made
    seconds = 0.0
    frames = np.load(request.frames, mmap_mode="r")
    for index, (picture, stored) in enumerate(zip(request.pictures, frames, strict=True)):
        frame = np.array(stored)
        began = time.process_time()
        found = detector(frame)
        if index:  # the first takes longer
            seconds += time.process_time() - began
        inside = Detections(picture.transform().to_picture(found.boxes), found.scores)
        predictions.write(out / "predictions", [(picture.name, inside)])
        print(index + 1, flush=True)
    return Answer(seconds=seconds, pictures=len(request.pictures), bytes=size)


def main(arguments: list[str]) -> int:
    """Returns the exit status; where a detector fails, what it raised is the last line."""
    request = READER.json(Path(arguments[0]), Request, "model.peers writes it")
    try:
        answer = work(request)
    except Exception as error:  # of a program that is not ours
        traceback.print_exc()
        print(f"{type(error).__name__}: {' '.join(str(error).split())[:200]}", file=sys.stderr)
        return 1
    write_atomic(Path(request.out) / ANSWER, json.dumps(answer.model_dump()).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
