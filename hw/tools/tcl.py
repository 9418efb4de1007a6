"""The Tcl that vendors' tools are given: its quoting, and how a script says that it has ended.

A script leaves one of two files beside itself: ``finished`` or ``failed``, the digest of its
sources in the first line, and of the latter what failed behind it.
"""

#: What the two files are called.
FINISHED, FAILED = "finished", "failed"


def quoted(text: str) -> str:
    """text as one word of Tcl, whatever is in it."""
    special = '\\"$[]{};'
    return '"' + "".join(f"\\{char}" if char in special else char for char in text) + '"'
