"""Beats of AXI4-Stream Video (AMD UG934) for a simulated board."""

from typing import Any


def video_beats(picture: Any, lanes: int) -> list[tuple[bytes, bool, bool]]:
    """(H, W, 3) uint8 RGB -> beats of one frame: tdata, tuser, tlast; of lanes pixels each.

    A pixel is green, blue, red, green lowest. What lies behind a line's last pixel is 0.
    """
    height, width, _ = picture.shape
    data = picture[:, :, [1, 2, 0]].reshape(height, -1)
    step = 3 * lanes
    return [
        (line[at : at + step].tobytes().ljust(step, b"\0"), row == at == 0, at + step >= 3 * width)
        for row, line in enumerate(data)
        for at in range(0, 3 * width, step)
    ]
