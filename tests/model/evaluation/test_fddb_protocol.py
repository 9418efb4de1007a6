"""FDDB's scores: regions of pixels, the matching, and curves worked by hand."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.data.fddb import Faces, Regions, read_detections, read_folds
from model.errors import ModelError
from model.evaluation import fddb
from model.evaluation.curve import Curve
from model.evaluation.regions import Region, draw, ellipse, overlaps, rectangle


def holds(region: Region, x: int, y: int) -> bool:
    left, top, right, bottom = region.bounds
    return left <= x < right and top <= y < bottom and bool(region.mask[y - top, x - left])


def extent(region: Region) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of its pixels."""
    y, x = np.nonzero(region.mask)
    left, top = x + region.left, y + region.top
    return int(left.min()), int(top.min()), int(left.max()) + 1, int(top.max()) + 1


def test_a_rectangle_holds_both_corners() -> None:
    region = rectangle(2, 3, 9, 4)
    assert (region.area, region.bounds) == (10 * 5, (2, 3, 12, 8))
    # Corners are rounded, halves to even: 0.5 to 0 and 0.5 + 9 to 10; 1.4 to 1 and 5.6 to 6.
    assert rectangle(0.5, 1.4, 9, 4.2).bounds == (0, 1, 11, 7)


def test_clipping() -> None:
    assert rectangle(-5, -5, 9, 9, size=(100, 100)).area == 25  # of -5 ... 4, 0 ... 4
    assert rectangle(-5, -5, 9, 9).area == 25  # above and left is known to be outside
    assert rectangle(95, 90, 9, 19, size=(100, 100)).area == 5 * 10
    assert rectangle(95, 90, 9, 19).area == 10 * 20
    assert rectangle(200, 200, 9, 9, size=(100, 100)).area == 0
    assert rectangle(-50, -50, 9, 9, size=(100, 100)).area == 0
    for x, y in ((-50, 5), (5, -50), (150, 5), (5, 150)):
        assert ellipse(20, 10, 0.3, x, y, size=(100, 100)).area == 0
    assert ellipse(20, 10, 0.3, -50, 5).area == 0
    assert ellipse(20, 10, 0.3, 150, 5).area == ellipse(20, 10, 0.3, 50, 5).area


def test_an_ellipse_along_the_axes() -> None:
    # Radii 20.9 and 10.9 are cut to 20 and 10, the centre is rounded to (50, 40).
    flat = ellipse(20.9, 10.9, 0.0, 49.6, 40.4)
    assert extent(flat) == (30, 30, 71, 51)
    upright = ellipse(20, 10, np.pi / 2, 50, 40)
    assert extent(upright) == (40, 20, 61, 61)
    assert upright.area == pytest.approx(flat.area, abs=4)
    # pi * 20 * 10 and half of the outline's 97 pixels
    assert flat.area == pytest.approx(np.pi * 20 * 10 + 97 / 2, rel=0.03)


def test_the_angle_turns_the_major_axis_downwards() -> None:
    # Rows count downwards: at 45 degrees the major axis runs from the upper left to the lower
    # right, as annotations of FDDB have it.
    region = ellipse(20, 5, np.pi / 4, 50, 50)
    assert holds(region, 62, 62)
    assert holds(region, 38, 38)
    assert not holds(region, 62, 38)
    assert not holds(region, 38, 62)


def test_small_ellipses() -> None:
    assert extent(ellipse(0.5, 0.5, 1.0, 7, 8)) == (7, 8, 8, 9)  # radii cut to 0: one pixel
    # Below a radius of 3, OpenCV's polygon has four corners: rows of 1, 3, 5, 3, 1 pixels.
    region = ellipse(2, 2, 0.0, 5, 5)
    assert region.mask.sum(axis=1)[2:-2].tolist() == [1, 3, 5, 3, 1]


@settings(max_examples=200, deadline=None)
@given(
    st.tuples(st.floats(0, 150), st.floats(0, 150)),
    st.floats(-4, 4),
    st.tuples(st.floats(-80, 380), st.floats(-80, 380)),
    st.tuples(st.integers(1, 300), st.integers(1, 300)),
)
def test_ellipses_are_the_pixels_that_opencv_draws_in_the_picture(
    radii: tuple[float, float],
    angle: float,
    centre: tuple[float, float],
    size: tuple[int, int],
) -> None:
    picture = np.zeros(size[::-1], np.uint8)
    x, y = (int(np.rint(value)) for value in centre)
    axes, degrees = (int(radii[0]), int(radii[1])), int(np.rint(np.degrees(angle)))
    cv2.ellipse(picture, (x, y), axes, degrees, 0, 360, 1, cv2.FILLED)
    region = ellipse(*radii, angle, *centre, size=size)
    drawn = np.zeros_like(picture)
    left, top, right, bottom = region.bounds
    drawn[top:bottom, left:right] = region.mask
    np.testing.assert_array_equal(drawn, picture)


