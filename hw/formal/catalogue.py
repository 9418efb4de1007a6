"""The proofs: of each module its shapes, and faults that the same proof has to find."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Shape = Mapping[str, str | int]


@dataclass(frozen=True)
class Fault:
    """A text of a module's file, what takes its place, and the shape whose proof has to fail."""

    file: str
    text: str
    other: str
    shape: int = 0


@dataclass(frozen=True)
class Proof:
    """The proof of a module: harness `<module>_proof` of the contracts, or the one named.

    states: what the proof says, a line for the table. contents: files that the module reads, by
    shape. quick: shapes that take about a second; the others are slow tests. cut: signals within
    the harness, by their names (`i_dut.sum_q`), that take any value in any clock instead of theirs:
    what is proven so holds of the module too, which has some of these values.
    """

    module: str
    states: str
    shapes: Sequence[Shape]
    faults: Sequence[Fault]
    harness: str = ""
    quick: Sequence[int] = ()
    contents: Mapping[str, str] = field(default_factory=dict)
    clocks: str = "async2sync"
    cut: Sequence[str] = ()

    @property
    def top(self) -> str:
        """Name of the harness."""
        return self.harness or f"{self.module}_proof"


def sized(bits: int, word: int) -> dict[str, str | int]:
    """Parameters of hardware of another size; word: its limits, as hw.ops.sizes puts them."""
    return {"Dynamic": "1'b1", "SizeBits": bits, "Sizes": f"{bits}'d{word}"}


_SIMULATED = "no stream's handshake of its own; simulated"
_WITHIN = "proven within"
#: Modules of which nothing is proven by themselves, and why.
NOT_PROVEN = {
    # hw/rtl
    "carry_add": f"{_WITHIN} adder_tree, signed_tree and threshold_in_turn",
    "constant_cell": "a register or sums alone; simulated within mvau",
    "constant_product": f"{_WITHIN} elementwise_binary",
    "crop_axis": f"{_WITHIN} crop",
    "constant_matrix": "a graph made for each matrix; simulated against its integers",
    "lane_pairs": f"{_WITHIN} signed_tree",
    "lane_runs": "wires",
    "load_access": "a request and its answer between two clocks; simulated",
    "load_port": "a bus without ready, whose words are simulated",
    "mvau_beats": f"{_WITHIN} mvau",
    "mvau_offset": f"{_WITHIN} mvau",
    "mvau_parts": "sums alone; simulated within mvau",
    "mvau_pe": f"{_WITHIN} mvau",
    "mvau_results": f"{_WITHIN} mvau",
    "mvau_trees": f"{_WITHIN} mvau",
    "pool_pass": f"{_WITHIN} stream_pool",
    "rom": f"{_WITHIN} mvau and thresholding",
    "slice_add": "one sum in a register; simulated within mvau, and as a DSP slice",
    "slice_add_sub": "one sum in a register; simulated within letterbox, and as a DSP slice",
    "slice_sums": "sums alone; simulated within mvau",
    "table_ram": "as rom, with a port that works between frames; simulated",
    # camera path
    "letterbox": "of proven parts; simulated",
    "resize_quotient": "sums in one clock each, no handshake; simulated",
    # the camera path's shell
    "camera_frames": "of parts above; simulated",
    "camera_registers_pkg": "constants",
    "camera_results": "of parts above; simulated",
    "camera_shell": "of parts above; simulated",
    # shells
    "accelerator_reset": "levels between two clocks; simulated",
    "bit_sync": "two registers",
    "dma_check": _SIMULATED,
    "dma_control": _SIMULATED,
    "dma_front": "of proven parts and dma_registers; simulated",
    "dma_load": _SIMULATED,
    "dma_meter": _SIMULATED,
    "dma_registers": _SIMULATED,
    "dma_registers_pkg": "constants",
    "dma_shell": "of proven parts; simulated",
    "idma": "of proven parts; simulated",
    "odma": "of proven parts; simulated",
    "reset_join": "wires",
    "lane_narrow": "wires",
    "lane_widen": "wires",
    "stream_cross": "wires, or stream_async_fifo",
    "crc32": _SIMULATED,
    "packet_rx": "no back-pressure: bytes as the line brings them; simulated",
    "serial_counters": _SIMULATED,
    "serial_link": "a protocol of packets, with its other end; simulated",
    "serial_shell": "of proven parts and serial_link; simulated",
    "uart_rx": "no back-pressure: bits as the line brings them; simulated",
    "uart_tx": "one byte at a time, in the clocks of a baud rate; simulated",
    "packet_tx": "a stream of bytes to one of longer packets; simulated, with packet_rx",
    "result_buffer": "a memory that its reader addresses at will; simulated",
}
