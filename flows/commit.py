"""The commit that a run's sources are of."""

import subprocess
from pathlib import Path

from flows.errors import FlowError


def commit_of(root: Path) -> str:
    """The commit, with a + where tracked files outside the documents were changed since.

    root: folder of the repository. Raises FlowError where git says no.
    """

    def git(*arguments: str) -> str:
        try:
            found = subprocess.run(
                ["git", *arguments], cwd=root, capture_output=True, encoding="utf-8", check=False
            )
        except OSError as error:
            raise FlowError(f"git cannot run: {error.strerror}") from None
        if found.returncode:
            raise FlowError(f"git {' '.join(arguments)}: {found.stderr.strip()}")
        return found.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", ":!docs", ":!README.md")
    return git("rev-parse", "--short=10", "HEAD") + ("+" if changed else "")
