"""``dupnet demo``: a photograph through emulator, HLS C++ and simulated RTL; a report.

What ``make demo`` does, too: the networks' figures, a build, frames of a picture, all executors on
them, the picture with its boxes, and report/report.html in the build folder. What they print goes
into demo.log of the build folder's name; the terminal has a line a stage and a summary.
"""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import flows.__main__ as flows
from dupnet.stages import Stages
from dupnet.summary import summary
from flows.build.build import Build
from flows.report.levels import levels
from model import complexity
from model.detection.image import load_image
from outside.answers import Answer, add_json, is_for_programs
from outside.arguments import Parser
from outside.command import run_command


def _parser() -> Parser:
    parser = Parser(
        prog="python -m dupnet.demo",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("config", type=Path, metavar="CONFIG.yaml", help="build configuration")
    parser.add_argument("--image", type=Path, help="default: skimage's portrait")
    parser.add_argument("--frames", default="2", metavar="N", help="frames in a row (default: 2)")
    parser.add_argument("--stalls", default="0", metavar="P", help="of the RTL's streams")
    parser.add_argument("--seed", default="1", help="of frames and stalls")
    parser.add_argument("--threshold", help="least score of a box (default: the network's own)")
    parser.add_argument("--checkpoint", type=Path, help="of the Brevitas model, if it is trained")
    add_json(parser)
    return parser


def _run(options: argparse.Namespace) -> int | Answer:
    config, seed = str(options.config), f"--seed={options.seed}"
    paths = Build.load(options.config).paths
    if options.image is not None:
        load_image(options.image)  # a picture that cannot be read is said before anything is built
    figures = str(options.config.parent / "cost.json")
    frames, boxes = str(paths.frames), str(paths.detections)
    integers = str(paths.folder / "integers.npy")
    image = _given("image", options.image)
    weights = _given("checkpoint", options.checkpoint)
    stalls, threshold = _given("stalls", options.stalls), _given("threshold", options.threshold)
    stages = Stages(options.config.with_name(f"{paths.folder.name}.demo.log"))
    print(f"demo of {options.config}", flush=True)
    if status := stages.run("networks", lambda: complexity.main(["--json", figures])):
        return status
    for words in (
        ["build", config],
        ["frames", config, "--out", frames, f"--frames={options.frames}", seed, *image],
        ["emulate", config, "--input", frames, "--brevitas", *weights],
        ["rtlsim", config, "--input", frames, "--output", integers, *stalls, seed],
        ["cppsim", config, "--input", frames, "--build", "fast"],
        ["detect", config, "--integers", integers, "--out", boxes, *threshold, *image],
        ["report", config, "--cost", figures, *threshold],
    ):
        if status := stages.run(words[0], partial(flows.main, words)):
            return status
    said = stages.log.read_text(encoding="utf-8").partition("--- detect\n")[2]
    found = said.partition("\n")[0]
    build = Build.load(options.config)
    print(summary(build, found, paths.page, stages.log))
    if not is_for_programs(options):
        return 0
    agreed = [
        {"level": level.name, "status": level.status, "detail": level.detail}
        for level in levels(build)
    ]
    files = {"folder": paths.folder, "report": paths.page, "log": stages.log}
    where = {name: str(path) for name, path in files.items()}
    return Answer({**where, "levels": agreed, "found": found})


def _given(name: str, value: object) -> list[str]:
    return [] if value is None else [f"--{name}={value}"]


def main(argv: Sequence[str] | None = None) -> int:
    """Command line; returns the exit status."""
    return run_command(_parser(), _run, argv, subject=lambda options: options.config)


if __name__ == "__main__":
    sys.exit(main())
