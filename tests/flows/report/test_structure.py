"""The pages as a reader without eyes meets them: headings, pictures, tables, landmarks, links."""

import json
import shutil
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from flows.build.build import Build
from flows.report.html import write_report
from tests.flows.report.report_case import cost_json, put, simulation

VOID = ("meta", "img", "input", "br")


class Outline(HTMLParser):
    """Tags with their attributes and the tags around them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None], tuple[str, ...]]] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs), tuple(self._open)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs), tuple(self._open)))

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def of(self, *names: str) -> list[dict[str, str | None]]:
        """Attributes of the tags of these names."""
        return [attrs for tag, attrs, _ in self.tags if tag in names]


@pytest.fixture(scope="module", params=["plain", "detector"])
def outline(
    request: pytest.FixtureRequest, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Outline:
    source = built / "c.yaml"
    if request.param == "detector":
        source = request.getfixturevalue("detector")[0]
    folder = tmp_path_factory.mktemp("outline") / "b"
    shutil.copytree(source.parent, folder)
    build = Build.load(folder / source.name)
    cost = folder / "cost.json"
    cost.write_text(json.dumps(cost_json()))
    if request.param == "plain":
        put(build, "rtlsim_performance", simulation(build))
    return Outline(write_report(build, None, cost, folder / source.name).read_text("utf-8"))


def test_headings_go_down_one_level_at_a_time(outline: Outline) -> None:
    levels = [int(tag[1]) for tag, _, _ in outline.tags if tag in ("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))


def test_landmarks_once_each_and_sections_named(outline: Outline) -> None:
    for name in ("header", "main", "footer", "nav"):
        assert len(outline.of(name)) == 1, name
    identifiers = [attrs["id"] for _, attrs, _ in outline.tags if attrs.get("id")]
    assert len(set(identifiers)) == len(identifiers)
    for attrs in outline.of("section", "article"):
        assert attrs["aria-labelledby"] in identifiers
    links = [str(attrs["href"]) for attrs in outline.of("a")]
    assert {link[:1] for link in links} == {"#"}
    assert {link[1:] for link in links} <= set(identifiers)
    regions = [attrs["aria-label"] for _, attrs, _ in outline.tags if attrs.get("role") == "region"]
    assert len(set(regions)) == len(regions)


def test_pictures_and_drawings_say_what_they_show(outline: Outline) -> None:
    assert all(attrs.get("alt") for attrs in outline.of("img"))
    assert all(attrs.get("width") and attrs.get("height") for attrs in outline.of("img"))
    for attrs in outline.of("svg"):
        assert attrs["role"] in ("img", "group")
        assert attrs["aria-label"]
    drawn = [attrs for tag, attrs, around in outline.tags if tag == "a" and "svg" in around]
    assert drawn
    assert all(attrs["aria-label"] for attrs in drawn)


def test_heads_of_tables_say_of_what(outline: Outline) -> None:
    heads = outline.of("th")
    assert heads
    assert {attrs.get("scope") for attrs in heads} <= {"col", "row", "colgroup"}
    assert outline.of("html")[0]["lang"] == "en"


def test_controls_have_labels(outline: Outline) -> None:
    labelled = {attrs.get("for") for attrs in outline.of("label")}
    assert {attrs["id"] for attrs in outline.of("input")} == labelled


def test_what_is_wide_scrolls_by_itself_and_by_keyboard(outline: Outline) -> None:
    for tag, _, around in outline.tags:
        if tag == "table":
            assert "div" in around
    scrolled = [attrs for attrs in outline.of("div") if "scroll" in str(attrs.get("class"))]
    assert len(scrolled) >= len(outline.of("table"))
    assert all(attrs.get("tabindex") == "0" for attrs in scrolled)
    assert all(attrs.get("tabindex") == "0" for attrs in outline.of("pre"))


def test_no_section_is_empty(outline: Outline) -> None:
    names = [attrs["id"] for attrs in outline.of("section")]
    assert names[:3] == ["picture", "graph", "levels"]
    assert names[-1] == "origin"
