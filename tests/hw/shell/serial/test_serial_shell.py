"""The driver's serial back-end against the Verilated shell: exact whatever the line does."""

import zlib

import numpy as np
import pytest

from hw.driver import packets
from hw.driver.description import Description
from hw.driver.errors import AcceleratorError, StuckError
from hw.driver.packets import Packet, PacketReader
from hw.driver.serial_link import COUNTERS, MAGIC, SerialBackend
from tests.hw.shell.serial.line_case import (
    BUILD_ID,
    DESCRIPTION,
    HarmfulLine,
    backend,
    make_case,
)


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return make_case(tmp_path_factory.mktemp("serial"))


def test_frames_over_a_clean_line(case):
    with case.line() as line:
        accelerator = backend(line)
        assert accelerator.identity() == (MAGIC, BUILD_ID)
        found = accelerator.execute(case.frames)
        counters = accelerator.counters()
    assert found.dtype == np.int16
    assert (found == case.expected).all()
    assert (counters["frames_in"], counters["frames_out"]) == (3, 3)
    assert [counters[name] for name in ("packets_bad", "refused", "line_errors")] == [0, 0, 0]
    assert counters["sent_again"] == 0
    assert 0 < counters["stalls"] <= counters["clocks"] < line.clocks


@pytest.mark.parametrize("mismatch", [-0.02, 0.02])
def test_clocks_of_both_ends_differ(case, mismatch):
    with case.line(mismatch=mismatch) as line:
        accelerator = backend(line)
        assert (accelerator.execute(case.frames) == case.expected).all()
        counters = accelerator.counters()
    assert (counters["packets_bad"], counters["line_errors"]) == (0, 0)


@pytest.mark.parametrize("seed", range(3))
def test_bytes_are_lost_doubled_altered_and_invented(case, seed):
    with case.line() as line:
        harmful = HarmfulLine(line, 0.001, seed)
        accelerator = backend(harmful)
        assert (accelerator.execute(case.frames) == case.expected).all()
        counters = accelerator.counters()
    assert harmful.harmed > 5
    # counters may have been reset by a second RESET at the start only
    assert counters["frames_out"] == 3
    assert counters["packets_bad"] + accelerator.damaged + counters["sent_again"] > 0


def test_bits_are_inverted_on_the_line(case):
    with case.line(noise=1e-4, seed=3) as line:
        accelerator = backend(line)
        assert (accelerator.execute(case.frames) == case.expected).all()
        counters = accelerator.counters()
    assert counters["packets_bad"] + counters["sent_again"] + accelerator.damaged > 0


def test_stream_gives_results_while_frames_go_in(case):
    with case.line() as line:
        accelerator = backend(line)
        given = []

        def frames():
            for frame in np.concatenate([case.frames] * 8):
                given.append(len(given))
                yield frame

        results = []
        for integers in accelerator.stream(frames()):
            results.append((integers, len(given)))
    assert all((r == case.expected[i % 3]).all() for i, (r, _) in enumerate(results))
    assert len(results) == 24
    assert results[0][1] < 24


class Host:
    """A host written from the protocol's description alone."""

    def __init__(self, line):
        self.line = line
        self.reader = PacketReader()

    def send(self, kind, sequence=0, payload=b""):
        self.line.write(Packet(kind, sequence, payload).encode())

    def wait(self, seconds=0.02):
        end = self.line.now() + seconds
        while self.line.now() < end:
            if found := self.reader.feed(self.line.read(4096)):
                assert len(found) == 1
                return found[0]
        raise AssertionError("no answer")

    def ask(self, kind, sequence=0, payload=b""):
        self.send(kind, sequence, payload)
        return self.wait()

    def status(self):
        payload = self.ask(packets.STATUS).payload
        return dict(
            zip(("magic", "build", "state"), np.frombuffer(payload, "<u4"), strict=False)
        ), {name: int(np.frombuffer(payload, "<u4")[5 + i]) for i, name in enumerate(COUNTERS)}


