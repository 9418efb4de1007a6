"""Faults planted in the streamlined graph are found, and the first node that differs is named."""

import json

import numpy as np
import pytest

from flows.build.sequence import run_steps
from tests.flows.builder import Builder, Network
from tests.flows.networks import random_network
from tests.flows.reference.planted import branches, chain, planted, streamlined_build

NETWORKS = {"chain": chain, "branches": branches}


@pytest.fixture(scope="module")
def builds(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    return {name: streamlined_build(folder / name, make()) for name, make in NETWORKS.items()}


@pytest.mark.parametrize("name", NETWORKS)
def test_without_a_fault_all_boundaries_are_equal(builds, name):
    build = builds[name]
    run_steps(build, start="verify_import", stop="verify_import")
    result = json.loads((build.folder / "report" / "verify_import.json").read_text())
    assert result["mismatches"] == 0
    assert result["frames"] == 12
    files = [f.name for f in (build.folder / "verification_output").iterdir()]
    assert files == ["verify_import_0_SUCCESS.npy"]


#: integer node -> node of the file that has to be named where its weights are wrong
CONVOLUTIONS = {
    "chain": {"conv1": "Conv_0", "conv2": "Conv_1", "conv3": "Conv_2"},
    "branches": {"conv1": "Conv_0", "conv2": "Conv_1", "conv3": "Conv_2", "conv4": "Conv_3"},
}


@pytest.mark.parametrize(
    ("name", "node", "named"),
    [(net, node, named) for net, found in CONVOLUTIONS.items() for node, named in found.items()],
)
def test_one_wrong_weight(builds, name, node, named):
    """Every channel's last tap, one after another, by the least amount there is."""
    rng = np.random.default_rng(0)

    def change(graph):
        weights = graph.node(node).params["weights"]
        place = tuple(int(rng.integers(0, size)) for size in weights.shape)
        weights[place] += 1

    for _ in range(3):
        assert f": node {named} (Conv): tensor " in planted(builds[name], change)


@pytest.mark.parametrize(
    ("name", "node", "named"),
    [(net, node, named) for net, found in CONVOLUTIONS.items() for node, named in found.items()],
)
def test_two_channels_swapped(builds, name, node, named):
    def outputs(graph):
        weights = graph.node(node).params["weights"]
        weights[[0, 1]] = weights[[1, 0]]

    def inputs(graph):
        weights = graph.node(node).params["weights"]
        weights[:, [0, 1]] = weights[:, [1, 0]]

    for change in (outputs, inputs):
        assert f": node {named} (Conv): tensor " in planted(builds[name], change)


THRESHOLDS = {
    "chain": {"act1": "Quant_1 (Quant)", "act2": "Quant_3 (Quant)"},
    "branches": {"act1": "BipolarQuant_1 (BipolarQuant)", "act4": "Quant_1 (Quant)"},
}


@pytest.mark.parametrize("by", [-1, 1])
@pytest.mark.parametrize(
    ("name", "node", "named"),
    [(net, node, named) for net, found in THRESHOLDS.items() for node, named in found.items()],
)
def test_one_threshold_off_by_one(builds, name, node, named, by):
    """In three channels, the threshold next to zero: sums reach both sides of it."""
    for channel in (0, 1, -1):

        def change(graph, channel=channel):
            table = graph.node(node).params["thresholds"]
            same = table[channel] == table[channel, np.abs(table[channel]).argmin()]
            table[channel, same] += by  # a step of 2 is two thresholds

        assert f": node {named}: " in planted(builds[name], change)


def test_thresholds_of_two_channels_swapped(builds):
    def change(graph):
        table = graph.node("act1").params["thresholds"]
        table[[0, 1]] = table[[1, 0]]

    assert ": node Quant_1 (Quant): " in planted(builds["chain"], change)


@pytest.mark.parametrize(
    ("name", "node", "change", "named"),
    [
        ("chain", "pool1", {"kernel_shape": [1, 2]}, "MaxPool_0 (MaxPool)"),
        ("chain", "conv1", {"pads": [0, 1, 2, 1]}, "Conv_0 (Conv)"),
        ("chain", "conv2", {"pads": [2, 1, 0, 1]}, "Conv_1 (Conv)"),
        ("branches", "conv3", {"pads": [1, 2, 1, 0]}, "Conv_2 (Conv)"),
    ],
)
def test_other_attributes(builds, name, node, change, named):
    def apply(graph):
        graph.node(node).attrs |= change

    assert f"node {named}: tensor " in planted(builds[name], apply)


def test_a_wrong_sum(builds):
    """An Add that takes one convolution twice."""

    def change(graph):
        graph.node("add3").inputs = ["conv2", "conv2"]

    assert ": node Add_0 (Add): tensor " in planted(builds["branches"], change)


def test_another_tensor_in_the_concatenation(builds):
    def change(graph):
        graph.node("conv1").inputs = ["input", "input"][:1]
        graph.node("conv1").params["weights"] = graph.node("conv1").params["weights"][:, :3]

    assert ": node Conv_0 (Conv): tensor " in planted(builds["branches"], change)


@pytest.mark.parametrize(("key", "by"), [("output_scale", 1.001), ("output_bias", 1.01)])
def test_the_decoding_of_the_output(builds, key, by):
    def change(graph):
        values = json.loads(graph.metadata[key])
        values[1] *= by
        graph.metadata[key] = json.dumps(values)

    said = planted(builds["chain"], change)
    assert ": node Conv_2 (Conv): tensor " in said
    assert ", channel 1, " in said


def test_the_first_of_two_faults_is_named(builds):
    def change(graph):
        graph.node("act1").params["thresholds"][2, 1] += 1
        graph.node("conv2").params["weights"][0, 0, 0, 0] += 1

    assert ": node Quant_1 (Quant): " in planted(builds["chain"], change)


def test_what_a_failure_leaves(builds):
    def change(graph):
        graph.node("conv2").params["weights"][3, 2, 1, 1] += 1

    build = builds["chain"]
    said = planted(build, change)
    assert "channel 3, pixel (row " in said
    assert ": expected " in said
    assert ", found " in said
    result = json.loads((build.folder / "report" / "verify_import.json").read_text())
    assert result["mismatches"] > 0
    assert result["difference"] in said
    files = [f.name for f in (build.folder / "verification_output").iterdir()]
    assert files == ["verify_import_0_FAIL.npy"]
    state = json.loads((build.folder / "build_state.json").read_text())
    assert state["steps"] == ["import", "streamline"]
    assert np.load(build.folder / "verification_output" / files[0]).shape == (12, 4, 3, 3)


def test_turned_off(tmp_path, capsys):
    build = streamlined_build(tmp_path, chain(), verify_import=False)
    run_steps(build, start="verify_import", stop="verify_import")
    assert "verify_import: turned off by the configuration" in capsys.readouterr().out
    assert not (build.folder / "report" / "verify_import.json").exists()
    assert not (build.folder / "verification_output").exists()


@pytest.mark.parametrize("first", range(0, 24, 8))
def test_random_networks_are_the_files_they_came_of(tmp_path, first):
    """Nothing is found where nothing is wrong: all kinds of quantizers, D, F, exact ties."""
    for seed in range(first, first + 8):
        build = streamlined_build(tmp_path / str(seed), random_network(seed))
        run_steps(build, start="verify_import", stop="verify_import")


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1000, 1400, 50))
def test_more_random_networks_are_the_files_they_came_of(tmp_path, first):
    for seed in range(first, first + 50):
        build = streamlined_build(tmp_path / str(seed), random_network(seed))
        run_steps(build, start="verify_import", stop="verify_import")


