"""``bitstream``: from the RTL of a build to the file for its board, by the board's family.

ecp5: yosys, nextpnr-ecp5 and ecppack (bitstream_ecp5.py). Zynq: bitstream_zynq.py.
"""

from pathlib import Path

from flows.build.config import BuildConfig
from flows.errors import FlowError
from flows.run.bitstream_ways import ECP5, OPEN, chosen_way


def bitstream(
    config: BuildConfig,
    seed: int = 1,
    way: str | None = None,
    jobs: int = 2,
    chipdb: Path | None = None,
    database: Path | None = None,
) -> Path:
    """Write ``<build>/bitfile/<top>.bit`` and report/bitstream.json; returns the former's path.

    seed: of the placement (ecp5). way: one of bitstream_ways (Zynq; default: Vivado). jobs:
    Vivado's. chipdb, database: of the open tools, where they are not found. Raises FlowError where
    timing is not met, or the board has no such way; HardwareError where a tool is missing or fails.
    """
    way = chosen_way(config, way)
    if way != OPEN and (chipdb is not None or database is not None):
        raise FlowError("--chipdb and --prjxray-db are the open way's: --way open")
    if way == ECP5:
        from flows.run.bitstream_ecp5 import bitstream as ecp5_bitstream

        return ecp5_bitstream(config, seed)
    from flows.run.bitstream_zynq import bitstream as zynq_bitstream

    return zynq_bitstream(config, way, jobs, chipdb, database)