def test_areas_of_opencv() -> None:
    # Areas of cv2.ellipse in a picture of 200 x 200, by OpenCV 4.6 and 5.0, taken by hand.
    for shape, area in (((20, 15, 0), 991), ((8, 6, 45), 175), ((40, 28, 80), 3620)):
        assert ellipse(*shape[:2], np.radians(shape[2]), 100, 100, size=(200, 200)).area == area


def test_overlaps_of_regions() -> None:
    faces = [rectangle(0, 0, 9, 9), rectangle(100, 0, 9, 9)]
    found = draw(Regions("rectangle", np.array([[0.0, 0, 9, 4], [5, 0, 9, 9]]), np.ones(2)), None)
    # 50 of 100; 5 x 10 common of 150; nothing near the second face.
    np.testing.assert_allclose(overlaps(faces, found), [[0.5, 1 / 3], [0, 0]])
    assert overlaps([], found).shape == (0, 2)
    one = np.array([[20.0, 12, 0.3, 40, 40]])
    same = draw(Regions("ellipse", one, np.ones(1)), (90, 90))
    assert overlaps([ellipse(*one[0])], same)[0, 0] == 1.0


def test_matching_is_best_as_a_whole() -> None:
    # The greatest overlap first would pair face 1 with detection 1 (0.8) and leave face 2 alone;
    # 0.7 + 0.6 is more.
    assert fddb.match(np.array([[0.8, 0.7], [0.6, 0.0]])) == (2, pytest.approx(1.3))
    # 0.9 + 0.2 is more than 0.5 + 0.55, though only one of its pairs is above 0.5.
    assert fddb.match(np.array([[0.9, 0.5], [0.55, 0.2]])) == (1, pytest.approx(1.1))
    assert fddb.match(np.array([[0.5]])) == (0, 0.5)  # above 0.5, not from 0.5 on
    assert fddb.match(np.zeros((2, 3))) == (0, 0.0)
    assert fddb.match(np.zeros((0, 3))) == (0, 0.0)
    assert fddb.match(np.array([[0.4, 0.9, 0.7]])) == (1, 0.9)


def test_a_picture_by_hand() -> None:
    # Scores 0.9, 0.5 (twice), 0.3 of detections 2, 1 and 3, 4; detection 4 overlaps nothing.
    #   from 0.9: face 1 with detection 2, 0.7                      found 1, sum 0.7, false 0
    #   from 0.5: 0.7 + 0.6 (face 2 with 1), 3 overlaps by 0.1      found 2, sum 1.3, false 1
    #   from 0.3: the same, one more false                          found 2, sum 1.3, false 2
    ratio = np.array([[0.8, 0.7, 0.1, 0.0], [0.6, 0.0, 0.0, 0.0]])
    scores, discrete, continuous, wrong = fddb.score_picture(ratio, np.array([0.5, 0.9, 0.5, 0.3]))
    assert scores.tolist() == [0.9, 0.5, 0.3]
    assert discrete.tolist() == [1, 1, 0]
    assert continuous.tolist() == pytest.approx([0.7, 0.6, 0.0])
    assert wrong.tolist() == [0, 1, 1]


FIRST, SECOND = "2002/08/11/big/img_591", "2002/08/26/big/img_265"


def files(folder: Path) -> tuple[Path, Path]:
    """Folds of two pictures with 1 and 2 faces; detections of both."""
    folds = folder / "FDDB-folds"
    folds.mkdir()
    one, two, three = "40 30 0.3 60 60", "30 20 1.5 50 50", "30 20 1.5 150 50"
    for n in range(1, 11):
        names = {1: f"{FIRST}\n", 4: f"{SECOND}\n"}.get(n, "")
        ellipses = {
            1: f"{FIRST}\n1\n{one}  1\n",
            4: f"{SECOND}\n2\n{two}  1\n{three}  1\n",
        }.get(n, "")
        (folds / f"FDDB-fold-{n:02d}.txt").write_text(names)
        (folds / f"FDDB-fold-{n:02d}-ellipseList.txt").write_text(ellipses)
    found = folder / "found"
    found.mkdir()
    (found / "fold-01-out.txt").write_text(f"{FIRST}\n2\n{one} 0.9\n10 10 0 300 300 0.8\n")
    (found / "fold-04-out.txt").write_text(f"{SECOND}\n2\n{two} 0.7\n10 10 0 300 300 0.95\n")
    return folds, found


