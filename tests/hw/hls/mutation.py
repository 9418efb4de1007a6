"""Changes to a written test program, to see that they are noticed."""

import re
import shutil

from tests.hw.hls.bench import HlsProgram
from tests.hw.hls.compiling import HEADERS


def replace_once(text: str, old: str, new: str) -> str:
    """text with old, which must be there just once, replaced."""
    assert text.count(old) == 1, f"{text.count(old)} times {old!r}"
    return text.replace(old, new)


def change_source(program: HlsProgram, old: str, new: str) -> None:
    """Change the program's C++ file, which must hold old just once."""
    program.source.write_text(replace_once(program.source.read_text(), old, new))


def change_header(program: HlsProgram, header: str, old: str, new: str) -> None:
    """Let the program include copies of all headers, one of them changed.

    The compiled program is kept under its source's content, so that gets a comment.
    """
    folder = program.source.parent
    for path in HEADERS.glob("*.hpp"):
        shutil.copyfile(path, folder / path.name)
    text = replace_once((folder / header).read_text(), old, new)
    (folder / header).write_text(text)
    with program.source.open("a") as file:
        file.write(f"// {header}: {old!r} is {new!r}\n")


def flip_first_bit(table: str) -> str:
    """A table's C++ text, the lowest bit of its first value inverted."""
    match = re.search(r"(?<==\n)\{+(-?\d+)", table)
    assert match
    return f"{table[: match.start(1)]}{int(match[1]) ^ 1}{table[match.end(1) :]}"
