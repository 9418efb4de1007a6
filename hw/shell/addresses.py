"""Where a board's processor finds the registers of the shell's DMAs."""

from collections.abc import Sequence

from hw.shell.engines import ONE_OF_EACH, number_of

#: Bytes of address space of each DMA's registers.
REGISTER_SPAN = 0x1_0000
#: Where those of the first begin, by the family of the board's part: in the range of the port that
#: the processing system reaches them by.
_FIRST = {"zynq7000": 0x4000_0000, "zynqultrascaleplus": 0xA000_0000}


def register_addresses(family: str, engines: Sequence[str] = ONE_OF_EACH) -> dict[str, int]:
    """Bus address of each DMA's registers, by the DMA; {} of a family without a processor.

    engines: names of the DMAs. An address goes by the DMA's number, whatever others there are.
    """
    first = _FIRST.get(family)
    if first is None:
        return {}
    return {name: first + REGISTER_SPAN * number_of(name) for name in engines}
