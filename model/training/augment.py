"""Augmentation of whole batches on the training device, boxes along with the pictures.

Each picture gets a window of its letterbox, scaled to the input or to its tile of a mosaic
(`mosaic`), with a little change of proportions; some are mirrored, some tilted. What lies outside
is grey. Most
pictures with faces are scaled so that one of them gets a size that is drawn: 10 to 500 pixels, all
alike in the logarithm, as far as picture and input allow. The others have a zoom of 0.4 to 2, at a
random place or around a face. Colours get a random matrix (brightness, contrast, saturation,
white balance, sometimes grey alone), some noise, some blur. The result is rounded to 8 bits, as a
camera's.

All random numbers are functions of (seed, epoch, index of the picture), drawn on the CPU: the same
on every machine, for any number of GPUs, and for a resumed run.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from model.detection.letterbox import PADDING
from model.errors import ModelError
from model.quantizers import INPUT_STEP
from model.training.assign import ABSENT, FACE, IGNORED
from model.training.mosaic import Numbers, Tiles, assemble

LUMA = (0.299, 0.587, 0.114)
DRAWS = 20
"""Random numbers of a picture. The last two have a generator of their own: they came later."""

GREATEST_LEVEL = 3


@dataclass(frozen=True)
class AugmentConfig:
    """How far pictures are changed."""

    zoom: tuple[float, float] = (0.4, 2.0)  # least and greatest scale, log-uniform between
    plain: float = 0.15  # share of pictures alone that keep scale and place
    scale: float = 0.7  # share of the others that have a face which is scaled to a drawn size
    faces: tuple[float, float] = (10.0, 500.0)  # least and greatest such size, pixels
    enlarge: float = 3.0  # greatest scale of a picture for it
    cover: float = 0.6  # least share of input or tile that a picture is as wide or as high as
    mosaic: tuple[float, float] = (0.15, 0.1)  # shares of inputs of 2 x 2 and 4 x 4 pictures
    focus: float = 0.6  # share of enlarged pictures whose window lies around a face
    rotated: float = 0.25  # share of pictures that are tilted
    tilt: float = 25.0  # greatest angle to either side, degrees
    aspect: float = 1.15  # greatest change of width over height
    flip: float = 0.5
    brightness: float = 40.0  # of 255, up and down
    contrast: float = 1.5  # greatest factor, and its inverse the least
    saturation: float = 1.6
    balance: float = 1.2  # greatest factor of a single colour
    grey: float = 0.1  # share of grey pictures
    blur: float = 0.1  # share of pictures that are sampled at half their resolution
    noise: float = 6.0  # greatest standard deviation, of 255
    least_share: float = 0.4  # of a face that must be visible; otherwise it is ignored
    least_side: float = 6.0  # pixels; smaller faces are ignored

    def check(self) -> None:
        """Refuse what no picture can be changed by."""
        for name in ("zoom", "faces"):
            values = getattr(self, name)
            if len(values) != 2 or not 0 < values[0] <= values[1]:
                raise ModelError(f"{name} is {values}; expected least,greatest of more than 0")
        if len(self.mosaic) != 2 or min(self.mosaic) < 0 or sum(self.mosaic) > 1:
            raise ModelError(
                f"mosaic is {self.mosaic}; expected shares of 2 x 2 and of 4 x 4, 1 at most in all"
            )
        for name in ("enlarge", "cover"):
            if getattr(self, name) <= 0:
                raise ModelError(f"{name} is {getattr(self, name)}; expected more than 0")


@dataclass(frozen=True, eq=False)
class Plan:
    """The changes to each picture of a batch. Windows are in pixels of the letterbox."""

    left: NDArray[np.float64]  # (B,)
    top: NDArray[np.float64]
    wide: NDArray[np.float64]
    high: NDArray[np.float64]
    side: Numbers  # of what it is scaled to: input or tile
    flip: NDArray[np.bool_]
    angle: NDArray[np.float64]  # clockwise, radians, around the middle of the window
    level: NDArray[np.int64]  # pictures are sampled from their 2^level-fold reduction
    colour: NDArray[np.float64]  # (B, 3, 4): matrix and offset
    noise: NDArray[np.float64]  # standard deviations, (B,)


def draws(seed: int, epoch: int, count: int) -> NDArray[np.float64]:
    """The random numbers of all pictures of an epoch, (count, DRAWS), uniform in [0, 1)."""
    first = np.random.default_rng([seed, 1, epoch]).random((count, DRAWS - 2))
    return np.append(first, np.random.default_rng([seed, 9, epoch]).random((count, 2)), axis=1)


def _power(u: NDArray[np.float64], greatest: float) -> NDArray[np.float64]:
    """Log-uniform between 1/greatest and greatest."""
    result: NDArray[np.float64] = np.exp((2 * u - 1) * np.log(greatest))
    return result


def plan(
    config: AugmentConfig,
    u: NDArray[np.float64],
    boxes: NDArray[np.float32],
    kinds: NDArray[np.int8],
    size: int,
    target: int,
    side: Numbers | None = None,
) -> Plan:
    """The changes to the pictures by random numbers u (B, DRAWS) and boxes (B, M, 4).

    Args:
        size: of the letterboxes.
        target: of the network's input.
        side: of the tile that each picture is scaled to, (B,); none: the input.
    """
    side = np.full(len(u), target) if side is None else side
    low, high = np.log(config.zoom)
    zoom = np.exp(low + (high - low) * u[:, 0])
    stretch = np.sqrt(_power(u[:, 1], config.aspect))
    plain = (u[:, 2] < config.plain) & (side == target)
    # around a face: one of those of the picture, somewhere in the middle of the window
    faces = (kinds == FACE).sum(axis=1)
    chosen = np.floor(u[:, 3] * np.maximum(faces, 1)).astype(np.int64)
    face_first = np.argsort(kinds != FACE, axis=1, kind="stable")
    rows = np.arange(len(u))
    box = boxes[rows, face_first[rows, chosen]].astype(np.float64)
    scaled = (u[:, 17] < config.scale) & (faces > 0)
    focused = (u[:, 4] < config.focus) & (faces > 0) | scaled
    old, new = _scaled(config, box, u[:, 0], size, side)
    zoom = np.where(scaled, new / old * size / side, zoom)
    wide = np.where(plain, size, size / (zoom * stretch))
    tall = np.where(plain, size, size / (zoom / stretch))
    # of the window, how near its edge the face's centre may lie; a drawn face is mostly whole
    margin = np.where(scaled, np.minimum(0.5, 0.45 * new / side + 0.02), 0.2)

    def start(
        length: NDArray[np.float64], axis: int, where: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        anywhere = where * (size - length)
        centre = (box[:, axis] + box[:, axis + 2]) / 2
        around = centre - length * (margin + (1 - 2 * margin) * where)
        around = np.clip(around, np.minimum(0, size - length), np.maximum(0, size - length))
        return np.where(plain, 0.0, np.where(focused, around, anywhere))

    reduction = np.maximum(wide, tall) / side
    level = np.floor(np.log2(np.maximum(reduction, 1.0)) + 0.25).astype(np.int64)
    level = np.clip(level + (u[:, 8] < config.blur), 0, GREATEST_LEVEL)
    return Plan(
        left=start(wide, 0, u[:, 5]),
        top=start(tall, 1, u[:, 6]),
        wide=wide,
        high=tall,
        side=side,
        flip=u[:, 7] < config.flip,
        angle=np.where((u[:, 18] < config.rotated) & ~plain, (2 * u[:, 19] - 1), 0.0)
        * np.radians(config.tilt),
        level=level,
        colour=_colours(config, u),
        noise=config.noise * np.maximum(0.0, 2 * u[:, 9] - 1),
    )


def _scaled(
    config: AugmentConfig,
    box: NDArray[np.float64],
    u: NDArray[np.float64],
    size: int,
    side: Numbers,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Size of the faces (B, 4) now, and the one that is drawn, in pixels: roots of areas."""
    old = np.sqrt(np.maximum((box[:, 2:] - box[:, :2]).prod(axis=1), 1.0))
    least = np.maximum(config.faces[0], old * side / size * config.cover)
    most = np.minimum(config.faces[1], np.minimum(0.95 * side, old * config.enlarge))
    new = np.minimum(least, most) * np.maximum(most / least, 1.0) ** u
    return old, new


