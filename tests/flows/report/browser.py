"""A page in a real browser, without a window: Chromium or Chrome, driven by Playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

#: Programs that are looked for, in this order.
PROGRAMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
)
WIDTHS, SCHEMES = (390, 1440), ("light", "dark")


@cache
def find_browser() -> str | None:
    """Path of the first program that is there."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


@contextmanager
def browser() -> Iterator[Any]:
    """A browser; the test is skipped, and says what is missing, where there is none."""
    path = find_browser()
    if path is None:
        pytest.skip(
            f"no browser on this machine (Debian: apt install chromium); looked for "
            f"{', '.join(PROGRAMS)}"
        )
    api = pytest.importorskip("playwright.sync_api", reason="pip install -r requirements.lock")
    with api.sync_playwright() as playwright:
        # root, as in a container, has no sandbox
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield started
        finally:
            started.close()


@contextmanager
def page(started: Any, path: Path, width: int = 1440, scheme: str = "light") -> Iterator[Any]:
    """A page of a file in a window of a width, with a colour scheme."""
    context = started.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    try:
        opened = context.new_page()
        opened.goto(path.resolve().as_uri())
        yield opened
    finally:
        context.close()


def findings(opened: Any) -> list[str]:
    """axe-core's findings, all of its rules: rule, help, and the first element."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(opened).response["violations"]
    return [f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}" for each in found]
