"""Who stands in the picture: the random choices that make one head unlike another."""

from dataclasses import dataclass

import numpy as np

from model.scenes.exact import Field, Random, f32, linear, mix

# Display colours from the lightest to the darkest human skin.
SKIN = [
    (250, 224, 208), (240, 206, 184), (230, 188, 160), (214, 168, 136), (196, 146, 110),
    (172, 122, 88), (145, 98, 68), (116, 76, 53), (88, 57, 41), (62, 41, 32),
]  # fmt: skip
HAIR = [
    (22, 19, 18), (35, 27, 23), (55, 38, 28), (82, 55, 36), (112, 76, 46), (150, 112, 66),
    (196, 160, 104), (222, 196, 150), (120, 52, 28), (150, 150, 150), (225, 222, 218),
]  # fmt: skip
IRIS = [(52, 32, 20), (80, 50, 28), (70, 100, 120), (90, 110, 80), (105, 120, 135), (30, 22, 18)]
CLOTH = [
    (235, 235, 232), (32, 34, 42), (60, 66, 84), (140, 30, 34), (30, 60, 130), (210, 180, 120),
    (40, 90, 60), (226, 110, 40), (120, 120, 126), (90, 60, 110), (240, 200, 60), (20, 20, 22),
]  # fmt: skip


@dataclass
class Person:
    """One head's looks; lengths in half head heights, colours as light."""

    skin: Field
    darkness: float  # of the skin: 0 lightest, 1 darkest
    hair: Field
    iris: Field
    male: bool
    age: float  # 0 child, 1 old
    width: float  # of the face against the mean
    jaw: float  # width of the jaw, 0 narrow to 1 square
    chin: float  # longer or shorter chin
    nose_width: float
    nose_length: float
    nose_height: float
    eye_size: float
    eye_gap: float  # distance of an eye's middle from the midline
    eye_tilt: float
    brow_height: float
    brow_weight: float
    lip_weight: float
    mouth_width: float
    smile: float  # -0.4 sad to 1 laughing
    mouth_open: float  # 0 shut to 1 shouting
    teeth: bool
    eyes_open: float
    brow_raise: float
    gaze: tuple[float, float]
    makeup: float
    beard: str  # none, stubble, moustache, goatee, full
    glasses: str  # none, thin, thick, sun
    cover: str  # the hair or hat, a name of model.scenes.hair
    hat: Field  # the hat's colour
    freckles: float
    mask: bool  # a surgical mask over nose and mouth
    oil: float  # how much the skin shines


def _between(rng: Random, low: float, high: float) -> float:
    return float(low + (high - low) * rng.random())


def ramp(colours: list[tuple[int, int, int]], place: float) -> Field:
    """The colour at a place from 0 (first) to 1 (last) of a list, as light."""
    at = min(max(place, 0.0), 0.9999) * (len(colours) - 1)
    low = int(at)
    return mix(linear(f32(colours[low])), linear(f32(colours[low + 1])), at - low)


def any_colour(rng: Random, saturation: float = 1.0) -> Field:
    """A colour of cloth or paint, as light."""
    if rng.random() < 0.5:
        base = f32(CLOTH[int(rng.integers(len(CLOTH)))]) + f32(rng.normal(0, 12, 3))
    else:
        base = f32(rng.uniform(15, 245, 3))
    grey = f32(base.mean(dtype=np.float64))
    return linear(np.clip(grey + (base - grey) * f32(saturation), 4, 250))


def _hair_colour(rng: Random, darkness: float, age: float) -> Field:
    if age > 0.65 and rng.random() < 0.75:
        return linear(f32(_between(rng, 110, 232)) + f32([3, 1, -3]))
    if rng.random() < 0.04:
        return any_colour(rng)
    # dark skin rarely goes with light hair
    last = 10 if darkness < 0.35 else 4
    first = HAIR[int(rng.integers(last) if rng.random() < 0.75 else rng.integers(3))]
    return linear(np.clip(f32(first) * f32(_between(rng, 0.75, 1.25)), 8, 240))


def _beard(rng: Random, male: bool, age: float) -> str:
    if not male or age < 0.18:
        return "none"
    return str(rng.choice(["none", "stubble", "moustache", "goatee", "full"],
                          p=[0.52, 0.19, 0.07, 0.08, 0.14]))  # fmt: skip


