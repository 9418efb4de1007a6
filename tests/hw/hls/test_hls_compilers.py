"""The headers under every C++ compiler there is, and under sanitizers: no warning, no finding."""

import shutil

import pytest

from tests.hw.bench import model_beats
from tests.hw.hls import compiling
from tests.hw.hls.bench import check_results, run_program, write_bench
from tests.hw.hls.random_models import random_models

FRAMES = 3
#: A compiler's name for a warning that it does not know is no warning about the sources.
CLANG_FLAGS = ("-Wno-unknown-warning-option",)
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g1", "-O1")


def compilers() -> dict[str, tuple[str, ...]]:
    """g++, without which nothing is tested, and clang++ if installed: command -> its flags."""
    assert shutil.which("g++"), "g++ is not installed"
    clang = shutil.which("clang++")
    return {"g++": ()} | ({"clang++": CLANG_FLAGS} if clang else {})


def run_everything(tmp_path, build: str, flags: tuple[str, ...]) -> None:
    """One program of all operators, by each compiler, on random frames; exact."""
    models = [model for group in random_models(3, 21).values() for model in group]
    program = write_bench(models, tmp_path)
    inputs, expected = model_beats(models, FRAMES, 1)
    beats = [inputs[model.graph.input[0].name] for model in models]
    for command, own_flags in compilers().items():
        results = run_program(program, build, beats, FRAMES, command, (*own_flags, *flags))
        check_results(results, program.ops, expected, FRAMES)


@pytest.mark.parametrize("build", compiling.BUILDS)
def test_every_compiler(tmp_path, build):
    """The fast build as it ships, optimized: with it come warnings that no other level has."""
    run_everything(tmp_path, build, ("-O3",) if build == compiling.compiler.FAST else ())


def test_sanitizers(tmp_path):
    run_everything(tmp_path, "fast", SANITIZERS)