def test_a_write_counts_once_and_only_in_order(case):
    data = case.frames[0].tobytes()
    with case.line() as line:
        host = Host(line)
        assert host.ask(packets.RESET, 7) == Packet(packets.RESET_REPLY, 7)
        assert host.ask(packets.READ, 0) == Packet(packets.EMPTY, 0)
        # flags of an ACK: 2 no room, 4 not the next one
        assert host.ask(packets.WRITE, 1, data[:10]) == Packet(packets.ACK, 0, b"\4")
        assert host.ask(packets.WRITE, 0, data[:300]) == Packet(packets.ACK, 1, b"\0")
        assert host.ask(packets.WRITE, 0, data[:300]) == Packet(packets.ACK, 1, b"\4")
        assert host.ask(packets.WRITE, 1, data[300:]).sequence == 2
        host.status()  # by then results wait; none is given back that was not asked for
        assert host.ask(packets.READ, 1) == Packet(packets.EMPTY, 0)
        first = host.ask(packets.READ, 0)
        again = host.ask(packets.READ, 0)
        assert first == again
        assert host.ask(packets.READ, 2) == Packet(packets.EMPTY, 0)
        pieces = [
            first.payload,
            host.ask(packets.READ, 1).payload,
            host.ask(packets.READ, 2).payload,
        ]
        assert [len(piece) for piece in pieces] == [1024, 1024, 352]
        assert host.ask(packets.READ, 3) == Packet(packets.EMPTY, 3)
        head, counters = host.status()
    expected = case.expected[0].astype("<i2").tobytes()
    assert b"".join(pieces) == expected
    assert (head["magic"], head["build"]) == (MAGIC, BUILD_ID)
    assert (counters["frames_in"], counters["frames_out"], counters["refused"]) == (1, 1, 2)


def test_a_packet_is_taken_whole_or_not_at_all(case):
    """Nobody reads: the board fills up, refuses, and has lost nothing once it is read."""
    data = np.concatenate([case.frames] * 6).tobytes()
    sent, number, results = 0, 0, b""
    with case.line() as line:
        host = Host(line)
        host.ask(packets.RESET, 1)
        while True:
            answer = host.ask(packets.WRITE, number & 255, data[sent : sent + 500])
            if answer.payload[0] & 2:
                break
            sent, number = sent + 500, number + 1
        assert sent >= 4096
        assert answer.sequence == number
        read = 0
        while len(results) < 18 * 2400:
            answer = host.ask(packets.READ, read & 255)
            if answer.kind == packets.RESULT:
                results, read = results + answer.payload, read + 1
            if sent < len(data):
                answer = host.ask(packets.WRITE, number & 255, data[sent : sent + 500])
                if not answer.payload[0] & 6:
                    sent, number = sent + 500, number + 1
        _, counters = host.status()
    assert results == np.concatenate([case.expected] * 6).astype("<i2").tobytes()
    assert counters["frames_out"] == 18
    assert counters["refused"] > 0


def test_what_is_no_packet_is_skipped(case):
    flag = bytes([packets.FLAG])
    bad_sum = Packet(packets.STATUS, 0).encode()[:-2] + b"\1" + flag
    body = bytes([packets.STATUS, 0])
    short = flag + body + zlib.crc32(body).to_bytes(4, "little")[:2] + flag
    unknown = Packet(0x55, 1, b"abc").encode()
    cut = Packet(packets.WRITE, 0, bytes(100)).encode()[:50]
    empty = flag + bytes(4) + flag  # the checksum of nothing
    aborted = flag + b"ab" + bytes([packets.ESCAPE]) + flag
    with case.line() as line:
        host = Host(line)
        line.write(b"garbage" + bad_sum + short + unknown + flag * 5 + cut + flag + aborted + empty)
        assert host.ask(packets.RESET, 9) == Packet(packets.RESET_REPLY, 9)
        line.write(bad_sum + short + unknown + flag * 5 + cut + flag + aborted + empty)
        _, counters = host.status()
    assert counters["packets_bad"] == 5
    assert counters["packets_good"] == 2  # the unknown kind and this status
    assert counters["frames_in"] == 0


def test_reset_in_the_middle_of_a_frame(case):
    with case.line() as line:
        accelerator = backend(line)
        host = Host(line)
        assert host.ask(packets.WRITE, 0, case.frames[1].tobytes()[:333]).sequence == 1
        accelerator.reset()
        assert (accelerator.execute(case.frames) == case.expected).all()
        stream = accelerator.stream(case.frames)
        next(stream)  # left alone with frames inside
        assert (accelerator.execute(case.frames[::-1]) == case.expected[::-1]).all()


def test_board_that_is_reset_by_its_button_is_told(case):
    with case.line() as line:
        accelerator = backend(line, patience=0.01)
        stream = accelerator.stream(case.frames)
        next(stream)
        line.reset_board()
        with pytest.raises(StuckError, match=r"no progress .*was it reset"):
            list(stream)
        assert (accelerator.execute(case.frames) == case.expected).all()


def test_other_accelerator_is_refused(case):
    fields = {**DESCRIPTION.__dict__, "build_id": 1}
    with case.line() as line, pytest.raises(AcceleratorError, match="build 0x1234abcd; expected"):
        SerialBackend(line, Description(**fields), patience=1.0, answer_seconds=0.001)


def test_nothing_answers(case):
    class Dead:
        time = 0.0

        def now(self):
            self.time += 0.01
            return self.time

        def read(self, size):
            return b""

        def write(self, data):
            return len(data)

        def close(self):
            pass

    with pytest.raises(AcceleratorError, match="nothing answers on the serial line"):
        SerialBackend(Dead(), DESCRIPTION, patience=1.0)
