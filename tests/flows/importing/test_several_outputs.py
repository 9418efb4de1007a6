"""Files of several outputs, and tails of several tensors: all outputs are what QONNX gives."""

import json

import numpy as np
import onnx
import pytest

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.build.sequence import run_steps
from flows.build.steps.verify_import import verify_import
from flows.errors import FlowError
from flows.graph.correspondence import read_counterparts
from flows.graph.decodings import decodings_of
from flows.graph.integer_graph import from_onnx
from flows.run.emulate import emulate
from flows.run.emulator import Emulator
from flows.run.host_tail import HostTail
from flows.run.outputs import by_name, write_outputs
from tests.flows.several_outputs import FILES, check, file, frames


def built(folder, proto, more="", stop=StepName.FOLD_DUPLICATED_WEIGHTS):
    onnx.save(proto, str(folder / "net.onnx"))
    config = folder / "c.yaml"
    config.write_text(f"model: net.onnx\noutput_dir: b\n{more}")
    run_steps(Build.load(config), stop=stop)
    return Build.load(config)


@pytest.mark.parametrize("name", FILES)
def test_all_outputs(name, tmp_path, capsys):
    proto, operators, count = FILES[name]
    build = built(tmp_path, proto)  # verify_import compares every boundary on the way
    graph = from_onnx(build.model(StepName.STREAMLINE))
    assert len(graph.outputs) == len(set(graph.outputs)) == count
    host = json.loads(graph.metadata.get("host_tail", "[]"))
    assert [text.split("(")[1].rstrip(")") for text in host] == operators
    images = frames(2)
    integers = emulate(build, images)
    check(proto, HostTail.load(build.paths.host_tail).run(integers), images)
    names = [each.name for each in build.paths.verdicts.glob("verify_emulation_0_SUCCESS*")]
    assert len(names) == count
    quick = Emulator(build.model(StepName.STREAMLINE), 1).run(images)
    for output, values in by_name(integers, graph.outputs).items():
        assert np.array_equal(by_name(quick, graph.outputs)[output], values)


def test_the_graph_says_which_output_is_which_tensor(tmp_path):
    build = built(tmp_path, FILES["one tensor, with two scales"][0])
    graph = from_onnx(build.model(StepName.STREAMLINE))
    found = decodings_of(graph.metadata)
    assert [(each.tensor, each.output) for each in found] == [("y", 0), ("z", 0), ("h", 0)]
    y, z, h = (np.array(each.scale) for each in found)
    np.testing.assert_allclose(y, 0.3 * h, rtol=1e-7)  # k is 0.3 in float32
    assert np.array_equal(z, h)
    np.testing.assert_allclose(found[1].bias, 0.3, rtol=1e-7)


def test_a_wrong_scale_of_a_second_output_is_found(tmp_path):
    build = built(tmp_path, FILES["two heads of two sizes"][0])
    model = build.model(StepName.STREAMLINE)
    scale = json.loads(from_onnx(model).metadata["output_scale_1"])
    model.set_metadata_prop("output_scale_1", json.dumps([each * 1.001 for each in scale]))
    with pytest.raises(FlowError, match=r"node deep \(Conv\): tensor g "):
        verify_import(model, build, read_counterparts(build.paths.counterparts))


def test_a_host_that_swaps_two_tensors_is_found(tmp_path):
    build = built(tmp_path, FILES["a sum of floats behind two layers"][0])
    model = onnx.load(build.paths.host_tail)
    add = next(each for each in model.graph.node if each.name == "add")
    add.input[1] = add.input[0]
    build.paths.host_tail.write_bytes(model.SerializeToString())
    with pytest.raises(FlowError, match=r"host_tail\.onnx: output y differs"):
        run_steps(build, start="verify_import", stop="verify_import")


def test_what_does_not_map_goes_to_the_host_with_the_reason(tmp_path, capsys):
    build = built(tmp_path, FILES["a sum of floats behind two layers"][0])
    said = capsys.readouterr().out
    assert "import: on the host, behind h, o: add (Add), last (Relu)" in said
    assert "warning: add (Add) is the host's: scales " in said
    assert "one is not the other times a ratio of integers" in said
    result = build.results.read(ResultName.VERIFY_IMPORT, dict)
    assert set(result["host_tail_reasons"]) == {"add (Add)", "last (Relu)"}


@pytest.mark.parametrize(
    ("name", "tensors"),
    [("two heads of two sizes", "h, g"), ("heads joined on the host", "hf, gf")],
)
def test_argmax_in_hardware_asks_for_one_tensor(name, tensors, tmp_path):
    with pytest.raises(
        FlowError, match=f"argmax_in_hardware: the host reads the tensors {tensors}"
    ):
        built(tmp_path, FILES[name][0], "argmax_in_hardware: true\n", StepName.STREAMLINE)


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        ("g g", "output g is listed twice"),
        ("g nowhere", "output nowhere is made by no node"),
        ("x g", "output x is made by no node"),
    ],
)
def test_outputs_that_are_none(outputs, said, tmp_path):
    with pytest.raises(FlowError, match=said):
        built(tmp_path, file(outputs=outputs))


def test_several_arrays_go_to_one_npz(tmp_path):
    arrays = {"conv1": np.arange(3), "conv2": np.arange(4)}
    with pytest.raises(FlowError, match=r"has 2 outputs; expected the name of a \.npz"):
        write_outputs(tmp_path / "a.npy", arrays)
    write_outputs(tmp_path / "a.npz", arrays)
    with np.load(tmp_path / "a.npz") as found:
        assert {name: found[name].tolist() for name in found} == {
            "conv1": [0, 1, 2], "conv2": [0, 1, 2, 3],
        }  # fmt: skip
