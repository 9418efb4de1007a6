"""The driver of an accelerator with two inputs and two outputs, on its own simulated shell.

The network is a small ONNX file; right values are numpy's.
"""

import re
from dataclasses import replace

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from hw.driver import (
    AcceleratorError,
    Description,
    DupNetAccelerator,
    Tensor,
    TransferError,
    ValidationError,
    __main__,
    simulated,
)
from hw.driver import registers as reg
from hw.driver.fields import FieldError
from hw.driver.pynq_bus import PynqBus
from hw.driver.serial_link import SerialBackend

DESCRIPTION = Description(
    name="pair", board="Pynq-Z2", build_id=0xABCD, clock_mhz=100.0,
    input=Tensor((2, 3, 2), "uint8", name="left"), output=Tensor((2, 3, 1), "int16", name="sums"),
    registers={"idma0": 1, "odma0": 2, "idma1": 3, "odma1": 4},
    further_inputs=(Tensor((2, 3, 1), "int8", name="right"),),
    further_outputs=(Tensor((1, 1, 1), "int32", name="total"),),
    host_nodes=("Identity",), host_outputs=("a", "b"),
)  # fmt: skip


def frames(count, seed=0):
    rng = np.random.default_rng(seed)
    left = rng.integers(0, 256, (count, 2, 3, 2), dtype=np.uint8)
    return [left, rng.integers(-128, 128, (count, 2, 3, 1), dtype=np.int8)]


def expected(given):
    """The two channels' sum less the right input; the sum of that over the image."""
    sums = given[0].astype(np.int64).sum(axis=-1, keepdims=True) - given[1]
    return [sums, sums.sum(axis=(1, 2), keepdims=True)]


@pytest.fixture
def folder(tmp_path):
    def constant(name, *axes):
        return helper.make_tensor(name, TensorProto.INT64, [len(axes)], axes)

    def info(name, *shape, kind=TensorProto.FLOAT):
        return helper.make_tensor_value_info(name, kind, shape)

    opset = [helper.make_opsetid("", 13)]
    nodes = [
        helper.make_node("ReduceSum", ["left", "channel"], ["sum"]),
        helper.make_node("Sub", ["sum", "right"], ["sums"]),
        helper.make_node("ReduceSum", ["sums", "image"], ["total"]),
    ]
    given = [info("left", 1, 2, 2, 3), info("right", 1, 1, 2, 3)]
    made = [info("sums", 1, 1, 2, 3), info("total", 1, 1, 1, 1)]
    weights = [constant("channel", 1), constant("image", 2, 3)]
    graph = helper.make_graph(nodes, "g", given, made, weights)
    model = helper.make_model(graph, opset_imports=opset, ir_version=8)
    onnx.save(model, str(tmp_path / "simulation.onnx"))
    nodes = [
        helper.make_node("Identity", ["integers_total"], ["b"]),
        helper.make_node("Neg", ["integers_sums"], ["a"]),
    ]
    kind = TensorProto.INT32
    given = [
        info("integers_sums", 1, 2, 3, 1, kind=kind),
        info("integers_total", 1, 1, 1, 1, kind=kind),
    ]
    made = [info("a", 1, 2, 3, 1, kind=kind), info("b", 1, 1, 1, 1, kind=kind)]
    tail = helper.make_model(
        helper.make_graph(nodes, "t", given, made), opset_imports=opset, ir_version=8
    )
    onnx.save(tail, str(tmp_path / "host_tail.onnx"))
    (tmp_path / "accelerator.json").write_text(DESCRIPTION.to_json())
    (tmp_path / "vectors").mkdir()
    for stem, arrays in (("input", frames(3, 5)), ("expected", expected(frames(3, 5)))):
        for index, array in enumerate(arrays):
            np.save(tmp_path / "vectors" / f"{stem}_{index}.npy", array)
    return tmp_path


@pytest.fixture
def accelerator(folder):
    bus = simulated.open_simulated(folder)
    with DupNetAccelerator(bus, folder / "accelerator.json", batch=2) as made:
        yield made


def equal(found, right):
    assert isinstance(found, list) and len(found) == len(right)
    for mine, wanted in zip(found, right, strict=True):
        np.testing.assert_array_equal(mine, wanted)


def test_the_description_keeps_all_of_them():
    text = DESCRIPTION.to_json()
    assert Description.from_json(text) == DESCRIPTION
    assert list(DESCRIPTION.blocks) == ["idma0", "idma1", "odma0", "odma1"]
    single = replace(DESCRIPTION, further_inputs=(), further_outputs=())
    assert "further" not in single.to_json()
    for wrong in (text.replace('"int32"', '"int64"'), text.replace('"name": "right"', '"name": 3')):
        with pytest.raises(FieldError, match=r"further_(in|out)puts\[0\]\.(dtype|name)"):
            Description.from_json(wrong)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_execute_takes_and_gives_lists(accelerator, count):
    given = frames(count)
    equal(accelerator.execute(given), expected(given))
    equal(accelerator.execute(tuple(given)), expected(given))
    equal(accelerator.execute({"right": given[1], "left": given[0]}), expected(given))
    equal(accelerator.execute([array[0] for array in given]), expected([a[:1] for a in given]))
    streamed = list(accelerator.stream(zip(*given, strict=True)))
    equal([np.stack(each) for each in zip(*streamed, strict=True)], expected(given))
    counters = accelerator.counters()
    assert {name: counters[f"{name}_frames"] for name in DESCRIPTION.blocks} == dict.fromkeys(
        DESCRIPTION.blocks, 4 * count + 1
    )