def _cover(rng: Random, male: bool, age: float) -> str:
    if rng.random() < 0.2:
        return str(rng.choice(["cap", "beanie", "helmet", "scarf", "brim", "turban", "hood"]))
    if not male:
        return str(rng.choice(["long", "bob", "bun", "curls", "fringe", "short", "puff"],
                              p=[0.3, 0.2, 0.13, 0.1, 0.13, 0.1, 0.04]))  # fmt: skip
    if age > 0.5 and rng.random() < 0.35:
        return str(rng.choice(["bald", "receding"]))
    return str(rng.choice(["short", "crop", "fringe", "bald", "curls", "long", "receding"],
                          p=[0.42, 0.25, 0.11, 0.06, 0.07, 0.03, 0.06]))  # fmt: skip


def draw_person(rng: Random) -> Person:
    """A person at random, over the whole human range."""
    darkness = float(rng.random()) ** 1.4
    skin = ramp(SKIN, darkness)
    hue = float(rng.normal(0, 0.045))
    skin = skin * f32([1 + hue, 1 + 0.2 * float(rng.normal(0, 0.05)), 1 - hue])
    skin = skin * f32(_between(rng, 0.88, 1.1))
    male = bool(rng.random() < 0.5)
    age = float(rng.beta(1.6, 2.0))
    child = max(0.0, 0.18 - age) / 0.18
    mood = rng.random()
    smile = _between(rng, 0.45, 1.0) if mood < 0.45 else _between(rng, -0.35, 0.4)
    shout = rng.random() < 0.13
    return Person(
        skin=skin,
        darkness=darkness,
        hair=_hair_colour(rng, darkness, age),
        iris=linear(IRIS[int(rng.integers(2 if darkness > 0.4 else len(IRIS)))]),
        male=male,
        age=age,
        width=_between(rng, 0.9, 1.12) + 0.06 * child,
        jaw=min(1.0, max(0.0, float(rng.normal(0.6 if male else 0.38, 0.2)))),
        chin=float(rng.normal(0.02 if male else -0.01, 0.03)) - 0.05 * child,
        nose_width=float(np.clip(rng.normal(1.0 + 0.22 * darkness, 0.13), 0.7, 1.6)),
        nose_length=float(np.clip(rng.normal(1.0, 0.07), 0.8, 1.2)) - 0.1 * child,
        nose_height=float(np.clip(rng.normal(1.0, 0.2), 0.5, 1.5)) * (1 - 0.3 * child),
        eye_size=_between(rng, 0.95, 1.25) * (1.0 if male else 1.07) + 0.15 * child,
        eye_gap=_between(rng, 0.285, 0.325),
        eye_tilt=float(rng.normal(0.015, 0.025)),
        brow_height=_between(rng, -0.025, 0.025) + (0.0 if male else 0.015),
        brow_weight=_between(rng, 0.55, 1.25) * (1.15 if male else 0.8),
        lip_weight=_between(rng, 0.7, 1.2) * (0.9 if male else 1.15) * (1 + 0.3 * darkness),
        mouth_width=_between(rng, 0.88, 1.14),
        smile=smile,
        mouth_open=_between(rng, 0.4, 1.0) if shout else _between(rng, 0, 0.2) ** 1.5 * 2,
        teeth=bool(smile > 0.4 and rng.random() < 0.75),
        eyes_open=_between(rng, 0.7, 1.1) if rng.random() < 0.9 else _between(rng, 0.0, 0.5),
        brow_raise=float(rng.normal(0, 0.02)),
        gaze=(float(rng.normal(0, 0.25)), float(rng.normal(0, 0.15))),
        makeup=0.0 if male else max(0.0, _between(rng, -0.6, 1.0)),
        beard=_beard(rng, male, age),
        glasses=str(rng.choice(["none", "thin", "thick", "sun"], p=[0.76, 0.1, 0.07, 0.07])),
        cover=_cover(rng, male, age),
        hat=any_colour(rng),
        freckles=max(0.0, _between(rng, -2.0, 1.0)),
        mask=bool(rng.random() < 0.03),
        oil=_between(rng, 0.15, 1.0),
    )
