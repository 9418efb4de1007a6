"""The state of sources that a stage of the gallery ran on."""

import datetime
import hashlib
from dataclasses import dataclass
from pathlib import Path

from flows.build.state import source_digest
from flows.commit import commit_of
from flows.errors import FlowError

ROOT = Path(__file__).resolve().parents[2]
#: What results depend on besides the flow itself: definitions of networks, packages' versions.
_MORE = ("model/gallery/*.py", "model/brevitas_export.py", "requirements.lock")


@dataclass(frozen=True)
class SourceState:
    """key: hash of all that results depend on; those of another key do not count as done.
    commit: for people, "" where there is no git. date: YYYY-MM-DD, UTC."""

    key: str
    commit: str
    date: str

    def as_dict(self) -> dict[str, str]:
        """The entries of a result that say its state."""
        return {"sources": self.key, "commit": self.commit, "date": self.date}


def source_state() -> SourceState:
    """Of the sources as they lie now; slow, for it reads all of them."""
    digest = hashlib.sha256(source_digest().encode())
    for pattern in _MORE:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    try:
        commit = commit_of(ROOT)
    except FlowError:  # a copy without git
        commit = ""
    date = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    return SourceState(digest.hexdigest()[:16], commit, date)
