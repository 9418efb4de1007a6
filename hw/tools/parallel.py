"""Several runs of tools at a time."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_parallel(
    work: Callable[[Item], Result], items: Iterable[Item], jobs: int | None = None
) -> Iterator[Result]:
    """Results of work on each item, in their order, each as soon as those before it are there.

    jobs: how many at a time, each in a thread that waits for its tool; None: as many as there are
    processors. After a failure, which is raised where its result would be, what has not begun is
    not begun any more.
    """
    with ThreadPoolExecutor(jobs or os.cpu_count() or 1) as pool:
        yield from pool.map(work, items)  # which takes back what has not begun
