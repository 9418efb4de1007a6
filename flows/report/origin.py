"""Section: what was built from what, and the commands that do it all again."""

from collections.abc import Sequence
from dataclasses import dataclass

from flows.report.commands import Commands, where
from flows.report.facts import Facts
from flows.report.overview import Term, terms
from flows.report.section import Section

#: What a command is for -> its name and options.
_COMMANDS = {
    "build it again": ("build",),
    "its integers, by the emulator": ("emulate",),
    "the same, by the simulated RTL": ("rtlsim",),
    "the same, by the compiled HLS C++": ("cppsim", "--build", "fast"),
    "LUT, FF, BRAM and DSP by yosys": ("synth",),
    "this page": ("report",),
}


@dataclass(frozen=True)
class Origin:
    """The view of the section. commands: what each is for -> the command."""

    terms: Sequence[Term]
    commands: dict[str, str]
    where: str


def origin_section(facts: Facts, commands: Commands) -> Section:
    """The section."""
    typed = {what: commands.complete(words[0], words[1:]) for what, words in _COMMANDS.items()}
    data = Origin(terms(facts), typed, where())
    return Section("origin", "How it was built", "How it was built", "origin.html", data)
