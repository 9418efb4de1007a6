"""Where each pixel's ray meets the head and its hair: sphere-free ray marching on slices."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.scenes.exact import Field, f32, resize, step
from model.scenes.hair import MAP, REACH, Shell
from model.scenes.shape import EXTENT, ROWS, Y_HIGH, Y_LOW, Y_SPAN, Y_TOP, Head

STEPS = 10
FINE = 96  # size of the bump map that rays see


def rotation(yaw: float, pitch: float, roll: float) -> Field:
    """Head to view, angles in degrees: turn about the neck, nod, then tilt in the picture."""
    from math import cos, radians, sin

    a, b, c = radians(yaw), radians(pitch), radians(roll)
    ya: list[list[float]] = [[cos(a), 0, sin(a)], [0, 1, 0], [-sin(a), 0, cos(a)]]
    pi: list[list[float]] = [[1, 0, 0], [0, cos(b), sin(b)], [0, -sin(b), cos(b)]]
    ro: list[list[float]] = [[cos(c), -sin(c), 0], [sin(c), cos(c), 0], [0, 0, 1]]

    def times(m: list[list[float]], n: list[list[float]]) -> list[list[float]]:
        return [[sum(m[i][k] * n[k][j] for k in range(3)) for j in range(3)] for i in range(3)]

    return f32(times(ro, times(pi, ya)))


@dataclass
class Rays:
    """The rays of a patch and the turned head they meet."""

    turn: Field  # (3, 3), head to view
    x: Field  # (1, W) of the view
    y: Field  # (H, 1)
    bend: float  # perspective: how much nearer things grow

    def at(self, depth: Field | float) -> tuple[Field, Field, Field, Field, Field]:
        """Head coordinates at a view depth, then the view's x and y."""
        t = self.turn
        grow = f32(1) - f32(self.bend) * f32(depth)
        vx, vy = self.x * grow, self.y * grow
        d = f32(depth)
        return (
            vx * t[0, 0] + vy * t[1, 0] + d * t[2, 0],
            vx * t[0, 1] + vy * t[1, 1] + d * t[2, 1],
            vx * t[0, 2] + vy * t[1, 2] + d * t[2, 2],
            vx,
            vy,
        )


def _inverse(radius: Field) -> Field:
    """1 / radius; so large where there is no slice that nothing lies inside."""
    return f32(f32(1) / np.where(radius > 0.03, radius, f32(1e-4)))


class Solids:
    """How far inside or outside of head, neck and hair a point lies (below 0: inside)."""

    def __init__(self, head: Head, shell: Shell | None, ears: float, neck: float) -> None:
        self.shell, self.ears, self.neck = shell, ears, neck
        self.wide = _inverse(head.wide)
        self.front = _inverse(head.front)
        self.back = _inverse(head.back)
        self.bumps = resize(head.bumps, FINE, FINE).ravel()
        if shell is not None:
            self.shell_wide = _inverse(shell.wide)
            self.shell_deep = _inverse(shell.deep)
            self.cover = shell.cover.ravel()

    def rows(self, y: Field) -> NDArray[np.int32]:
        """Rows of the profiles."""
        at: NDArray[np.int32] = np.clip((y - f32(Y_TOP)) * f32(ROWS / Y_SPAN), 0, ROWS - 1).astype(
            np.int32
        )
        return at

    def bump(self, x: Field, y: Field, z: Field) -> Field:
        """Outward displacement at a point; none behind the ears."""
        i = np.clip((y - f32(Y_LOW)) * f32(FINE / (Y_HIGH - Y_LOW)), 0, FINE - 1).astype(np.int32)
        j = np.clip((x + f32(EXTENT)) * f32(FINE / (2 * EXTENT)), 0, FINE - 1).astype(np.int32)
        return f32(self.bumps[i * FINE + j] * np.clip(z * f32(4), 0, 1))

    def head(self, x: Field, y: Field, z: Field, vx: Field, vy: Field, depth: Field) -> Field:
        """The head with its ears and neck."""
        value = np.minimum(self.skull(x, y, z), self.column(vx, vy, depth))
        return f32(np.minimum(value, self.ear(x, y, z)) if self.ears > 0 else value)

    def skull(self, x: Field, y: Field, z: Field) -> Field:
        """The head alone."""
        row = self.rows(y)
        out = z - self.bump(x, y, z)
        across = x * self.wide[row]
        deep = out * np.where(out > 0, self.front[row], self.back[row])
        return f32(np.sqrt(across * across + deep * deep) - f32(1))

    def column(self, vx: Field, vy: Field, depth: Field) -> Field:
        """The neck, upright in view."""
        u = vx * f32(1 / self.neck)
        v = (f32(depth) + f32(0.3)) * f32(1 / self.neck)
        cylinder = np.sqrt(u * u + v * v) - f32(1)
        return f32(np.maximum(cylinder, f32(0.45) - vy))

    def ear(self, x: Field, y: Field, z: Field) -> Field:
        """The two ears."""
        u = (np.abs(x) - f32(self.ears)) * f32(1 / 0.075)
        v = (y - f32(0.1)) * f32(1 / 0.2)
        w = (z + f32(0.06) + f32(0.35) * (np.abs(x) - f32(self.ears))) * f32(1 / 0.11)
        return f32((np.sqrt(u * u + v * v + w * w) - f32(1)) * f32(0.15))

    def hair(self, x: Field, y: Field, z: Field) -> Field:
        """The hair or hat."""
        shell = self.shell
        assert shell is not None
        row = self.rows(y)
        across = x * self.shell_wide[row]
        deep = (z - shell.middle[row]) * self.shell_deep[row]
        value = np.sqrt(across * across + deep * deep) - f32(1)
        i = np.clip((y - f32(Y_TOP)) * f32(MAP / Y_SPAN), 0, MAP - 1).astype(np.int32)
        j = np.clip((x + f32(REACH)) * f32(MAP / (2 * REACH)), 0, MAP - 1).astype(np.int32)
        there = np.maximum(self.cover[i * MAP + j], shell.behind[row] - z)
        return f32(np.maximum(value, f32(-1.5) * there))


