"""How well faces are found: `python -m model.evaluation network|wider|fddb|boxes --help`.

network runs a checkpoint over a split in WIDER FACE's layout: prediction files and their figures
wider   average precision by WIDER FACE's protocol: easy, medium and hard with --mat
        (eval_tools/ground_truth), all faces with --ground-truth
fddb    rates of the discrete and the continuous ROC on the ten folds
boxes   detection rate at so many false positives a picture, and average precision
bands   both by the size of the faces, and a page of pictures: false, missed, found
"""

import argparse
import json
import math
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from model.data import fddb as fddb_data
from model.data import predictions, wider
from model.errors import ModelError
from model.evaluation import bands, boxes, errors, fddb, page, wider_truth
from model.evaluation import wider as wider_protocol
from model.files import write_atomic
from outside.answers import Answer, add_json
from outside.arguments import Parser
from outside.command import run_command


def _wider(options: argparse.Namespace) -> dict[str, Any]:
    """The table of `wider`."""
    if options.mat is None and options.ground_truth is None:
        raise ModelError("nothing to compare with; expected --ground-truth, --mat or both")
    found = predictions.read(options.predictions)
    results: dict[str, wider_protocol.Result] = {}
    known: set[str] = set()
    if options.mat is not None:
        lists = wider_truth.load_lists(options.mat)
        known.update(one.name for one in lists)
        results |= wider_protocol.evaluate(found, lists, options.matlab)
    if options.ground_truth is not None:
        split = wider.read_split(options.ground_truth, options.split, keep_invalid=True)
        pictures = wider_truth.from_annotations(split)
        known.update(one.name for one in pictures)
        results |= wider_protocol.evaluate(found, pictures, options.matlab)
    _warn_unknown(found, known)
    print(f"{'setting':<10}{'AP':>8}{'faces':>9}")
    for name, result in results.items():
        print(f"{name:<10}{result.ap:>8.4f}{result.faces:>9}")
    missing = max(result.missing for result in results.values())
    if missing:
        print(f"warning: {missing} pictures have no predictions; none found", file=sys.stderr)
    return {
        name: {"ap": one.ap, "faces": one.faces, "missing": one.missing}
        for name, one in results.items()
    }


def _fddb(options: argparse.Namespace) -> dict[str, Any]:
    """The table of `fddb`."""
    faces = fddb_data.read_folds(options.folds, options.images)
    empty = sorted(set(fddb_data.FOLDS) - {one.fold for one in faces})
    if empty:
        print(f"warning: no pictures in folds {', '.join(map(str, empty))}", file=sys.stderr)
    result = fddb.evaluate(faces, fddb_data.read_detections(options.detections))
    rates = result.rates()
    print(f"{'false positives':<18}{'discrete':>10}{'continuous':>12}")
    for name in rates["discrete"]:
        print(f"{name:<18}{rates['discrete'][name]:>10.4f}{rates['continuous'][name]:>12.4f}")
    print(f"{result.discrete.faces} faces in {result.discrete.pictures} pictures")
    if options.roc:
        fddb.write_roc(options.roc, result)
    return {**rates, "faces": result.discrete.faces, "images": result.discrete.pictures}


def _check_counts(options: argparse.Namespace) -> None:
    """That --fppi and --errors are counts."""
    for name in ("fppi", "errors"):
        value = getattr(options, name, 0)
        if not 0 <= value < math.inf:
            raise ModelError(f"--{name} is {value}; expected 0 or more")


def _warn_unknown(found: Iterable[str], known: Iterable[str]) -> None:
    """Tell of predictions of pictures that are not evaluated; the official tools pass over them."""
    unknown = sorted(set(found) - set(known))
    if unknown:
        print(
            f"warning: {len(unknown)} pictures with predictions are not among those evaluated, "
            f"first {unknown[0]}",
            file=sys.stderr,
        )


def _boxes(options: argparse.Namespace) -> dict[str, Any]:
    """The table of `boxes`."""
    _check_counts(options)
    found = predictions.read(options.predictions)
    split = wider.read_split(options.ground_truth, options.split, keep_invalid=True)
    aligned = boxes.align(found, split)
    _warn_unknown(found, (predictions.key(one.name) for one in split))
    curve = boxes.curve(*aligned)
    threshold = curve.threshold_at_fppi(options.fppi)
    table: dict[str, Any] = {
        "fppi": options.fppi,
        "rate": curve.rate_at_fppi(options.fppi),
        "threshold": threshold,
        "ap": boxes.average_precision(curve),
        "faces": curve.faces,
        "images": curve.pictures,
    }
    at = "" if threshold is None else f"  (score {threshold:.4f} and above)"
    print(f"rate at {options.fppi:g} false positives per image  {table['rate']:.4f}{at}")
    print(f"average precision                     {table['ap']:.4f}")
    print(f"{curve.faces} faces in {curve.pictures} pictures")
    if options.errors:
        table["false_positives"] = errors.false_positives(*aligned, options.errors)
        print(f"of the {options.errors} false positives of the highest scores")
        for kind, count in table["false_positives"].items():
            print(f"  {kind:<24}{count:>6}")
    return table


