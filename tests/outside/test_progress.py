"""Progress: a moving line on a terminal, a line now and then elsewhere, nothing of short work."""

import io

import pytest

from outside.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock():
    class Clock:
        now = 100.0

        def __call__(self):
            return self.now

    return Clock()


def test_a_file_gets_a_line_every_ten_seconds(clock):
    text = io.StringIO()
    with Progress("size_fifos", text, clock) as progress:
        for second in range(25):
            clock.now = 100.0 + second
            progress(f"run {second}")
    assert text.getvalue() == "size_fifos: run 10, 10 s\nsize_fifos: run 20, 20 s\n"


def test_a_terminal_gets_one_line_that_is_gone_at_the_end(clock):
    text = Terminal()
    with Progress("size_fifos", text, clock) as progress:
        progress("at once")
        clock.now += 0.5
        progress("run 1")
        clock.now += 2
        progress("x" * 200)
    shown = text.getvalue()
    assert "\n" not in shown
    first, second, blank, end = shown.split("\r")[1:]
    assert first.rstrip() == "size_fifos: run 1, 0 s"
    assert len(first) == len(second) == len(blank)
    assert second.startswith("size_fifos: xxx")
    assert not blank.strip()
    assert end == ""


def test_work_that_fails_leaves_no_half_line(clock):
    text = Terminal()
    with pytest.raises(ValueError, match="broken"), Progress("step", text, clock) as progress:
        clock.now += 1
        progress("run 1")
        raise ValueError("broken")
    assert text.getvalue().endswith(" \r")
