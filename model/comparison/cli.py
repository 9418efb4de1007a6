"""The paper's comparison: trains the four networks on the same scenes with the same budget.

    python -m model.comparison --preset small --render page.md

--ablation compares instead what F, each D and the quantizer do in DupNet-Tinier-YOLO,
--reconstructions the factors D and F that meet the paper's sums alike (model.reconstructions).

Renders scenes, trains network by network and seed by seed, evaluates on held-out scenes, and
writes results.json and a Markdown table into --out. Started again it goes on where it stopped; what
is done is not trained again. OMP_NUM_THREADS is the number of threads.
"""

import argparse
import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path

from model import zoo
from model.comparison.config import PRESETS, Comparison
from model.errors import ModelError
from model.files import write_atomic
from outside.answers import Answer, add_json
from outside.arguments import Parser
from outside.command import run_command

BASELINE = "ifq-tinier-yolo"
ORDER = ("dupnet-tinier-yolo", "ifq-tinier-yolo", "tiny-yolo", "dupnet-l-pact")
"""Of training: those of the paper's claim first."""


def _parser() -> Parser:
    parser = Parser(
        prog="python -m model.comparison",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--preset", choices=list(PRESETS), default="small")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument(
        "--ablation", action="store_true", help="one factor at a time (model.comparison.ablation)"
    )
    kind.add_argument(
        "--reconstructions",
        action="store_true",
        help="IFQ-Tinier-YOLO and the other factors that meet the paper's size and complexity",
    )
    parser.add_argument("--seeds", help="seeds of the training, separated by commas")
    parser.add_argument(
        "--precision",
        choices=["auto", "fp32", "bf16", "fp16"],
        help="of training, for every network: fp32 is faster on a CPU without bfloat16",
    )
    parser.add_argument("--out", type=Path, help="folder (default build/comparison-<preset>)")
    parser.add_argument(
        "--render", type=Path, metavar="FILE", help="Markdown document to put the table into"
    )
    parser.add_argument(
        "--only-done", action="store_true", help="train nothing: the table of what is done"
    )
    parser.add_argument("--device", help="cpu, cuda, cuda:1 (default: a GPU if there is one)")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="processes that render scenes"
    )
    add_json(parser)
    return parser


def terms_from(options: argparse.Namespace) -> Comparison:
    """The preset with what the command line changes."""
    terms = PRESETS[options.preset]
    if options.seeds:
        try:
            seeds = tuple(int(part) for part in options.seeds.split(","))
        except ValueError:
            raise ModelError(
                f"--seeds {options.seeds}; expected numbers separated by commas"
            ) from None
        terms = dataclasses.replace(terms, seeds=seeds)
    if options.precision:
        terms = dataclasses.replace(terms, precision=options.precision)
    return terms


def _networks(
    options: argparse.Namespace,
) -> tuple[str, Sequence[zoo.NetworkSpec], Sequence[zoo.NetworkSpec]]:
    """Name of the results, the networks as they are trained, and as they are printed."""
    if options.ablation:
        from model.comparison.ablation import variants

        return "ablation", variants(), variants()
    if options.reconstructions:
        from model.reconstructions import specs

        ours, *others = specs()
        plain = zoo.find(BASELINE)
        return "reconstructions", (ours, *others, plain), (plain, ours, *others)
    return "results", [zoo.find(network) for network in ORDER], zoo.NETWORKS


def _run(options: argparse.Namespace) -> Answer:
    from model import device
    from model.comparison.run import compare, done
    from model.comparison.table import markdown, render

    out = options.out or Path("build") / f"comparison-{options.preset}"
    terms = terms_from(options)
    where = device.choose(options.device)
    name, specs, table = _networks(options)
    if options.only_done:
        results = done(terms, specs, out)
    else:
        results = compare(terms, specs, out, where, options.jobs, name)
    text = markdown(terms, results, table)
    write_atomic(out / f"{name}.md", text.encode())
    print(text)
    if options.render:
        render(options.render, f"{options.preset} {name}", text)
    return Answer({"folder": str(out), name: [dataclasses.asdict(result) for result in results]})


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    return run_command(
        _parser(),
        _run,
        arguments,
        interrupted=lambda options: "interrupted; the same command goes on",
    )
