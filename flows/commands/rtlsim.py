"""``rtlsim``: the accelerator simulated."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from flows.build.names import ResultName
from flows.commands.command import Command, check_stalls
from flows.commands.executor import add_frames, read_input, write_output
from flows.commands.size import add_size, read_size
from flows.errors import FlowError

if TYPE_CHECKING:
    from flows.build.build import Build


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_frames(parser)
    parser.add_argument("--stalls", type=float, default=0.0, metavar="P", help="0 <= P < 1")
    parser.add_argument("--seed", type=int, default=1, help="seed of the stalls")
    parser.add_argument("--waves", action="store_true", help="write waves.fst in the build folder")
    parser.add_argument("--wave-start", type=int, default=0, metavar="CLOCK", help="default: 0")
    parser.add_argument(
        "--wave-clocks", type=int, default=20_000, metavar="N", help="0: all (gigabytes)"
    )

    parser.add_argument(
        "--weights",
        action="store_true",
        help="then write what `weights` made over the load bus, and run the frames again",
    )
    add_size(parser, "then write what `size` made for it, and run its vectors")


def _run(build: Build, arguments: argparse.Namespace) -> None:
    frames = read_input(build, arguments)
    from flows.run.rtlsim import rtlsim

    if min(arguments.wave_start, arguments.wave_clocks) < 0:
        raise FlowError("--wave-start and --wave-clocks: expected 0 or more")
    check_stalls(arguments)
    given = [f"--{name}" for name in ("waves", "weights", "size") if getattr(arguments, name)]
    if len(given) > 1:
        raise FlowError(f"{given[0]} with {given[1]}: expected one of them")
    if arguments.size:
        from flows.sizes.simulate import rtlsim_size
        from flows.sizes.write import size_vectors, sized_build

        size = read_size(arguments.size)
        others = size_vectors(build, *size)
        integers = rtlsim_size(
            build, frames, size, others, arguments.boundaries, arguments.stalls, arguments.seed
        )
        write_output(sized_build(build, *size), arguments, integers)
        return
    if arguments.weights:
        from flows.weights.simulate import rtlsim_weights

        integers = rtlsim_weights(
            build, frames, arguments.boundaries, arguments.stalls, arguments.seed
        )
        write_output(build, arguments, integers)
        return
    integers = rtlsim(
        build,
        frames,
        arguments.boundaries,
        arguments.stalls,
        arguments.seed,
        arguments.waves,
        (arguments.wave_start, arguments.wave_clocks),
    )
    write_output(build, arguments, integers)


COMMAND = Command(
    "rtlsim",
    "run frames through the simulated RTL, compared with the emulator",
    _add_arguments,
    _run,
    (ResultName.RTLSIM,),
)
