"""An ECP5's PLL parameters against the part's limits and ecppll's choice."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.errors import HardwareError
from hw.shell.serial.pll import PFD, VCO, find_pll


def test_ecppll_chooses_the_same():
    # yowasp-ecppll -i 25 -o 50: CLKI_DIV 1, CLKOP_DIV 12, CLKOP_CPHASE 5, CLKFB_DIV 2
    pll = find_pll(Fraction(25), Fraction(50))
    assert (pll.clki_div, pll.clkop_div, pll.cphase, pll.clkfb_div) == (1, 12, 5, 2)
    text = pll.instance("clk_25mhz", "clk", "locked")
    assert ".CLKOP_DIV(12)" in text and ".CLKFB(clk)" in text and ".LOCK(locked)" in text


@given(st.fractions(32, 400, max_denominator=1000))
def test_within_the_limits(wanted):
    pll = find_pll(Fraction(25), wanted)
    assert Fraction(9, 10) * wanted <= pll.out_mhz <= wanted
    assert pll.out_mhz == pll.in_mhz / pll.clki_div * pll.clkfb_div
    assert PFD[0] <= pll.in_mhz / pll.clki_div <= PFD[1]
    assert VCO[0] <= pll.out_mhz * pll.clkop_div <= VCO[1]


@pytest.mark.parametrize("wanted", [1, 900])
def test_out_of_reach(wanted):
    with pytest.raises(HardwareError, match=f"clock of {wanted} MHz"):
        find_pll(Fraction(25), Fraction(wanted))
