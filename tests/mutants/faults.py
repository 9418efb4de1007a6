"""The faults to plant: read from YAML, checked against the tree that they are for."""

import hashlib
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

#: Where the lists lie.
LISTS = Path(__file__).resolve().parent / "faults"
_KEYS = {"breaks": str, "old": str, "new": str, "tests": list, "equivalent": str}


class FaultError(Exception):
    """A list of faults does not fit: what is wrong, a line each."""


@dataclass(frozen=True)
class Fault:
    """One text of one file, and what takes its place.

    file: path below the root. breaks: what goes wrong with it, in a few words. tests: arguments of
    pytest that name the nearest tests. equivalent: why no test can see it, "" where one must.
    """

    file: str
    breaks: str
    old: str
    new: str
    tests: tuple[str, ...]
    equivalent: str = ""

    @property
    def name(self) -> str:
        """Its name in lists, results and filters."""
        return f"{self.file}: {self.breaks}"

    @property
    def runs(self) -> list[tuple[str, ...]]:
        """The nearest tests as words for pytest, run by run.

        An entry with an option, such as -k, is a run of its own: pytest takes it for all files.
        """
        entries = [tuple(shlex.split(text)) for text in self.tests]
        plain = tuple(word for words in entries if len(words) == 1 for word in words)
        return [*([plain] if plain else []), *(words for words in entries if len(words) > 1)]

    @property
    def arguments(self) -> list[str]:
        """All words of the runs."""
        return [word for words in self.runs for word in words]

    def plant(self, text: str) -> str:
        """The file's text with the fault; FaultError where old is not there just once."""
        if text.count(self.old) != 1:
            raise FaultError(f"{self.name}: {text.count(self.old)} times in the file: {self.old!r}")
        return text.replace(self.old, self.new)

    def digest(self) -> str:
        """Of all that it says."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


def _entry(where: str, entry: Any, tests: Any) -> Fault:
    if not isinstance(entry, dict):
        raise FaultError(f"{where}: expected breaks, old and new, found {entry!r}")
    entry = {"tests": tests, **entry}
    for key, value in entry.items():
        if key not in _KEYS:
            raise FaultError(f"{where}: unknown {key}; known: {', '.join(_KEYS)}")
        if not isinstance(value, _KEYS[key]):
            raise FaultError(f"{where}: {key} is {value!r}, expected {_KEYS[key].__name__}")
    missing = [key for key in ("breaks", "old", "new") if key not in entry]
    if missing:
        raise FaultError(f"{where}: {', '.join(missing)} missing")
    if not entry["tests"]:
        raise FaultError(f"{where}: no tests named")
    return Fault(where, **{**entry, "tests": tuple(map(str, entry["tests"]))})


def read_list(path: Path) -> list[Fault]:
    """The faults of one YAML file: by source file ``tests`` and ``faults``, tests of each fault."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise FaultError(f"{path.name}: expected files with their faults")
    found = []
    for file, group in content.items():
        if not isinstance(group, dict) or set(group) - {"tests", "faults"}:
            raise FaultError(f"{path.name}, {file}: expected tests and faults")
        entries = group.get("faults", [])
        found += [_entry(str(file), entry, group.get("tests", [])) for entry in entries]
    return found


def _complaint(fault: Fault, root: Path) -> str:
    """Why the fault cannot be planted in root, "" if it can."""
    path = root / fault.file
    if not path.is_file():
        return f"{fault.name}: no such file"
    try:
        if fault.plant(path.read_text(encoding="utf-8")) == path.read_text(encoding="utf-8"):
            return f"{fault.name}: changes nothing"
    except FaultError as error:
        return str(error)
    files = [word.partition("::")[0] for word in fault.arguments if word.startswith("tests/")]
    if not files:
        return f"{fault.name}: names no test below tests/"
    missing = [file for file in files if not (root / file).exists()]
    return f"{fault.name}: no test {missing[0]}" if missing else ""


def read_faults(folder: Path, root: Path) -> list[Fault]:
    """All faults of the lists in folder; FaultError with every one that does not fit root."""
    faults = [fault for path in sorted(folder.glob("*.yaml")) for fault in read_list(path)]
    if not faults:
        raise FaultError(f"{folder}: no faults")
    wrong = [text for fault in faults if (text := _complaint(fault, root))]
    names = [fault.name for fault in faults]
    wrong += [f"{name}: listed twice" for name in sorted({n for n in names if names.count(n) > 1})]
    if wrong:
        raise FaultError("\n".join(wrong))
    return faults
