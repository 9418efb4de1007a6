"""Registers of the camera's block (``camera0``): offsets, bits, what errors mean.

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
STRIDE = 0x18
SIZE = 0x1C
ERROR = 0x20
ERROR_SLVERR = 1 << 0
ERROR_DECERR = 1 << 1
ERROR_MISALIGNED = 1 << 2
ERROR_SIZE = 1 << 3
ERROR_WRAPS = 1 << 4
ERROR_BUSY = 1 << 5
ERROR_NEEDS_RESET = 1 << 6
ERROR_FORMAT = 1 << 7
ERROR_ODD_WIDTH = 1 << 8
ERROR_STRIDE = 1 << 9
ERROR_ADDR_LO = 0x24
ERROR_ADDR_HI = 0x28
FRAMES = 0x2C
READ = 0x30
DROPPED = 0x34
CLOCKS = 0x38
TAIL = 0x3C
VERSION = 0x40
BUILD_ID = 0x44
RESET = 0x48
RESET_RESET = 1 << 0
FORMAT = 0x4C
LEAST = 0x50
OVERLAP = 0x54
MOST = 0x58
RECORDS_LO = 0x5C
RECORDS_HI = 0x60
RAW_LO = 0x64
RAW_HI = 0x68
RAW = 0x6C
RAW_ENABLE = 1 << 0
LIMITS = 0x70
RAW_BYTES = 0x74
NETWORK = 0x78
NETWORK_VIDEO = 1 << 16
VIDEO_SIZE = 0x7C
DAMAGED = 0x80

VERSION_MAGIC = 0xD0CA
VERSION_NUMBER = 1

#: What a bit of ERROR means.
ERROR_TEXTS = {
    0: "the bus answered SLVERR",
    1: "the bus answered DECERR (no memory at this address)",
    2: "start refused: RECORDS is not a multiple of 16, or RAW_ADDR not one of the bus word",
    3: "start refused: a width or height of 0, or above the limit",
    4: "start refused: frame, records or raw integers reach beyond the end of the address space",
    5: "start refused: no room for a frame, or a RESET is under way",
    6: "start refused: after a bus error only RESET helps",
    7: "start refused: no pixel format has this number",
    8: "start refused: a YUYV frame of odd width",
    9: "start refused: a stride below the bytes of a line",
}
