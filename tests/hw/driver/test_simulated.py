"""The driver on its own simulated shell: registers as documented, memory seen after flush alone."""

import re

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
    simulated,
)
from hw.driver import registers as reg

DESCRIPTION = Description(
    name="tiny", board="none", build_id=0xABCD, clock_mhz=100.0,
    input=Tensor((2, 3, 2), "uint8"), output=Tensor((2, 3, 1), "int16"), registers={},
)  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """A network that sums the two channels and takes 300 away."""
    offset = helper.make_tensor("offset", TensorProto.FLOAT, [], [300.0])
    axes = helper.make_tensor("axes", TensorProto.INT64, [1], [1])
    nodes = [
        helper.make_node("ReduceSum", ["frame", "axes"], ["sum"]),
        helper.make_node("Sub", ["sum", "offset"], ["y"]),
    ]
    given = helper.make_tensor_value_info("frame", TensorProto.FLOAT, [1, 2, 2, 3])
    made = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 1, 2, 3])
    graph = helper.make_graph(nodes, "g", [given], [made], [offset, axes])
    opset = [helper.make_opsetid("", 13)]
    onnx.save(
        helper.make_model(graph, opset_imports=opset, ir_version=8),
        str(tmp_path / "simulation.onnx"),
    )
    (tmp_path / "accelerator.json").write_text(DESCRIPTION.to_json())
    return tmp_path


@pytest.fixture
def bus(folder):
    return simulated.open_simulated(folder)


@pytest.mark.parametrize(("batch", "count"), [(1, 1), (1, 5), (3, 7), (8, 8)])
def test_integers_through_the_driver(bus, folder, batch, count):
    frames = np.random.default_rng(1).integers(0, 256, (count, 2, 3, 2), dtype=np.uint8)
    expected = frames.astype(np.int64).sum(axis=-1, keepdims=True) - 300
    with DupNetAccelerator(bus, folder / "accelerator.json", batch=batch) as accelerator:
        assert np.array_equal(accelerator.execute(frames), expected)
        found = list(accelerator.stream(frames))
        assert all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))
        counters = accelerator.counters()
    assert counters["idma0_frames"] == counters["odma0_frames"] == 2 * count
    assert bus.buffers == {}


def test_memory_is_seen_after_flush_and_invalidate_alone(bus):
    source, result = bus.allocate((1, 2, 3, 2), "uint8"), bus.allocate((1, 2, 3, 1), "int16")
    assert source.address % 4096 == result.address % 4096 == 0
    source.array[:] = 9
    run(bus, source, result)
    assert (result.array == 0).all()
    result.invalidate()
    assert (result.array == -300).all()  # nothing had been flushed
    source.flush()
    run(bus, source, result)
    result.invalidate()
    assert (result.array == 18 - 300).all()


def run(bus, source, result):
    for block, buffer in (("odma0", result), ("idma0", source)):  # either order: registers.md
        bus.write(block, reg.ADDR_LO, buffer.address)
        bus.write(block, reg.COUNT, 1)
        bus.write(block, reg.CTRL, reg.CTRL_START)
    assert bus.read("odma0", reg.CTRL) & reg.CTRL_DONE


@pytest.mark.parametrize(
    ("address", "count", "said"),
    [(0x77000, 1, "no memory at this address"), (None, 0, "a transfer of no frames"),
     (None, 9, "no memory at this address")],
)  # fmt: skip
def test_a_start_that_is_refused(bus, folder, address, count, said):
    accelerator = DupNetAccelerator(bus, folder / "accelerator.json", batch=2)
    buffer = bus.allocate((2, 2, 3, 2), "uint8")
    backend = accelerator.backend
    backend.idmas[0].start(buffer.address if address is None else address, count)
    with pytest.raises(TransferError, match=re.escape(said)):
        backend.idmas[0].check()
    accelerator.backend.reset()
    assert bus.read("idma0", reg.ERROR) == 0


def test_a_transfer_under_way_is_not_started_again(bus, folder):
    accelerator = DupNetAccelerator(bus, folder / "accelerator.json")
    result = bus.allocate((1, 2, 3, 1), "int16")
    for _ in range(2):
        accelerator.backend.odmas[0].start(result.address, 1)
    with pytest.raises(TransferError, match="under way"):
        accelerator.backend.odmas[0].check()


def test_what_is_missing_is_said(folder, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    with pytest.raises(AcceleratorError, match=r"--simulated needs onnxruntime \(pip3 install"):
        simulated.open_simulated(folder)
    monkeypatch.undo()
    (folder / "simulation.onnx").write_bytes(b"no model")
    with pytest.raises(AcceleratorError, match=r"simulation\.onnx: cannot be executed"):
        simulated.open_simulated(folder)
    (folder / "simulation.onnx").unlink()
    with pytest.raises(AcceleratorError, match=r"simulation\.onnx: no such file; expected what"):
        simulated.open_simulated(folder)
