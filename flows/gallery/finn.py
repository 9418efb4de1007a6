"""A network of the gallery as FINN maps it by itself: its own estimate, and its RTL by yosys."""

from collections import Counter
from pathlib import Path
from typing import Any

from flows.bench.finn_mapping import Choice, finn_mapping, slowest
from flows.bench.finn_section import YOSYS, synthesized
from flows.bench.rows import Options
from flows.build.build import Build
from flows.build.names import StepName
from flows.gallery.job import Found
from hw.ops.finns_own import finns_own
from hw.synth.resources import total


def _mapping(build: Build) -> Any:
    streamlined, clocks = build.model(StepName.STREAMLINE), build.config.clocks_per_frame
    return finn_mapping(streamlined, build.device.part, clocks, Choice())


def estimate(build: Build) -> Found:
    """The slowest node of FINN's graph and its clocks; any exception of FINN's passes."""
    with finns_own():
        model = _mapping(build)
        name, cycles = slowest(model)
    return {
        "clocks": cycles,
        "slowest": name,
        "target": build.config.clocks_per_frame,
        "nodes": len(model.graph.node),
    }


def resources(build: Build, work: Path, jobs: int) -> Found:
    """Sum of the nodes of FINN's graph that are RTL, pools aside; how many of each kind are not.

    FINN has those in HLS alone, for which a vendor's tool would be needed.
    """
    with finns_own():
        nodes = synthesized(_mapping(build), build, Options(work, jobs=jobs))
    counted = [node for node in nodes if node.source == YOSYS and not node.pool]
    return {
        "resources": total(node.resources for node in counted).as_dict(),
        "by_yosys": len(counted),
        "left_out": Counter(_kind(node.name) for node in nodes if node not in counted),
    }


def _kind(name: str) -> str:
    """Of a node that FINN numbered: Pool_hls of Pool_hls_0."""
    return name.rpartition("_")[0]
