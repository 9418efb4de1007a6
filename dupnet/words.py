"""Commands in messages, as a user of ``dupnet`` types them."""

import re

from dupnet.commands import COMMANDS

_MODULES = {command.called(): f"dupnet {command.name}" for command in COMMANDS.values()}
_MODULES["python -m flows"] = "dupnet"
_MODULE = re.compile("|".join(rf"{re.escape(name)}\b" for name in sorted(_MODULES, reverse=True)))
#: ``make GOAL NAME=value``, as the project's Makefile takes it.
_GOALS = "|".join(sorted(COMMANDS, key=len, reverse=True))
_MAKE = re.compile(rf"\bmake ({_GOALS})\b((?: [A-Z_]+=[^ `,;)]+)*)")
_OPTIONS = {"BOARD": "board", "MODEL": "network", "TARGET_FPS": "fps"}


def translate(text: str) -> str:
    """Text with ``dupnet X`` where it has ``python -m flows X`` or ``make X``."""
    text = _MODULE.sub(lambda found: _MODULES[found.group()], text)
    return _MAKE.sub(_goal, text)


def _goal(found: "re.Match[str]") -> str:
    words = ["dupnet", found[1]]
    for pair in found[2].split():
        name, _, value = pair.partition("=")
        words += [f"--{_OPTIONS.get(name, name.lower().replace('_', '-'))}", value]
    return " ".join(words)
