"""Networks of several inputs: every input a stream of its own, all equal to the file's answer."""

import numpy as np
import onnx
import pytest

from flows.__main__ import main
from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.graph.inputs import file_names
from flows.graph.integer_graph import from_onnx
from flows.run.board import BusOptions, board_simulator
from flows.run.board_frames import board_frames
from flows.run.cppsim import cppsim
from flows.run.emulate import emulate
from flows.run.host_tail import HostTail
from flows.run.inputs import by_input, frames_of, random_frames
from flows.run.rtlsim import rtlsim
from hw.dataflow.graph import StreamGraph
from hw.hls.compiler import FAST
from hw.sim.design import INPUT, Design
from tests.flows.several_inputs import FILES, check, save
from tests.hw.bench import CACHE

NAME = "an image and a vector"


def built(folder, name, more="target_fps: 10000", stop=None):
    config = save(name, folder, more)
    run_steps(Build.load(config), stop=stop)
    return Build.load(config)


def drawn(build, count=3):
    """(frames as the flow has them, the same by the file's names)."""
    graph = from_onnx(build.model(StepName.STREAMLINE))
    frames = random_frames(graph, np.random.default_rng(1), count)
    names = file_names(graph.metadata) if len(graph.inputs) > 1 else {"input": "left"}
    return frames, {names[tensor]: each for tensor, each in by_input(graph, frames).items()}


def outputs_of(build, integers):
    return HostTail.load(build.paths.host_tail).run(integers)


def same(a, b):
    if isinstance(a, dict):
        return list(a) == list(b) and all(np.array_equal(a[name], b[name]) for name in a)
    return np.array_equal(a, b)


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return built(tmp_path_factory.mktemp("inputs"), NAME)


@pytest.mark.parametrize("name", FILES)
def test_integers_are_those_of_the_file(name, tmp_path):
    build = built(tmp_path, name, stop=StepName.FOLD_DUPLICATED_WEIGHTS)
    frames, given = drawn(build)
    check(FILES[name], outputs_of(build, emulate(build, frames)), given)


def test_each_input_is_a_port(network):
    design = Design.load(network.paths.design)
    found = [(stream.name, stream.wire, stream.bits) for stream in design.of_kind(INPUT)]
    assert found == [("input", "s_axis_0", 8), ("input_1", "s_axis_1", 4)]
    assert len(StreamGraph.of_model(network.model(StepName.GENERATE_RTL)).out_of(-1)) == 2


def test_rtl_with_stalls_and_without(network):
    frames, given = drawn(network)
    expected = emulate(network, frames)
    assert np.array_equal(rtlsim(network, frames, stalls=0.4), expected)
    assert np.array_equal(rtlsim(network, frames), expected)
    check(FILES[NAME], outputs_of(network, expected), given)
    measured = network.results.read(ResultName.RTLSIM, dict)
    model = measured["timing_model"]
    assert measured["clocks_per_frame"] == model["clocks_per_frame"]
    assert 0 <= measured["latency_clocks"] - model["latency_clocks"] <= 1  # its first beat waits
    assert measured["pixels_per_frame"] == 48, "of the larger input"
    ends = measured["latency_bound"]
    assert (ends["rows"], ends["columns"]) == (7, 5), "a global pool waits for the whole image"


def test_commands_take_a_file_an_input(network, tmp_path, capsys):
    config = str(network.folder.parent / "c.yaml")
    assert main(["frames", config, "--out", str(tmp_path / "f.npy"), "--frames", "2"]) == 0
    each = [str(tmp_path / f"f_{index}.npy") for index in range(2)]
    assert [np.load(path).shape for path in each] == [(2, 8, 6, 2), (2, 1, 1, 7)]
    np.savez(tmp_path / "f.npz", image=np.load(each[0]), vector=np.load(each[1])[:, 0, 0])
    ways = [
        [str(tmp_path / "f.npy")],
        each,
        [f"vector={each[1]}", f"image={each[0]}"],
        [str(tmp_path / "f.npz")],
    ]
    found = []
    for number, files in enumerate(ways):
        out = tmp_path / f"y{number}.npy"
        given = [word for path in files for word in ("--input", path)]
        assert main(["emulate", config, *given, "--output", str(out)]) == 0
        found.append(np.load(out))
    assert all(np.array_equal(found[0], other) for other in found[1:])
    capsys.readouterr()
    assert main(["emulate", config, "--input", each[0]]) != 0
    said = capsys.readouterr().err
    assert "has the inputs image, vector; expected a file for each" in said
    assert main(["emulate", config, "--input", each[1], "--input", each[0]]) != 0
    assert "the network takes (N, 8, 6, 2) uint8" in capsys.readouterr().err


