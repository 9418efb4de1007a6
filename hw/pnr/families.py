"""The families whose bitstream is made by tools of PyPI alone."""

from hw.pnr.ecp5 import Ecp5
from hw.pnr.family import Family
from hw.pnr.gowin import Gowin

#: By the name that boards have it by.
FAMILIES: dict[str, Family] = {family.name: family for family in (Ecp5(), Gowin())}
