"""Where a board's processor finds the registers of the shell's two DMAs."""

#: Bytes of address space of each DMA's registers.
REGISTER_SPAN = 0x1_0000
#: Where those of the first begin, by the family of the board's part: in the range of the port that
#: the processing system reaches them by.
_FIRST = {"zynq7000": 0x4000_0000, "zynqultrascaleplus": 0xA000_0000}


def register_addresses(family: str) -> dict[str, int]:
    """Bus address of each DMA's registers, by the DMA; {} of a family without a processor."""
    first = _FIRST.get(family)
    if first is None:
        return {}
    return {"idma0": first, "odma0": first + REGISTER_SPAN}
