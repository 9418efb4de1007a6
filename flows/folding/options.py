"""The ways to fold one operator, or a layer's parts, with estimated costs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hw.ops.base import Operator, Role
from hw.ops.registry import the_one
from hw.synth.cost.features import Contents
from hw.synth.cost.model import CostModel

#: What a flip-flop and an RAMB18 count beside a LUT: enough that none is taken for next to nothing.
FF_PRICE, BRAM18_PRICE = 0.02, 24.0

#: What a DSP slice counts: little, for they stand idle otherwise, and more each time that a folding
#: takes more of them than the part has.
DSP_PRICES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 96.0, 128.0, 192.0, 256.0, 1e6)

#: Attributes by node name.
Settings = dict[str, dict[str, int | str]]


@dataclass(frozen=True)
class Option:
    """One way to fold a stage.

    width_in, width_out: bits of its streams. clocks: that a frame takes. lut, ff, bram18, dsp:
    estimates. settings: attributes to set. further_in: bits of the inputs behind the first.
    """

    width_in: int
    width_out: int
    clocks: int
    lut: float
    ff: float
    bram18: int
    settings: Settings
    further_in: tuple[int, ...] = ()
    dsp: int = 0

    def width_of(self, port: int) -> int:
        """Bits of an input."""
        return self.further_in[port - 1] if port else self.width_in

    @property
    def price(self) -> float:
        """The figure that is minimized, but for DSP slices: LUTs, and the others at their price."""
        return price(self.lut, self.ff, self.bram18)


def price(lut: float, ff: float, bram18: int) -> float:
    """LUTs, and flip-flops and RAMB18 at their price in LUTs."""
    return lut + FF_PRICE * ff + BRAM18_PRICE * bram18


@dataclass(frozen=True)
class Pricer:
    """Costs of operators as they are set, by the fitted models; contents by node name."""

    model: CostModel
    contents: Mapping[str, Contents | None]
    _converters: dict[tuple[int, int], tuple[float, float]] = field(default_factory=dict)

    def option(self, op: Operator, settings: dict[str, int | str]) -> Option:
        """The option of an operator whose attributes are set to settings."""
        cost = self.model.of(op, self.contents[op.name])
        return Option(
            int(op.get_instream_width()),
            int(op.get_outstream_width()),
            int(op.get_exp_cycles()),
            cost.lut,
            cost.ff,
            cost.bram18,
            {op.name: settings},
            tuple(int(op.get_instream_width(port)) for port in range(1, op.stream_inputs())),
            cost.dsp,
        )

    def set(self, op: Operator, settings: dict[str, int | str]) -> Option:
        """The option of an operator that these settings are set on."""
        for name, value in settings.items():
            op.set_nodeattr(name, value)
        return self.option(op, settings)

    def converter(self, first: int, last: int) -> tuple[float, float]:
        """LUTs and flip-flops of a width converter; (0, 0) between equal widths."""
        if first == last:
            return 0.0, 0.0
        if (first, last) not in self._converters:
            converter = the_one(Role.CONVERTER)
            features = converter.abstract.inserted(first, last)
            self._converters[first, last] = self.model.weigh(converter.kind, features)
        return self._converters[first, last]

    def fifo(self, depth: int, width: int) -> tuple[float, float]:
        """LUTs and flip-flops of a FIFO in LUT RAM."""
        fifo = the_one(Role.FIFO)
        return self.model.weigh(fifo.kind, fifo.abstract.inserted(width, width, depth))


def pareto(options: Iterable[Option]) -> list[Option]:
    """Those of options that no other is at least as good as, in price, RAMB18 and DSP slices."""
    best: list[Option] = []
    least: dict[int, int] = {}  # RAMB18 of the best so far, by DSP slices
    for option in sorted(options, key=lambda o: (o.price, o.bram18, o.dsp)):
        if all(option.bram18 < blocks for dsp, blocks in least.items() if dsp <= option.dsp):
            best.append(option)
            least[option.dsp] = option.bram18
    return best
