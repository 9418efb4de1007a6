"""Parameters of a Gowin GW2A's rPLL for one output clock.

out = in / (IDIV_SEL + 1) * (FBDIV_SEL + 1), and the oscillator runs at out * ODIV_SEL. Limits of a
GW2AR-18 of speed C8/I7 from Gowin's DS226, as apicula's gowin_pll has them.
"""

from dataclasses import dataclass
from fractions import Fraction

from hw.errors import HardwareError

#: MHz: phase detector, oscillator, output.
PFD = (Fraction(3), Fraction(500))
VCO = (Fraction(500), Fraction(1250))
OUT = (Fraction(390625, 100000), Fraction(625))
MAX_DIVIDER = 64
OUTPUT_DIVIDERS = (2, 4, 8, 16, 32, 48, 64, 80, 96, 112, 128)


@dataclass(frozen=True)
class RPll:
    """One PLL. in_mhz, out_mhz: clocks. idiv, fbdiv, odiv: what its dividers divide by."""

    in_mhz: Fraction
    out_mhz: Fraction
    idiv: int
    fbdiv: int
    odiv: int

    def instance(self, clock_in: str, clock_out: str, locked: str) -> str:
        """SystemVerilog of the primitive between these wires."""
        parameters = {
            "FCLKIN": f'"{float(self.in_mhz):g}"',
            "IDIV_SEL": self.idiv - 1,
            "FBDIV_SEL": self.fbdiv - 1,
            "ODIV_SEL": self.odiv,
            "DEVICE": '"GW2AR-18C"',
            **{f"DYN_{name}_SEL": '"false"' for name in ("IDIV", "FBDIV", "ODIV")},
            "DYN_DA_EN": '"false"',
            "CLKFB_SEL": '"internal"',
        }
        zero = {"RESET": 1, "RESET_P": 1, "CLKFB": 1, "FBDSEL": 6, "IDSEL": 6, "ODSEL": 6}
        zero |= {"PSDA": 4, "DUTYDA": 4, "FDLY": 4}
        pins = {"CLKIN": clock_in, "CLKOUT": clock_out, "LOCK": locked}
        pins |= {name: f"{bits}'d0" for name, bits in zero.items()}
        return (
            "  rPLL #(\n"
            + ",\n".join(f"    .{name}({value})" for name, value in parameters.items())
            + "\n  ) i_pll (\n"
            + ",\n".join(f"    .{name}({value})" for name, value in pins.items())
            + "\n  );\n"
        )


def find_rpll(in_mhz: Fraction, wanted_mhz: Fraction) -> RPll:
    """The PLL whose output is the fastest that is no faster than wanted_mhz.

    Of several with the same output the one with the smallest dividers. HardwareError where nothing
    is within 10 % below the wish.
    """
    best: tuple[Fraction, int, RPll] | None = None
    for idiv in range(1, MAX_DIVIDER + 1):
        compared = in_mhz / idiv
        if not PFD[0] <= compared <= PFD[1]:
            continue
        fbdiv = min(int(wanted_mhz / compared), MAX_DIVIDER)
        out = compared * fbdiv
        for odiv in OUTPUT_DIVIDERS:
            if OUT[0] <= out <= OUT[1] and VCO[0] <= out * odiv <= VCO[1]:
                key = (out, -idiv)
                if best is None or key > best[:2]:
                    best = (*key, RPll(in_mhz, out, idiv, fbdiv, odiv))
    if best is None or best[0] < wanted_mhz * Fraction(9, 10):
        raise HardwareError(
            f"clock of {float(wanted_mhz):g} MHz: a PLL of a GW2AR makes nothing of "
            f"{float(in_mhz):g} MHz within 10 % below it; expected 30 to 600 MHz"
        )
    return best[2]
