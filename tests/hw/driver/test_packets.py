"""Packets on a line: whatever comes between them, whole ones come out."""

from hypothesis import given
from hypothesis import strategies as st

from hw.driver.packets import ESCAPE, FLAG, Packet, PacketReader, decode

PACKETS = st.builds(Packet, st.integers(0, 255), st.integers(0, 255), st.binary(max_size=80))


def test_bytes_on_the_line():
    # CRC-32 of 03 7E is 4F AC 94 2F least significant byte first (zlib)
    line = Packet(0x03, FLAG).encode()
    assert line[:4] == bytes([FLAG, 0x03, ESCAPE, FLAG ^ 0x20])
    assert line[-1] == FLAG
    assert decode(line[1:-1]) == Packet(0x03, FLAG)


@given(st.lists(PACKETS, max_size=5), st.integers(1, 50), st.binary(max_size=30))
def test_packets_come_out_whatever_the_pieces(sent, size, noise):
    noise = noise.replace(bytes([FLAG]), b"")
    line = noise + b"".join(packet.encode() for packet in sent)
    reader, found = PacketReader(), []
    for at in range(0, len(line), size):
        found += reader.feed(line[at : at + size])
    assert found == sent
    assert reader.bad == 0


@given(PACKETS, st.data())
def test_one_wrong_byte_is_noticed(packet, data):
    line = bytearray(packet.encode())
    at = data.draw(st.integers(1, len(line) - 2))
    line[at] ^= data.draw(st.integers(1, 255))
    following = Packet(1, 2, b"3")
    assert PacketReader().feed(bytes(line) + following.encode())[-1] == following
    assert packet not in PacketReader().feed(bytes(line))


def test_a_flag_that_never_comes_does_not_fill_the_memory():
    reader = PacketReader()
    reader.feed(bytes([FLAG]))
    for _ in range(100):
        assert reader.feed(bytes(1000)) == []
    assert len(reader._rest) < 1 << 16
    assert reader.bad == 1
    assert reader.feed(Packet(3, 4).encode()) == [Packet(3, 4)]


def test_a_packet_begins_with_its_flag() -> None:
    """Bytes before the first flag are the rest of something, and do not count as bad."""
    data = Packet(1, 2, b"abc").encode()
    reader = PacketReader()
    assert reader.feed(data[1:]) == []
    assert reader.bad == 0
    assert reader.feed(data) == [Packet(1, 2, b"abc")]
