"""Programs of machines: whatever the shapes, a frame's beats come in and go out, all of them."""

from math import prod

import numpy as np
import pytest
from onnx import helper

from hw.dataflow.machine_graph import MachineGraph
from hw.dataflow.machines import converter, fifo
from hw.ops.base import Operator, StreamOp
from hw.ops.registry import operator_of, operators
from hw.ops.stream_pad import StreamPad
from hw.synth.cost.draw import draw
from hw.synth.cost.operators import model_of
from tests.hw.bench import one_node_model

TYPES = {"inputDataType": "UINT2", "outputDataType": "UINT2"}


def operator(op_type, shape, initializers=(), **params):
    """One operator of hw.ops."""
    return operator_of(one_node_model(op_type, shape, params, initializers).graph.node[0])


def random_operators(seed):
    """Small ones with random sizes."""
    rng = np.random.default_rng(seed)
    folding, lanes = (int(v) for v in rng.integers(1, 4, 2))
    shape = (1, *(int(v) for v in rng.integers(4, 9, 2)), folding * lanes)
    kernel = [int(v) for v in rng.integers(1, 4, 2)]
    stride = [int(v) for v in rng.integers(1, 4, 2)]
    padding = [int(v) for v in rng.integers(0, 3, 4)]
    yield operator("StreamPad", shape, Padding=padding, SIMD=lanes, **TYPES)
    for parallel in (0, 1):
        yield operator(
            "SlidingWindow", shape, KernelSize=kernel, Stride=stride, SIMD=lanes,
            parallel_window=parallel, **TYPES,
        )  # fmt: skip
    yield operator("StreamMaxPool", shape, KernelSize=kernel, PE=lanes, **TYPES)
    packed = (*shape[:3], 4 * lanes)  # a window in a column, in two, and several in one
    for columns, pixels in ((2, 2), (4, 2), (1, 4)):
        yield operator(
            "StreamMaxPool", packed, KernelSize=[kernel[0], columns], Pixels=pixels, PE=4 * lanes,
            **TYPES,
        )  # fmt: skip
    types = TYPES | {"outputDataType": "UINT8"}
    yield operator("GroupSum", shape, Group=folding * lanes, SIMD=lanes, **types)
    weights = rng.choice([-1, 1], (folding * lanes, 6))
    yield operator(
        "MultiLevelMVAU", shape, [(weights, "BIPOLAR")], MW=folding * lanes, MH=6, SIMD=lanes, PE=2,
        noActivation=1, inputDataType="UINT2", weightDataType="INT2", accDataType="INT16",
        outputDataType="INT16", weightCodeBits=1,
    )  # fmt: skip
    thresholds = (np.arange(3)[None], "UINT2")
    yield operator("StreamThresholding", shape, [thresholds], PE=lanes, **TYPES)
    yield operator(
        "StreamFIFO", shape, depth=5, folded_shape=[*shape[:3], folding, lanes],
        normal_shape=list(shape), dataType="UINT2",
    )  # fmt: skip


def drawn_operators(kind, seed, count=3, most=20_000):
    """Samples of a kind of the registry, as its cost model draws them, of few clocks a frame."""
    found = []
    for drawn in (each for each in draw(seed) if each.kind == kind):
        op = operator_of(model_of(drawn).graph.node[0])
        if op.get_exp_cycles() <= most:
            found.append(op)
    assert found, f"{kind}: no sample of so few clocks"
    return found[:count]


def has_several_streams(operator):
    """Whether an operator forks or joins; those have tests of their own (test_fork_join_rtl)."""
    return any(
        getattr(operator, name) is not getattr(Operator, name)
        for name in ("stream_inputs", "stream_outputs")
    )


#: Kinds of which samples are drawn, of one stream in and one out.
KINDS = [
    each.kind
    for each in operators()
    if each.abstract.sampling and not has_several_streams(each.abstract)
]


def test_all_kinds_are_drawn_but_forks_and_joins():
    left = {each.kind for each in operators() if each.kind not in KINDS}
    several = {each.kind for each in operators() if has_several_streams(each.abstract)}
    assert left == several


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_the_registry(kind):
    for op in drawn_operators(kind, seed=3):
        check_frame(op)
        check_clocks(op)


def steps(machine):
    """(need, frees, gives) of a frame's every step."""
    return [
        (s.need, s.frees, s.gives)
        for repeat, segments in machine.program
        for _ in range(repeat)
        for s in segments
        for _ in range(s.count)
    ]


def check_frame(op):
    """A frame's beats come in and go out, all of them."""
    name = op.onnx_node.op_type
    found = [steps(machine) for machine, _ in op.machines()]
    beats = prod(op.input_shape()) // op.lanes_in()
    for each in found:
        assert sum(frees for _, frees, _ in each) == beats, name
        assert sum(need for need, _, _ in each) <= beats, name
        # what a step frees it has waited for
        waited = np.cumsum([need for need, _, _ in each])
        freed = np.cumsum([frees for _, frees, _ in each])
        assert np.all((waited >= freed) | (np.array([f for _, f, _ in each]) > 1)), name
        beats = sum(gives for _, _, gives in each)
    assert beats == prod(op.output_shape()) // op.lanes_out(), name


def check_clocks(op):
    """``get_exp_cycles`` is the interval of a frame, but for the clocks of a last window."""
    settled = MachineGraph.of([op]).settled()
    assert settled.stuck == ""
    expected = op.get_exp_cycles()
    assert expected <= settled.interval <= expected + 4, op.onnx_node.op_type


@pytest.mark.parametrize("seed", range(12))
def test_beats_of_a_frame_are_taken_and_given(seed):
    for op in random_operators(seed):
        check_frame(op)


@pytest.mark.parametrize("seed", range(6))
def test_each_operator_alone_takes_its_own_clocks(seed):
    for op in random_operators(seed):
        check_clocks(op)


def test_a_beat_takes_three_clocks_through_block_ram():
    """Write, read, the RAM's own register; LUT RAM is read in the clock behind the writing."""
    ((_, block),), ((_, distributed),) = fifo(8, 100, True), fifo(8, 20, False)
    assert (block.capacity, block.forth, block.watched) == (100, 3, True)
    assert (distributed.capacity, distributed.forth, distributed.watched) == (20, 1, True)


def test_converters_go_through_the_least_common_multiple():
    both = converter(6, (4, 12, 6))
    assert [sum(gives for _, _, gives in steps(machine)) for machine, _ in both] == [2, 4]


def test_operator_without_a_model():
    """Whoever adds an operator without saying its machines hears so when it is made."""

    class Other(StreamPad):
        machines = StreamOp.machines

    with pytest.raises(TypeError, match=r"abstract.*machines"):
        Other(helper.make_node("Other", ["x"], ["y"]))
