"""The checkpoints that ship with the networks, by the names of those."""

from pathlib import Path

from flows.make.check import SHIPPED
from model import zoo


def shipped(network: str) -> Path | None:
    """The checkpoint that ships with a network, if there is one."""
    path = Path(SHIPPED.format(network))
    return path if path.is_file() else None


def with_paths(words: list[str]) -> list[str]:
    """A command line with the path of a network's checkpoint where its name is given for one.

    A file of that name goes first.
    """
    found = list(words)
    for index, word in enumerate(words):
        option, equals, value = word.partition("=")
        if option != "--checkpoint":
            continue
        name = value if equals else "".join(words[index + 1 : index + 2])
        if name in zoo.names() and not Path(name).exists() and (path := shipped(name)):
            found[index + (not equals)] = f"{option}={path}" if equals else str(path)
    return found
