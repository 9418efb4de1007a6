"""The checkpoints that ship: of a network by its name, others by the names of their files."""

from pathlib import Path

from flows.make.check import SHIPPED


def shipped(name: str) -> Path | None:
    """The checkpoint that ships under the name of a network or its own, if there is one."""
    path = Path(SHIPPED.format(name))
    return path if path.is_file() else None


def with_paths(words: list[str]) -> list[str]:
    """A command line with the path of a checkpoint that ships where its name is given.

    A file of that name goes first.
    """
    found = list(words)
    for index, word in enumerate(words):
        option, equals, value = word.partition("=")
        if option != "--checkpoint":
            continue
        name = value if equals else "".join(words[index + 1 : index + 2])
        if "/" not in name and not Path(name).exists() and (path := shipped(name)):
            found[index + (not equals)] = f"{option}={path}" if equals else str(path)
    return found