# Of three faces, the detections that are ellipses on faces have an overlap of 1:
#   from 0.95: found 0, false 1    from 0.9: found 1, false 1
#   from 0.8:  found 1, false 2    from 0.7: found 2, false 2
def test_folds_by_hand(tmp_path: Path) -> None:
    folds, found = files(tmp_path)
    result = fddb.evaluate(read_folds(folds), read_detections(found))
    for curve in (result.discrete, result.continuous):
        assert curve.thresholds.tolist() == [0.95, 0.9, 0.8, 0.7]
        assert curve.found.tolist() == [0, 1, 1, 2]
        assert curve.false_positives.tolist() == [1, 1, 2, 2]
        assert (curve.faces, curve.pictures) == (3, 2)
        assert curve.rate_at(1) == pytest.approx(1 / 3)
        assert curve.rate_at_fppi(0.1) == 0.0  # 0.2 false positives are none
        assert curve.rate_at_fppi(0.5) == pytest.approx(1 / 3)
    assert result.rates()["discrete"] == {
        "0.1 per image": 0.0, "1000": pytest.approx(2 / 3), "2000": pytest.approx(2 / 3)
    }  # fmt: skip
    paths = fddb.write_roc(f"{tmp_path}/mine", result)
    assert [path.name for path in paths] == ["mineDiscROC.txt", "mineContROC.txt"]
    assert paths[0].read_text() == ("0.666667 2 0.7\n0.333333 2 0.8\n0.333333 1 0.9\n0 1 0.95\n")
    assert paths[1].read_text() == "0.666667 2\n0.333333 2\n0.333333 1\n0 1\n"


def test_rectangles_on_ellipses() -> None:
    # A square of 81 x 81 pixels around the disc of radius 40: the overlap is the disc's area over
    # the square's, about pi / 4; the discrete score is 1, the continuous one the overlap.
    disc = Faces("a", 1, np.array([[40.0, 40, 0, 60, 60]]), (200, 200))
    square = Regions("rectangle", np.array([[20.0, 20, 80, 80]]), np.array([0.5]))
    result = fddb.evaluate([disc], {"a": square})
    assert result.discrete.rate_at(0) == 1.0
    assert result.continuous.rate_at(0) == pytest.approx(np.pi / 4, abs=0.01)


def test_rates_of_the_whole_of_fddb() -> None:
    # 0.1 false positives for each of 2,845 pictures are 284.5: 284 are allowed, 285 are not.
    def curve(false: list[int]) -> Curve:
        hits = np.array([1.0, 2.0, 3.0])
        return Curve(np.array([0.9, 0.8, 0.7]), hits, np.array(false), 4, 2845)

    assert curve([0, 284, 285]).rate_at_fppi(0.1) == 0.5
    assert curve([0, 284, 284]).rate_at_fppi(0.1) == 0.75
    assert curve([999, 1000, 1001]).rate_at(1000) == 0.5
    assert curve([999, 1000, 1001]).rate_at(998) == 0.0
    assert curve([1, 2, 3]).threshold_at_fppi(0.1) == 0.7
    assert curve([285, 286, 287]).threshold_at_fppi(0.1) is None


def test_detections_have_to_be_of_the_folds(tmp_path: Path) -> None:
    folds, found = files(tmp_path)
    faces, detections = read_folds(folds), read_detections(found)
    some = {FIRST: detections[FIRST]}
    with pytest.raises(ModelError) as error:
        fddb.evaluate(faces, some)
    assert str(error.value) == (
        f"1 of 2 pictures are not among the detections, first {SECOND}; expected each, with the "
        "number 0 where nothing was found"
    )
    with pytest.raises(ModelError) as error:
        fddb.evaluate(faces[:1], detections)
    assert str(error.value) == (
        f"detections in 1 pictures that the folds do not have, first {SECOND}"
    )
    with pytest.raises(ModelError, match="no pictures to evaluate on; expected the folds of FDDB"):
        fddb.evaluate([], detections)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 4), st.integers(0, 5))
def test_properties_of_the_curves(seed: int, pictures: int, count: int) -> None:
    random = np.random.default_rng(seed)
    faces, detections = [], {}
    for k in range(pictures):
        shapes = np.column_stack(
            [
                random.uniform(10, 40, (3, 2)),
                random.uniform(-3, 3, 3),
                random.uniform(0, 150, (3, 2)),
            ]
        )
        faces.append(Faces(f"{k}", 1, shapes, (150, 150)))
        moved = shapes[random.integers(0, 3, count)] + random.normal(0, 2, (count, 5))
        detections[f"{k}"] = Regions("ellipse", moved, random.integers(0, 4, count) / 4)
    result = fddb.evaluate(faces, detections)
    for curve in (result.discrete, result.continuous):
        assert ((curve.rates >= 0) & (curve.rates <= 1)).all()
        rates = [curve.rate_at(limit) for limit in range(10)]
        assert rates == sorted(rates)
    if count:  # at the lowest threshold every detection is found or false
        found, false = result.discrete.found[-1], result.discrete.false_positives[-1]
        assert found + false == count * pictures
    perfect = {one.name: Regions("ellipse", one.ellipses, np.ones(3)) for one in faces}
    visible = [ellipse(*shape, size=one.size).area for one in faces for shape in one.ellipses]
    if min(visible):
        result = fddb.evaluate(faces, perfect)
        assert result.discrete.rate_at(0) == pytest.approx(1.0)
        assert result.continuous.rate_at(0) == pytest.approx(1.0)
