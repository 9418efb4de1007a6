"""Links of README, docs and the other pages lead to files and headings that are there."""

import itertools
import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "model/**/*.md", "hw/**/*.md", "flows/**/*.md")
    for path in ROOT.glob(pattern)
)


def flat(tokens: list[Token]) -> list[Token]:
    """Tokens and their children, in order."""
    return [one for token in tokens for one in (token, *flat(token.children or []))]


def links(text: str) -> list[str]:
    """Targets of the links and pictures of a page."""
    found = [token.attrGet("href") or token.attrGet("src") for token in flat(parse(text))]
    return [str(one) for one in found if one]


def parse(text: str) -> list[Token]:
    return MarkdownIt().enable("table").parse(text)


def anchors(text: str) -> set[str]:
    """Anchors of the headings, as GitHub makes them: the second "One" is one-1."""
    seen: Counter[str] = Counter()
    found = set()
    for heading, inline in itertools.pairwise(parse(text)):
        if heading.type == "heading_open":
            said = "".join(one.content for one in inline.children or [])
            slug = re.sub(r"[^\w\- ]", "", said.lower()).replace(" ", "-")
            found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
            seen[slug] += 1
    return found


def broken(page: Path, text: str) -> list[str]:
    """Links of a page to a file or heading that is not there."""
    wrong = []
    for link in links(text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or ROOT not in (target, *target.parents):
            wrong.append(link)
            continue
        said = text if target == page else target.read_text(encoding="utf-8") if anchor else ""
        if anchor and anchor not in anchors(said):
            wrong.append(link)
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert broken(page, page.read_text(encoding="utf-8")) == []


#: A path of the repository as a page names it, without placeholders.
NAMED = re.compile(r"(?:docs|dupnet|flows|hw|model|outside|tests)/[\w/.-]+")


def absent(text: str) -> list[str]:
    """Paths of the repository that a page names in code spans and that are not there."""
    spans = [token.content for token in flat(parse(text)) if token.type == "code_inline"]
    return [one for one in spans if NAMED.fullmatch(one) and not (ROOT / one).exists()]


@pytest.mark.parametrize(
    # the tutorial names files that it adds; the changelog what there was
    "page",
    [page for page in PAGES if page.name not in ("add-an-operator.md", "CHANGELOG.md")],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_named_paths_are_there(page: Path) -> None:
    assert absent(page.read_text(encoding="utf-8")) == []


def test_absent_paths_are_found() -> None:
    text = "`hw/ops/base.py` `hw/ops/` `hw/nowhere.py` `hw/ops/<operator>.py` hw/nothing"
    assert absent(text) == ["hw/nowhere.py"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[a](tests)", []),
        ("[a](nowhere.md)", ["nowhere.md"]),
        ("![a](nowhere.svg)", ["nowhere.svg"]),
        ("| [a](nowhere.md) |\n|---|\n", ["nowhere.md"]),
        ("[a](../outside-of-it)", ["../outside-of-it"]),
        ("# One, `two`\n\n[a](#one-two) [b](#three)", ["#three"]),
        ("# One\n# One\n[a](#one-1) [b](#one-2)", ["#one-2"]),
        ("`[a](nowhere.md)` [b](https://example.org/nowhere)", []),
    ],
)
def test_broken_links_are_found(text: str, wrong: list[str]) -> None:
    assert broken(ROOT / "README.md", text) == wrong
