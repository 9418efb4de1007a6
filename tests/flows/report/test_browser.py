"""The pages in a real browser: axe-core's findings, widths, the switch, links, the focus."""

import json
import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from flows.build.build import Build
from flows.report.comparison import write_comparison
from flows.report.html import write_report
from tests.flows.report.browser import SCHEMES, WIDTHS, browser, findings, page
from tests.flows.report.report_case import cost_json, put, simulation


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One for all tests of this file."""
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def pages(
    built: Path, detector: tuple[Path, Build], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Of a network that is no detector, simulated; of a detector; of both side by side."""
    folder = tmp_path_factory.mktemp("pages")
    for name, source in (("plain", built), ("detector", detector[0].parent)):
        shutil.copytree(source, folder / name)
    plain, boxes = folder / "plain" / "c.yaml", folder / "detector" / detector[0].name
    build = Build.load(plain)
    put(build, "rtlsim_performance", simulation(build))
    cost = folder / "cost.json"
    cost.write_text(json.dumps(cost_json()))
    return {
        "plain": write_report(build, None, cost, plain),
        "detector": write_report(Build.load(boxes), None, None, boxes),
        "both": write_comparison(plain, boxes, None)[0],
    }


#: Of all pages, widths and schemes those that the quick tests look at.
QUICK = {("plain", 390, "dark"), ("detector", 1440, "light")}
VIEWS = [
    pytest.param(*view, marks=() if view in QUICK else pytest.mark.slow)
    for view in product(("plain", "detector", "both"), WIDTHS, SCHEMES)
]


@pytest.mark.parametrize(("name", "width", "scheme"), VIEWS)
def test_axe_finds_nothing(
    chromium: Any, pages: dict[str, Path], name: str, width: int, scheme: str
) -> None:
    with page(chromium, pages[name], width, scheme) as opened:
        assert findings(opened) == []
        # nothing is wider than the window
        assert opened.evaluate("document.documentElement.scrollWidth") == width


def test_axe_would_find_something(chromium: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text('<html><body><img src="data:,"><p style="color:#ccc">pale</p></body></html>')
    with page(chromium, bad) as opened:
        rules = {found.partition(":")[0] for found in findings(opened)}
    assert rules >= {"image-alt", "color-contrast", "html-has-lang", "document-title"}


@pytest.mark.parametrize("width", WIDTHS)
def test_boxes_lie_on_the_picture(chromium: Any, pages: dict[str, Path], width: int) -> None:
    with page(chromium, pages["detector"], width) as opened:
        picture = opened.locator(".stack img").bounding_box()
        drawn = opened.locator("svg.over.hardware").bounding_box()
        assert drawn == pytest.approx(picture, abs=0.6)


def test_the_switch_shows_one_set_of_boxes(chromium: Any, pages: dict[str, Path]) -> None:
    with page(chromium, pages["detector"]) as opened:
        shown = {}
        for view in ("hardware", "file", "difference"):
            opened.check(f"#view-{view}")
            shown[view] = [
                other
                for other in ("hardware", "file", "difference")
                if opened.locator(f"svg.over.{other}").is_visible()
                and opened.locator(f"p.of-{other}").is_visible()
            ]
        assert shown == {view: [view] for view in shown}
        assert opened.locator("svg.over.file rect.box").count() >= 2
        opened.focus("#view-hardware")  # by keyboard, too
        opened.keyboard.press("ArrowRight")
        assert opened.is_checked("#view-file")


@pytest.mark.parametrize("width", WIDTHS)
def test_an_operator_leads_to_its_facts(chromium: Any, pages: dict[str, Path], width: int) -> None:
    with page(chromium, pages["plain"], width) as opened:
        cards = opened.locator("article.card")
        count = cards.count()
        assert opened.locator("svg.graph a").count() == count
        opened.locator('svg.graph a[href="#op-conv2_mvau"]').click()
        card = opened.locator("#op-conv2_mvau")
        assert "D = 2 acts here." in card.inner_text()
        box = card.bounding_box()
        assert 0 <= box["y"] < 900
        visible = [cards.nth(index).is_visible() for index in range(count)]
        assert sum(visible) == (1 if width < 860 else count)  # on a narrow one, the one asked for


def test_what_has_the_focus_is_seen(chromium: Any, pages: dict[str, Path]) -> None:
    with page(chromium, pages["plain"]) as opened:
        opened.keyboard.press("Tab")
        first = opened.evaluate("document.activeElement.textContent")
        assert first == "To the content"
        assert opened.locator(".skip-link").bounding_box()["x"] > 0
        opened.keyboard.press("Tab")
        style = opened.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style == "solid"
