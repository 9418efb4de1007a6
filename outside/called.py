"""The names by which messages call the commands.

Modules name themselves and each other ``python -m MODULE``. Where they run under another name, the
front that was called says how its users call the same.
"""

from collections.abc import Callable

_front: list[Callable[[str], str]] = []


def call_by(translate: Callable[[str], str]) -> None:
    """Have translate change the commands in all that is said from now on."""
    _front[:] = [translate]


def as_called(text: str) -> str:
    """The text with its commands as they are called here."""
    return _front[0](text) if _front else text