def _bands(options: argparse.Namespace) -> dict[str, Any]:
    """The table of `bands`."""
    _check_counts(options)
    found = predictions.read(options.predictions)
    split = wider.read_split(options.ground_truth, options.split, keep_invalid=True)
    aligned = boxes.align(found, split)
    scale = bands.scales(split, options.size)
    result, threshold = bands.by_size(*aligned, scale, options.fppi)
    lines = [f"{'face, pixels':<14}{'AP':>8}{'rate':>8}{'faces':>8}"]
    lines += [f"{n:<14}{b.ap:>8.3f}{b.rate:>8.3f}{b.faces:>8}" for n, b in result.items()]
    if threshold is None:
        lines.append(f"no score lets only {options.fppi:g} false positives a picture pass")
    else:
        lines.append(
            f"rate: at score {threshold:.3f}, {options.fppi:g} false positives a picture or less"
        )
    print("\n".join(lines))
    if options.page and threshold is not None:
        page.write_page(options.page, split, aligned[0], scale, threshold, "\n".join(lines))
        print(f"pictures in {options.page}")
    table = {name: asdict(band) for name, band in result.items()}
    return {"size": options.size, "fppi": options.fppi, "threshold": threshold, "bands": table}


def _network(options: argparse.Namespace) -> dict[str, Any]:
    """Run a checkpoint over a split, write its predictions, then the tables of the others."""
    from model import device
    from model.checkpoint import load_checkpoint, network_from
    from model.evaluation.network import predict

    _check_counts(options)
    checkpoint = load_checkpoint(options.checkpoint, options.model)
    if options.mat is not None:
        wider_truth.load_lists(options.mat)  # that an error comes before the work
    split = wider.read_split(options.data, options.split)
    where = device.choose(options.device)
    network, folder = network_from(checkpoint), options.out / "predictions"
    found = predict(
        network,
        split,
        options.size,
        options.batch,
        where,
        options.least_score,
        options.camera_path,
    )
    predictions.write(folder, found)
    print(f"{checkpoint.network}, {len(split)} pictures: predictions in {folder}")
    files = argparse.Namespace(
        predictions=folder,
        ground_truth=options.data,
        split=options.split,
        mat=options.mat,
        matlab=False,
        size=options.size,
        page=options.out / "page.html",
        fppi=options.fppi,
        errors=options.errors,
    )
    table = {"network": checkpoint.network, "checkpoint": checkpoint.digest, "size": options.size}
    table["camera_path"] = options.camera_path
    table |= {"boxes": _boxes(files), "wider": _wider(files), "bands": _bands(files)}
    write_atomic(options.out / "metrics.json", (json.dumps(table, indent=2) + "\n").encode())
    return table


def _parser() -> Parser:
    """The command line."""
    parser = Parser(
        prog="python -m model.evaluation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("network")
    command.set_defaults(run=_network)
    command.add_argument("--checkpoint", type=Path, required=True, help="what to run")
    command.add_argument("--model", help="network that it must be of (default: any)")
    command.add_argument(
        "--data", type=Path, required=True, help="folder that holds WIDER_<split> and its boxes"
    )
    command.add_argument("--split", default="val", help="split of it (default val)")
    command.add_argument("--out", type=Path, required=True, help="folder to write")
    command.add_argument("--mat", type=Path, help="eval_tools/ground_truth: easy, medium, hard")
    command.add_argument("--size", type=int, default=512, help="letterbox (default 512)")
    command.add_argument("--batch", type=int, default=8, help="pictures at a time (default 8)")
    command.add_argument("--least-score", type=float, default=0.01, help="of boxes (default 0.01)")
    command.add_argument(
        "--camera-path",
        action="store_true",
        help="resize and boxes by the integers of the camera path, as its hardware computes them",
    )
    command.add_argument("--fppi", type=float, default=0.1, help="as in boxes (default 0.1)")
    command.add_argument("--errors", type=int, default=0, help="as in boxes")
    command.add_argument("--device", help="cpu, cuda, cuda:1 (default: a GPU if there is one)")
    add_json(command, file=True)
    for name, run in (("wider", _wider), ("boxes", _boxes), ("bands", _bands)):
        command = commands.add_parser(name)
        command.set_defaults(run=run)
        command.add_argument(
            "--predictions", type=Path, required=True, help="folder of <event>/<image>.txt"
        )
        command.add_argument(
            "--ground-truth",
            type=Path,
            required=name != "wider",
            help="folder that holds WIDER_<split> and wider_face_split",
        )
        command.add_argument("--split", default="val", help="split of it (default val)")
        if name == "wider":
            command.add_argument("--mat", type=Path, help="eval_tools/ground_truth")
            command.add_argument(
                "--matlab", action="store_true", help="overlaps as the MATLAB tool's integers"
            )
        else:
            command.add_argument(
                "--fppi", type=float, default=0.1, help="false positives per image (default 0.1)"
            )
            if name == "boxes":
                command.add_argument(
                    "--errors", type=int, default=0, help="say what so many false positives are"
                )
            else:
                command.add_argument(
                    "--size", type=int, default=512, help="network's frame (default 512)"
                )
                command.add_argument("--page", type=Path, help="page of pictures to write, .html")
        add_json(command, file=True)
    command = commands.add_parser("fddb")
    command.set_defaults(run=_fddb)
    command.add_argument(
        "--detections", type=Path, required=True, help="file, or folder of fold-NN-out.txt"
    )
    command.add_argument("--folds", type=Path, required=True, help="FDDB-folds")
    command.add_argument(
        "--images", type=Path, help="originalPics, to clip regions to the pictures"
    )
    command.add_argument("--roc", help="prefix of ROC files to write, as the official program")
    add_json(command, file=True)
    return parser


def _run(options: argparse.Namespace) -> Answer:
    return Answer(options.run(options))


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    return run_command(_parser(), _run, arguments)


if __name__ == "__main__":
    sys.exit(main())
