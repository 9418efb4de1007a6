"""A camera's newest picture: no old one is processed, and what is dropped is counted."""

import threading
from collections.abc import Generator
from typing import Any

import pytest

from hw.driver.newest import newest


class Source:
    """Numbers from 0 on, each when it is let go; then what ends it."""

    def __init__(self, count: int = 1000, error: BaseException | None = None) -> None:
        self.count, self.error, self.closed = count, error, False
        self._may = threading.Semaphore(0)
        self._asked = threading.Semaphore(0)

    def numbers(self) -> Generator[int, None, None]:
        try:
            for number in range(self.count):
                self._asked.release()
                assert self._may.acquire(timeout=10)
                yield number
            self._asked.release()
            if self.error is not None:
                raise self.error
        finally:
            self.closed = True

    def give(self, count: int) -> None:
        """Let so many go; returns when they have been taken and the next one is asked for."""
        for _ in range(count):
            self._may.release()
            assert self._asked.acquire(timeout=10)

    def begin(self) -> None:
        assert self._asked.acquire(timeout=10)


def first_of(pictures: Any, source: Source) -> Any:
    """The first picture: the thread starts when it is asked for."""
    timer = threading.Timer(0.01, lambda: (source.begin(), source.give(1)))
    timer.start()
    picture = next(pictures)
    timer.join()
    return picture


def test_a_late_reader_gets_the_newest_and_the_others_are_counted() -> None:
    source, notes = Source(), list[str]()
    pictures = newest(source.numbers(), notes)
    assert first_of(pictures, source) == 0
    source.give(1)
    assert next(pictures) == 1
    source.give(5)
    assert next(pictures) == 6
    source.give(2)
    assert next(pictures) == 8
    source._may.release()  # a read that is under way ends
    pictures.close()
    assert notes == ["5 pictures came while others were worked on and were dropped for newer ones"]


def test_an_early_reader_waits_and_gets_each_once() -> None:
    source, notes = Source(3), list[str]()
    pictures = newest(source.numbers(), notes)
    found = [first_of(pictures, source)]
    for _ in range(2):
        timer = threading.Timer(0.01, lambda: source.give(1))
        timer.start()
        found.append(next(pictures))
        timer.join()
    assert found == [0, 1, 2]
    assert list(pictures) == []
    assert source.closed and notes == []


@pytest.mark.parametrize("error", [ValueError("gone"), KeyboardInterrupt()])
def test_what_a_source_raises_comes_behind_its_last_picture(error: BaseException) -> None:
    source = Source(2, error)
    pictures = newest(source.numbers(), [])
    assert first_of(pictures, source) == 0
    source.give(1)
    assert next(pictures) == 1
    with pytest.raises(type(error)):
        next(pictures)
    assert source.closed