def enlarged() -> Network:
    """A quantizer behind an enlarged tensor of its own levels: one tensor of integers is both."""
    b = Builder(np.random.default_rng(4), (1, 4, 4), 1.0)
    tensor = b.quant("x", 8, False, 1.0)
    tensor = b.conv(tensor, b.rng.integers(-3, 3, (3, 1, 3, 3)), "int3", (1, 1), [1] * 4)
    scales = b.constant(np.array([1.0, 1.0, 2.0, 2.0]))
    repeated = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    tensor = b.add("Resize", [b.quant(tensor, 4, False, 8.0), "", scales], **repeated)
    tensor = b.quant(tensor, 4, False, 8.125)
    tensor = b.conv(tensor, b.rng.integers(-3, 3, (3, 3, 3, 3)), "int3", (1, 1), [1] * 4)
    return Network(0, b.finish(tensor), b.shape, b.input_scale, None, (), (), ())


def test_a_quantizer_that_changes_no_level(tmp_path):
    build = streamlined_build(tmp_path, enlarged())
    run_steps(build, start="verify_import", stop="verify_import")

    def change(graph):
        graph.node("upsample1").params["scales"][:] = [1.0, 1.0, 4.0, 1.0]

    assert "node Resize_" in planted(build, change)


def rare() -> Network:
    """The first convolution's channel 0 leaves level 0 for a given picture of 25 pixels alone."""
    b = Builder(np.random.default_rng(4), (1, 12, 13), 1.0)
    tensor = b.quant("x", 8, False, 1.0)
    signs = np.ones((2, 1, 5, 5))
    signs[0].flat[1::2] = -1
    weights = b.quant(b.constant(signs), 2, True, 1.0, narrow=True)
    tensor = b.add("Conv", [tensor, weights], pads=[0] * 4)
    tensor = b.add("Add", [tensor, b.constant(np.reshape([-13 * 254.0, 0.0], (1, 2, 1, 1)))])
    tensor = b.quant(tensor, 2, False, 1.0)
    tensor = b.conv(tensor, b.rng.integers(-3, 3, (3, 2, 3, 3)), "int3", (1, 1), [0] * 4)
    return Network(0, b.finish(tensor), b.shape, b.input_scale, None, (), (), ())


def test_a_wrong_weight_behind_a_channel_that_no_frame_moves(tmp_path):
    build = streamlined_build(tmp_path, rare())
    run_steps(build, start="verify_import", stop="verify_import")
    result = json.loads((build.folder / "report" / "verify_import.json").read_text())
    assert result["levels"]["Quant_2"]["reached"] <= result["levels"]["Quant_2"]["possible"] - 3

    def change(graph):
        graph.node("conv2").params["weights"][1, 0, 2, 1] += 1

    said = planted(build, change)
    assert ": node Conv_1 (Conv): tensor " in said
    assert ", frame 12, " in said  # the first behind the pictures
