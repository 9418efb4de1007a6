"""Colours of the style sheet by WCAG 2.2's formula: text 4.5 to 1 and more, lines and signs 3 to 1.

https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
"""

import re

import pytest

from flows.report.render import TEMPLATES

CSS = (TEMPLATES / "style.css").read_text(encoding="utf-8")
TEXT, SIGN = 4.5, 3.0
#: Colour of text -> backgrounds that it stands on.
TEXTS = {
    "text": ("page", "card", "mark", "act", "skip"),
    "quiet": ("page", "card", "mark", "act", "skip"),
    "blue": ("page", "card", "mark", "act"),  # links
    "green": ("page", "card", "pass", "mark"),
    "orange": ("page", "card", "fail", "mark", "act"),
    "card": ("blue",),  # the tag of the network that was built
}
#: Colour of lines, bars and rings -> backgrounds.
SIGNS = {
    "line": ("page",),
    "strong-rule": ("page", "card"),
    "blue": ("page", "card", "skip"),
    "grey": ("page",),
    "orange": ("page", "card"),
    "focus": ("page", "card"),
}


def _colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6});", css))


def _luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


LIGHT = _colours(CSS.partition("@media")[0])
DARK = LIGHT | _colours(CSS.partition("prefers-color-scheme: dark")[2].partition("@media")[0])


def test_the_formula() -> None:
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the known case


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXTS, TEXT), (SIGNS, SIGN)], ids=["text", "signs"])
def test_contrast(colours: dict[str, str], pairs: dict[str, tuple[str, ...]], least: float) -> None:
    low = {
        f"{front} on {back}": round(ratio(colours[front], colours[back]), 2)
        for front, backs in pairs.items()
        for back in backs
        if ratio(colours[front], colours[back]) < least
    }
    assert low == {}


def test_white_on_the_boxes_of_the_picture() -> None:
    backs = re.findall(r"\.label \{ fill: (#[0-9a-f]{6})", CSS)
    assert len(backs) == 2
    assert all(ratio("#ffffff", back) >= TEXT for back in backs)


def test_every_colour_of_text_is_known() -> None:
    used = set(re.findall(r"(?<![a-z-])color: var\(--([a-z-]+)\)", CSS))
    assert used <= set(TEXTS)
    assert "outline: none" not in CSS.replace(".graph a:focus-visible { outline: none; }", "")
