"""``report``: one self-contained HTML page on a build, report/report.html.

Everything on it is read from the build folder, or computed of its models; the page has no script,
no time stamp, and loads nothing, so that equal builds give equal pages. ``flows.report.facts``
gathers, one file a section makes typed data of it, and the Jinja2 templates lay them out.
"""

from pathlib import Path

from flows.build.build import Build
from flows.files import write_text
from flows.report.cards import graph_section
from flows.report.commands import Commands
from flows.report.duplicates import duplicates_section
from flows.report.facts import gather
from flows.report.hardware import fifo_section, memory_section, nodes_section
from flows.report.origin import origin_section
from flows.report.overview import tiles
from flows.report.picture import picture_section, read_picture
from flows.report.render import render
from flows.report.shown import show
from flows.report.sizes import sizes_section
from flows.report.timeline import timeline
from flows.report.verdict import verdict
from flows.report.verification import verification_section


def write_report(
    build: Build,
    image: Path | None,
    cost: Path | None,
    source: Path | None = None,
    threshold: float | None = None,
) -> Path:
    """Write the report of a finished build and return its path.

    image: picture to show beside the build's first frame (PNG, JPEG or GIF). cost: cost.json of
    ``python -m model.complexity``. source: the configuration's file, for the commands that the page
    prints. threshold: least score of a box, 0 to 1; default: the network's own. Raises FlowError
    where the build is not finished or one of its files is broken; a verification that left no file
    counts as not run.
    """
    given = None if image is None else read_picture(image)
    facts = gather(build)
    commands = Commands(build, source or build.folder.parent / "CONFIG.yaml", facts.metadata)
    judged = verdict(facts.levels)
    shown = show(build)
    times = timeline(build, facts.simulation, [node.name for node in facts.nodes])
    sections = [
        picture_section(facts, shown, given, commands, tiles(facts, judged), threshold),
        graph_section(build, facts, shown, times),
        verification_section(facts.levels, judged, commands),
        duplicates_section(facts),
        nodes_section(facts),
        memory_section(facts),
        fifo_section(facts),
        sizes_section(cost, facts, commands),
        origin_section(facts, commands),
    ]
    page = render(
        "report.html",
        title=f"{facts.network} on {build.config.board}: build report",
        network=facts.network,
        board=build.config.device.name,
        sections=[section for section in sections if section is not None],
        command=commands.flows("report"),
    )
    path = build.paths.page
    write_text(path, page)
    return path
