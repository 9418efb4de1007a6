"""The LZ4 stand-in: what it writes is a valid block that decodes to the input, and is smaller."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

import hw.sim
from hw.tools.compiler import find_compiler

PROGRAM = """
#include "lz4.h"
#include <cstdio>
#include <iterator>
#include <iostream>
#include <string>
int main() {
    std::string text(std::istreambuf_iterator<char>(std::cin), {});
    std::string out(LZ4_compressBound(static_cast<int>(text.size())), 0);
    const int size = LZ4_compress_default(text.data(), out.data(), static_cast<int>(text.size()),
                                          static_cast<int>(out.size()));
    if (size > static_cast<int>(out.size())) return 1;
    fwrite(out.data(), 1, size, stdout);
}
"""


@pytest.fixture(scope="module")
def compress(tmp_path_factory):
    """Compress bytes with hw/sim/lz4.h."""
    folder = tmp_path_factory.mktemp("lz4")
    (folder / "main.cpp").write_text(PROGRAM)
    headers = Path(hw.sim.__file__).parent
    program = folder / "compress"
    command = [find_compiler().command, "-std=c++17", "-O1", "-fsanitize=address,undefined"]
    command += [f"-I{headers}", str(folder / "main.cpp"), "-o", str(program)]
    subprocess.run(command, check=True)
    return lambda data: (
        subprocess.run([str(program)], input=data, capture_output=True, check=True).stdout
    )


def decode(block: bytes) -> bytes:
    """LZ4 block format, as its specification says."""
    out, at = bytearray(), 0

    def length(nibble: int) -> int:
        nonlocal at
        total = nibble
        while nibble == 15:
            total += block[at]
            at += 1
            if block[at - 1] != 255:
                break
        return total

    while True:
        token = block[at]
        at += 1
        literals = length(token >> 4)
        out += block[at : at + literals]
        at += literals
        if at == len(block):
            return bytes(out)
        offset = block[at] | block[at + 1] << 8
        at += 2
        assert 0 < offset <= len(out)
        for _ in range(length(token & 15) + 4):
            out.append(out[-offset])


@pytest.mark.parametrize("size", [0, 1, 4, 12, 13, 14, 15, 16, 17, 300, 70_000, 200_000])
@pytest.mark.parametrize("levels", [1, 2, 256])
def test_round_trip(compress, size, levels):
    data = np.random.default_rng(size).integers(0, levels, size, dtype=np.uint8).tobytes()
    block = compress(data)
    assert decode(block) == data
    if size > 300 and levels == 1:
        assert len(block) < size / 100


def test_far_repeats_and_long_runs(compress):
    noise = np.random.default_rng(1).integers(0, 256, 65_535, dtype=np.uint8).tobytes()
    data = noise + noise + bytes(1000) + noise[:500] * 3 + b"tail"
    block = compress(data)
    assert decode(block) == data
    assert len(block) < len(data) * 0.6
