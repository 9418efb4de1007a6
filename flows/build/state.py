"""The state of a build's folder: build_state.json."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typing_extensions import TypedDict

from flows.errors import FlowError
from flows.files import READER, write_text


class _Kept(TypedDict, total=False):
    """The file."""

    config: dict[str, str]
    sources: str
    steps: list[str]
    time_per_step: dict[str, float]
    models: dict[str, str]


@dataclass(frozen=True)
class State:
    """The steps that were run, of which inputs, by which sources.

    config: fingerprint of the configuration, {} where nothing was built yet. steps: those that were
    done. times: seconds by step. models: SHA-256 of the model after each step.
    """

    config: Mapping[str, str] = field(default_factory=dict)
    sources: str | None = None
    steps: tuple[str, ...] = ()
    times: Mapping[str, float] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "State":
        """The state that the file holds; where there is none, nothing was built."""
        if not os.path.lexists(path):
            return cls()
        kept: Any = READER.json(path, _Kept, "delete it and build again")
        return cls(
            kept.get("config", {}),
            kept.get("sources"),
            tuple(kept.get("steps", ())),
            kept.get("time_per_step", {}),
            kept.get("models", {}),
        )

    def write(self, path: Path) -> None:
        """Keep it."""
        kept = {
            "config": self.config,
            "sources": self.sources,
            "steps": self.steps,
            "time_per_step": self.times,
            "models": self.models,
        }
        write_text(path, json.dumps(kept, indent=2))

    def check_same(self, folder: Path, wanted: Mapping[str, str]) -> None:
        """FlowError where folder was built from a configuration of another fingerprint."""
        built = self.config
        different = [key for key in wanted if built.get(key, wanted[key]) != wanted[key]]
        if different:
            key = different[0]
            raise FlowError(
                f"{folder}: built from another configuration ({key} was {built[key]}, is "
                f"{wanted[key]}); build again from the first step, or choose another output_dir"
            )


def source_digest() -> str:
    """Hash of the flow and the packages that it uses: a build is of one state of all."""
    root = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for package in ("flows", "hw", "outside"):
        for path in sorted((root / package).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(root)}\n".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
