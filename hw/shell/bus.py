"""The masters' side of the shell: what its buses to the memory are like."""

from dataclasses import dataclass
from math import gcd

from hw.errors import HardwareError
from hw.shell.streams import beat_bytes
from hw.sim.design import Stream

#: What AXI4 allows: widths of the data, lengths of a burst in words (powers of two) and in bytes.
_DATA_BITS = (32, 64, 128, 256, 512, 1024)
_BURSTS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_PAGE = 4096


@dataclass(frozen=True)
class Bus:
    """The masters' side of the shell.

    address_bits: of a byte address. data_bits: of a word. id_bits: of the identifiers, which are
    always 0. max_burst: words of the longest burst (16: also AXI3's limit). outstanding: bursts
    under way in each direction. fifo_words: words of the FIFO in each direction.
    """

    address_bits: int = 32
    data_bits: int = 64
    id_bits: int = 1
    max_burst: int = 16
    outstanding: int = 4
    fifo_words: int = 64

    @property
    def widths(self) -> tuple[int, int, int]:
        """Bits of address, data and identifiers, as functions of ``ports`` take them."""
        return self.address_bits, self.data_bits, self.id_bits

    def dma_parameters(self, stream: Stream, build_id: int) -> dict[str, object]:
        """Parameters of ``idma`` and ``odma`` for a stream of the accelerator."""
        return {
            "BuildId": f"32'h{build_id:08x}",
            "AddrWidth": self.address_bits,
            "DataWidth": self.data_bits,
            "IdWidth": self.id_bits,
            "BeatBytes": beat_bytes(stream),
            "FrameBeats": stream.frame_beats,
            "MaxBurst": self.max_burst,
            "Outstanding": self.outstanding,
            "FifoWords": self.fifo_words,
        }

    def idma_parameters(self, stream: Stream, build_id: int, ports: int = 1) -> dict[str, object]:
        """Parameters of ``idma``. ports: to the memory, behind ``read_ports`` if several."""
        made = self.dma_parameters(stream, build_id)
        if (unit := self.unit(stream, ports)) > 1:
            made["Unit"] = unit
        if ports > 1:
            made["DataWidth"] = ports * self.data_bits
            made["MaxBurst"] = self.max_burst // ports
            made["Outstanding"] = ports * self.outstanding
        return made

    def unit(self, stream: Stream, ports: int = 1) -> int:
        """Bytes that both a beat of an input and a word of all ports are multiples of."""
        return gcd(beat_bytes(stream), ports * self.data_bits // 8)

    def check(self) -> None:
        """Raise HardwareError where the RTL could not be built so."""
        if not 12 <= self.address_bits <= 64:
            raise HardwareError(f"bus of {self.address_bits} address bits: expected 12 to 64")
        if self.data_bits not in _DATA_BITS:
            raise HardwareError(f"bus of {self.data_bits} data bits: expected one of {_DATA_BITS}")
        size = self.data_bits // 8
        if self.max_burst not in _BURSTS or self.max_burst * size > _PAGE:
            raise HardwareError(
                f"bursts of up to {self.max_burst} words of {size} bytes: expected a power of two, "
                f"at most 256 words and {_PAGE} bytes"
            )
        if self.fifo_words < self.max_burst:
            raise HardwareError(
                f"FIFOs of {self.fifo_words} words: expected {self.max_burst} or more, one burst"
            )
        if self.outstanding < 1:
            raise HardwareError(f"{self.outstanding} bursts under way: expected 1 or more")
