"""``python -m flows``: build an accelerator from a QONNX model, emulate it, simulate it.

build     CONFIG [--start STEP] [--stop STEP] [--if-changed]
emulate   CONFIG --input x.npy [--output y.npy] [--boundaries DIR]
          [--brevitas [--checkpoint FILE]]
rtlsim    CONFIG --input x.npy [--output y.npy] [--boundaries DIR] [--stalls P] [--seed S] [--waves]
cppsim    CONFIG --input x.npy [--output y.npy] [--boundaries DIR] [--build fast|exact|both]
hls       CONFIG [--input x.npy] [--nodes A,B] [--write-only]
synth     CONFIG [--nodes A,B] [--jobs N]
pareto    CONFIG [--beside CONFIG ...] --out DIR [--measured] [--jobs N]
pnr       CONFIG [--nodes A,B | --whole] [--jobs N] [--device 85k] [--speed 6] [--mhz F] [--seed S]
detect    CONFIG --image FILE [--integers y.npy] --out picture.png
board-sim CONFIG [--image FILE] [--threshold P] [--stalls P] [--seed S] [--out picture.png]
bitstream CONFIG [--seed S] [--way vivado|open] [--jobs N] [--plan]
driver    CONFIG [--image FILE]
deploy    CONFIG [--host USER@ADDRESS] [--without-bitfile] [--image FILE]
report    CONFIG [--image picture.png]
frames    CONFIG --out x.npy [--image FILE] [--frames N] [--seed S]
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from flows.errors import FlowError
from hw.finn_settings import use_default_settings
from outside.arguments import Parser
from outside.command import run_command

LEAST_SCORE = "least score of a box, 0 to 1 (default: the network's own, else 0.5)"


def _parser() -> Parser:
    parser = Parser(
        prog="python -m flows", description="QONNX model to verified dataflow hardware."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.add_argument("config", type=Path, metavar="CONFIG.yaml", help="build configuration")
        return made

    build = command("build", "run the build steps")
    build.add_argument("--start", metavar="STEP", help="first step (resumes an earlier build)")
    build.add_argument("--stop", metavar="STEP", help="last step")
    build.add_argument(
        "--if-changed",
        action="store_true",
        help="keep a finished build of this configuration, and what ran on it",
    )
    emulate = command("emulate", "run frames through the emulator, compared at every boundary")
    rtlsim = command("rtlsim", "run frames through the simulated RTL, compared with the emulator")
    cppsim = command("cppsim", "run frames through the HLS C++, compared with the emulator")
    for executor in (emulate, rtlsim, cppsim):
        executor.add_argument("--input", type=Path, required=True, help=".npy, uint8 NHWC")
        executor.add_argument("--output", type=Path, help=".npy for the integers, NHWC")
        executor.add_argument("--boundaries", type=Path, metavar="DIR", help="write all boundaries")
    emulate.add_argument(
        "--brevitas", action="store_true", help="compare with the Brevitas model too"
    )
    emulate.add_argument("--checkpoint", type=Path, help="of the Brevitas model, if it is trained")
    cppsim.add_argument(
        "--build",
        choices=("fast", "exact", "both"),
        default="both",
        help="built-in integers, ap_int types with every width checked, or both (default)",
    )
    rtlsim.add_argument("--stalls", type=float, default=0.0, metavar="P", help="0 <= P < 1")
    rtlsim.add_argument("--seed", type=int, default=1, help="seed of the stalls")
    rtlsim.add_argument("--waves", action="store_true", help="write waves.fst in the build folder")
    rtlsim.add_argument("--wave-start", type=int, default=0, metavar="CLOCK", help="default: 0")
    rtlsim.add_argument(
        "--wave-clocks", type=int, default=20_000, metavar="N", help="0: all (gigabytes)"
    )
    hls = command("hls", "Vitis HLS on every operator and the network: synthesis, cosim, IP export")
    hls.add_argument("--input", type=Path, help=".npy, uint8 NHWC: the vectors (default: noise)")
    hls.add_argument("--nodes", metavar="A,B", help="only these; the network's name for the whole")
    hls.add_argument("--write-only", action="store_true", help="write the project, run nothing")
    synth = command("synth", "synthesize every operator with yosys: estimates of resources")
    synth.add_argument("--nodes", metavar="A,B", help="only these; no report is written")
    synth.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="operators at a time"
    )
    _add_pareto(command("pareto", "frames per second against LUTs, over rates of pixels"))
    _add_pnr(command("pnr", "place and route every operator for ECP5 with nextpnr: its clock"))
    detect = command("detect", "draw the boxes that the network finds in an image")
    detect.add_argument("--image", type=Path, help="default: skimage's portrait")
    detect.add_argument("--integers", type=Path, help="the network's integers (default: emulate)")
    detect.add_argument("--threshold", type=float, help=LEAST_SCORE)
    detect.add_argument("--out", type=Path, required=True, help="picture to write (.png)")
    _board_commands(command)
    _add_bitstream(command("bitstream", "the file for the board: <build>/bitfile/<name>.bit"))
    report = command("report", "write report/report.html")
    report.add_argument("--image", type=Path, help="picture to show")
    report.add_argument("--cost", type=Path, help="cost.json of python -m model.cost")
    frames = command("frames", "write input frames for the network as .npy")
    frames.add_argument("--out", type=Path, required=True)
    frames.add_argument("--image", type=Path, help="first frame (default: skimage's portrait)")
    frames.add_argument("--frames", type=int, default=1, help="further frames are variations of it")
    frames.add_argument("--seed", type=int, default=1)
    return parser


def _add_pareto(pareto: argparse.ArgumentParser) -> None:
    pareto.add_argument("--beside", type=Path, nargs="*", default=[], help="of further networks")
    pareto.add_argument("--out", type=Path, required=True, metavar="DIR")
    pareto.add_argument("--measured", action="store_true", help="yosys on every point (hours)")
    pareto.add_argument("--jobs", type=int, metavar="N", help="of --measured: operators at a time")


def _add_pnr(pnr: argparse.ArgumentParser) -> None:
    pnr.add_argument("--nodes", metavar="A,B", help="only these; no report is written")
    pnr.add_argument("--jobs", type=int, default=1, metavar="N", help="operators at a time")
    pnr.add_argument("--device", default="85k", help="ECP5 part as nextpnr names it (default: 85k)")
    pnr.add_argument("--package", default="CABGA381", help="default: CABGA381")
    pnr.add_argument("--speed", type=int, default=6, help="speed grade (default: 6, the slowest)")
    pnr.add_argument("--mhz", type=float, default=100.0, help="clock wanted (default: 100)")
    pnr.add_argument("--seed", type=int, default=1, help="of the placement (default: 1)")
    pnr.add_argument("--whole", action="store_true", help="the network as one, nothing alone")


def _add_bitstream(bitstream: argparse.ArgumentParser) -> None:
    bitstream.add_argument(
        "--seed", type=int, help="of nextpnr's placement for an ECP5 (default: 1)"
    )
    bitstream.add_argument(
        "--plan", action="store_true", help="say what would be done on this machine, and do nothing"
    )
    zynq = bitstream.add_argument_group("boards with a Zynq")
    zynq.add_argument(
        "--way",
        help="vivado (default), or open: nextpnr-xilinx and prjxray, experimental, Zynq-7000 alone",
    )
    zynq.add_argument("--jobs", type=int, help="of Vivado (default: 2)")
    zynq.add_argument("--chipdb", type=Path, help="nextpnr-xilinx's .bin of the part")
    zynq.add_argument("--prjxray-db", type=Path, metavar="DIR", help="prjxray's database")


def _board_commands(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """The commands about the board: simulated, the driver's files, and a real one."""
    board = command("board-sim", "a picture through the driver on a simulated board, to boxes")
    driver = command("driver", "write the driver's files and its vectors: <build>/driver")
    deploy = command("deploy", "write <build>/deploy; with --host, copy and validate it there")
    for made in (board, driver, deploy):
        made.add_argument("--image", type=Path, help="default: skimage's portrait")
    board.add_argument("--threshold", type=float, help=LEAST_SCORE)
    board.add_argument("--stalls", type=float, default=0.0, metavar="P", help="of the memory's bus")
    board.add_argument("--seed", type=int, default=1, help="of stalls and latencies")
    board.add_argument("--out", type=Path, help="picture to write (default: board_sim.png)")
    deploy.add_argument("--host", metavar="USER@ADDRESS", help="the board, as ssh takes it")
    deploy.add_argument(
        "--without-bitfile", action="store_true", help="write the folder though there is no bitfile"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    use_default_settings()
    return run_command(_parser(), _run, argv, subject=lambda arguments: arguments.config)


def _run(arguments: argparse.Namespace) -> None:
    from flows.build.config import load_config

    config = load_config(arguments.config)
    match arguments.command:
        case "build":
            from flows.build.sequence import build

            build(config, arguments.start, arguments.stop, arguments.if_changed)
        case "emulate" | "rtlsim" | "cppsim":
            _execute(arguments)
        case "hls":
            _hls(arguments)
        case "synth" | "pareto":
            _synthesis(arguments)
        case "pnr":
            from flows.run.pnr import pnr
            from hw.pnr.ecp5 import Ecp5Target

            target = Ecp5Target(
                arguments.device,
                arguments.package,
                arguments.speed,
                arguments.mhz,
                seed=arguments.seed,
            )
            pnr(config, _names(arguments.nodes), arguments.jobs, target, arguments.whole)
        case "detect":
            from flows.run.detect import detect

            detect(config, arguments.image, arguments.integers, arguments.threshold, arguments.out)
        case "bitstream":
            _bitstream(arguments)
        case "board-sim" | "driver" | "deploy":
            _board(arguments)
        case "report":
            from flows.report.html import write_report

            path = write_report(config, arguments.image, arguments.cost, arguments.config)
            print(f"report: {path}")
        case "frames":
            from flows.run.detect import write_frames

            write_frames(config, arguments.image, arguments.frames, arguments.seed, arguments.out)


def _names(text: str | None) -> list[str] | None:
    """Names of --nodes, None where it is not given."""
    return None if text is None else [name.strip() for name in text.split(",")]


def _synthesis(arguments: argparse.Namespace) -> None:
    from flows.build.config import load_config

    config = load_config(arguments.config)
    if arguments.command == "synth":
        from flows.run.synth import synth

        synth(config, _names(arguments.nodes), arguments.jobs)
    else:
        from flows.pareto.run import pareto

        configs = [config, *(load_config(path) for path in arguments.beside)]
        pareto(configs, arguments.out, arguments.measured, arguments.jobs)


def _hls(arguments: argparse.Namespace) -> None:
    from flows.build.config import load_config
    from flows.build.sequence import load_step
    from flows.files import read_frames
    from flows.run.hls import hls

    config = load_config(arguments.config)
    frames = None
    if arguments.input is not None:
        shape = load_step(config, "streamline").get_tensor_shape("global_in")
        frames = read_frames(arguments.input, tuple(shape[1:]))
    hls(config, frames, _names(arguments.nodes), arguments.write_only)


def _bitstream(arguments: argparse.Namespace) -> None:
    from flows.build.config import load_config
    from flows.run.bitstream import bitstream
    from flows.run.bitstream_ways import plan

    config = load_config(arguments.config)
    given = {
        "seed": arguments.seed,
        "jobs": arguments.jobs,
        "chipdb": arguments.chipdb,
        "database": arguments.prjxray_db,
    }
    if arguments.plan:
        print(plan(config, arguments.way, **given))
        return
    bitstream(config, way=arguments.way, **given)


def _board(arguments: argparse.Namespace) -> None:
    from flows.build.config import load_config

    config = load_config(arguments.config)
    if arguments.command == "driver":
        from flows.run.driver import write_driver

        write_driver(config, arguments.image)
    elif arguments.command == "deploy":
        from flows.run.deploy import deploy

        deploy(config, arguments.host, arguments.without_bitfile, arguments.image)
    else:
        from flows.run.board_sim import BusOptions, board_sim

        _check_stalls(arguments)
        bus = BusOptions(stall=arguments.stalls, seed=arguments.seed)
        board_sim(config, arguments.image, arguments.threshold, arguments.out, bus)


def _check_stalls(arguments: argparse.Namespace) -> None:
    if arguments.seed < 0:
        raise FlowError(f"--seed {arguments.seed}: expected 0 or more")
    if not 0 <= arguments.stalls < 1:
        raise FlowError(f"--stalls {arguments.stalls}: expected 0 <= P < 1")


def _execute(arguments: argparse.Namespace) -> None:
    from flows.build.config import load_config
    from flows.build.sequence import load_step
    from flows.files import read_frames, write_npy

    config = load_config(arguments.config)
    shape = load_step(config, "streamline").get_tensor_shape("global_in")
    frames = read_frames(arguments.input, tuple(shape[1:]))
    if arguments.command == "emulate":
        from flows.run.emulate import emulate

        check = None
        if arguments.brevitas:
            from flows.build.steps.import_model import load_qonnx
            from flows.run.brevitas_check import brevitas_boundaries

            check = brevitas_boundaries(load_qonnx(config.model), arguments.checkpoint)
        integers = emulate(config, frames, arguments.boundaries, check)
    elif arguments.command == "cppsim":
        from flows.run.cppsim import cppsim
        from hw.hls.compiler import BUILDS

        builds = BUILDS if arguments.build == "both" else (arguments.build,)
        integers = cppsim(config, frames, arguments.boundaries, builds)
    else:
        from flows.run.rtlsim import rtlsim

        if min(arguments.wave_start, arguments.wave_clocks) < 0:
            raise FlowError("--wave-start and --wave-clocks: expected 0 or more")
        _check_stalls(arguments)
        integers = rtlsim(
            config,
            frames,
            arguments.boundaries,
            arguments.stalls,
            arguments.seed,
            arguments.waves,
            (arguments.wave_start, arguments.wave_clocks),
        )
    if arguments.output is not None:
        write_npy(arguments.output, integers)


if __name__ == "__main__":
    sys.exit(main())
