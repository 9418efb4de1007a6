"""WIDER FACE's average precision: cases worked by hand, the tool's rules one by one, properties."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import savemat

from model.data.wider import Annotation
from model.detection.decode import Detections
from model.errors import ModelError
from model.evaluation import wider
from model.evaluation.wider_truth import SETTINGS, Picture, from_annotations, load_lists

Box = tuple[float, float, float, float]


def corners(rows: Sequence[Box]) -> np.ndarray:
    """x y w h to left, top, right, bottom."""
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    return np.column_stack([table[:, :2], table[:, :2] + table[:, 2:]])


def found(*rows: tuple[float, float, float, float, float]) -> Detections:
    """Detections of x y w h score."""
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    return Detections(corners(table[:, :4]), table[:, 4])


def picture(
    name: str, faces: Sequence[Box], counted: Sequence[bool], setting: str = "s"
) -> Picture:
    return Picture(name, corners(faces), {setting: np.array(counted, dtype=np.bool_)})


# Boxes `0 0 9 9` are of 10 x 10 pixels by the tool's convention.
#
# Picture a: a face that counts at (0, 0), one that is ignored at (20, 0).
#   0.75    on the first face: found                               proposals 1, found 1
#   0.6875  on the ignored face: taken out                         proposals 1, found 1
#   0.625   on the first face again: finds nothing more            proposals 2, found 1
#   0.5     on nothing                                             proposals 3, found 1
# Picture b: a face that counts at (0, 0).
#   0.25    its upper half: 10 x 5 of 10 x 10 pixels, overlap 0.5  proposals 4, found 2
#           (without the tool's + 1 it would be 9 x 4 of 9 x 9, below 0.5)
# Scaled, the scores are 1, 0.875, 0.75, 0.5, 0. Of 2 faces,
#   thresholds 0.999 ... 0.751 give recall 1/2, precision 1
#   thresholds 0.750 ... 0.501 give recall 1/2, precision 1/2
#   thresholds 0.500 ... 0.001 give recall 1/2, precision 1/3
#   threshold  0               gives recall 1,   precision 2/4
# and the area is 1/2 * 1 + 1/2 * 1/2 = 3/4.
BY_HAND = [
    picture("e/a", [(0, 0, 9, 9), (20, 0, 9, 9)], [True, False]),
    picture("e/b", [(0, 0, 9, 9)], [True]),
]
FOUND = {
    "e/a": found(
        (0, 0, 9, 9, 0.75),
        (20, 0, 9, 9, 0.6875),
        (0, 0, 9, 9, 0.625),
        (50, 50, 9, 9, 0.5),
    ),
    "e/b": found((0, 0, 9, 4, 0.25)),
}


def test_a_case_worked_by_hand() -> None:
    result = wider.evaluate(FOUND, BY_HAND)["s"]
    assert result.ap == pytest.approx(0.75, abs=1e-12)
    assert (result.faces, result.missing) == (2, 0)
    assert result.recall.tolist() == [0.5] * 999 + [1.0]
    expected = [1.0] * 249 + [0.5] * 250 + [1 / 3] * 500 + [0.5]
    np.testing.assert_allclose(result.precision, expected)


def test_files_need_not_be_sorted() -> None:
    mixed = {
        name: Detections(one.boxes[::-1], one.scores[::-1]) for name, one in FOUND.items()
    }  # fmt: skip
    assert wider.evaluate(mixed, BY_HAND)["s"].ap == pytest.approx(0.75, abs=1e-12)


def test_scores_are_scaled_over_all_pictures() -> None:
    # 0.75, 0.6875 ... become 15, 13.75 ..., or 5, 3.75 ... -5: the same after scaling.
    for factor, offset in ((20.0, 0.0), (20.0, -10.0)):
        scaled = {
            name: Detections(one.boxes, one.scores * factor + offset) for name, one in FOUND.items()
        }
        assert wider.evaluate(scaled, BY_HAND)["s"].ap == pytest.approx(0.75, abs=1e-12)


def test_normalise() -> None:
    first, none, second = wider.normalise([np.array([6.0, 4.0]), np.zeros(0), np.array([2.0])])
    assert (first.tolist(), none.tolist(), second.tolist()) == ([1.0, 0.5], [], [0.0])
    assert wider.normalise([np.array([0.5, 0.5])])[0].tolist() == [1.0, 1.0]
    assert wider.normalise([np.zeros(0)])[0].tolist() == []
    # The greatest starts at MATLAB's realmin: negative scores alone do not reach 1.
    assert wider.normalise([np.array([-1.0, -2.0])])[0].tolist() == pytest.approx([0.5, 0.0])


def test_overlaps_are_of_whole_pixels() -> None:
    # 10 x 10 and 10 x 5 pixels: 50 / 100. Shifted by 5: 5 x 10 common, 50 / 150. Corner pixel: 1
    # common, 1 / 199. Beside it: 0. A box of no size is one pixel: 1 / 100.
    faces = corners([(0, 0, 9, 9)])
    boxes = corners([(0, 0, 9, 4), (5, 0, 9, 9), (9, 9, 9, 9), (10, 0, 9, 9), (3, 3, 0, 0)])
    expected = [0.5, 1 / 3, 1 / 199, 0.0, 0.01]
    np.testing.assert_allclose(wider.overlaps(boxes, faces)[:, 0], expected)
    assert wider.overlaps_matlab(boxes, faces)[:, 0].tolist() == [1, 0, 0, 0, 0]


def test_matlabs_integers_take_the_first_face_from_a_half_on() -> None:
    # The detection covers face 2 fully and face 1, 10 x 6 of its 10 x 10 pixels, by 0.6. Rounded,
    # both overlaps are 1, and the first is taken.
    faces = corners([(0, 0, 9, 5), (0, 0, 9, 9)])
    boxes = corners([(0, 0, 9, 9)])
    assert wider.nearest(boxes, faces, matlab=False).tolist() == [1]
    assert wider.nearest(boxes, faces, matlab=True).tolist() == [0]
    # Left at 0.5 is rounded to 1: 9 x 10 common. Area 10 x 10 of the box, 100 of the face: 90/110.
    # At 5.4 to 5: 5 x 10 common of 150. At -0.5 to -1, outside, so that the face's 0 counts.
    boxes = corners([(0.5, 0, 9, 9), (5.4, 0, 9, 9), (-0.5, 0, 9, 9)])
    assert wider.nearest(boxes, corners([(0, 0, 9, 9)]), matlab=True).tolist() == [0, -1, 0]


def test_halves_round_away_from_zero() -> None:
    values = np.array([0.5, 1.5, 2.5, -0.5, -1.5, 0.4, -0.4])
    assert wider._round(values).tolist() == [1, 2, 3, -1, -2, 0, 0]


def test_average_precision_by_hand() -> None:
    # Precision 1, 1/2, 2/3 at recall 1/3, 1/3, 2/3, then nothing up to 1:
    # 1/3 * 1 + 1/3 * 2/3 + 1/3 * 0 = 5/9.
    ap = wider.average_precision(np.array([1, 1, 2]) / 3, np.array([1, 1 / 2, 2 / 3]))
    assert ap == pytest.approx(5 / 9)
    # A dip is filled by what comes behind: 1/2 * 1 + 1/2 * 1.
    assert wider.average_precision(np.array([0.5, 1.0]), np.array([0.1, 1.0])) == pytest.approx(1.0)


def test_pictures_without_faces() -> None:
    # The tool passes over them; in the setting "all" what is found there is false.
    # 1 face found at score 1, the false one at 1 too: precision 1/2.
    for setting, count_empty, ap in (("s", None, 1), ("all", None, 0.5), ("all", False, 1)):
        pictures = [
            picture("e/a", [(0, 0, 9, 9)], [True], setting),
            picture("e/b", [], [], setting),
        ]
        both = {"e/a": found((0, 0, 9, 9, 0.9)), "e/b": found((0, 0, 9, 9, 0.9))}
        result = wider.evaluate(both, pictures, count_empty=count_empty)[setting]
        assert result.ap == pytest.approx(ap)


def test_missing_predictions_are_none_and_told() -> None:
    # One face of two is found, with precision 1 at the greatest score: area 1/2.
    result = wider.evaluate({"e/a": FOUND["e/a"]}, BY_HAND)["s"]
    assert (result.ap, result.missing) == (pytest.approx(0.5), 1)
    with pytest.raises(ModelError) as error:
        wider.evaluate({"x/y": found()}, BY_HAND)
    assert str(error.value) == (
        "none of the 2 pictures has predictions; expected names like e/a, there are x/y"
    )
    with pytest.raises(ModelError, match="no pictures to evaluate on"):
        wider.evaluate(FOUND, [])


def test_nothing_found_and_no_faces() -> None:
    assert wider.evaluate({"e/a": found()}, BY_HAND)["s"].ap == 0.0
    assert wider.evaluate({"e/a": found((0, 0, 1, 1, 1))}, [picture("e/a", [], [])])["s"].ap == 0.0


def test_faces_flagged_invalid_are_ignored() -> None:
    attributes = np.zeros((2, 6), dtype=np.int64)
    attributes[1, 3] = 1
    annotation = Annotation(Path("/d/e/a.jpg"), corners([(0, 0, 9, 9), (20, 0, 9, 9)]), attributes)
    pictures = from_annotations([annotation])
    assert pictures[0].name == "e/a"
    result = wider.evaluate({"e/a": found((0, 0, 9, 9, 0.5), (20, 0, 9, 9, 0.9))}, pictures)["all"]
    assert (result.ap, result.faces) == (pytest.approx(1.0), 1)


# ---- the .mat lists -----------------------------------------------------------------------------


def cell(items: Sequence[Any]) -> np.ndarray:
    """A column cell array, as the official files hold them."""
    column = np.empty((len(items), 1), dtype=object)
    for i, item in enumerate(items):
        column[i, 0] = item
    return column


def lists(folder: Path) -> Path:
    """The four files with two events: 2 pictures, and 1."""
    boxes = [[[(0, 0, 9, 9), (20, 0, 9, 9)], [(0, 0, 9, 9)]], [[(5, 5, 9, 9)]]]
    common = {
        "event_list": cell(["0--Parade", "1--Handshaking"]),
        "file_list": cell([cell(["0_a_1", "0_a_2"]), cell(["1_b_3"])]),
        "face_bbx_list": cell(
            [cell([np.array(one, dtype=np.int32) for one in event]) for event in boxes]
        ),
    }
    savemat(folder / "wider_face_val.mat", common)
    none = np.zeros((0, 1))
    first, second = np.array([[1.0]]), np.array([[1.0], [2.0]])
    counted = {
        "easy": [[first, none], [np.zeros((0, 0))]],
        "medium": [[first, first], [first]],
        "hard": [[second, first], [first]],
    }
    for name, events in counted.items():
        content = {**common, "gt_list": cell([cell(event) for event in events])}
        savemat(folder / f"wider_{name}_val.mat", content)
    return folder


FACES = {"easy": 1, "medium": 3, "hard": 4}


def test_the_official_lists(tmp_path: Path) -> None:
    pictures = load_lists(lists(tmp_path))
    assert [one.name for one in pictures] == [
        "0--Parade/0_a_1", "0--Parade/0_a_2", "1--Handshaking/1_b_3"
    ]  # fmt: skip
    assert pictures[0].boxes.tolist() == [[0, 0, 9, 9], [20, 0, 29, 9]]
    assert {name: mask.tolist() for name, mask in pictures[0].counted.items()} == {
        "easy": [True, False], "medium": [True, False], "hard": [True, True]
    }  # fmt: skip
    # Both faces of the first picture and the one of the third are found, the second is missed, and
    # there is a false one; all scores are 1, so that one point decides.
    predictions = {
        "0--Parade/0_a_1": found((0, 0, 9, 9, 1), (20, 0, 9, 9, 1)),
        "0--Parade/0_a_2": found(),
        "1--Handshaking/1_b_3": found((5, 5, 9, 9, 1), (50, 5, 9, 9, 1)),
    }
    results = wider.evaluate(predictions, pictures)
    # easy: 1 face, found; the third picture's face is ignored, the false one counts: 1 of 2.
    # medium: 2 of 3 found by 3 proposals: 2/3 * 2/3. hard: 3 of 4 found by 4: 3/4 * 3/4.
    assert list(results) == list(SETTINGS)
    assert {name: one.faces for name, one in results.items()} == FACES
    assert [one.ap for one in results.values()] == pytest.approx([1 / 2, 4 / 9, 9 / 16])


def test_lists_that_are_not_there_or_malformed(tmp_path: Path) -> None:
    def message() -> str:
        with pytest.raises(ModelError) as error:
            load_lists(tmp_path)
        return str(error.value)

    path = tmp_path / "wider_face_val.mat"
    assert message() == (
        f"{path}: no such file; expected the ground truth of WIDER FACE's eval_tools, "
        "wider_face_val.mat and wider_{easy,medium,hard}_val.mat"
    )
    lists(tmp_path)
    path.write_bytes(b"no MATLAB file")
    assert message().startswith(f"{path}: not a MATLAB 5 file (")
    savemat(path, {"event_list": np.zeros(3)})
    assert message() == f"{path}: event_list is not a cell array; expected cells"
    savemat(path, {"event_list": cell(["a"])})
    assert message() == f"{path}: holds no file_list; expected cells, one for each event"
    names = {"event_list": cell(["a"]), "file_list": cell([cell(["b", "c"])])}
    savemat(path, {**names, "face_bbx_list": cell([cell([np.ones((2, 3))])])})
    assert message() == f"{path}: face_bbx_list{{1}} has 1 pictures; expected 2, as in file_list"
    savemat(path, {**names, "face_bbx_list": cell([cell([np.ones((2, 3)), np.ones((2, 4))])])})
    easy = tmp_path / "wider_easy_val.mat"
    assert message() == f"{easy}: gt_list has 2 events; expected 1, as in event_list"
    one = cell([cell([np.array([[3.0]]), np.array([[1.0]])])])
    for name in SETTINGS:
        savemat(tmp_path / f"wider_{name}_val.mat", {"gt_list": one})
    assert message() == (
        f"{path}: face_bbx_list{{1}}{{1}} has shape (2, 3); expected boxes (M, 4), x y w h"
    )
    savemat(path, {**names, "face_bbx_list": cell([cell([np.ones((2, 4)), np.ones((2, 4))])])})
    there = f"{easy}: gt_list{{1}}{{1}} names"
    assert message() == f"{there} faces that are not there; expected 1 to 2"
    for index in (1.5, np.nan):
        savemat(easy, {"gt_list": cell([cell([np.array([[index]]), np.array([[1.0]])])])})
        assert message() == f"{there} faces that are not there; expected 1 to 2"
    savemat(easy, {"gt_list": cell([cell([np.array([[2], [2]]), np.array([[1]])])])})
    assert message() == f"{there} a face twice; expected each once"
    nan = np.full((2, 4), np.nan)
    savemat(path, {**names, "face_bbx_list": cell([cell([nan, np.ones((2, 4))])])})
    assert message() == (
        f"{path}: face_bbx_list{{1}}{{1}} has a number that is not finite or beyond 1e+09"
    )
    boxes = {"face_bbx_list": cell([cell([np.ones((2, 4)), np.ones((2, 4))])])}
    twice = cell([cell([np.array([[1]]), np.array([[1]])])])
    for name in SETTINGS:
        savemat(tmp_path / f"wider_{name}_val.mat", {"gt_list": twice})
    savemat(path, {**names, **boxes, "file_list": cell([cell(["b", "b"])])})
    assert message() == f"{path}: a/b stands in it twice; expected each picture once"


# ---- against loops that follow the protocol's text, and properties -------------------------------


def by_loops(predictions: dict[str, Detections], pictures: list[Picture]) -> float:
    """The protocol word by word, a detection and a threshold at a time."""
    scores = np.concatenate([one.scores for one in predictions.values()])
    least, greatest = scores.min(), scores.max()
    proposals, hits, faces = np.zeros(1000), np.zeros(1000), 0
    for one in pictures:
        faces += int(one.counted["s"].sum())
        ranked = sorted(
            zip(predictions[one.name].scores, predictions[one.name].boxes, strict=True),
            key=lambda pair: -pair[0],
        )
        if not ranked or not len(one.boxes):
            continue
        for t in range(1, 1001):
            kept, got = 0, set()
            for score, box in ranked:
                if (score - least) / (greatest - least) < 1 - t / 1000:
                    continue
                best, best_ratio = -1, -1.0
                for i, face in enumerate(one.boxes):
                    w = min(box[2], face[2]) - max(box[0], face[0]) + 1
                    h = min(box[3], face[3]) - max(box[1], face[1]) + 1
                    common = w * h if w > 0 and h > 0 else 0.0
                    area = [(b[2] - b[0] + 1) * (b[3] - b[1] + 1) for b in (box, face)]
                    ratio = common / (area[0] + area[1] - common)
                    if ratio > best_ratio:
                        best, best_ratio = i, ratio
                if best_ratio >= 0.5 and not one.counted["s"][best]:
                    continue
                kept += 1
                if best_ratio >= 0.5:
                    got.add(best)
            proposals[t - 1] += kept
            hits[t - 1] += len(got)
    area, last = 0.0, 0.0
    precision = [h / p if p else 0.0 for h, p in zip(hits, proposals, strict=True)]
    for t in range(1000):
        area += (hits[t] / faces - last) * max(precision[t:])
        last = hits[t] / faces
    return float(area)


@st.composite
def scenes(draw: st.DrawFn) -> tuple[dict[str, Detections], list[Picture]]:
    """Pictures with faces and ignored faces; detections near and far of them."""
    random = np.random.default_rng(draw(st.integers(0, 2**31)))
    pictures, predictions = [], {}
    for k in range(draw(st.integers(1, 3))):
        faces = np.column_stack(
            [random.integers(0, 60, (k + 2, 2)), random.integers(4, 20, (k + 2, 2))]
        )
        moved = faces[random.integers(0, k + 2, 6)] + random.integers(-2, 3, (6, 4))
        rows = np.column_stack([moved, random.integers(0, 1001, 6) / 1000])
        counted = random.random(k + 2) < 0.7
        counted[0] = True
        pictures.append(picture(f"e/{k}", faces, counted))
        predictions[f"e/{k}"] = found(*rows)
    return predictions, pictures


@settings(max_examples=15, deadline=None)
@given(scenes())
def test_the_protocol_word_by_word(case: tuple[dict[str, Detections], list[Picture]]) -> None:
    predictions, pictures = case
    if len(np.unique(np.concatenate([one.scores for one in predictions.values()]))) > 1:
        result = wider.evaluate(predictions, pictures)["s"]
        assert result.ap == pytest.approx(by_loops(predictions, pictures), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(scenes())
def test_properties(case: tuple[dict[str, Detections], list[Picture]]) -> None:
    predictions, pictures = case
    result = wider.evaluate(predictions, pictures)["s"]
    assert 0.0 <= result.ap <= 1.0
    assert (np.diff(result.recall) >= 0).all()
    assert ((result.precision >= 0) & (result.precision <= 1)).all()
    chunked = wider.PAIRS
    try:
        wider.PAIRS = 3  # overlaps in small pieces give the same
        assert wider.evaluate(predictions, pictures)["s"].ap == result.ap
    finally:
        wider.PAIRS = chunked
    for matlab in (False, True):
        perfect = {
            one.name: Detections(one.boxes, np.full(len(one.boxes), 0.5)) for one in pictures
        }
        distinct = all(len(np.unique(one.boxes, axis=0)) == len(one.boxes) for one in pictures)
        apart = all(
            (wider.overlaps(one.boxes, one.boxes) < 0.5).sum()
            == len(one.boxes) ** 2 - len(one.boxes)
            for one in pictures
        )
        if distinct and (apart or not matlab):
            assert wider.evaluate(perfect, pictures, matlab)["s"].ap == pytest.approx(1.0)