def test_frames_by_name(network):
    graph = from_onnx(network.model(StepName.STREAMLINE))
    frames, given = drawn(network)
    found = frames_of(graph, given)
    assert same(found.arrays, frames.arrays)
    assert same(frames_of(graph, dict(reversed(given.items()))).arrays, frames.arrays)
    for wrong, said in (
        ({"image": given["image"]}, "no frames of the input vector"),
        ({**given, "other": given["image"]}, "frames of other; the network's inputs are image"),
        ({**given, "vector": given["vector"][:2]}, "3 of image, 2 of vector"),
        (given["image"], "one array for 2 inputs; expected a dict"),
    ):
        with pytest.raises(FlowError, match=said):
            frames_of(graph, wrong)


@pytest.mark.slow
def test_a_board_takes_all_of_them(network):
    board_frames(network, bus=BusOptions(0.2), simulator=board_simulator(network, CACHE, "-O0"))
    found = network.results.read(ResultName.BOARD_SIM, dict)
    assert found["faults"] == []
    assert [found["counters"][f"{name}_frames"] for name in ("idma0", "idma1", "odma0")] == [2] * 3


def test_what_is_said_of_one_input_alone_is_refused(tmp_path):
    config = save(NAME, tmp_path, "input_scale: 1")
    with pytest.raises(FlowError, match=r"has 2 inputs \(image, vector\); expected one for each"):
        run_steps(Build.load(config), stop=StepName.STREAMLINE)
    config = save(NAME, tmp_path, "input_scale: {picture: 1}")
    with pytest.raises(FlowError, match="the file has no input picture; expected image, vector"):
        run_steps(Build.load(config), stop=StepName.STREAMLINE)


def test_scale_and_type_of_one_of_them(tmp_path):
    """The vector's integers are steps of 0.5 of -3 to 3 in place of its quantizer's."""
    more = "input_scale: {vector: 0.5}\ninput_type: {vector: INT3}"
    build = built(tmp_path, NAME, more, StepName.STREAMLINE)
    graph = from_onnx(build.model(StepName.STREAMLINE))
    kinds = [graph.type_of(name).name for name in graph.inputs]
    assert kinds == ["UINT8", "INT3"]
    assert [graph.metadata[f"input_scale{end}"] for end in ("", "_1")] == ["1.0", "0.5"]


def test_every_input_that_stands_in_the_way_is_said(tmp_path):
    proto = onnx.ModelProto.FromString(FILES[NAME].SerializeToString())
    for info in proto.graph.input:
        info.type.tensor_type.shape.dim[0].dim_value = 3
    onnx.save(proto, str(tmp_path / "net.onnx"))
    (tmp_path / "c.yaml").write_text("model: net.onnx\noutput_dir: b\n")
    with pytest.raises(FlowError) as caught:
        run_steps(Build.load(tmp_path / "c.yaml"), stop=StepName.IMPORT)
    assert "input image has shape [3, 2, 8, 6]" in str(caught.value)
    assert "input vector has shape [3, 7]" in str(caught.value)


def test_an_input_of_the_hosts_alone_is_refused(tmp_path):
    proto = onnx.ModelProto.FromString(FILES["one is the host's to add"].SerializeToString())
    proto.graph.node[-1].input[1] = "right"
    onnx.save(proto, str(tmp_path / "net.onnx"))
    (tmp_path / "c.yaml").write_text("model: net.onnx\noutput_dir: b\n")
    with pytest.raises(FlowError, match=r"input right: is an input of the host's alone: gate") as e:
        run_steps(Build.load(tmp_path / "c.yaml"), stop=StepName.IMPORT)
    assert "what to do: put a quantizer behind that input" in str(e.value)


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_everything(name, tmp_path):
    build = built(tmp_path, name)
    frames, given = drawn(build, 2)
    expected = emulate(build, frames)
    for found in (rtlsim(build, frames, stalls=0.3), cppsim(build, frames, kinds=[FAST])):
        assert same(found, expected)
        check(FILES[name], outputs_of(build, found), given)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a sum of two images", "two rates", "one leaves as it is"])
def test_packed_pixels(name, tmp_path):
    """Two pixels of the larger image a clock."""
    build = built(tmp_path, name, "pixels_per_clock: 2")
    frames, given = drawn(build, 3)
    expected = emulate(build, frames)
    for found in (rtlsim(build, frames, stalls=0.3), rtlsim(build, frames), cppsim(build, frames)):
        assert same(found, expected)
    check(FILES[name], outputs_of(build, expected), given)
    measured = build.results.read(ResultName.RTLSIM, dict)
    assert measured["clocks_per_frame"] <= measured["timing_model"]["clocks_per_frame"]
