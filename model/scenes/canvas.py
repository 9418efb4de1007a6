"""The picture being put together: light, and whose face each pixel shows."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from model.scenes.exact import Field, blur, f32
from model.scenes.head import Patch


@dataclass
class Face:
    """A labelled face: its box before cutting, its area, and what is known about it."""

    box: tuple[float, float, float, float]
    area: float  # of bare face, were nothing before it
    blur: float = 0.0  # pixels, of this head alone
    expression: int = 0
    illumination: int = 0
    occlusion: int = 0  # by glasses or a mask, at least this
    pose: int = 0


@dataclass
class Canvas:
    """Light (S, S, 3) with patches laid over one another."""

    light: Field
    owner: NDArray[np.int16]
    share: Field
    faces: list[Face] = field(default_factory=list)

    @classmethod
    def start(cls, light: Field) -> "Canvas":
        """An empty canvas over a background."""
        height, width = light.shape[:2]
        return cls(
            light, np.full((height, width), -1, np.int16), np.zeros((height, width), np.float32)
        )

    def lay(self, patch: Patch, face: Face | None = None, soften: float = 0.0) -> None:
        """Lay a patch over the picture; with `face`, its bare skin belongs to that face."""
        if soften > 0:
            patch = _soft(patch, soften)
        height, width = self.share.shape
        h, w = patch.alpha.shape
        top, left = max(0, patch.top), max(0, patch.left)
        bottom, right = min(height, patch.top + h), min(width, patch.left + w)
        if face is not None:
            self.faces.append(face)
        if bottom <= top or right <= left:
            return
        here = (slice(top, bottom), slice(left, right))
        part = (
            slice(top - patch.top, bottom - patch.top),
            slice(left - patch.left, right - patch.left),
        )
        alpha = patch.alpha[part]
        target = self.light[here]
        target += (patch.colour[part] - target) * alpha[..., None]
        self.share[here] *= f32(1) - alpha
        if face is not None:
            bare = patch.face[part]
            mine = bare > 0.3
            self.owner[here][mine] = len(self.faces) - 1
            self.share[here] = np.where(mine, bare, self.share[here])

    def visible(self) -> NDArray[np.float64]:
        """The share of each face's bare skin that can be seen."""
        if not self.faces:
            return np.zeros(0)
        seen = np.bincount(
            self.owner.ravel() + 1, weights=self.share.ravel(), minlength=len(self.faces) + 1
        )[1:]
        return np.array([s / max(f.area, 1.0) for s, f in zip(seen, self.faces, strict=True)])


def _soft(patch: Patch, radius: float) -> Patch:
    """The patch out of focus."""
    pad = int(2 * radius) + 1
    around = ((pad, pad), (pad, pad))
    alpha = np.pad(patch.alpha, around)
    colour = np.pad(patch.colour * patch.alpha[..., None], (*around, (0, 0)))
    alpha, colour = blur(alpha, radius), blur(colour, radius)
    colour = colour / np.maximum(alpha, f32(1e-4))[..., None]
    face = np.pad(patch.face, around)
    return Patch(patch.left - pad, patch.top - pad, f32(colour), f32(np.clip(alpha, 0, 1)), face)
