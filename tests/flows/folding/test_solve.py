"""The choice across stages is the best there is: against trying all of them."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.folding.layers import Layer
from flows.folding.options import Option, Pricer, pareto
from flows.folding.solve import Seam, seams_of, solve, stages_of
from hw.dataflow.graph import OUTSIDE, StreamGraph
from hw.synth.cost.model import load_cost_model
from tests.hw.graph_models import GraphModel

WIDTHS = (2, 4, 8)
PRICER = Pricer(load_cost_model(), {})

option = st.builds(
    Option,
    width_in=st.sampled_from(WIDTHS),
    width_out=st.sampled_from(WIDTHS),
    clocks=st.just(1),
    lut=st.integers(1, 300).map(float),
    ff=st.integers(0, 500).map(float),
    bram18=st.integers(0, 6),
    settings=st.just({}),
)
tables = st.lists(st.lists(option, min_size=1, max_size=4), min_size=1, max_size=4)


def price_of(chosen, seams=None):
    """Cost of a choice, converters included. seams: (source, target), default: of a chain."""
    whole = sum(o.price for o in chosen)
    for first, second in itertools.pairwise(range(len(chosen))) if seams is None else seams:
        lut, ff = PRICER.converter(chosen[first].width_out, chosen[second].width_in)
        whole += Option(0, 0, 0, lut, ff, 0, {}).price
    return whole


@st.composite
def graphs(draw):
    """Tables, and (source, target) of the streams between their stages: any without a circle."""
    found = draw(st.lists(st.lists(option, min_size=1, max_size=3), min_size=2, max_size=5))
    pairs = [(a, b) for b in range(len(found)) for a in range(b)]
    return found, sorted(draw(st.sets(st.sampled_from(pairs))))


@settings(max_examples=80, deadline=None)
@given(graphs(), st.integers(0, 20))
def test_no_choice_for_a_graph_is_better(graph, budget):
    found, pairs = graph
    fitting = [
        price_of(chosen, pairs)
        for chosen in itertools.product(*found)
        if sum(o.bram18 for o in chosen) <= budget
    ]
    outs = [n for n in range(len(found)) if n not in {source for source, _ in pairs}]
    seams = [Seam(*pair) for pair in pairs] + [Seam(n, OUTSIDE) for n in outs]
    solution = solve(found, PRICER, budget, seams=seams)
    assert (solution is None) == (not fitting)
    if solution is not None:
        assert solution.price == pytest.approx(min(fitting))
        assert solution.bram18 <= budget


def test_a_join_is_as_wide_as_both_of_its_streams_where_that_can_be():
    """joined: no width converter in front of stage 2, whose option of 4 bits both branches have."""
    made = {w: Option(4, w, 1, 10.0, 0.0, 0, {"branch": {"w": w}}) for w in (2, 4)}
    tables = [[made[2], made[4]], [made[2], made[4]], [Option(4, 8, 1, 1.0, 0.0, 0, {})]]
    seams = [Seam(0, 2), Seam(1, 2), Seam(2, OUTSIDE)]
    assert solve(tables, PRICER, 0, [False, False, True], seams).lut == 21.0
    narrow = [[made[2]], *tables[1:]]
    converted = solve(narrow, PRICER, 0, [False, False, True], seams)
    assert converted.lut == 21.0 + PRICER.converter(2, 4)[0]


def test_stages_and_seams_of_a_residual_block():
    """A layer between fork and join; the join's second stream has other bits than its first."""
    graph = GraphModel((1, 4, 6, 2), "UINT2")
    far, near = graph.fork("x", "dup")
    graph.layer(far, "conv")
    graph.join("conv", near, "sum")
    found = StreamGraph.of_model(graph.model("sum"))
    fork, layer, join = stages_of(found)
    assert isinstance(layer, Layer)
    assert [op.name for op in (fork, layer.pad, layer.window, layer.unit, join)] == [
        "dup", "conv_pad", "conv_window", "conv", "sum",
    ]  # fmt: skip
    assert seams_of(found) == [Seam(0, 1), Seam(1, 2), Seam(0, 2, 1), Seam(2, OUTSIDE)]
    option = Pricer(load_cost_model(), {"sum": None}).set(join, {"PE": 2})
    bits = join.get_input_datatype(0).bitwidth()
    assert [Seam(0, 2, port).width_in(option) for port in (0, 1)] == [2 * bits, 4]


@settings(max_examples=60, deadline=None)
@given(tables, st.integers(0, 20))
def test_no_choice_within_the_block_ram_is_better(found, budget):
    fitting = [
        price_of(chosen)
        for chosen in itertools.product(*found)
        if sum(o.bram18 for o in chosen) <= budget
    ]
    solution = solve(found, PRICER, budget)
    if not fitting:
        assert solution is None
        return
    assert solution is not None
    assert solution.price == pytest.approx(min(fitting))
    assert solution.bram18 <= budget


@settings(max_examples=60, deadline=None)
@given(st.lists(option, min_size=1, max_size=12))
def test_pareto_keeps_what_is_best_for_any_block_ram(options):
    kept = pareto(options)
    for budget in range(7):
        best = [o.price for o in options if o.bram18 <= budget]
        left = [o.price for o in kept if o.bram18 <= budget]
        assert (min(left) if left else None) == (min(best) if best else None)
