"""A command, and the options that several of them have."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.build.names import ResultName
from flows.errors import FlowError

if TYPE_CHECKING:
    from flows.build.build import Build

THRESHOLD = "least score of a box, 0 to 1 (default: the network's own, else 0.5)"
PORTRAIT = "default: skimage's portrait"


@dataclass(frozen=True)
class Command:
    """``python -m flows NAME CONFIG.yaml ...``, listed in flows/__main__.py.

    help: a line on what it does. add_arguments: adds its own; CONFIG.yaml and --json are every
    command's. run: does it, with the build of CONFIG.yaml and what was given; returns what it found
    beside the results. results: that it may write; --json gives those that it has written. alone:
    does it where CONFIG.yaml is left out, of a command that then knows what is meant; else None.
    """

    name: str
    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[Build, argparse.Namespace], Mapping[str, Any] | None]
    results: tuple[ResultName, ...] = ()
    alone: Callable[[argparse.Namespace], Mapping[str, Any]] | None = None


def add_nodes(parser: argparse.ArgumentParser, then: str) -> None:
    """Option --nodes. then: what is the case if it is given."""
    parser.add_argument("--nodes", metavar="A,B", help=f"only these; {then}")


def nodes(arguments: argparse.Namespace) -> list[str] | None:
    """Names of --nodes, None where it is not given."""
    text = arguments.nodes
    return None if text is None else [name.strip() for name in text.split(",")]


def add_image(parser: argparse.ArgumentParser) -> None:
    """Option --image."""
    parser.add_argument("--image", type=Path, help=PORTRAIT)


def check_stalls(arguments: argparse.Namespace) -> None:
    """FlowError for a --seed or --stalls that is out of range."""
    if arguments.seed < 0:
        raise FlowError(f"--seed {arguments.seed}: expected 0 or more")
    if not 0 <= arguments.stalls < 1:
        raise FlowError(f"--stalls {arguments.stalls}: expected 0 <= P < 1")
