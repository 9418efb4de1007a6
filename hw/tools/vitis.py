"""Finding Vitis HLS."""

import shutil

#: The programs that take the Tcl, in the order of preference, with what stands before it.
TOOLS = {"vitis_hls": ("-f",), "vitis-run": ("--mode", "hls", "--tcl")}


def find_tool() -> list[str] | None:
    """Command line of Vitis HLS up to the script's name, or None if it is not on the PATH."""
    for name, options in TOOLS.items():
        if path := shutil.which(name):
            return [path, *options]
    return None


def missing_tool() -> str:
    """The missing tool, in half a sentence."""
    near = next((p for name in ("v++", "vivado") if (p := shutil.which(name))), None)
    hint = f"; {near} is, but cannot run it alone" if near else ""
    return f"Vitis HLS is missing: neither {' nor '.join(TOOLS)} is on the PATH{hint}"
