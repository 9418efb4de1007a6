"""``bitstream``: from the RTL of a build to the file for its board, by the board's family.

ecp5: yosys, nextpnr-ecp5 and ecppack (flows/bitstream_ecp5.py). Zynq: flows/bitstream_zynq.py.
"""

from pathlib import Path
from typing import Any

from flows.config import BuildConfig
from flows.errors import FlowError


def bitstream(config: BuildConfig, seed: int = 1, **zynq: Any) -> Path:
    """Write ``<build>/bitfile/<top>.bit`` and report/bitstream.json; returns the former's path.

    seed: of the placement (ecp5). zynq: options of the other ways. Raises FlowError where timing is
    not met, or the board's family has no way; HardwareError where a tool is missing or fails.
    """
    family = config.device.family
    if family == "ecp5":
        from flows.bitstream_ecp5 import bitstream as ecp5_bitstream

        return ecp5_bitstream(config, seed)
    if family in ("zynq7000", "zynqultrascaleplus"):
        from flows.bitstream_zynq import bitstream as zynq_bitstream

        made: Path = zynq_bitstream(config, **zynq)
        return made
    raise FlowError(f"board {config.board}: no way to a bitstream for {family}")
