"""Every small file maps, and gives the integers that the file itself gives in QONNX's execution."""

import json

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
from tests.flows.importing.features.files import File, save
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


def test_a_u_net_is_compared_on_a_small_picture(tmp_path):
    """Of 160 x 200 pixels; a picture that leaves rows over would not fit together behind Resize."""
    from tests.flows.importing.features.reference import build_of

    f = File((1, 2, 160, 200))
    skip = f.quant(f.conv(f.image(), 2, 3, pads=[1] * 4), 0.5, 3)
    t = f.op("MaxPool", skip, kernel_shape=[4, 2], strides=[4, 2])
    t = f.quant(f.conv(t, 3, 3, pads=[1] * 4), 0.5, 3)
    t = f.op("Resize", t, "", f.const([1, 1, 4, 2]), mode="nearest", **layouts.REPEATED)
    t = f.conv(f.op("Concat", skip, t, axis=1), 6, 2)
    build = build_of(f.finish(f.quant(t, 0.5, 3)), tmp_path)
    run_steps(build, stop="verify_import")
    report = json.loads((build.paths.folder / "report" / "verify_import.json").read_text())
    assert not report["full_size"] and report["mismatches"] == 0
    # 40 x 100 pixels at the least: 5 of 40 and 6 of 100 rows and columns, and none over
    assert report["frame_shape"][:2] == [20, 12]


#: Of which comparisons with the file are fast tests.
FAST = ("functions-quantized_again",)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[] if n in FAST else pytest.mark.slow) for n in FILES]
)
def test_every_boundary_and_threshold(name, tmp_path):
    from tests.flows.importing.features.reference import build_of

    build = build_of(FILES[name](), tmp_path, SCALES.get(name))
    run_steps(build, stop="verify_import")
