"""``python -m hw.synth.cost add|measure|fit``: the runs behind the cost models, and their fit.

add --seed 1 --model A.onnx        draw operators, take over those of a hardware graph
measure [--jobs N] [--work DIR]    run yosys where a result is missing or of other sources
fit                                coefficients and their errors
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from hw.errors import HardwareError
from hw.finn_settings import use_default_settings
from hw.synth.cost.runs import RUNS, merged, read_runs, write_runs
from outside.arguments import Parser
from outside.command import run_command


def _parser() -> Parser:
    """The command line."""
    parser = Parser(
        prog="python -m hw.synth.cost",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add", help="add operators to the runs")
    add.add_argument("--seed", type=int, help="of operators drawn at random")
    add.add_argument("--kind", help="draw only operators of one kind of the cost model")
    add.add_argument("--model", type=Path, help="a hardware graph (.onnx)")
    add.add_argument("--nodes", metavar="A,B", help="of it (default: all)")
    measure = commands.add_parser("measure", help="run yosys on operators without a current result")
    measure.add_argument("--jobs", type=int, default=1)
    measure.add_argument("--most", type=int, metavar="N", help="runs at this time (default: all)")
    measure.add_argument(
        "--missing", action="store_true", help="only operators that have no result at all"
    )
    measure.add_argument("--work", type=Path, default=Path("build") / "cost", help="work folder")
    commands.add_parser("fit", help="fit the coefficients to the runs; print the errors")
    return parser


def _run(arguments: argparse.Namespace) -> None:
    use_default_settings()
    if arguments.command == "add":
        _add(arguments.seed, arguments.kind, arguments.model, arguments.nodes)
    elif arguments.command == "measure":
        from hw.synth.cost.measure import measure

        measure(arguments.work, arguments.jobs, most=arguments.most, missing=arguments.missing)
    else:
        _fit()


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    return run_command(_parser(), _run, argv)


def _add(seed: int | None, kind: str | None, path: Path | None, nodes: str | None) -> None:
    from qonnx.core.modelwrapper import ModelWrapper

    import hw.ops  # noqa: F401  (registers the operators)
    from hw.synth.cost.draw import draw
    from hw.synth.cost.operators import KINDS, harvest, kind_of_drawn

    operators = [] if seed is None else draw(seed)
    if kind is not None:
        if kind not in KINDS:
            raise HardwareError(f"--kind {kind}: kinds: {', '.join(KINDS)}")
        operators = [op for op in operators if kind_of_drawn(op) == kind]
    if path is not None:
        if not path.is_file():
            raise HardwareError(f"{path}: no such file; expected a hardware graph (.onnx)")
        found = harvest(ModelWrapper(str(path)))
        names = list(found) if nodes is None else nodes.split(",")
        for name in names:
            if name not in found:
                raise HardwareError(f"--nodes: no node {name}; nodes: {', '.join(found)}")
            operators.append(found[name])
    before = read_runs() if RUNS.is_file() else []
    runs = merged(before, operators)
    write_runs(runs)
    print(f"{len(runs) - len(before)} operators added, {len(runs)} in all")


def _fit() -> None:
    from hw.synth.cost.fit import errors, fit, samples_of, write_fit
    from hw.synth.cost.model import COEFFICIENTS

    operators = read_runs()
    runs = [run for run in operators if run.resources is not None]
    if missing := len(operators) - len(runs):
        print(f"{missing} operators have no result yet: `python -m hw.synth.cost measure`")
    samples = samples_of(runs)
    model = fit(samples)
    found = errors(model, samples)
    write_fit(COEFFICIENTS, [run.tool for run in runs], len(runs), model, found)


if __name__ == "__main__":
    sys.exit(main())
