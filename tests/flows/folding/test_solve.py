"""The choice across stages is the best there is: against trying all of them."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.folding.options import Option, Pricer, pareto
from flows.folding.solve import solve
from hw.synth.cost.model import load_cost_model

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


def price_of(chosen):
    """What a choice costs, converters included."""
    whole = sum(o.price for o in chosen)
    for first, second in itertools.pairwise(chosen):
        lut, ff = PRICER.converter(first.width_out, second.width_in)
        whole += Option(0, 0, 0, lut, ff, 0, {}).price
    return whole


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
