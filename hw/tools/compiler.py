"""Finding a C++ compiler."""

import os
import shutil
from dataclasses import dataclass
from functools import cache

from hw.errors import HardwareError
from hw.tools.process import version_line

#: Tried in this order where $CXX is not set.
COMPILERS = ("g++", "c++", "clang++")
STILL_WORKS = "everything but RTL simulation works without it"


@dataclass(frozen=True)
class Compiler:
    """A C++ compiler and the first line it says about its version."""

    command: str
    version: str


@cache
def find_compiler(what: str = "RTL simulation", still_works: str = STILL_WORKS) -> Compiler:
    """Return $CXX, or the first that runs of g++, c++, clang++; else raise HardwareError.

    what, still_works: for the error's text.
    """
    chosen = os.environ.get("CXX", "")
    for candidate in (chosen,) if chosen else COMPILERS:
        command = shutil.which(candidate)
        if command and (version := version_line(command)):
            return Compiler(command, version)
    if chosen:
        raise HardwareError(
            f"{what} needs a C++ compiler; CXX={chosen} is no command that runs: expected one "
            f"program without arguments, or unset for {', '.join(COMPILERS)} ({still_works})"
        )
    raise HardwareError(
        f"{what} needs a C++ compiler; none of {', '.join(COMPILERS)} runs: "
        f"install g++ ({still_works})"
    )
