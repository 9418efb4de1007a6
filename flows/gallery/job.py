"""One network of the gallery: its folder, its builds, and what each stage found."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from flows.build.build import Build
from flows.files import write_text
from flows.gallery.plan import CLOCK_NS, Plan
from flows.gallery.state import SourceState
from model.gallery.entry import Entry

#: What a stage found: figures by name, as JSON holds them.
Found = dict[str, Any]


@dataclass
class Job:
    """place: the folder of the entry; state: of the sources that results have to be of.

    stages: what is known by stage: {"ok": bool, "reason": text where it is not, figures ...,
    "sources", "commit", "date": the state that it ran on}. older: the same of stages that ran on
    other sources alone; they count as not run.
    """

    entry: Entry
    plan: Plan
    place: Path
    state: SourceState
    jobs: int = 1
    stages: dict[str, Found] = field(default_factory=dict)
    older: dict[str, Found] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for stage, found in self._kept().items():
            place = self.stages if found.get("sources") == self.state.key else self.older
            place[stage] = found

    @property
    def model(self) -> Path:
        """The QONNX file."""
        return self.place / f"{self.entry.name}.onnx"

    @property
    def _results(self) -> Path:
        return self.place / "gallery.json"

    @cached_property
    def module(self) -> Any:
        """The Brevitas module, in evaluation mode."""
        return self.entry.module()

    def build(self) -> Build:
        """Of the whole network, for the frames a second of its plan."""
        return self._build(self.model, "build", target_fps=float(self.plan.target_fps))

    def front(self) -> Build:
        """Of the layers that are simulated, where that is not the whole network."""
        model = self.place / f"{self.entry.name}_front.onnx"
        return self._build(model, "front", target_fps=float(self.plan.target_fps))

    def pixel(self) -> Build:
        """Of the whole network at one pixel a clock, of integers that ``build`` has verified."""
        return self._build(self.model, "pixel", pixels_per_clock=1, verify_import=False)

    def _build(self, model: Path, name: str, **more: Any) -> Build:
        """Its configuration lies beside the model, for ``python -m flows``."""
        settings: dict[str, Any] = {
            "model": model.name,
            "output_dir": name,
            "board": self.plan.board,
            "synth_clk_period_ns": CLOCK_NS,
            **more,
        }
        if self.entry.scale is not None:
            settings["input_scale"] = self.entry.scale
        path, text = self.place / f"{name}.yaml", yaml.safe_dump(settings, sort_keys=False)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_text(path, text)
        return Build.load(path)

    def is_done(self, stage: str) -> bool:
        """Whether a stage ran to its end, whatever it found."""
        return stage in self.stages

    def has(self, stage: str) -> bool:
        """Whether a stage succeeded."""
        return bool(self.stages.get(stage, {}).get("ok"))

    def keep(self, stage: str, found: Found) -> None:
        """Keep what a stage found, on the disk too, beside what others found meanwhile."""
        self.stages[stage] = {**found, **self.state.as_dict()}
        self.older.pop(stage, None)
        data = {"stages": {**self._kept(), stage: self.stages[stage]}}
        write_text(self._results, json.dumps(data, indent=2) + "\n")

    def _kept(self) -> dict[str, Found]:
        """The results that earlier runs left; {} of any other file."""
        try:
            data = json.loads(self._results.read_text(encoding="utf-8"))
            return {name: dict(found) for name, found in data["stages"].items()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return {}


#: A stage: does its work on a job and returns figures; raises where it fails.
Stage = Callable[[Job], Found]
