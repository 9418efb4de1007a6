"""Several at a time: results in order, and nothing new after a failure."""

import threading
import time

import pytest

from hw.tools.parallel import in_parallel


def test_results_are_in_the_order_of_the_items():
    def work(item):
        time.sleep(0.02 * (3 - item % 4))
        return item * 2

    assert list(in_parallel(work, range(8), 4)) == [0, 2, 4, 6, 8, 10, 12, 14]
    assert list(in_parallel(work, [], 4)) == []


@pytest.mark.parametrize("jobs", [1, 3])
def test_so_many_at_a_time_and_no_more(jobs):
    running, most, lock = [0], [0], threading.Lock()

    def work(_):
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.02)
        with lock:
            running[0] -= 1

    list(in_parallel(work, range(9), jobs))
    assert most[0] == jobs


def test_after_a_failure_nothing_is_begun():
    begun = []

    def work(item):
        begun.append(item)
        time.sleep(0.02)
        if item == 1:
            raise KeyError(item)

    with pytest.raises(KeyError):
        list(in_parallel(work, range(100), 1))
    assert len(begun) < 10
