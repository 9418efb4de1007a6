"""The peers' own ways to say what they found, as boxes left, top, right, bottom and scores."""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from model.peers import detectors
from model.peers.catalogue import PEERS

FRAME = np.zeros((64, 32, 3), dtype=np.uint8)
FRAME[..., 0] = 200  # red, to tell RGB from BGR


def module(name: str, **names: Any) -> ModuleType:
    made = ModuleType(name)
    made.__dict__.update(names)
    return made


def test_every_peer_has_a_detector() -> None:
    assert {peer.name for peer in PEERS} == set(detectors.DETECTORS)


def test_haar_is_ranked_by_stages_then_by_the_last_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    class Cascade:
        def __init__(self, path: str) -> None:
            assert path == "/p/cv2/data/haarcascade_frontalface_default.xml"

        def detectMultiScale3(self, grey: Any, **_: Any) -> Any:  # noqa: N802
            boxes = [[1, 2, 10, 20], [3, 4, 10, 10], [5, 6, 7, 8]]
            return np.array(boxes), np.array([25, 25, 24]), np.array([-3.0, 4.0, 99.0])

    fake = module(
        "cv2", setNumThreads=lambda n: None, CascadeClassifier=Cascade,
        cvtColor=lambda frame, code: frame[..., 0], COLOR_RGB2GRAY=7,
    )  # fmt: skip
    monkeypatch.setitem(sys.modules, "cv2", fake)
    found = detectors.haar(Path("/p"))(FRAME)
    assert found.boxes.tolist() == [[1, 2, 11, 22], [3, 4, 13, 14], [5, 6, 12, 14]]
    assert np.argsort(-found.scores).tolist() == [1, 0, 2]


def test_dlib_names_the_last_pixel(monkeypatch: pytest.MonkeyPatch) -> None:
    box = SimpleNamespace(left=lambda: 2, top=lambda: 3, right=lambda: 9, bottom=lambda: 12)
    model = SimpleNamespace(run=lambda frame, times, least: ([box], [1.25], [0]))
    fake = module("dlib", get_frontal_face_detector=lambda: model)
    monkeypatch.setitem(sys.modules, "dlib", fake)
    found = detectors.dlib(Path())(FRAME)
    assert (found.boxes.tolist(), found.scores.tolist()) == ([[2, 3, 10, 13]], [1.25])


def test_blazeface_measures_in_parts_of_the_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    box = SimpleNamespace(xmin=0.25, ymin=0.25, width=0.5, height=0.125)
    one = SimpleNamespace(location_data=SimpleNamespace(relative_bounding_box=box), score=[0.75])
    answers = iter([SimpleNamespace(detections=[one]), SimpleNamespace(detections=None)])
    made = SimpleNamespace(process=lambda frame: next(answers))
    solutions = SimpleNamespace(
        face_detection=SimpleNamespace(FaceDetection=lambda **options: made)
    )
    monkeypatch.setitem(sys.modules, "mediapipe", module("mediapipe", solutions=solutions))
    detect = detectors.blazeface(Path())
    found = detect(FRAME)  # 64 high, 32 wide
    assert (found.boxes.tolist(), found.scores.tolist()) == ([[8, 16, 24, 24]], [0.75])
    assert len(detect(FRAME).scores) == 0


def test_yunet_takes_bgr_and_gives_percents(monkeypatch: pytest.MonkeyPatch) -> None:
    def detect(image: Any, conf: float) -> Any:
        assert image[0, 0].tolist() == [0, 0, 200]
        boxes = np.array([[-2, 5, 10, 20]], dtype=np.int16)
        return np.array([93], dtype=np.int16), boxes, None

    monkeypatch.setitem(sys.modules, "yuface", module("yuface", detect=detect))
    found = detectors.yunet(Path())(FRAME)
    assert (found.boxes.tolist(), found.scores.tolist()) == ([[-2, 5, 8, 25]], [0.93])


def test_mtcnn_takes_bgr_and_may_find_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import onnxruntime

    monkeypatch.setattr(onnxruntime, "InferenceSession", lambda *a, **o: o["sess_options"])
    rows: list[Any] = [np.array([[1, 2, 3, 4, 0.5]]), [], ValueError("need at least one array")]

    class Model:
        def detect(self, image: Any, **_: Any) -> Any:
            assert image[0, 0].tolist() == [0, 0, 200]
            row = rows.pop(0)
            if isinstance(row, Exception):
                raise row
            return row, None

    monkeypatch.setitem(sys.modules, "mtcnnruntime", module("mtcnnruntime", MTCNN=Model))
    detect = detectors.mtcnn(Path())
    found = detect(FRAME)
    assert (found.boxes.tolist(), found.scores.tolist()) == ([[1, 2, 3, 4]], [0.5])
    assert [len(detect(FRAME).scores) for _ in range(2)] == [0, 0]
    assert onnxruntime.InferenceSession("x").intra_op_num_threads == 1
