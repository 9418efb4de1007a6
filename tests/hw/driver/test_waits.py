"""Most of a wait is slept at once where the last one's length is known."""

from hw.driver.waits import Waits


def test_three_quarters_of_the_last_wait_of_the_same_kind() -> None:
    waits = Waits(longest=1.0)
    assert waits.at_once("boxes") == 0.0
    waits.ended("boxes", 0.008)
    waits.ended("room", 0.004)
    assert waits.at_once("boxes") == 0.006
    assert waits.at_once("room") == 0.003
    waits.ended("boxes", 0.0)  # it was there already
    assert waits.at_once("boxes") == 0.0


def test_never_longer_than_is_allowed() -> None:
    waits = Waits(longest=1.0)
    waits.ended("boxes", 60.0)
    assert waits.at_once("boxes") == 1.0
