"""The Makefile's goals, and the variables that each of them reads."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

PATH = Path(__file__).resolve().parents[2] / "Makefile"
_RULE = re.compile(r"^([a-z][a-z-]*):(?!=)([^#]*)")
_DEFINITION = re.compile(r"^([A-Za-z]\w*) *[:?]?= *(.*)")
_GOAL = re.compile(r"(?<![$(\w-])[a-z][a-z-]*")
#: $(NAME), $(name), $$GIVEN_NAME in a recipe, $(call given,NAME,...), $(call on,NAME)
_NAME = re.compile(r"\$\(([A-Za-z]\w*)|\bGIVEN_(\w+)|\b(?:given|on),(\w+)")


@dataclass
class _Goal:
    needs: list[str] = field(default_factory=list)
    text: str = ""


def _read(text: str) -> tuple[dict[str, _Goal], dict[str, str]]:
    """Goals by name, and definitions by name."""
    goals: dict[str, _Goal] = {}
    definitions: dict[str, str] = {}
    goal = _Goal()
    for line in text.replace("\\\n", " ").splitlines():
        if line.startswith("\t"):
            goal.text += line
        elif rule := _RULE.match(line):
            goal = goals.setdefault(rule[1], _Goal())
            goal.needs += _GOAL.findall(rule[2])
            goal.text += rule[2]
        elif file := re.match(r"\$\((\w+)\):", line):
            goal = goals.setdefault(file[1], _Goal())
            goal.text += line
        elif definition := _DEFINITION.match(line):
            definitions[definition[1]] = definition[2]
    return goals, definitions


def goals(text: str | None = None) -> list[str]:
    """Goals that may be asked for."""
    known, _ = _read(PATH.read_text(encoding="utf-8") if text is None else text)
    return [name for name in known if name.islower()]


def reads(wanted: Iterable[str], text: str | None = None) -> set[str]:
    """Names of the variables that these goals read, with all that they need."""
    known, definitions = _read(PATH.read_text(encoding="utf-8") if text is None else text)
    todo, found = list(wanted), set[str]()
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.add(name)
        goal = known.get(name, _Goal())
        todo += goal.needs
        for names in _NAME.findall(goal.text + definitions.get(name, "")):
            todo += [each for each in names if each]
    return found
