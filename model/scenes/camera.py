"""A camera: lens, exposure, sensor and JPEG, applied to light."""

import io

import numpy as np
from PIL import Image, ImageFilter

from model.scenes.exact import Field, Random, f32, grid, noise


def _defocus(light: Field, radius: float) -> Field:
    """Blur in display values, which Pillow does fast and in integers."""
    shown = (np.sqrt(np.clip(light * f32(0.5), 0, 1)) * f32(255) + f32(0.5)).astype(np.uint8)
    shown = np.asarray(Image.fromarray(shown).filter(ImageFilter.GaussianBlur(radius)))
    values = shown.astype(np.float32) * f32(1 / 255)
    return values * values * f32(2)


def _motion(image: Field, rng: Random) -> Field:
    """Smear along a line of a few pixels."""
    length = int(rng.integers(2, 9))
    dx, dy = float(rng.uniform(-1, 1)), float(rng.uniform(-1, 1)) * 0.6
    total = np.zeros_like(image)
    for index in range(length):
        total += np.roll(image, (round(dy * index), round(dx * index)), axis=(0, 1))
    return total * f32(1 / length)


def _tone(values: Field, contrast: float) -> Field:
    """A curve from 0 to 1: S-shaped above contrast 0, flat below."""
    curve = values * values * (f32(3) - f32(2) * values)
    return values + (curve - values) * f32(contrast)


def _develop(light: Field, gain: Field, haze: float, contrast: float) -> Field:
    """Light to display values, 0 to 1: gain by channel, haze, highlights that roll off, contrast.

    Each channel is a curve, so that it is worked out for 4,096 levels and looked up.
    """
    levels = np.arange(4096, dtype=np.float32) * f32(2 / 4095)
    at = (np.sqrt(np.clip(light, 0, 4)) * f32(4095 / 2)).astype(np.int32)
    image = np.empty_like(light)
    for channel in range(3):
        curve = np.sqrt(levels * levels * (gain[channel] * f32(1 - haze)) + f32(haze))
        over = np.maximum(curve - f32(0.78), 0)
        curve = np.minimum(curve - over + over / (f32(1) + over * f32(2.2)), 1)
        image[..., channel] = _tone(f32(curve), contrast)[at[..., channel]]
    return image


def take_picture(
    light: Field, rng: Random, typical: float = 60.0
) -> tuple[np.ndarray, float, float]:
    """The picture (H, W, 3) uint8 of a field of light, its blur in pixels, and its exposure.

    `typical` is a face's height in it: pictures of small faces are not blurred away.
    """
    height, width = light.shape[:2]
    image = light
    blurred = 0.0
    if rng.random() < 0.4:
        blurred = float(rng.uniform(0.4, 1.0) if rng.random() < 0.75 else rng.uniform(1.0, 2.6))
        blurred = min(blurred, max(0.5, 0.03 * typical))
        image = _defocus(image, blurred)
    if rng.random() < 0.07 and typical > 20:
        image = _motion(image, rng)
        blurred = max(blurred, 1.5)
    balance = f32(1 + rng.normal(0, 0.06, 3))
    level = float(np.sort(image[::8, ::8, 1], axis=None)[int(image[::8, ::8, 1].size * 0.85)])
    exposure = float(np.clip(0.55 / max(level, 0.04), 0.5, 2.5)) ** 0.6
    gain = float(rng.normal(0, 0.2))
    exposure *= 1 + gain if gain > 0 else 1 / (1 - gain)
    if rng.random() < 0.35:
        rows, columns = grid(height, width)
        far = (rows / height - 0.5) ** 2 + (columns / width - 0.5) ** 2
        image = image * (f32(1) - f32(rng.uniform(0.2, 1.0)) * far)[..., None]
    haze = max(0.0, float(rng.uniform(-0.25, 0.08)))
    contrast = float(rng.uniform(-0.25, 0.55))
    image = _develop(image, balance * f32(exposure), haze, contrast)
    grey = image[..., 0] * f32(0.3) + image[..., 1] * f32(0.59) + image[..., 2] * f32(0.11)
    kind = rng.random()
    if kind < 0.09:
        tint = f32([1.0, 0.93, 0.8]) if rng.random() < 0.25 else f32([1, 1, 1])
        image = grey[..., None] * tint
    else:
        colour = float(rng.uniform(0.6, 1.35))
        image = grey[..., None] + (image - grey[..., None]) * f32(colour)
    if rng.random() < 0.6:
        strength = float(rng.uniform(0.002, 0.022)) * (2.0 if rng.random() < 0.1 else 1.0)
        grain = rng.standard_normal((height, width, 1), dtype=np.float32)
        if rng.random() < 0.3:
            grain = noise(rng, height, width, 2, 2)[..., None]
        image = image + grain * f32(strength)
    if rng.random() < 0.2:  # sharpened by the camera
        soft = np.sqrt(_defocus(image * np.abs(image), 1.0))
        image = image + (image - soft) * f32(rng.uniform(0.3, 1.0))
    picture = (np.clip(image, 0, 1) * f32(255) + f32(0.5)).astype(np.uint8)
    if rng.random() < 0.35:
        store = io.BytesIO()
        Image.fromarray(picture).save(store, "JPEG", quality=int(rng.integers(22, 90)))
        picture = np.asarray(Image.open(store, formats=("JPEG",)), dtype=np.uint8).copy()
    return picture, blurred, exposure
