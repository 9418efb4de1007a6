"""The documentation site is built without a warning; a broken link is one (`make docs`)."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def site(source: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """Build the site of a folder with mkdocs.yml and docs/ into another folder."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(out)],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_site_is_built(tmp_path: Path) -> None:
    result = site(ROOT, tmp_path / "site")
    assert result.returncode == 0, result.stderr
    pages = {path.stem for path in (ROOT / "docs").rglob("*.md")}
    assert pages <= {path.stem for path in (tmp_path / "site").rglob("*.html")}
    assert "The two ideas, as algebra" in (tmp_path / "site" / "network.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("link", "message"), [("nowhere.md", "nowhere.md"), ("glossary.md#nothing", "#nothing")]
)
def test_a_broken_link_ends_with_an_error(tmp_path: Path, link: str, message: str) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "glossary.md").write_text("# Glossary\n", encoding="utf-8")
    (tmp_path / "docs" / "index.md").write_text(f"# Home\n\n[a]({link})\n", encoding="utf-8")
    # our settings, with MkDocs' own theme and without the list of pages
    config, _ = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").split("\nnav:\n")
    theme, rest = config.split("theme:")[0], config.split("plugins:")[1]
    config = (theme + "plugins:" + rest).replace("omitted_files: warn", "omitted_files: info")
    (tmp_path / "mkdocs.yml").write_text(config, encoding="utf-8")
    result = site(tmp_path, tmp_path / "site")
    assert result.returncode == 1
    assert message in result.stderr
