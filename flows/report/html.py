"""``report``: one self-contained HTML page on a build, report/report.html.

Everything on it is read from the build folder; the page has no script, no time stamp, and loads
nothing, so that equal builds give equal pages. ``flows.report.facts`` gathers, one file a section
writes: overview, sizes, duplicates, hardware.
"""

from pathlib import Path

from flows.build.build import Build
from flows.files import write_text
from flows.report.commands import Commands
from flows.report.duplicates import duplicates_section
from flows.report.facts import gather
from flows.report.hardware import fifo_section, memory_section, nodes_section
from flows.report.markup import code, text
from flows.report.overview import headline, levels_section, picture_section
from flows.report.sizes import sizes_section
from flows.report.style import CSS

SECTIONS = {
    "levels": "Verification",
    "picture": "Picture",
    "sizes": "Against the paper",
    "duplicates": "Duplicates",
    "nodes": "Layers",
    "memories": "Memories",
    "fifos": "FIFOs",
}
"""Identifier -> name in the list of contents."""

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""The browser is told to load nothing, whatever the page says."""


def write_report(
    build: Build, image: Path | None, cost: Path | None, source: Path | None = None
) -> Path:
    """Write the report of a finished build and return its path.

    image: picture to show (PNG, JPEG or GIF). cost: cost.json of ``python -m model.complexity``.
    source: the configuration's file, for the commands that the page prints. Raises
    FlowError where the build is not finished or one of its files is broken; a verification that
    left no file counts as not run.
    """
    facts = gather(build)
    commands = Commands(build, source or build.folder.parent / "CONFIG.yaml", facts.metadata)
    links = "".join(f'<a href="#{key}">{name}</a>' for key, name in SECTIONS.items())
    body = "\n".join(
        [
            headline(facts),
            f"<nav>{links}</nav>",
            levels_section(facts.levels, commands),
            picture_section(facts, image, commands),
            sizes_section(cost, facts.network, commands),
            duplicates_section(facts),
            nodes_section(facts),
            memory_section(facts),
            fifo_section(facts),
            f"<footer>Written by {code(commands.flows('report'))} from the files of the build "
            "folder. Figures called simulated are counted in the Verilator simulation of the RTL; "
            "those called estimate are from formulas, or, where yosys is named, from its netlists. "
            "Nothing here is from place and route or a board.</footer>",
        ]
    )
    page = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{text(POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(facts.network)} on {text(build.config.board)}: build report</title>\n"
        f"<style>{CSS}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
    path = build.paths.page
    write_text(path, page)
    return path
