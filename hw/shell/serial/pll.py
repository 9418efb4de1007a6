"""Parameters of an ECP5's EHXPLLL for one output clock, as Project Trellis' ecppll chooses them.

The feedback comes from the output (CLKOP), so out = in / CLKI_DIV * CLKFB_DIV, and the oscillator
runs at out * CLKOP_DIV. Limits from Lattice's FPGA-DS-02012, sysCLOCK PLL timing.
"""

from dataclasses import dataclass
from fractions import Fraction

from hw.errors import HardwareError

#: MHz: phase detector and oscillator.
PFD = (Fraction(3125, 1000), Fraction(400))
VCO = (Fraction(400), Fraction(800))
VCO_MIDDLE = Fraction(600)
MAX_DIVIDER = 128


@dataclass(frozen=True)
class Pll:
    """One PLL. in_mhz, out_mhz: clocks. The dividers as the primitive names them."""

    in_mhz: Fraction
    out_mhz: Fraction
    clki_div: int
    clkfb_div: int
    clkop_div: int

    @property
    def cphase(self) -> int:
        """CLKOP_CPHASE for no shift: the rising edges of both clocks coincide."""
        return self.clkop_div // 2 - 1 if self.clkop_div > 1 else 0

    def instance(self, clock_in: str, clock_out: str, locked: str) -> str:
        """SystemVerilog of the primitive between these wires."""
        attributes = (
            f'(* FREQUENCY_PIN_CLKI="{float(self.in_mhz):g}" *)\n'
            f'  (* FREQUENCY_PIN_CLKOP="{float(self.out_mhz):g}" *)\n'
            '  (* ICP_CURRENT="12" *) (* LPF_RESISTOR="8" *)\n'
            '  (* MFG_ENABLE_FILTEROPAMP="1" *) (* MFG_GMCREF_SEL="2" *)'
        )
        parameters = {
            "PLLRST_ENA": '"DISABLED"',
            "INTFB_WAKE": '"DISABLED"',
            "STDBY_ENABLE": '"DISABLED"',
            "DPHASE_SOURCE": '"DISABLED"',
            "OUTDIVIDER_MUXA": '"DIVA"',
            "CLKI_DIV": self.clki_div,
            "CLKOP_ENABLE": '"ENABLED"',
            "CLKOP_DIV": self.clkop_div,
            "CLKOP_CPHASE": self.cphase,
            "CLKOP_FPHASE": 0,
            "FEEDBK_PATH": '"CLKOP"',
            "CLKFB_DIV": self.clkfb_div,
        }
        pins = {"RST": "1'b0", "STDBY": "1'b0", "CLKI": clock_in, "CLKOP": clock_out}
        pins |= {"CLKFB": clock_out, "PHASESEL0": "1'b0", "PHASESEL1": "1'b0", "PHASEDIR": "1'b1"}
        pins |= {"PHASESTEP": "1'b1", "PHASELOADREG": "1'b1", "PLLWAKESYNC": "1'b0"}
        pins |= {"ENCLKOP": "1'b0", "LOCK": locked}
        return (
            f"  {attributes}\n  EHXPLLL #(\n"
            + ",\n".join(f"    .{name}({value})" for name, value in parameters.items())
            + "\n  ) i_pll (\n"
            + ",\n".join(f"    .{name}({value})" for name, value in pins.items())
            + "\n  );\n"
        )


def find_pll(in_mhz: Fraction, wanted_mhz: Fraction) -> Pll:
    """The PLL whose output is the fastest that is no faster than wanted_mhz.

    Of several with the same output the one whose oscillator is nearest to 600 MHz. HardwareError
    where nothing is within 10 % below the wish.
    """
    best: tuple[Fraction, Fraction, Pll] | None = None
    for clki_div in range(1, MAX_DIVIDER + 1):
        compared = in_mhz / clki_div
        if not PFD[0] <= compared <= PFD[1]:
            continue
        clkfb_div = min(int(wanted_mhz / compared), MAX_DIVIDER)
        if clkfb_div < 1:
            continue
        out = compared * clkfb_div
        for clkop_div in range(1, MAX_DIVIDER + 1):
            vco = out * clkop_div
            if VCO[0] <= vco <= VCO[1]:
                key = (out, -abs(vco - VCO_MIDDLE))
                if best is None or key > best[:2]:
                    best = (*key, Pll(in_mhz, out, clki_div, clkfb_div, clkop_div))
    if best is None or best[0] < wanted_mhz * Fraction(9, 10):
        raise HardwareError(
            f"clock of {float(wanted_mhz):g} MHz: a PLL of an ECP5 makes nothing of "
            f"{float(in_mhz):g} MHz within 10 % below it; expected 32 to 400 MHz"
        )
    return best[2]
