"""Networks behind a table of embeddings, from the file to RTL with stalls and C++.

The right values are the file's own, of indices as it takes them.
"""

import numpy as np
import pytest

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.graph.correspondence import read_counterparts
from flows.graph.index_limits import index_limits
from flows.graph.integer_graph import EMBEDDING, from_onnx
from flows.reference.comparison import ImportComparison
from flows.reference.execution import load_imported
from flows.reference.tables import first_wrong_row
from flows.run.cppsim import cppsim
from flows.run.driver import write_driver
from flows.run.emulate import emulate
from flows.run.frames import input_frames
from flows.run.rtlsim import rtlsim
from hw.driver.description import read_description
from hw.hls.compiler import FAST
from tests.flows.embedding_files import (
    FILES,
    ROWS,
    by_integers,
    by_the_file,
    file,
    save,
    text,
)
from tests.flows.foreign_model import node

NAME = "quantized table"


def built(folder, name, stop=None):
    config = save(FILES[name], folder)
    run_steps(Build.load(config), stop=stop)
    return Build.load(config)


def drawn(build, name, count=3):
    """(frames as the flow reads them of a file, the same as the model's file has them)."""
    graph = from_onnx(build.model(StepName.STREAMLINE))
    dims = [d.dim_value for d in FILES[name].graph.input[0].type.tensor_type.shape.dim]
    limits = index_limits(graph, "input").reshape(dims[1:])
    indices = np.random.default_rng(3).integers(0, limits + 1, (count, *dims[1:]))
    np.save(build.config.model.parent / "indices.npy", indices)
    return input_frames(build, build.config.model.parent / "indices.npy"), indices


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return built(tmp_path_factory.mktemp("embedding"), NAME)


@pytest.mark.parametrize("name", [name for name in FILES if name != NAME])
def test_integers_are_those_of_the_file(name, tmp_path):
    build = built(tmp_path, name, StepName.FOLD_DUPLICATED_WEIGHTS)
    frames, indices = drawn(build, name)
    found = by_integers(build, emulate(build, frames))
    assert np.allclose(found, by_the_file(FILES[name], indices), atol=1e-4)
    assert np.ptp(found) > 0.5
    assert build.results.plain(ResultName.VERIFY_IMPORT)["table_rows"] in (18, ROWS)


def test_whole(network):
    frames, indices = drawn(network, NAME)
    expected = emulate(network, frames)
    assert np.allclose(by_integers(network, expected), by_the_file(FILES[NAME], indices), atol=1e-4)
    assert np.array_equal(rtlsim(network, frames, stalls=0.3), expected)
    assert np.array_equal(cppsim(network, frames, kinds=[FAST]), expected)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a picture of a palette", "categories of a row"])
def test_others_whole(name, tmp_path):
    build = built(tmp_path, name)
    frames, _ = drawn(build, name)
    expected = emulate(build, frames)
    assert np.array_equal(rtlsim(build, frames, stalls=0.3), expected)
    assert np.array_equal(cppsim(build, frames, kinds=[FAST]), expected)


def test_an_index_of_no_row_is_refused(network, tmp_path):
    for bad in (ROWS, -1):
        indices = np.full((1, 9), bad)
        np.save(tmp_path / "bad.npy", indices)
        said = f"bad.npy: holds {bad}; the network takes UINT5, 0 to 19"
        with pytest.raises(FlowError, match=said):
            input_frames(network, tmp_path / "bad.npy")


def test_the_driver_knows_the_indices(network):
    path = write_driver(network) / "accelerator.json"
    taken = read_description(path).input
    assert (taken.dtype, taken.shape) == ("uint8", (1, 9, 1))
    assert (taken.taken.low, taken.taken.high) == (0, ROWS - 1)


LOOKUP = node("Gather", "t x", "e", "embedding")


@pytest.mark.parametrize(
    ("proto", "why"),
    [
        (
            file(node("Gather", "t x", "e", "embedding", axis=1), *text()),
            r"node embedding \(Gather\): looks its constant of shape \(20, 6\) up along axis 1",
        ),
        (
            file(LOOKUP, *text()),
            r"node conv \(Conv\): its input is not quantized",
        ),
        (
            file(LOOKUP, node("Quant", "e ts zero b4", "y", "act"), t=np.ones((70_000, 2))),
            r"node embedding \(Gather\): .* shape \(70000, 2\) up; expected 1 to 65,536 rows",
        ),
        (
            file(node("Add", "x two", "i", "next"), node("Gather", "t i", "e", "embedding"),
                 *text(), two=np.array(2)),
            "input x is of type int64; expected float32 .*, or integers that look rows",
        ),
    ],
)  # fmt: skip
def test_refused(proto, why, tmp_path):
    with pytest.raises(FlowError, match=why):
        run_steps(Build.load(save(proto, tmp_path)))


def test_a_wrong_row_is_found(network, tmp_path):
    """A number of the table that is not the file's, of a row that no frame has."""
    graph = from_onnx(network.model(StepName.STREAMLINE))
    values = next(each for each in graph.nodes if each.op == EMBEDDING).params["table"]
    values[ROWS - 2, 3] += 1
    counterparts = read_counterparts(network.paths.counterparts)
    check = ImportComparison(load_imported(network.config.model), graph, counterparts)
    assert check.add(np.zeros((1, 1, 9, 1), np.uint8)) is None
    found, rows = first_wrong_row(check)
    assert (found.tensor, found.channel, rows) == ("e", 3, 0)
