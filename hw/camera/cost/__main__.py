"""``python -m hw.camera.cost measure|fit|table``: costs of the camera path by its sizes.

measure [--sizes N] [--work DIR]   run yosys where a result is missing or of other sources
fit                                coefficients and their errors
table                              figures of the shipped network's camera path, of two and four
                                   pixels a beat, by yosys and by the fit
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from hw.camera.cost.fit import KINDS, fitted, samples_of, shell_errors
from hw.camera.cost.model import COEFFICIENTS, part_cost, shell_cost
from hw.camera.cost.runs import measure, read_runs
from hw.camera.cost.sizes import SHELL
from hw.synth.cost.fit import errors, write_fit
from outside.arguments import Parser
from outside.command import run_command


def _parser() -> Parser:
    """The command line."""
    parser = Parser(
        prog="python -m hw.camera.cost",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("measure", help="run yosys on modules without a current result")
    run.add_argument("--sizes", type=int, default=12, metavar="N", help="sets of sizes")
    run.add_argument("--work", type=Path, default=Path("build") / "camera-cost", help="work folder")
    commands.add_parser("fit", help="fit the coefficients to the runs; print the errors")
    commands.add_parser("table", help="figures of the shipped network's camera path")
    return parser


def _run(arguments: argparse.Namespace) -> None:
    if arguments.command == "measure":
        print(f"{measure(arguments.sizes, arguments.work, print)} runs")
    elif arguments.command == "fit":
        _fit()
    else:
        _table()


def _fit() -> None:
    runs = read_runs()
    samples = samples_of(runs)
    model = fitted(samples)
    found = [*errors(model, samples, KINDS), *shell_errors(model, runs)]
    write_fit(COEFFICIENTS, [run.tool for run in runs], len(runs), model, found)


def _table() -> None:
    print("| pixels a beat | input | module | LUT | FF | BRAM36 | DSP | LUT by the fit |")
    print("|---|---|---|---|---|---|---|---|")
    for run in read_runs():
        found, sizes = run.resources, run.sizes
        if run.number > 2 or found is None:
            continue
        by_fit = shell_cost(sizes) if run.module == SHELL else part_cost(run.module, sizes)
        print(
            f"| {sizes.lanes} | {'video' if sizes.is_video else 'memory'} | `{run.module}` | "
            f"{found.LUT:,} | {found.FF:,} | {found.bram36:g} | {found.DSP} | {by_fit.lut:,.0f} |"
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    return run_command(_parser(), _run, argv)


if __name__ == "__main__":
    sys.exit(main())