@dataclass
class Hit:
    """Depth at which rays meet a solid (or pass nearest), and how deep they run inside."""

    depth: Field
    inside: Field  # lowest value along the ray: below 0 for a hit


class _Search:
    """First crossing along the rays, stepping from near to far."""

    def __init__(self, shape: tuple[int, int], start: float) -> None:
        self.depth = np.full(shape, start, np.float32)
        self.lowest = np.full(shape, 9.0, np.float32)
        self.before = np.full(shape, 9.0, np.float32)
        self.found = np.zeros(shape, bool)

    def take(self, value: Field, depth: float, stride: float) -> None:
        crossing = (value < 0) & ~self.found
        nearer = (value < self.lowest) & ~self.found & ~crossing
        share = value / np.minimum(value - self.before, f32(-1e-6))
        self.depth = np.where(crossing, f32(depth) + share * f32(stride), self.depth)
        self.depth = np.where(nearer, f32(depth), self.depth)
        self.lowest = np.minimum(self.lowest, value)
        self.before = value
        self.found |= crossing


def march(rays: Rays, solids: Solids, near: float, far: float) -> tuple[Hit, Hit | None]:
    """Where rays first meet the head, and the hair."""
    shape = (rays.y.shape[0], rays.x.shape[1])
    stride = (near - far) / STEPS
    head, hair = _Search(shape, near), _Search(shape, near)
    for index in range(STEPS + 1):
        depth = near - index * stride
        x, y, z, vx, vy = rays.at(depth)
        head.take(solids.head(x, y, z, vx, vy, f32(depth)), depth, stride)
        if solids.shell is not None:
            hair.take(solids.hair(x, y, z), depth, stride)
    for _ in range(2):  # polish: Newton-like, the slope of the measure is near 1.3
        x, y, z, vx, vy = rays.at(head.depth)
        value = solids.head(x, y, z, vx, vy, head.depth)
        move = np.clip(value * f32(0.6), -0.5 * stride, 0.5 * stride)
        head.depth = np.where(head.found, head.depth - move, head.depth)
    first = Hit(head.depth, head.lowest)
    if solids.shell is None:
        return first, None
    x, y, z, _, _ = rays.at(hair.depth)
    move = np.clip(solids.hair(x, y, z) * f32(0.6), -0.5 * stride, 0.5 * stride)
    hair.depth = np.where(hair.found, hair.depth - move, hair.depth)
    return first, Hit(hair.depth, hair.lowest)


def shadow(rays: Rays, solids: Solids, depth: Field, light: Field, softness: float) -> Field:
    """How much of the light reaches the surface at a depth: 0 hidden, 1 in full light."""
    reach = np.ones_like(depth)
    _, _, _, vx, vy = rays.at(depth)
    turn = rays.turn
    for away in (0.07, 0.14, 0.25, 0.42, 0.7):
        px, py = vx + f32(away) * light[0], vy + f32(away) * light[1]
        pz = depth + f32(away) * light[2]
        x = px * turn[0, 0] + py * turn[1, 0] + pz * turn[2, 0]
        y = px * turn[0, 1] + py * turn[1, 1] + pz * turn[2, 1]
        z = px * turn[0, 2] + py * turn[1, 2] + pz * turn[2, 2]
        value = solids.head(x, y, z, px, py, pz)
        if solids.shell is not None:
            value = np.minimum(value, solids.hair(x, y, z) + f32(0.02))
        blocked = step(0.03, -softness * (0.3 + away), value + f32(0.1 * away))
        reach = np.minimum(reach, f32(1) - blocked)
    return reach


def parts(rays: Rays, solids: Solids, depth: Field) -> tuple[Field, Field]:
    """How surely the points met are of the neck, and of an ear: above 0 where they are."""
    x, y, z, vx, vy = rays.at(depth)
    skull, column = solids.skull(x, y, z), solids.column(vx, vy, depth)
    if solids.ears <= 0:
        return skull - column, np.full_like(skull, -1.0)
    ear = solids.ear(x, y, z)
    return np.minimum(skull, ear) - column, np.minimum(skull, column) - ear
