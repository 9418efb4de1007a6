"""Residual networks from the file to RTL: forks, sums, and every stream of them compared."""

import shutil

import numpy as np
import pytest

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps, save_model
from flows.errors import FlowError
from flows.run.boundaries import find_boundaries
from flows.run.cppsim import cppsim
from flows.run.emulate import emulate
from flows.run.emulator import Emulator
from flows.run.hls import hls
from flows.run.rtlsim import rtlsim
from hw.hls.compiler import FAST
from tests.flows.flow import assert_equals_reference, vouch_for, write_config
from tests.flows.residual import residual
from tests.hw.hls.vitis_case import compile_bench, run_bench


def built(folder, net, fps=100_000):
    build = Build.load(write_config(folder, net, target_fps=fps))
    run_steps(build)
    return build


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    net = residual()
    return net, built(tmp_path_factory.mktemp("residual"), net)


def test_integers_are_the_files(case):
    """Against our own walk of the file (the build's step verify_import asked qonnx)."""
    net, build = case
    emulator = Emulator(build.model(StepName.STREAMLINE))
    assert [node.op for node in emulator.graph.nodes].count("Add") == 1
    assert assert_equals_reference(net, emulator, net.frames(3)) == 4
    emulate(build, net.frames(2))


def test_rtl_and_every_stream_of_the_fork(case):
    net, build = case
    model = build.model(StepName.GENERATE_RTL)
    boundaries = find_boundaries(model, Emulator(build.model(StepName.STREAMLINE)))
    forked = [b.stream for b in boundaries if b.node == "act1_dup"]
    assert forked == ["act1_dup_out0", "act1_dup_out1"]
    assert {b.tensor for b in boundaries if b.node == "act1_dup"} == {"act1"}
    outputs = rtlsim(build, net.frames(2), stalls=0.3)
    assert np.ptp(outputs) > 0


def test_hls_cpp(case):
    net, build = case
    assert np.ptp(cppsim(build, net.frames(2), kinds=[FAST])) > 0


def test_a_changed_threshold_behind_the_sum_is_found(case, tmp_path):
    net, build = case
    shutil.copytree(build.folder.parent, tmp_path, dirs_exist_ok=True)
    broken = Build.load(tmp_path / "config.yaml")
    model = broken.model(StepName.FOLD_DUPLICATED_WEIGHTS)
    (sums,) = (node for node in model.graph.node if node.op_type == "Add")
    table = model.find_consumer(sums.output[0]).input[1]
    model.set_initializer(table, model.get_initializer(table) + 1)
    save_model(model, broken.paths.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    vouch_for(broken, StepName.FOLD_DUPLICATED_WEIGHTS)
    with pytest.raises(FlowError, match=r"emulator differs at act3"):
        emulate(broken, net.frames(2))


@pytest.mark.slow
def test_two_blocks_whole(tmp_path):
    """With a shortcut of stride 2, and both builds of the C++."""
    net = residual(side=9, blocks=2)
    build = built(tmp_path, net)
    assert_equals_reference(net, Emulator(build.model(StepName.STREAMLINE)), net.frames(3))
    for stalls in (0.0, 0.4):
        rtlsim(build, net.frames(3), stalls=stalls)
    cppsim(build, net.frames(3))
    hls(build, net.frames(2), write_only=True)  # the project for Vitis HLS: of fork, sum and all
    for where in ("operators/act1_dup", "operators/add3", f"region/{build.top}"):
        folder, name = build.paths.vitis, where.rpartition("/")[2]
        compile_bench(folder, folder / where, "fast", tmp_path / name)
        status, said = run_bench(tmp_path / name, folder / "vectors")
        assert (status, said.endswith("all equal\n")) == (0, True), said