def _colours(config: AugmentConfig, u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Matrix and offset (B, 3, 4) of the colours."""
    contrast = _power(u[:, 10], config.contrast)
    saturation = np.where(u[:, 11] < config.grey, 0.0, _power(u[:, 12], config.saturation))
    gains = _power(u[:, 13:16], config.balance)
    brightness = (2 * u[:, 16] - 1) * config.brightness
    saturate = saturation[:, None, None] * np.eye(3) + (1 - saturation)[:, None, None] * LUMA
    matrix = gains[:, :, None] * contrast[:, None, None] * saturate
    offset = (1 - contrast) * PADDING + brightness
    return np.concatenate([matrix, np.broadcast_to(offset[:, None, None], (len(u), 3, 1))], axis=2)


def _window(pixels: Tensor, one: Plan, rows: Numbers) -> Tensor:
    """The windows of some pictures (B, 3, S, S) of one level, scaled to one side; grey is 0."""
    target = int(one.side[rows[0]])
    size = pixels.shape[-1]
    theta = np.zeros((len(rows), 2, 3))
    scale_x = one.wide[rows] / size * np.where(one.flip[rows], -1, 1)
    scale_y = one.high[rows] / size
    cosine, sine = np.cos(one.angle[rows]), np.sin(one.angle[rows])
    theta[:, 0, 0], theta[:, 0, 1] = scale_x * cosine, scale_x * sine
    theta[:, 1, 0], theta[:, 1, 1] = -scale_y * sine, scale_y * cosine
    theta[:, 0, 2] = 2 * (one.left[rows] + one.wide[rows] / 2) / size - 1
    theta[:, 1, 2] = 2 * (one.top[rows] + one.high[rows] / 2) / size - 1
    transform = torch.from_numpy(theta.astype(np.float32)).to(pixels.device)
    values = pixels.float() - PADDING
    level = int(one.level[rows[0]])
    if level:
        values = functional.avg_pool2d(values, 2**level)
    grid = functional.affine_grid(transform, [len(rows), 3, target, target], align_corners=False)
    return functional.grid_sample(
        values, grid, mode="bilinear", padding_mode="zeros", align_corners=False
    )


def apply(
    pixels: Tensor, one: Plan, target: int, noise_seed: int, tiles: Tiles | None = None
) -> Tensor:
    """Pictures (B, 3, S, S) uint8 as the network's input (B, 3, target, target), pixel/256.

    tiles: what the plan's rows are, if there are mosaics; none: a row is a picture alone.
    """
    generator = torch.Generator(device=pixels.device).manual_seed(noise_seed)
    parts = []
    groups = one.side * (GREATEST_LEVEL + 1) + one.level
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        shown = rows if tiles is None else tiles.picture[rows]
        same = np.array_equal(shown, np.arange(len(pixels)))
        chosen = pixels if same else pixels[torch.from_numpy(shown).to(pixels.device)]
        parts.append((rows, _window(chosen, one, rows)))
    sides = np.unique(one.side)
    finished = []
    for side in sides:
        same_side = [part for part in parts if one.side[part[0][0]] == side]
        rows = np.concatenate([numbers for numbers, _ in same_side])
        windows = torch.cat([part for _, part in same_side])
        back = np.argsort(rows)
        windows = windows[torch.from_numpy(back).to(pixels.device)]
        finished.append((rows[back], _developed(windows, one, rows[back], generator)))
    if len(finished) == 1 and len(one.side) == len(pixels):
        return finished[0][1]
    assert tiles is not None
    return assemble(tiles, finished, len(pixels), target)


def _developed(windows: Tensor, one: Plan, rows: Numbers, generator: torch.Generator) -> Tensor:
    """Windows (B, 3, S, S) with their colours and noise, as 8-bit pixels / 256."""
    colour = torch.from_numpy(one.colour[rows].astype(np.float32)).to(windows.device)
    flat = (windows + PADDING).flatten(2)
    mixed = torch.baddbmm(colour[:, :, 3:], colour[:, :, :3], flat).reshape(windows.shape)
    deviation = torch.from_numpy(one.noise[rows].astype(np.float32)).to(windows.device)
    grain = torch.randn(windows.shape, generator=generator, device=windows.device)
    mixed = mixed.addcmul_(grain, deviation.reshape(-1, 1, 1, 1))
    return mixed.round_().clamp_(0, 255).mul_(INPUT_STEP)


def _tilted(boxes: NDArray[np.float64], one: Plan) -> NDArray[np.float64]:
    """Boxes (B, M, 4) around the tilted ellipses that filled them: heads are nearer to these."""
    if not one.angle.any():
        return boxes
    cosine, sine = np.cos(one.angle)[:, None], np.sin(one.angle)[:, None]
    middle = one.side[:, None] / 2
    x = (boxes[..., 0] + boxes[..., 2]) / 2 - middle
    y = (boxes[..., 1] + boxes[..., 3]) / 2 - middle
    wide, high = (boxes[..., 2] - boxes[..., 0]) / 2, (boxes[..., 3] - boxes[..., 1]) / 2
    reach_x = np.hypot(wide * cosine, high * sine)
    reach_y = np.hypot(wide * sine, high * cosine)
    x, y = x * cosine - y * sine + middle, x * sine + y * cosine + middle
    return np.stack([x - reach_x, y - reach_y, x + reach_x, y + reach_y], axis=-1)


def move_boxes(
    boxes: NDArray[np.float32],
    kinds: NDArray[np.int8],
    one: Plan,
    config: AugmentConfig,
) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Boxes (B, M, 4) and kinds (B, M) behind the augmentation, in pixels of input or tile.

    Boxes are clipped to it. A face that is too small or too little of which is left
    becomes a region to ignore; what lies outside is absent. Absent boxes at the end are cut off.
    """
    scale_x, scale_y = one.side / one.wide, one.side / one.high
    target = one.side[:, np.newaxis].astype(np.float64)
    left = (boxes[..., 0] - one.left[:, None]) * scale_x[:, None]
    right = (boxes[..., 2] - one.left[:, None]) * scale_x[:, None]
    flip = one.flip[:, None]
    x0, x1 = np.where(flip, target - right, left), np.where(flip, target - left, right)
    y0 = (boxes[..., 1] - one.top[:, None]) * scale_y[:, None]
    y1 = (boxes[..., 3] - one.top[:, None]) * scale_y[:, None]
    moved = _tilted(np.stack([x0, y0, x1, y1], axis=-1), one)
    clipped = np.clip(moved, 0, target[..., np.newaxis])
    sides = clipped[..., 2:] - clipped[..., :2]
    whole = (moved[..., 2:] - moved[..., :2]).prod(axis=-1)
    visible = sides.prod(axis=-1) / np.maximum(whole, 1e-9)
    seen = (visible >= config.least_share) & (sides.min(axis=-1) >= config.least_side)
    new = np.where((kinds == FACE) & ~seen, IGNORED, kinds)
    new = np.where(sides.prod(axis=-1) <= 0, ABSENT, new)
    clipped = np.where((new == ABSENT)[..., None], 0.0, clipped)
    order = np.argsort(new == ABSENT, axis=1, kind="stable")
    most = max(1, int((new != ABSENT).sum(axis=1).max(initial=0)))
    order = order[:, :most]
    return (
        np.take_along_axis(clipped, order[..., None], axis=1).astype(np.float32),
        np.take_along_axis(new, order, axis=1).astype(np.int8),
    )
