"""Every small file maps, and gives the integers that the file itself gives in QONNX's execution."""

import onnx
import pytest

from flows.build.sequence import run_steps
from flows.build.steps.import_model import load_qonnx, prepare
from flows.build.steps.streamline import streamline
from flows.importing.domains import CHANNELS_LAST
from flows.run.emulator import Emulator
from tests.flows.importing.features import (
    dense,
    functions,
    joins,
    layouts,
    lowered,
    of_two,
    parts,
    places,
    quantizers,
    reductions,
)
from tests.flows.importing.features.files import save
from tests.flows.importing.features.reference import by_the_file, frames

KINDS = {"dense": dense, "layouts": layouts, "quantizers": quantizers, "functions": functions,
         "joins": joins, "of_two": of_two, "parts": parts, "lowered": lowered,
         "reductions": reductions, "places": places}  # fmt: skip
FILES = {f"{kind}-{name}": make for kind, m in KINDS.items() for name, make in m.FEATURES.items()}
#: Files that do not say what the input's integers stand for.
SCALES = {"quantizers-multithreshold_dense": 1.0, "dense-dense_of_each_feature": 2.0**-8}


@pytest.mark.parametrize("name", FILES)
def test_maps_exactly(name, tmp_path):
    model = FILES[name]()
    path = tmp_path / "file.onnx"
    save(model, path)
    graph = streamline(prepare(load_qonnx(path)), SCALES.get(name))
    emulator = Emulator(graph, 1)
    pictures = frames(emulator, 3)
    expected = by_the_file(onnx.load(path), emulator, pictures)
    found = emulator.run(pictures)
    assert len(set(found.ravel())) > 1, "the frames reach one level alone"
    assert (found == expected).all()


def test_channels_last_of_no_version(tmp_path):
    """As QONNX once wrote it, and cannot run it: the operators that it put in have no version."""
    from tests.flows.importing.features.reference import build_of

    model = layouts.FEATURES["channels_last_input"]()
    kept = [one for one in model.opset_import if one.domain != CHANNELS_LAST]
    assert len(kept) < len(model.opset_import)
    bare = onnx.helper.make_model(model.graph, opset_imports=kept, ir_version=8)
    save(bare, tmp_path / "bare.onnx")
    emulator = Emulator(streamline(prepare(load_qonnx(tmp_path / "bare.onnx"))), 1)
    pictures = frames(emulator, 3)
    assert (emulator.run(pictures) == by_the_file(model, emulator, pictures)).all()
    run_steps(build_of(bare, tmp_path), stop="verify_import")


#: Of which comparisons with the file are fast tests.
FAST = ("functions-quantized_again",)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[] if n in FAST else pytest.mark.slow) for n in FILES]
)
def test_every_boundary_and_threshold(name, tmp_path):
    from tests.flows.importing.features.reference import build_of

    build = build_of(FILES[name](), tmp_path, SCALES.get(name))
    run_steps(build, stop="verify_import")
