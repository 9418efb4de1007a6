"""Modules that RTL operators name: of drawn operators of every kind, those of their wrapper."""

import re

from hw import RTL_DIR
from hw.ops.registry import operator_of
from hw.synth.cost.draw import draw
from hw.synth.cost.operators import model_of


def test_they_are_those_that_the_wrapper_instantiates():
    for drawn in draw(3)[::4]:
        model = model_of(drawn)
        op = operator_of(model.graph.node[0])
        words = dict.fromkeys(re.findall(r"\w+", op.rtl_body(model)))
        used = {word for word in words if (RTL_DIR / f"{word}.sv").is_file()}
        assert used == set(op.rtl_modules()), drawn
