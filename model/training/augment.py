"""Augmentation of whole batches on the training device, boxes along with the pictures.

Each picture gets a window of its letterbox, scaled to the size of the step: zoom 0.4 to 2 with a
little change of proportions, at a random place or around one of its faces; some are mirrored. What
lies outside is grey. Colours get a random matrix (brightness, contrast, saturation, white balance,
sometimes grey alone), some noise, some blur. The result is rounded to 8 bits, as a camera's.

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
from model.quantizers import INPUT_STEP
from model.training.assign import ABSENT, FACE, IGNORED

LUMA = (0.299, 0.587, 0.114)
_DRAWS = 18


@dataclass(frozen=True)
class AugmentConfig:
    """How far pictures are changed."""

    zoom: tuple[float, float] = (0.4, 2.0)  # least and greatest scale, log-uniform between
    plain: float = 0.15  # share of pictures that keep scale and place
    focus: float = 0.6  # share of enlarged pictures whose window lies around a face
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


@dataclass(frozen=True, eq=False)
class Plan:
    """What happens to each picture of a batch. Windows are in pixels of the letterbox."""

    left: NDArray[np.float64]  # (B,)
    top: NDArray[np.float64]
    wide: NDArray[np.float64]
    high: NDArray[np.float64]
    flip: NDArray[np.bool_]
    level: NDArray[np.int64]  # pictures are sampled from their 2^level-fold reduction
    colour: NDArray[np.float64]  # (B, 3, 4): matrix and offset
    noise: NDArray[np.float64]  # standard deviations, (B,)


def draws(seed: int, epoch: int, count: int) -> NDArray[np.float64]:
    """The random numbers of all pictures of an epoch, (count, _DRAWS), uniform in [0, 1)."""
    return np.random.default_rng([seed, 1, epoch]).random((count, _DRAWS))


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
) -> Plan:
    """What happens to the pictures with random numbers u (B, _DRAWS) and boxes (B, M, 4).

    Args:
        size: of the letterboxes.
        target: of the network's input.
    """
    low, high = np.log(config.zoom)
    zoom = np.exp(low + (high - low) * u[:, 0])
    stretch = np.sqrt(_power(u[:, 1], config.aspect))
    plain = u[:, 2] < config.plain
    wide = np.where(plain, size, size / (zoom * stretch))
    tall = np.where(plain, size, size / (zoom / stretch))
    # around a face: one of those of the picture, somewhere in the middle of the window
    faces = (kinds == FACE).sum(axis=1)
    chosen = np.floor(u[:, 3] * np.maximum(faces, 1)).astype(np.int64)
    face_first = np.argsort(kinds != FACE, axis=1, kind="stable")
    rows = np.arange(len(u))
    box = boxes[rows, face_first[rows, chosen]].astype(np.float64)
    focused = (u[:, 4] < config.focus) & (faces > 0)

    def start(
        side: NDArray[np.float64], axis: int, where: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        anywhere = where * (size - side)
        centre = (box[:, axis] + box[:, axis + 2]) / 2
        around = centre - side * (0.2 + 0.6 * where)
        around = np.clip(around, np.minimum(0, size - side), np.maximum(0, size - side))
        return np.where(plain, 0.0, np.where(focused, around, anywhere))

    reduction = np.maximum(wide, tall) / target
    level = np.floor(np.log2(np.maximum(reduction, 1.0)) + 0.25).astype(np.int64)
    level = np.clip(level + (u[:, 8] < config.blur), 0, 2)
    return Plan(
        left=start(wide, 0, u[:, 5]),
        top=start(tall, 1, u[:, 6]),
        wide=wide,
        high=tall,
        flip=u[:, 7] < config.flip,
        level=level,
        colour=_colours(config, u),
        noise=config.noise * np.maximum(0.0, 2 * u[:, 9] - 1),
    )


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


def _window(pixels: Tensor, one: Plan, rows: NDArray[np.int64], target: int) -> Tensor:
    """The windows of some pictures (B, 3, S, S), scaled to target x target; grey is 0."""
    size = pixels.shape[-1]
    theta = np.zeros((len(rows), 2, 3))
    theta[:, 0, 0] = one.wide[rows] / size * np.where(one.flip[rows], -1, 1)
    theta[:, 1, 1] = one.high[rows] / size
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


def apply(pixels: Tensor, one: Plan, target: int, noise_seed: int) -> Tensor:
    """Pictures (B, 3, S, S) uint8 as the network's input (B, 3, target, target), pixel/256."""
    parts, order = [], []
    for level in np.unique(one.level):
        rows = np.flatnonzero(one.level == level)
        chosen = (
            pixels if len(rows) == len(pixels) else pixels[torch.from_numpy(rows).to(pixels.device)]
        )
        parts.append(_window(chosen, one, rows, target))
        order.append(rows)
    windows = torch.cat(parts)
    # put the pictures back into their order along with the colours
    back = torch.from_numpy(np.argsort(np.concatenate(order))).to(pixels.device)
    windows = windows[back] if len(parts) > 1 else windows
    colour = torch.from_numpy(one.colour.astype(np.float32)).to(pixels.device)
    flat = (windows + PADDING).flatten(2)
    mixed = torch.baddbmm(colour[:, :, 3:], colour[:, :, :3], flat).reshape(windows.shape)
    deviation = torch.from_numpy(one.noise.astype(np.float32)).to(pixels.device)
    generator = torch.Generator(device=pixels.device).manual_seed(noise_seed)
    grain = torch.randn(windows.shape, generator=generator, device=pixels.device)
    mixed = mixed.addcmul_(grain, deviation.reshape(-1, 1, 1, 1))
    return mixed.round_().clamp_(0, 255).mul_(INPUT_STEP)


def move_boxes(
    boxes: NDArray[np.float32],
    kinds: NDArray[np.int8],
    one: Plan,
    target: int,
    config: AugmentConfig,
) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Boxes (B, M, 4) and kinds (B, M) behind the augmentation, in pixels of the target.

    Boxes are clipped to the picture. A face that is too small or too little of which is left
    becomes a region to ignore; what lies outside is absent. Absent boxes at the end are cut off.
    """
    scale_x, scale_y = target / one.wide, target / one.high
    left = (boxes[..., 0] - one.left[:, None]) * scale_x[:, None]
    right = (boxes[..., 2] - one.left[:, None]) * scale_x[:, None]
    flip = one.flip[:, None]
    x0, x1 = np.where(flip, target - right, left), np.where(flip, target - left, right)
    y0 = (boxes[..., 1] - one.top[:, None]) * scale_y[:, None]
    y1 = (boxes[..., 3] - one.top[:, None]) * scale_y[:, None]
    moved = np.stack([x0, y0, x1, y1], axis=-1)
    clipped = np.clip(moved, 0, target)
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
