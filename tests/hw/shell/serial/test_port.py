"""The driver on a port of the operating system: a pseudo terminal, behind it the board."""

import os
import select
import threading
from contextlib import contextmanager

import numpy as np
import pytest

from hw.driver import DupNetAccelerator
from hw.driver.errors import AcceleratorError
from hw.driver.serial_link import open_serial
from tests.hw.shell.serial.line_case import DESCRIPTION, make_case


@contextmanager
def terminal(line):
    """Name of a port behind which is the simulated board, whose clock runs all the time."""
    board, port = os.openpty()
    ended = threading.Event()

    def carry():
        while not ended.is_set():
            if select.select([board], [], [], 0)[0]:
                line.write(os.read(board, 4096))
            if data := line.read(4096):
                os.write(board, data)

    thread = threading.Thread(target=carry)
    thread.start()
    try:
        yield os.ttyname(port)
    finally:
        ended.set()
        thread.join()
        os.close(board)
        os.close(port)


def test_the_same_interface_as_on_a_pynq_board(tmp_path):
    case = make_case(tmp_path)
    vectors = tmp_path / "vectors"
    vectors.mkdir()
    np.save(vectors / "input.npy", case.frames)
    np.save(vectors / "expected.npy", case.expected)
    with case.line() as line, terminal(line) as port:
        backend = open_serial(port, DESCRIPTION, patience=60.0)
        with DupNetAccelerator(backend, DESCRIPTION) as accelerator:
            assert accelerator.validate(vectors) == 3
            assert (np.stack(list(accelerator.stream(case.frames))) == case.expected).all()
            assert accelerator.counters()["frames_out"] == 6
            assert accelerator.throughput_test(2)["throughput[images/s]"] > 0


def test_no_such_port():
    with pytest.raises(AcceleratorError, match="/dev/no-such-port: cannot be opened at 3000000"):
        open_serial("/dev/no-such-port", DESCRIPTION)
