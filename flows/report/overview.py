"""Top of the report: headline, levels of verification, picture."""

import base64
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from flows.build.target import target_text
from flows.errors import FlowError
from flows.files import READER
from flows.report.commands import Commands, where
from flows.report.facts import Facts
from flows.report.levels import ESTIMATED, FAILED, NOT_RUN, PASSED, Level
from flows.report.markup import Column, Row, code, note, number, section, table, text

SIGNS = {
    PASSED: ("pass", "✓"),
    FAILED: ("fail", "✗"),
    NOT_RUN: ("skip", "&ndash;"),
    ESTIMATED: ("skip", "≈"),
}
"""Status -> CSS class and sign."""

#: Bytes of a picture that becomes a part of the page.
MAX_PICTURE = 64 << 20
IMAGE_TYPES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
}
"""First bytes of a file -> type, of those that every browser shows."""


def headline(facts: Facts) -> str:
    """Title, the figures that matter, and what was built from what."""
    config = facts.config
    board = config.device
    scale, source = facts.input_scale
    facts_list = [
        ("Network", text(facts.network)),
        ("Weights", text(weights_origin(facts))),
        ("Model file", f"{code(config.model.name)}, SHA-256 {code(facts.model_sha256)}"),
        ("Board", f"{text(board.name)}, part {code(board.part)}"),
        ("Clock", f"{1000 / config.clock_ns:g} MHz (period {config.clock_ns:g} ns), assumed"),
        ("Target", _target(facts)),
        ("Frame", " → ".join(text(t).replace(" x ", " &times; ") for t in facts.tensors)),
        (
            "Input",
            f"{text(facts.input_type)}: k stands for k &times; {code(scale)} ({text(source)})",
        ),
        ("Top module", code(config.top)),
        ("Hardware graph", _graph(facts)),
    ]
    if facts.host_nodes:
        nodes = ", ".join(text(name) for name in facts.host_nodes)
        facts_list.append(("On the host", f"{nodes} ({code('host_tail.onnx')})"))
    if config.folding_config_file:
        facts_list.append(("Folding file", code(config.folding_config_file.name)))
    terms = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts_list)
    return (
        f"<header><p class='kind'>Dataflow accelerator · build report</p>"
        f"<h1>{text(facts.network)} <span>on {text(board.name)}</span></h1></header>\n"
        f'<div class="tiles">{_tiles(facts)}</div>\n<dl class="facts">{terms}</dl>'
    )


def weights_origin(facts: Facts) -> str:
    """Where the model's metadata says that its weights are from."""
    seed, checkpoint = facts.metadata.get("seed", ""), facts.metadata.get("checkpoint", "")
    if checkpoint:
        return f"trained, checkpoint SHA-256 {checkpoint[:16]}"
    if "network" not in facts.metadata:
        return "the model file does not say where they are from"
    if seed:
        return f"drawn at random (seed {seed}), not trained"
    return "not drawn from a seed, says the model file"


def _target(facts: Facts) -> str:
    target = target_text(facts.config)
    return f"{target}, that is at most {number(facts.target_clocks)} clocks a frame"


def _graph(facts: Facts) -> str:
    kinds = Counter(node.kind for node in facts.nodes)
    parts = ", ".join(f"{count} {text(kind)}" for kind, count in kinds.most_common())
    return f"{len(facts.nodes)} nodes: {parts}"


