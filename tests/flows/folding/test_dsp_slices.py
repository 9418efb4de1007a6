"""The folding solver weighs DSP slices: of none, of few, of many; and what asks for more."""

import pytest

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.build.steps.set_folding import set_folding
from flows.errors import FlowError
from flows.folding.fitting import Room, fitting
from flows.folding.options import Option, Pricer
from hw.boards import Board, load_board
from hw.ops.registry import operator_of
from hw.synth.cost.model import load_cost_model
from tests.flows.flow import write_config
from tests.flows.many_levels import four_layers

#: Clocks a frame, so that several products are needed at once.
CLOCKS = 150


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """Two layers of 8 bits on 5 x 5 pixels, before the folding."""
    net = four_layers(8, 5, ((4, 3, False), (3, 1, False)))
    path = write_config(tmp_path_factory.mktemp("dsp"), net, verify_import=False)
    build = Build.load(path)
    run_steps(build, stop="to_hardware")
    return build.model(StepName.TO_HARDWARE)


@pytest.fixture(scope="module")
def signs(tmp_path_factory):
    """Two layers of weights -1 and 1, of 2 bits, before the folding."""
    net = four_layers(2, 5, ((8, 3, False), (8, 3, False), (3, 1, False)), True)
    path = write_config(tmp_path_factory.mktemp("signs"), net, verify_import=False)
    build = Build.load(path)
    run_steps(build, stop="to_hardware")
    return build.model(StepName.TO_HARDWARE)


def board(dsp, family="zynq7000"):
    return Board("xc-any", family, 100_000, 200_000, 100, dsp, 10.0)


def taken(model, board, given=None, limit=None):
    """(DSP slices, LUTs) of the folding by the cost model."""
    folded = set_folding(model, CLOCKS, given or {}, 10.0, "fps", board, dsp_limit=limit)
    costs = load_cost_model().by_node(folded).values()
    return sum(cost.dsp for cost in costs), sum(cost.lut for cost in costs)


def test_slices_are_weighed_with_luts(model):
    """As many as pay where there are many; never more than the part has, or than the limit says."""
    many, few, none = (taken(model, board(dsp)) for dsp in (200, 6, 0))
    assert many[0] > 6 >= few[0] > none[0] == 0
    assert many[1] < few[1] < none[1]
    assert taken(model, None, limit=0)[0] == 0


def test_sums_of_signs_go_to_slices_where_they_may(signs):
    """Only where asked for, within half of the slices unless LUTs are scarce, for fewer LUTs.

    Thresholds that are compared with in turn are fewer LUTs too, with slices or without.
    """

    def folded(adds, luts=100_000, slices=20):
        part = Board("xc-any", "zynq7000", luts, 200_000, 100, slices, 10.0)
        found = set_folding(signs, CLOCKS, {}, 10.0, "fps", part, adds_in_slices=adds)
        costs = load_cost_model().by_node(found).values()
        parts = [operator_of(node) for node in found.graph.node if "mvau" in node.name]
        return (
            sum(cost.dsp for cost in costs),
            sum(cost.lut for cost in costs),
            [op.get_nodeattr("sum_parts") for op in parts],
            [op.get_nodeattr("threshold_in_turn") for op in parts],
        )

    none, half = folded(False), folded(True)
    assert (none[0], set(none[2]), set(none[3])) == (0, {0}, {0})
    assert 0 < half[0] <= 10
    assert half[1] < none[1]
    scarce = folded(True, luts=int(1.5 * none[1]))
    assert half[0] <= scarce[0] <= 20
    without = folded(True, slices=0)
    assert (without[0], set(without[2]), set(without[3])) == (0, {0}, {0, 1})
    assert half[1] < without[1] < none[1]


def test_slices_that_no_price_reaches_are_given_out():
    """Two stages; one that saves 50 LUTs with 6 slices leaves 2 of 8, and the other 3 LUTs with 1.

    No price finds the latter: three slices there save more than three times as much.
    """
    choices = [[(100, 0), (50, 6)], [(100, 0), (97, 1), (90, 3)]]
    tables = [
        [Option(8, 8, 1, float(lut), 0.0, 0, {f"n{n}": {"dsp": dsp}}, dsp=dsp) for lut, dsp in of]
        for n, of in enumerate(choices)
    ]
    found = fitting(tables, Pricer(load_cost_model(), {}), Room(board(8)), "fps", None)
    assert (found.lut, found.dsp, found.settings) == (147, 7, {"n0": {"dsp": 6}, "n1": {"dsp": 1}})


def test_a_slice_of_an_ecp5_is_a_third_of_ours():
    assert load_board("ULX3S-85F").multipliers == 156 // 3
    assert (Room(board(20, "ecp5")).dsp, Room(board(20)).dsp) == (6, 20)
    assert (Room(board(20), 7).dsp, Room(None, 7).dsp) == (7, 7)


@pytest.mark.parametrize(
    ("dsp", "limit", "said"), [(3, None, "xc-any has 3"), (200, 2, "dsp_limit is 2")]
)
def test_a_folding_file_that_asks_for_more_is_refused(model, dsp, limit, said):
    given = {"conv1_mvau": {"PE": 4, "SIMD": 9, "resType": "dsp"}}
    # two codes of 8 bits a slice: nine lanes, two pairs of rows
    with pytest.raises(FlowError, match=f"resType = dsp.* takes 18 DSP slices, {said}"):
        taken(model, board(dsp), given, limit)
    assert taken(model, board(200), given)[0] >= 18
