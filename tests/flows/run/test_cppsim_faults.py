"""Messages of ``cppsim`` for a run that went wrong where no integer of a boundary shows it."""

import json
from dataclasses import replace

import pytest

from flows.build.build import Build
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.run.cppsim import _same, cppsim
from hw.hls.compiler import FAST
from hw.hls.cppsim import CppSimulation
from tests.flows.flow import small_network, write_config


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """(configuration, frames) of a small network."""
    net = small_network()
    path = write_config(tmp_path_factory.mktemp("small"), net, target_fps=1000, name="small")
    run_steps(Build.load(path))
    return Build.load(path), net.frames(2)


def check(built, message):
    """The run fails with the message, which its report and verdict have too."""
    build, frames = built
    with pytest.raises(FlowError) as error:
        cppsim(build, frames, kinds=[FAST])
    assert str(error.value) == message
    text = (build.folder / "report" / "cppsim.json").read_text()
    assert json.loads(text)["builds"][FAST]["faults"] == [message]


def verdicts(build):
    return [path.name for path in (build.folder / "verification_output").glob("verify_cpp*")]


def test_loop_trips_that_are_not_the_operators(built, monkeypatch):
    finish = CppSimulation.finish

    def more(simulation):
        first, *others = finish(simulation)
        return [replace(first, trips=first.trips + 1), *others]

    monkeypatch.setattr(CppSimulation, "finish", more)
    # a padding of 8 x 8 pixels of 2 channels, one a beat at most; two frames
    check(
        built,
        "C++ simulation: node conv1_pad took 257 loop trips in 2 frames, its operator says 256",
    )
    assert verdicts(built[0]) == ["verify_cppsim_fast_FAIL.npy"]


def test_parameters_that_are_not_the_graphs(built, monkeypatch):
    monkeypatch.setattr("flows.run.cppsim.parameter_faults", lambda *_: ["weights differ"])
    check(built, "weights differ")
    assert verdicts(built[0]) == ["verify_cppsim_fast_FAIL.npy"]


def test_words_of_a_port_that_are_not_the_nodes(built, monkeypatch):
    run = CppSimulation.run

    def other(simulation, inputs):
        frame = run(simulation, inputs)
        outputs = {node: words + 1 for node, words in frame.outputs.items()}
        return replace(frame, outputs=outputs)

    monkeypatch.setattr(CppSimulation, "run", other)
    check(
        built,
        "C++ simulation (fast build): the port behind node conv2_mvau carries other integers",
    )


def test_parameters_are_the_same_only_if_all_are():
    assert _same([[1], [2]], [[1], [2]])
    assert not _same([[1]], [[1], [2]])
    assert not _same([[1], [2]], [[1], [3]])