def _tiles(facts: Facts) -> str:
    bits = facts.memory_total["weights"]["bits"]
    counts = Counter(level.status for level in facts.levels)
    failed = counts[FAILED]
    tiles = [
        (
            "verification",
            f"{failed} failed" if failed else f"{counts[PASSED]} passed",
            f"of {len(facts.levels)} levels; {counts[NOT_RUN]} not run",
            "fail" if failed else "",
        ),
        ("weight memories", f"{bits / 8192:,.1f} KB", f"{bits:,} bits, padding included", ""),
    ]
    simulation, clock = facts.simulation, facts.config.clock_ns
    mhz = f"at {1000 / clock:g} MHz"
    if simulation and simulation.clocks_per_frame:
        clocks = simulation.clocks_per_frame
        how = "between frames" if simulation.between_frames else "one frame, start to end"
        how += ", with random stalls" if simulation.stalls else ""
        tiles += [
            ("clocks a frame", f"{clocks:,}", f"simulated RTL, {how}", ""),
            (
                "frame rate",
                f"{1e9 / clock / clocks:,.1f} /s",
                f"simulated, {mhz}",
                "",
            ),
            (
                "latency",
                f"{simulation.latency_clocks * clock / 1e6:,.2f} ms",
                f"{simulation.latency_clocks:,} clocks, simulated",
                "",
            ),
        ]
    else:
        clocks = facts.slowest.clocks
        tiles += [
            ("clocks a frame", f"{clocks:,}", "estimate of the slowest node", ""),
            (
                "frame rate",
                f"{1e9 / clock / clocks:,.1f} /s",
                f"estimate, {mhz}",
                "",
            ),
        ]
    return "".join(
        f'<div class="tile {style}"><b>{name}</b><strong>{value}</strong><span>{what}</span></div>'
        for name, value, what, style in tiles
    )


def levels_section(levels: Sequence[Level], commands: Commands) -> str:
    """The ladder of verification."""
    columns = [Column("level", "left"), Column("status", "left"), Column("details", "left")]
    rows = []
    for level in levels:
        style, sign = SIGNS[level.status]
        name = f'<strong>{text(level.name)}</strong><span class="hint">{text(level.what)}</span>'
        detail = commands.html(level.detail) + _boundaries(level)
        badge = f'<span class="badge {style}">{sign} {text(level.status)}</span>'
        rows.append(Row([name, badge, detail], style))
    lead = (
        "Each level says what its result file in the build folder says. Without a result of this "
        f"very build a level counts as not run. {where()}"
    )
    return section("levels", "Levels of verification", note(lead), table(columns, rows))


def _boundaries(level: Level) -> str:
    if not level.boundaries:
        return ""
    names = " ".join(code(name) for name in level.boundaries)
    return f"<details><summary>boundaries compared</summary>{names}</details>"


def picture_section(facts: Facts, image: Path | None, commands: Commands) -> str:
    """The picture with its boxes, and what they are worth."""
    title = "The picture"
    if image is None:
        make = commands.picture()
        how = f" {code(make)} puts one in." if make else ""
        return section("picture", title, note(f"None was given.{how}"))
    caption = f"{text(image.name)}, the boxes drawn in where there are any."
    shown = f'<figure class="picture"><img src="{_data_uri(image)}" alt="{text(image.name)}">'
    shown += f"<figcaption>{caption}</figcaption></figure>"
    remark = ""
    if facts.metadata.get("checkpoint"):
        remark = note(
            "The weights are those of a trained checkpoint; on what it was trained and how well it "
            "does stand in its card (those that ship: model/checkpoints) or its run folder."
        )
    elif facts.metadata.get("network") and facts.metadata.get("seed"):
        remark = note(
            f"<strong>The weights are not trained</strong> (seed {text(facts.metadata['seed'])}): "
            "boxes, or that there are none, mean nothing. The picture shows that the way from "
            "pixels to boxes works, not how well faces are found.",
            "warning",
        )
    elif "network" not in facts.metadata:
        remark = note(
            "The model file does not say whether its weights are trained: judge the boxes by that."
        )
    return section("picture", title, f'<div class="beside">{shown}<div>{remark}</div></div>')


def _data_uri(image: Path) -> str:
    content = READER.data(image, "expected a picture to show", MAX_PICTURE)
    for start, kind in IMAGE_TYPES.items():
        if content.startswith(start):
            return f"data:{kind};base64,{base64.b64encode(content).decode()}"
    raise FlowError(f"{image}: not a PNG, JPEG or GIF; expected a picture to show")
