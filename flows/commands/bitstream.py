"""``bitstream``: from RTL to the file for the board."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.build.names import ResultName
from flows.commands.command import Command

if TYPE_CHECKING:
    from flows.build.build import Build


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seed", type=int, help="of nextpnr's placement: ECP5, --way open (default: 1)"
    )
    parser.add_argument(
        "--plan", action="store_true", help="say what would be done on this machine, and do nothing"
    )
    zynq = parser.add_argument_group("boards with a Zynq")
    zynq.add_argument(
        "--way",
        help="vivado (default), or open: nextpnr-xilinx and prjxray, experimental, Zynq-7000 alone",
    )
    zynq.add_argument("--jobs", type=int, help="of Vivado (default: 2)")
    zynq.add_argument(
        "--seeds",
        type=int,
        metavar="N",
        help="open way: try N seeds, take the fastest (default: 1)",
    )
    zynq.add_argument(
        "--margin",
        type=float,
        help="open way: the clock to be reached, in clocks of the configuration (default: 1)",
    )
    zynq.add_argument("--chipdb", type=Path, help="nextpnr-xilinx's .bin of the part")
    zynq.add_argument("--prjxray-db", type=Path, metavar="DIR", help="prjxray's database")


def _run(build: Build, arguments: argparse.Namespace) -> dict[str, Any]:
    from flows.run.bitstream import bitstream
    from flows.run.bitstream_ways import plan

    given = {
        "seed": arguments.seed,
        "jobs": arguments.jobs,
        "seeds": arguments.seeds,
        "margin": arguments.margin,
        "chipdb": arguments.chipdb,
        "database": arguments.prjxray_db,
    }
    if arguments.plan:
        said = plan(build, arguments.way, **given)
        print(said)
        return {"plan": said}
    return {"bitfile": str(bitstream(build, way=arguments.way, **given))}


COMMAND = Command(
    "bitstream",
    "the file for the board: <build>/bitfile/<name>.bit",
    _add_arguments,
    _run,
    (ResultName.BITSTREAM,),
)
