"""A video stream as beats of noise, and what docs/registers-camera.md makes of each frame in it.

Beats are only bytes: what pixels they are is said by the format of the START that takes them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

#: Bits of FAULTS.
SHORT, LONG, LACK, MORE = 1, 2, 4, 8
GREY_LEVEL = 128
#: Where red, green and blue of a pixel lie in tdata, by FORMAT.
_ORDER = {0: (2, 0, 1), 1: (1, 0, 2)}
#: Bytes of a pixel by FORMAT; of 0 and 1 as the specification's RGB.
PIXEL_BYTES = {0: 3, 1: 3, 2: 1, 3: 2}


@dataclass(frozen=True)
class Beat:
    """A beat: its pixels, tuser, tlast."""

    data: bytes
    start: bool
    last: bool


@dataclass
class Stream:
    """All beats that were ever sent. lanes: pixels of a beat. call: which send each was in."""

    lanes: int
    beats: list[Beat] = field(default_factory=list)
    call: list[int] = field(default_factory=list)

    def add(self, beats: Sequence[Beat]) -> list[tuple[bytes, bool, bool]]:
        """Note beats; returns them as a simulated board takes them."""
        self.call += [self.call[-1] + 1 if self.call else 0] * len(beats)
        self.beats += beats
        return [(beat.data, beat.start, beat.last) for beat in beats]

    @property
    def starts(self) -> list[int]:
        """Indices of the beats that begin a frame."""
        return [index for index, beat in enumerate(self.beats) if beat.start]

    def drawn(
        self, rng: np.random.Generator, lines: Sequence[int], start: bool = True
    ) -> list[Beat]:
        """Beats of noise: of each line so many."""
        made = []
        for row, count in enumerate(lines):
            data = rng.integers(0, 256, (count, 3 * self.lanes), np.uint8)
            made += [
                Beat(each.tobytes(), start and row == at == 0, at == count - 1)
                for at, each in enumerate(data)
            ]
        return made


@dataclass(frozen=True)
class Taken:
    """A frame as it is taken: its pixels as they would lie in memory, FAULTS but for MORE.

    follower: index of the frame that began early, and is dropped for it; None: none did. more:
    index of the first beat of a line behind the last one, None without one.
    """

    pixels: Any
    faults: int
    follower: int | None
    more: int | None


def take(stream: Stream, begin: int, size: tuple[int, int], kind: int) -> Taken | None:
    """The frame that begins there, as a START of this size and FORMAT takes it.

    None: its rest is still to come.
    """
    width, height = size
    wanted = -(-width // stream.lanes)
    frame = np.full((height, wanted * stream.lanes, PIXEL_BYTES[kind]), GREY_LEVEL, np.uint8)
    at, faults = begin, 0
    for row in range(height):
        for place in range(wanted):
            if at == len(stream.beats):
                return None
            beat = stream.beats[at]
            if beat.start and at != begin:
                return Taken(frame[:, :width], faults | LACK, at, None)
            here = slice(place * stream.lanes, (place + 1) * stream.lanes)
            frame[row, here] = _pixels(beat, stream.lanes, kind)
            at += 1
            if beat.last:
                break
        if not beat.last:
            faults |= LONG
        elif place < wanted - 1:
            faults |= SHORT
        while not beat.last and row < height - 1:
            if at == len(stream.beats):
                return None
            beat = stream.beats[at]
            if beat.start:
                return Taken(frame[:, :width], faults | LACK, at, None)
            at += 1
    while not beat.last:
        if at == len(stream.beats) or stream.beats[at].start:
            return Taken(frame[:, :width], faults, None, None)
        beat = stream.beats[at]
        at += 1
    more = at if at < len(stream.beats) and not stream.beats[at].start else None
    return Taken(frame[:, :width], faults, None, more)


def _pixels(beat: Beat, lanes: int, kind: int) -> Any:
    size = PIXEL_BYTES[kind]
    pixels = np.frombuffer(beat.data, np.uint8)[: lanes * size].reshape(lanes, size)
    return pixels[:, _ORDER[kind]] if kind in _ORDER else pixels


def seen_size(stream: Stream, base: int) -> int:
    """VIDEO_SIZE when all of the stream was taken; base: frames from before the RESET."""
    starts = stream.starts[base:]
    if len(starts) < 2:
        return 0
    frame = stream.beats[starts[-2] : starts[-1]]
    ends = [-1, *(index for index, beat in enumerate(frame) if beat.last)]
    width = (ends[-1] - ends[-2]) * stream.lanes if len(ends) > 1 else 0
    return (len(ends) - 1) << 16 | width
