"""Scenes on disk: WIDER FACE's layout, the same bytes from any number of processes."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.scenes.__main__ import main
from model.scenes.compose import render_scene
from model.scenes.layout import scene_seed

SIZE = 96


def write(folder: Path, *more: str) -> int:
    return main(["--n", "5", "--seed", "3", "--size", str(SIZE), "--out", str(folder), *more])


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scenes")
    assert write(folder, "--jobs", "1") == 0
    return folder


def parse(path: Path) -> dict[str, list[list[int]]]:
    """The published format: name, count, a line a box; a line of zeros where there is none."""
    lines = path.read_text().splitlines()
    found: dict[str, list[list[int]]] = {}
    at = 0
    while at < len(lines):
        name, count = lines[at], int(lines[at + 1])
        rows = [[int(v) for v in line.split()] for line in lines[at + 2 : at + 2 + max(count, 1)]]
        assert all(len(row) == 10 for row in rows)
        found[name] = rows[:count]
        at += 2 + max(count, 1)
    return found


def test_layout_can_be_read(written: Path) -> None:
    notes = parse(written / "wider_face_split" / "wider_face_train_bbx_gt.txt")
    assert len(notes) == 5
    for index, (name, rows) in enumerate(notes.items()):
        with Image.open(written / "WIDER_train" / "images" / name) as picture:
            assert picture.size == (SIZE, SIZE) and picture.format == "JPEG"
        scene = render_scene(scene_seed(3, "train", index), SIZE)
        assert len(rows) == len(scene.boxes)
        for row, box, attributes in zip(rows, scene.boxes, scene.attributes, strict=True):
            x, y, w, h = row[:4]
            assert np.abs(np.array([x, y, x + w, y + h]) - box).max() < 1
            assert x >= 0 and y >= 0 and x + w <= SIZE and y + h <= SIZE
            assert row[4:] == attributes.tolist()


def test_processes_do_not_change_a_byte(written: Path, tmp_path: Path) -> None:
    assert write(tmp_path, "--jobs", "2") == 0
    assert files(tmp_path) == files(written)


def test_resumes_where_it_stopped(written: Path, tmp_path: Path) -> None:
    assert write(tmp_path, "--jobs", "1") == 0
    pictures = sorted(tmp_path.glob("WIDER_train/images/*/*.jpg"))
    kept = pictures[0].stat().st_mtime_ns
    pictures[2].unlink()
    (tmp_path / "wider_face_split" / "wider_face_train_bbx_gt.txt").unlink()
    assert write(tmp_path, "--jobs", "1") == 0
    assert pictures[0].stat().st_mtime_ns == kept
    assert files(tmp_path) == files(written)


def test_splits_differ(written: Path, tmp_path: Path) -> None:
    assert write(tmp_path, "--jobs", "1", "--split", "val") == 0
    train = [p.read_bytes() for p in sorted(written.glob("WIDER_train/images/*/*.jpg"))]
    val = [p.read_bytes() for p in sorted(tmp_path.glob("WIDER_val/images/*/*.jpg"))]
    assert len(val) == 5 and not set(train) & set(val)


def test_near_scenes_are_others_beside_them(written: Path, tmp_path: Path) -> None:
    assert write(tmp_path, "--jobs", "1", "--near") == 0
    notes = parse(tmp_path / "wider_face_split" / "wider_face_train_bbx_gt.txt")
    assert len(notes) == 5 and all(name.startswith("0--near/0_near_3_96_") for name in notes)
    plain = {p.read_bytes() for p in written.glob("WIDER_train/images/*/*.jpg")}
    near = {p.read_bytes() for p in tmp_path.glob("WIDER_train/images/*/*.jpg")}
    assert len(near) == 5 and near != plain


def test_seed_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--n", "1", "--seed", "9", "--size", "64", "--out", str(tmp_path)]) == 0
    assert "seed 9" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--n", "0"], "error: N=0: expected at least 1 scene\n"),
        (["--n", "9" * 400], f"error: N={'9' * 40}: expected at most 1,000,000 scenes\n"),
        (["--n", "1", "--seed", "-2"], "error: seed -2: expected 0 or more\n"),
        (["--n", "1", "--size", "9"], "error: size 9: expected 64 to 4096 pixels\n"),
        (["--n", "1", "--jobs", "0"], "error: jobs 0: expected at least 1\n"),
    ],
)
def test_bad_numbers(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--out", str(tmp_path / "x")]) == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_folder_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["--n", "1", "--out", str(tmp_path / "file")]) == 1
    assert f"error: {tmp_path / 'file'}: cannot be written (" in capsys.readouterr().err
