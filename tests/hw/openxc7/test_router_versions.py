"""Versions that nextpnr-xilinx says of itself, and those of them that mend block RAM."""

import pytest

from hw.openxc7.versions import read_version


@pytest.mark.parametrize(
    ("text", "release", "is_mended"),
    [
        ("e22bcf69", None, False),  # of October 2024, built without tags
        ("0.8.2-77-ge22bcf69", (0, 8, 2), False),
        ("0.9.4-50-g1234567", (0, 9, 4), False),
        ("0.9.5", (0, 9, 5), True),
        ("a9ceeec2", (0, 9, 5), True),
        ("0.9.5-34-g6811cb8e", (0, 9, 5), True),
        ("v0.9.6-dirty", (0, 9, 6), True),
        ("3fd78784", (0, 9, 6), True),
        ("3fd7878", (0, 9, 6), True),
        ("3fd78784aaaa", (0, 9, 6), True),
        ("1.0", (1, 0, 0), True),
        # the tool that comes after it, another program
        ("nextpnr-0.10-12-g152860f8", None, False),
        ("unknown", None, False),
    ],
)
def test_versions(text, release, is_mended):
    # the words are those of nextpnr's common/command.cc
    found = read_version(f'"nextpnr-xilinx" -- Next Generation Place and Route (Version {text})\n')
    assert (found.text, found.release, found.is_mended) == (text, release, is_mended)


@pytest.mark.parametrize("said", ["", "nextpnr-xilinx: no such option\n", "(Version )"])
def test_a_version_that_is_not_said(said):
    found = read_version(said)
    assert not found.is_mended
    assert str(found) == "nextpnr-xilinx of unknown version"
