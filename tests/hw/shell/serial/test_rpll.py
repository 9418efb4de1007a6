"""A GW2A's PLL parameters against the part's limits."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hw.errors import HardwareError
from hw.shell.serial.rpll import OUT, PFD, VCO, find_rpll


def test_clock_of_the_tang_nano():
    # 27 MHz / 6 * 11 = 49.5 MHz, the oscillator at 49.5 * 16 = 792 MHz
    pll = find_rpll(Fraction(27), Fraction(50))
    assert (pll.idiv, pll.fbdiv, pll.odiv, pll.out_mhz) == (6, 11, 16, Fraction(99, 2))
    text = pll.instance("clk_27mhz", "clk", "locked")
    for part in (".IDIV_SEL(5)", ".FBDIV_SEL(10)", ".ODIV_SEL(16)", '.FCLKIN("27")'):
        assert part in text
    assert ".CLKIN(clk_27mhz)" in text and ".CLKOUT(clk)" in text and ".LOCK(locked)" in text


@settings(max_examples=25)
@given(st.fractions(30, 600, max_denominator=1000))
def test_within_the_limits(wanted):
    pll = find_rpll(Fraction(27), wanted)
    assert Fraction(9, 10) * wanted <= pll.out_mhz <= wanted
    assert pll.out_mhz == pll.in_mhz / pll.idiv * pll.fbdiv
    assert PFD[0] <= pll.in_mhz / pll.idiv <= PFD[1]
    assert VCO[0] <= pll.out_mhz * pll.odiv <= VCO[1]
    assert OUT[0] <= pll.out_mhz <= OUT[1]


# 6.69: between 27 / 9 * 2, which is more than 10 % below, and 27 / 4
@pytest.mark.parametrize("wanted", [1, 6.69, 900])
def test_out_of_reach(wanted):
    with pytest.raises(HardwareError, match=f"clock of {wanted} MHz"):
        find_rpll(Fraction(27), Fraction(wanted))
