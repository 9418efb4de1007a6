"""On what pictures an imported file is compared: a small one, its own size, one at a time."""

import json

import numpy as np
import pytest

from flows.build.sequence import run_steps
from flows.build.steps import verify_import as step
from flows.errors import FlowError
from flows.reference.execution import ImportedModel
from tests.flows.builder import Builder, Network
from tests.flows.reference.planted import chain, planted, streamlined_build


def network(shape, make):
    """make: (builder, quantized image) -> output."""
    b = Builder(np.random.default_rng(2), shape, 2.0**-8, exact=True)
    output = make(b, b.quant("x", 8, False, 2.0**-8))
    return Network(0, b.finish(output), b.shape, b.input_scale, None, (), (), ())


def layer(b, tensor, kernel=(3, 3), pads=(1, 1, 1, 1), strides=(1, 1)):
    """A convolution of one row, all of the same scale; weights -2..1."""
    signs = b.rng.integers(-2, 2, (1, b.channels(tensor), *kernel))
    weights = b.quant(b.constant(signs * 0.5), 2, True, 0.5)
    return b.add("Conv", [tensor, weights], pads=list(pads), strides=list(strides))


def result(folder, net):
    """report/verify_import.json of a network that is right."""
    built = streamlined_build(folder, net)
    run_steps(built, start="verify_import", stop="verify_import")
    return json.loads((built.folder / "report" / "verify_import.json").read_text())


def halved(b, tensor):
    return b.pool(b.quant(layer(b, tensor), 2, False), (2, 2))


def two_branches(b, tensor):
    """Halves that are rounded up and down, added: of even sizes alone. 13 x 17 would fail."""
    up = layer(b, tensor, (1, 1), (0, 0, 0, 0), (2, 2))
    down = layer(b, tensor, (2, 2), (0, 0, 0, 0), (2, 2))
    return b.quant(b.add("Add", [up, down]), 2, True)


def test_a_large_picture_is_compared_on_a_small_one(tmp_path):
    """Of 130 x 140, halved: 5 x 6 pixels behind the pool, and 3 and 5 more in front of it."""
    found = result(tmp_path, network((1, 130, 140), halved))
    assert found["frame_shape"] == [2 * 5 + 3, 2 * 6 + 5, 1]
    assert (found["full_size"], found["frames"], found["mismatches"]) == (False, 12, 0)


def test_a_network_of_its_own_size_alone_runs_on_that(tmp_path):
    net = network((1, 130, 140), two_branches)
    found = result(tmp_path / "right", net)
    assert found["frame_shape"] == [130, 140, 1]
    assert (found["full_size"], found["frames"], found["mismatches"]) == (True, 12, 0)

    def change(graph):
        graph.node("conv2").params["weights"][0, 0, 1, 1] += 1

    said = planted(streamlined_build(tmp_path / "wrong", net), change)
    assert ": node Conv_1 (Conv): tensor " in said


def test_a_network_that_leaves_too_few_pixels_runs_on_its_own_size(tmp_path):
    """130 x 140 become 2 x 2: five such rows are more than there are."""

    def make(b, tensor):
        for _ in range(6):
            tensor = halved(b, tensor)
        return tensor

    found = result(tmp_path, network((1, 130, 140), make))
    assert found["frame_shape"] == [130, 140, 1]
    assert found["full_size"]


def test_frames_in_parts_are_the_same_frames(tmp_path, monkeypatch):
    """Where all frames at once would be too many pixels: here 150 of 156 a frame."""
    built = streamlined_build(tmp_path, chain())
    found = []
    for pixels in (step.CHUNK, 150):
        monkeypatch.setattr(step, "CHUNK", pixels)
        run_steps(built, start="verify_import", stop="verify_import")
        path = built.folder / "verification_output" / "verify_import_0_SUCCESS.npy"
        report = json.loads((built.folder / "report" / "verify_import.json").read_text())
        found.append((np.load(path).tolist(), report["levels"]["Quant_1"]["reached"]))
    assert found[0] == found[1]
    assert len(found[0][0]) == 12


def test_a_network_of_one_frame_at_a_time(tmp_path, monkeypatch):
    run = ImportedModel.run

    def one(self, images, replace=None):
        if max(map(len, images.values())) > 1:
            raise FlowError("node reshape (Reshape): one frame alone")
        return run(self, images, replace)

    monkeypatch.setattr(ImportedModel, "run", one)
    found = result(tmp_path, chain())
    assert (found["full_size"], found["frames"], found["mismatches"]) == (True, 12, 0)


def test_a_file_that_runs_in_no_way_is_refused(tmp_path, monkeypatch):
    """With what its own size, one frame at a time, said; and without a verdict."""
    tried = []

    def never(self, images, replace=None):
        tried.extend(image.shape for image in images.values())
        raise FlowError(f"node n (Conv): try {len(tried)}")

    built = streamlined_build(tmp_path, network((1, 130, 140), halved))
    monkeypatch.setattr(ImportedModel, "run", never)
    with pytest.raises(FlowError, match=r"node n \(Conv\): try 3"):
        run_steps(built, start="verify_import", stop="verify_import")
    assert tried == [(12, 1, 13, 17), (12, 1, 130, 140), (1, 1, 130, 140)]
    assert not (built.folder / "report" / "verify_import.json").exists()
    assert not list((built.folder / "verification_output").glob("*"))
