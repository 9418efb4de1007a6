"""Operators drawn at random for the runs that cost models are fitted to: small and medium ones."""

import zlib

import numpy as np

import hw.ops  # noqa: F401 (registers the operators)
from hw.ops.registry import operators
from hw.synth.cost.sampling import Drawn


def draw(seed: int) -> list[Drawn]:
    """The operators of a seed. Those of one kind do not depend on which other kinds there are."""
    drawn = []
    for each in operators():
        rng = np.random.default_rng([seed, zlib.crc32(each.kind.encode())])
        sampling = each.abstract.sampling
        for count, way in sampling.draws if sampling else ():
            drawn += [way(rng, index) for index in range(count)]
    return drawn
