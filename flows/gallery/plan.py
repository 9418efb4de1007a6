"""How each network of the gallery is built, and what of it is simulated."""

from dataclasses import dataclass

#: Clock of all, and the board of those that say no other.
BOARD, CLOCK_NS = "Pynq-Z2", 10.0


@dataclass(frozen=True)
class Plan:
    """target_fps: frames per second of the folding, at 100 MHz. layers: of the RTL simulation where
    a whole frame takes more than some minutes, None for all. pixel: whether the timing model says
    the clocks at one pixel a clock too, of networks that take pictures. board: one whose memories
    hold the weights."""

    target_fps: float
    layers: int | None = None
    pixel: bool = False
    board: str = BOARD


_FAMILIES = {
    "unsw": Plan(10_000),
    "jets": Plan(100_000),
    "kws": Plan(5_000),
    "vgg10": Plan(500),
    "tfc": Plan(10_000),
    "sfc": Plan(5_000),
    "lfc": Plan(1_000),
    "cnv": Plan(500, pixel=True),
    "resnet18": Plan(100, layers=3, pixel=True, board="ZCU111"),
    "mobilenet_v1_4w4a": Plan(10, layers=3, pixel=True, board="ZCU102"),
    "mobilenet_v1_quarter": Plan(200, layers=5, pixel=True),
    "espcn": Plan(50, layers=2, pixel=True),
    "lpyolo": Plan(30, layers=3, pixel=True),
    "unet": Plan(1_000, pixel=True),
}


def plan_of(name: str) -> Plan:
    """Of the first family that a network's name begins with; KeyError for one of none."""
    for family, plan in _FAMILIES.items():
        if name.startswith(family):
            return plan
    raise KeyError(name)
