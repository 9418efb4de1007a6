"""The catalogue's part of the shells: buses, DMAs and the serial link."""

from hw.formal.catalogue import Fault, Proof

SHELL = (
    Proof(
        "axi_lite_slave",
        "answers stay until taken, one for each access, with its address and data",
        [{}],
        [
            Fault(
                "axi_lite_slave.sv",
                "aw_full_q && w_full_q && !b_valid_q;",
                "aw_full_q && w_full_q;",
            )
        ],
        quick=[0],
    ),
    Proof(
        "byte_gearbox",
        "handshake, every byte in order, each sequence's last word marked, progress",
        [{}, {"InBytes": 3, "OutBytes": 2}, {"InBytes": 1, "OutBytes": 2}],
        [
            Fault("byte_gearbox.sv", "<= CountBits'(Room - InBytes)", "<= CountBits'(Room)"),
            Fault("byte_gearbox.sv", "ready_q <= !ending_d &&", "ready_q <=", 2),
        ],
        quick=[2],
    ),
    Proof(
        "dma_bursts",
        "bursts stay until taken, join up, keep within 4 KB, are the words asked for",
        [{}],
        [Fault("dma_bursts.sv", "assign words_d = left_short", "assign words_d = 1'b0")],
        quick=[0],
    ),
    Proof(
        "dma_read",
        "addresses stay until taken; the bus never waits; bursts under way fit",
        [{}],
        [Fault("dma_read.sv", "&& space_enough", "&& 1'b1")],
        quick=[0],
    ),
)
