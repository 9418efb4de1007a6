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
        [
            {},
            {"InBytes": 3, "OutBytes": 2},
            {"InBytes": 1, "OutBytes": 2},
            {"InBytes": 4, "OutBytes": 2, "Unit": 2},
        ],
        [
            Fault("byte_gearbox.sv", "<= CountBits'(Room - In)", "<= CountBits'(Room)"),
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
    Proof(
        "read_ports",
        "no port waits, addresses stay; every word in order, its responses, its burst's end",
        [{}, {"MaxBurst": 4, "Words": "1'b0"}],
        [
            Fault("read_ports.sv", "&& (held_q != HeldBits'(Outstanding));", ";"),
            Fault("read_ports.sv", "s_axi_rready && s_axi_rlast;", "s_axi_rready;", 1),
            Fault("read_ports.sv", "((part_q == '0) ? 2'b00 : resp_q)", "2'b00"),
            Fault("read_ports.sv", "if (ask) ask_q <= ask_q + PortBits'(1);", ""),
        ],
        quick=[0],
    ),
    Proof(
        "dma_write",
        "addresses and words stay until taken; words in order, bursts whole; the bus never waits",
        [{}],
        [
            Fault("dma_write.sv", "&& held_enough", "&& 1'b1"),
            Fault("dma_write.sv", "words_valid && (left_q != '0);", "words_valid;"),
            Fault("dma_write.sv", "m_axi_wready && (left_q != '0)", "m_axi_wready"),
        ],
    ),
    Proof(
        "axi_lite_fan",
        "every valid stays; each access reaches its slave once, and its answer comes back",
        [{}],
        [
            Fault("axi_lite_fan.sv", "aw_full_q && w_full_q && !w_sent_q", "aw_full_q && w_full_q"),
            Fault("axi_lite_fan.sv", "aw_valid_q & ~m_axi_awready", "'0"),
            Fault("axi_lite_fan.sv", "if (r_ready_q[i])", "if (1'b1)"),
        ],
    ),
    Proof(
        "commit_fifo",
        "valid stays; every committed word once and in order, none before; progress",
        [{"Depth": 2}, {"Depth": 4}],
        [
            Fault("commit_fifo.sv", "write_q <= commit_q;", "write_q <= write_q;"),
            Fault("commit_fifo.sv", "(read_q != commit_q)", "(read_q != write_q)"),
            Fault("commit_fifo.sv", "write_i && !full && !overflow_q", "write_i && !overflow_q"),
        ],
    ),
    Proof(
        "stream_async_fifo",
        "two clocks of any edges: handshake, order, nothing lost or doubled",
        [{"Depth": 4}],
        [
            Fault("stream_async_fifo.sv", "(wr_gray_d != full_gray)", "1'b1"),
            Fault(
                "stream_async_fifo.sv", "(rd_gray_d != wr_gray_seen)", "(rd_gray_q != wr_gray_seen)"
            ),
        ],
        clocks="clk2fflogic",
    ),
    Proof(
        "axi3_to_axil",
        "every valid stays; a burst of up to 4 beats is as many accesses, with identifier and last",
        [{"MostBeats": 4}],
        [
            Fault("axi3_to_axil.sv", "assign rlast_o = (rleft_q == '0)", "assign rlast_o = 1'b0"),
            Fault("axi3_to_axil.sv", "write_q <= wlast ? WDone : WData", "write_q <= WDone"),
        ],
    ),
)