def test_outputs_of_the_file(accelerator):
    given = frames(2)
    sums, total = expected(given)
    found = accelerator.outputs(accelerator.execute(given))
    np.testing.assert_array_equal(found["a"], -sums)
    np.testing.assert_array_equal(found["b"], total)


def test_what_is_no_list_of_frames_is_refused(accelerator):
    left, right = frames(2)
    for given, said in (
        (left, "the network has 2 inputs (left, right); expected a list of as many arrays"),
        ([left], "the network has 2 inputs"),
        ({"left": left, "rihgt": right}, "inputs left, rihgt; expected left, right"),
        ([left, right[:1]], "2 and 1 frames at the inputs; expected as many at each"),
        ([left, left], "the network takes (N, 2, 3, 1) int8 at right"),
    ):
        with pytest.raises(AcceleratorError, match=re.escape(said)):
            accelerator.execute(given)


def test_throughput_counts_the_bytes_of_all(accelerator):
    found = accelerator.throughput_test(4)
    rate = found["throughput[images/s]"] / 1e6
    assert found["DRAM_in_bandwidth[MB/s]"] == pytest.approx((12 + 6) * rate)
    assert found["DRAM_out_bandwidth[MB/s]"] == pytest.approx((12 + 4) * rate)


def test_validate_reads_a_file_each(accelerator, folder):
    assert accelerator.validate() == 3
    path = folder / "vectors" / "expected_1.npy"
    array = np.load(path)
    np.save(path, array + 1)
    with pytest.raises(ValidationError, match=r"expected_1\.npy, frame 0, row 0.*3 of 3 integers"):
        accelerator.validate()
    np.save(path, array[:2])
    with pytest.raises(AcceleratorError, match=r"\(expected_1\.npy does not fit\); the network"):
        accelerator.validate()
    path.unlink()
    with pytest.raises(AcceleratorError, match=r"expected_1\.npy: no such file"):
        accelerator.validate()


@pytest.mark.parametrize("block", DESCRIPTION.blocks)
def test_an_error_is_its_blocks_and_the_next_transfer_is_clean(accelerator, block, monkeypatch):
    bus, right = accelerator.backend.bus, simulated.SimulatedBus.write

    def write(self, name, offset, value):
        wrong = name == block and offset == reg.COUNT
        right(self, name, offset, 0 if wrong else value)

    monkeypatch.setattr(simulated.SimulatedBus, "write", write)
    with pytest.raises(TransferError, match=f"^{block}: .*a transfer of no frames"):
        accelerator.execute(frames(3))
    monkeypatch.undo()
    assert not any(bus.read(name, reg.ERROR) for name in DESCRIPTION.blocks)
    equal(accelerator.execute(frames(3)), expected(frames(3)))


def test_reset_asks_every_input(accelerator, monkeypatch):
    asked = []
    monkeypatch.setattr(
        simulated.SimulatedBus, "write",
        lambda self, name, offset, value: asked.append(name) if offset == reg.RESET else None,
    )  # fmt: skip
    accelerator.backend.reset()
    assert asked == ["idma0", "idma1"]


def test_frames_of_other_sizes_are_another_build(folder):
    other = replace(DESCRIPTION, further_outputs=(Tensor((1, 1, 2), "int32", name="total"),))
    bus = simulated.SimulatedBus(folder, DESCRIPTION)
    with pytest.raises(AcceleratorError, match=r"have 12 and 6 and 12 and 4 bytes, .* 12 and 8:"):
        DupNetAccelerator(bus, other)


def test_what_takes_one_of_each_refuses_more(accelerator, tmp_path):
    with pytest.raises(AcceleratorError, match="has 2 inputs and 2 outputs; a serial line carries"):
        SerialBackend(None, DESCRIPTION)
    pictures = replace(
        DESCRIPTION, input=Tensor((4, 4, 3), "uint8"), anchors=((1.0, 1.0),), further_inputs=()
    )
    assert not pictures.detects
    made = DupNetAccelerator(type("Backend", (), {"execute": None})(), pictures)
    with pytest.raises(AcceleratorError, match="has several inputs or outputs; boxes are found in"):
        made.detect(np.zeros((4, 4, 3), np.uint8))
    (tmp_path / "x.bit").write_bytes(b"")
    with pytest.raises(AcceleratorError, match="its description has no registers odma1"):
        PynqBus(
            tmp_path / "x.bit", replace(DESCRIPTION, registers={"idma0": 1, "idma1": 2, "odma0": 3})
        )


def test_run_takes_a_file_each(folder, monkeypatch, capsys):
    monkeypatch.setattr(__main__, "HOME", folder)
    files = [str(folder / "vectors" / f"input_{i}.npy") for i in range(2)]
    out = folder / "out.npz"
    assert __main__.main(["run", *files, str(out), "--simulated"]) == 0
    assert "3 frames: integers_sums, integers_total, a, b in" in capsys.readouterr().out
    found = np.load(out)
    sums, total = expected(frames(3, 5))
    np.testing.assert_array_equal(found["integers_sums"], sums)
    np.testing.assert_array_equal(found["integers_total"], total)
    np.testing.assert_array_equal(found["a"], -sums)
    assert __main__.main(["run", files[0], str(out), "--simulated"]) == 1
    said = capsys.readouterr().err
    assert (
        "1 files of frames; expected one for each of 2 inputs (left, right), in this order" in said
    )
    for command in (["validate"], ["throughput", "--frames", "2"], ["counters"]):
        assert __main__.main([*command, "--simulated"]) == 0
