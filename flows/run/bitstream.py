"""``bitstream``: from the RTL of a build to the file for its board, by the board's family.

Boards at a serial line (ECP5, Gowin): bitstream_serial.py. Zynq: bitstream_zynq.py.
"""

from pathlib import Path

from flows.build.build import Build
from flows.run.bitstream_ways import SERIAL, check_options, chosen_way


def bitstream(
    build: Build,
    seed: int | None = None,
    way: str | None = None,
    jobs: int | None = None,
    seeds: int | None = None,
    margin: float | None = None,
    chipdb: Path | None = None,
    database: Path | None = None,
) -> Path:
    """Write ``<build>/bitfile/<top>.bit`` or ``.fs``, report/bitstream.json; the former's path.

    way: one of bitstream_ways (Zynq; default: Vivado). seed: of the placement (serial, open;
    default 1). jobs: Vivado's (default 2). Of the open way: seeds, how many are tried from seed on,
    the fastest being taken (default 1); margin, the least clock in clocks of the configuration
    (default 1); chipdb, database, where they are not found.
    Raises FlowError where timing is not met, the board has no such way, or an option is given that
    the way does not know; HardwareError where a tool is missing or fails.
    """
    way = chosen_way(build, way)
    check_options(
        way,
        seed=seed,
        jobs=jobs,
        seeds=seeds,
        margin=margin,
        chipdb=chipdb,
        database=database,
    )
    if way == SERIAL:
        from flows.run.bitstream_serial import bitstream as serial_bitstream

        return serial_bitstream(build, 1 if seed is None else seed)
    from flows.run.bitstream_zynq import Placing
    from flows.run.bitstream_zynq import bitstream as zynq_bitstream

    placing = Placing(
        1 if seed is None else seed,
        1 if seeds is None else seeds,
        1.0 if margin is None else margin,
        chipdb,
        database,
    )
    return zynq_bitstream(build, way, 2 if jobs is None else jobs, placing)
