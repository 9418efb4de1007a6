"""Finding Vivado; imports nothing, so that a command may ask at its very start."""

import shutil

TOOL = "vivado"


def find_tool() -> str | None:
    """Path of Vivado, or None if it is not on the PATH."""
    return shutil.which(TOOL)
