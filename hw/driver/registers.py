"""Registers of the DMA blocks (``idma0``, ``odma0``): offsets, bits, what errors mean.

Generated from hw/shell/registers.yaml by `python -m hw.shell.registers`. Do not edit.
"""

CTRL = 0x00
CTRL_START = 1 << 0
CTRL_DONE = 1 << 1
CTRL_IDLE = 1 << 2
CTRL_READY = 1 << 3
GIE = 0x04
GIE_ENABLE = 1 << 0
IER = 0x08
IER_DONE = 1 << 0
IER_ERROR = 1 << 1
ISR = 0x0C
ISR_DONE = 1 << 0
ISR_ERROR = 1 << 1
ADDR_LO = 0x10
ADDR_HI = 0x14
COUNT = 0x1C
ERROR = 0x20
ERROR_SLVERR = 1 << 0
ERROR_DECERR = 1 << 1
ERROR_MISALIGNED = 1 << 2
ERROR_ZERO_COUNT = 1 << 3
ERROR_WRAPS = 1 << 4
ERROR_BUSY = 1 << 5
ERROR_NEEDS_RESET = 1 << 6
ERROR_ADDR_LO = 0x24
ERROR_ADDR_HI = 0x28
FRAMES = 0x2C
BEATS = 0x30
STALLS = 0x34
CLOCKS = 0x38
FRAME_BYTES = 0x3C
VERSION = 0x40
BUILD_ID = 0x44
RESET = 0x48
RESET_RESET = 1 << 0
LOAD_ADDRESS = 0x4C
LOAD_DATA = 0x50
LOAD_STATUS = 0x54
LOAD_STATUS_BUSY = 1 << 0
LOAD_STATUS_BLOCKED = 1 << 1
LOAD_STATUS_REFUSED = 1 << 2
LOAD_STATUS_PRESENT = 1 << 3
FRAME_BEATS = 0x58

VERSION_MAGIC = 0xD0D0
VERSION_NUMBER = 1

#: What a bit of ERROR means.
ERROR_TEXTS = {
    0: "the bus answered SLVERR",
    1: "the bus answered DECERR (no memory at this address)",
    2: "start refused: the address is not a multiple of the bus word",
    3: "start refused: a transfer of no frames",
    4: "start refused: the transfer reaches beyond the end of the address space",
    5: "start refused: a transfer or a RESET is under way",
    6: "start refused: after a bus error only RESET helps",
}
