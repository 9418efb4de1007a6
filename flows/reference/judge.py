"""Who is right where float32 and our integers differ: float64 decides, sum by sum, level by level.

real: what the file gave in float32; found: what our integers stand for; both float64, as the file's
tensor lies.
"""

from typing import Any

import numpy as np
from onnx import NodeProto

from flows.graph.correspondence import Counterpart
from flows.reference.doubles import Doubles
from flows.reference.quantizers import unit

#: Part of a unit by which float32 may miss a sum without being asked again.
CLEAR = 0.05
#: Part of a unit by which float64 may miss one.
CLOSE = 1e-4
#: Part of a level by which float32 may miss it.
SAME = 1e-6
#: Of the greatest number on the way: by how much float64 may miss a value.
EXACT = 1e-9
#: Of the greatest number on the way: how near to a step float64 cannot tell the side.
TIE = 1e-10
#: Of the same: by how much float32 may differ from float64.
ROUGH = 1e-3


def doubtful_sums(known: Counterpart, real: Any, found: Any) -> Any:
    """Where float32 is not clearly at the integer that we have."""
    return ~(np.abs(real - found) <= CLEAR * known.units(real))


def doubtful_levels(real: Any, found: Any) -> Any:
    """Where a quantizer's value is not ours: a multiple of its scale, which float32 rounds once."""
    return ~(np.abs(real - found) <= SAME * np.abs(found))


def right_sum(
    known: Counterpart, real: Any, found: Any, doubles: Doubles, close: float = CLOSE
) -> Any:
    """Where float64 gives what we have, to within close units, and float32 roughly so."""
    value, magnitude = doubles.value(known.tensor)
    near = np.abs(value - found) <= np.maximum(close * known.units(real), EXACT * magnitude)
    return near & (np.abs(value - real) <= ROUGH * magnitude)


def right_level(node: NodeProto, real: Any, found: Any, doubles: Doubles) -> Any:
    """Where float64 gives our level, or cannot tell, and float32 gives that or the next one."""
    scale, offset = unit(doubles.tensors, node)
    mine, theirs = (found - offset) / scale, np.rint((real - offset) / scale)
    low, middle, high = doubles.levels(node, TIE)
    lowest = np.minimum(np.minimum(low, high), middle) - CLOSE
    highest = np.maximum(np.maximum(low, high), middle) + CLOSE
    level = np.rint(mine)
    near = np.abs(level - theirs) <= (2 if np.all(np.abs(theirs) == 1) else 1)
    return (
        (lowest <= mine) & (mine <= highest) & (np.abs(mine - level) <= SAME * np.abs(level)) & near
    )
