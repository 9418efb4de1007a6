"""A head, rendered: turned in space, lit, with its hair, ready to be laid into a picture."""

from dataclasses import dataclass

import numpy as np

from model.scenes.exact import Field, Random, blur, f32, noise, resize, sample, step
from model.scenes.glasses import paint_glasses, paint_mask
from model.scenes.hair import Shell, build_shell, shell_texture
from model.scenes.march import Hit, Rays, Solids, march, parts, rotation, shadow
from model.scenes.person import Person
from model.scenes.shape import ROWS, Y_SPAN, Y_TOP, Head, build_head
from model.scenes.skin import Paint, paint_face

COARSE = 31.0  # pixels per half head height at which rays are marched
FINEST = 26.0  # smaller heads are rendered larger and averaged down
FACE = 1.62  # height of the face (hairline to chin) in half head heights


@dataclass
class Light:
    """The light of a scene: the direction to the key light in view, and the colours."""

    direction: Field  # (3,), unit length
    key: Field  # (3,)
    ambient: Field  # (3,)
    softness: float  # of shadows
    fill: float  # light from the other side


@dataclass
class Patch:
    """A rendered piece of picture with its place."""

    left: int
    top: int
    colour: Field  # (h, w, 3) light
    alpha: Field  # (h, w)
    face: Field  # (h, w): share of the pixel that is bare face
    box: tuple[float, float, float, float] | None = None  # in the picture


def _bounds(
    turn: Field, shell: Shell | None, bend: float
) -> tuple[float, float, float, float, float]:
    """Left, top, right, bottom of the view that the solids fill, and the nearest depth."""
    boxes = [(0.86, -1.05, 1.12, 1.1, 0.85)]
    if shell is not None:
        rows = np.nonzero(shell.wide > 0.03)[0]
        top = Y_TOP + float(rows[0]) / ROWS * Y_SPAN
        bottom = Y_TOP + float(rows[-1] + 1) / ROWS * Y_SPAN
        front = float((shell.middle + shell.deep).max())
        back = float((shell.deep - shell.middle).max())
        boxes.append((float(shell.wide.max()), top, bottom, front, back))
    lows, highs = [9.0, 9.0, 9.0], [-9.0, -9.0, -9.0]
    for wide, top, bottom, front, back in boxes:
        for x in (-wide, wide):
            for y in (top, bottom):
                for z in (-back, front):
                    for axis in range(3):
                        r = turn[axis]
                        v = float(r[0]) * x + float(r[1]) * y + float(r[2]) * z
                        lows[axis] = min(lows[axis], v)
                        highs[axis] = max(highs[axis], v)
    grow = 1 + bend
    near = min(highs[2], 1.6)
    return lows[0] * grow, lows[1] * grow, highs[0] * grow, max(highs[1] * grow, 1.45), near


def _profiles(head: Head, y: Field) -> Field:
    """Squared inverse slices (across, front, back) and their slopes at y: (N, 6)."""
    squares = [1 / np.maximum(p, 0.08) ** 2 for p in (head.wide, head.front, head.back)]
    slopes = []
    for square in squares:
        slope = np.zeros_like(square)
        slope[1:-1] = (square[2:] - square[:-2]) * f32(ROWS / Y_SPAN / 2)
        slopes.append(np.clip(slope, -30, 30))
    table = np.stack([*squares, *slopes], axis=1)
    at = np.clip((y - f32(Y_TOP)) * f32(ROWS / Y_SPAN) - f32(0.5), 0, ROWS - 1.01)
    row = at.astype(np.int32)
    share = (at - row.astype(np.float32))[:, None]
    low = table[row]
    return f32(low + (table[row + 1] - low) * share)


def _unit(x: Field, y: Field, z: Field) -> tuple[Field, Field, Field]:
    scale = f32(1) / np.sqrt(x * x + y * y + z * z + f32(1e-9))
    return x * scale, y * scale, z * scale


def _lit(
    normal: tuple[Field, Field, Field], turn: Field, light: Light, reach: Field, hollow: Field,
    wrap: tuple[float, float, float], gloss: Field, tight: int,
) -> tuple[Field, Field]:  # fmt: skip
    """Diffuse light (N, 3) and highlight (N,) on surfaces with those normals (head frame)."""
    nx, ny, nz = normal
    key = [float(sum(turn[i, j] * light.direction[i] for i in range(3))) for j in range(3)]
    facing = nx * f32(key[0]) + ny * f32(key[1]) + nz * f32(key[2])
    out = np.empty((*facing.shape, 3), np.float32)
    up = -(nx * turn[1, 0] + ny * turn[1, 1] + nz * turn[1, 2])
    sky = hollow * (f32(0.72) + f32(0.28) * up)
    other = np.clip(-(nx * f32(key[0])) + nz * f32(0.5), 0, 1) * f32(light.fill) * hollow
    for channel in range(3):
        w = wrap[channel]
        direct = np.clip((facing + f32(w)) * f32(1 / (1 + w)), 0, 1) * reach
        direct = direct * (f32(0.75) + f32(0.25) * hollow)
        out[..., channel] = direct * light.key[channel] + (sky + other) * light.ambient[channel]
    half = [key[j] + float(turn[2, j]) for j in range(3)]
    size = max(1e-6, sum(h * h for h in half)) ** 0.5
    shine = np.clip(
        nx * f32(half[0] / size) + ny * f32(half[1] / size) + nz * f32(half[2] / size), 0, 1
    )
    for _ in range(tight):
        shine = shine * shine
    return out, shine * reach * gloss


def _skin_light(
    person: Person, head: Head, paint: Paint, place: tuple[Field, Field, Field], turn: Field,
    light: Light, reach: Field, solids: Solids, view: tuple[Field, Field],
    kinds: tuple[Field, Field],
) -> tuple[Field, Field]:  # fmt: skip
    """Light (N, 3) that comes from head, ear or neck, and which of it is face (N,)."""
    x, y, z = place
    stack = np.concatenate(
        [paint.colour, np.stack([paint.gloss, paint.flat, head.slope_x, head.slope_y,
                                 head.hollow], axis=-1)], axis=-1)  # fmt: skip
    rows, columns = head.pixel(x, y)
    seen = sample(stack, rows, columns)
    albedo, gloss, flat = seen[:, :3], seen[:, 3], seen[:, 4]
    front = np.clip(z * f32(4), 0, 1)
    bx, by = seen[:, 5] * front, seen[:, 6] * front
    hollow = np.where(z > 0, seen[:, 7], f32(0.9))
    table = _profiles(head, y)
    out = z - sample(head.bumps, rows, columns) * front
    deep = np.where(out > 0, table[:, 1], table[:, 2])
    deep_slope = np.where(out > 0, table[:, 4], table[:, 5])
    push = f32(2) * out * deep
    nx = f32(2) * x * table[:, 0] - push * bx
    ny = x * x * table[:, 3] + out * out * deep_slope - push * by
    nx, ny, nz = _unit(nx, ny, push)
    vx, vy = view
    neck, ear = kinds[0] > 0, kinds[1] > 0
    if ear.any():
        ex = np.where(x < 0, f32(-0.8), f32(0.8))
        u, v = (y[ear] - f32(0.1)) * f32(5), (np.abs(x[ear]) - f32(solids.ears)) * f32(12)
        nx[ear], ny[ear], nz[ear] = _unit(ex[ear] * (1 + v), u * f32(0.6), f32(0.75) - v)
        concha = f32(1) - f32(0.5) * step(0.75, 0.2, np.sqrt(u * u + (v - f32(0.2)) ** 2))
        albedo[ear] = person.skin * f32([1.0, 0.86, 0.84]) * concha[:, None]
        hollow[ear] = concha
    if neck.any():
        u = vx[neck] * f32(1 / solids.neck)
        rise = np.sqrt(np.clip(f32(1) - u * u, 0.02, 1))
        t = turn
        vn = (u, f32(0.1) + np.zeros_like(u), rise)
        nx[neck] = vn[0] * t[0, 0] + vn[1] * t[1, 0] + vn[2] * t[2, 0]
        ny[neck] = vn[0] * t[0, 1] + vn[1] * t[1, 1] + vn[2] * t[2, 1]
        nz[neck] = vn[0] * t[0, 2] + vn[1] * t[1, 2] + vn[2] * t[2, 2]
        albedo[neck] = person.skin * f32([0.92, 0.88, 0.87])
        hollow[neck] = np.clip(f32(0.4) + (vy[neck] - f32(0.85)) * f32(0.9), 0.35, 0.85)
        gloss[neck] = 0.1
    nz = nz + flat * f32(1.5)
    nx, ny, nz = _unit(nx, ny, nz)
    diffuse, shine = _lit((nx, ny, nz), turn, light, reach, hollow, (0.35, 0.22, 0.17), gloss, 4)
    light_out = albedo * diffuse + (shine * f32(0.22))[:, None] * light.key
    is_face = (z > 0.1) & (y > -0.62) & ~ear & ~neck
    return light_out, is_face.astype(np.float32)


def _hair_light(
    shell: Shell, place: tuple[Field, Field, Field], turn: Field, light: Light, reach: Field
) -> Field:
    x, y, z = place
    row = np.clip((y - f32(Y_TOP)) * f32(ROWS / Y_SPAN), 0, ROWS - 1).astype(np.int32)
    wide, deep = np.maximum(shell.wide[row], 0.1), np.maximum(shell.deep[row], 0.1)
    slope = np.zeros_like(shell.wide)
    slope[3:-3] = (shell.wide[6:] - shell.wide[:-6]) * f32(ROWS / Y_SPAN / 6)
    middle = z - shell.middle[row]
    nx, nz = x / (wide * wide), middle / (deep * deep)
    ny = -np.clip(slope[row], -3, 3) / wide
    nx, ny, nz = _unit(nx, ny, nz)
    texture = shell_texture(shell, x * (f32(1.6) - f32(0.7) * z), y + f32(0.15) * x * x)
    level = texture if texture.ndim == 1 else texture.mean(axis=1)
    open_sky = f32(0.65) + f32(0.35) * np.clip(f32(0.5) - ny, 0, 1)
    gloss = f32(shell.shine) * np.clip(level * level, 0, 2.5)
    diffuse, shine = _lit((nx, ny, nz), turn, light, reach, open_sky, (0.3, 0.3, 0.3), gloss, 3)
    albedo = shell.colour * np.clip(texture, 0.2, 2.0)[:, None] if texture.ndim == 1 else (
        shell.colour * np.clip(texture, 0.05, 8.0))  # fmt: skip
    tint = light.key * f32(0.1) + shell.colour * f32(0.5) * light.key
    return f32(albedo * diffuse + shine[:, None] * tint)


def face_box(head: Head, rays: Rays, top: float, chin: float) -> tuple[float, float, float, float]:
    """The tight box of the face's surface in view coordinates, wherever it is hidden."""
    angles = np.linspace(-1.32, 1.32, 13)
    y = np.linspace(top, chin, 16).astype(np.float32)
    row = np.clip((y - Y_TOP) / Y_SPAN * ROWS, 0, ROWS - 1).astype(int)
    points = []
    from math import cos, sin

    for angle in angles:
        x = head.wide[row] * f32(sin(angle))
        z = head.front[row] * f32(cos(angle))
        r, c = head.pixel(x, y)
        points.append((x, z + sample(head.bumps, r, c)))
    xs, zs = np.stack([p[0] for p in points]), np.stack([p[1] for p in points])
    t = rays.turn
    depth = xs * t[2, 0] + y * t[2, 1] + zs * t[2, 2]
    grow = f32(1) / (f32(1) - f32(rays.bend) * depth)
    vx = (xs * t[0, 0] + y * t[0, 1] + zs * t[0, 2]) * grow
    vy = (xs * t[1, 0] + y * t[1, 1] + zs * t[1, 2]) * grow
    return float(vx.min()), float(vy.min()), float(vx.max()), float(vy.max())


def _hair_edge(shell: Shell | None) -> float:
    """y where the hair over the forehead ends."""
    if shell is None:
        return -0.62
    middle = shell.cover[:, shell.cover.shape[1] // 2]
    rows = np.nonzero(middle <= 0)[0]
    edge = Y_TOP + (float(rows[0]) if rows.size else 0) / middle.size * Y_SPAN
    return min(max(edge - 0.08, -0.62), -0.38)


def _enlarge(hit: Hit, height: int, width: int) -> Hit:
    return Hit(resize(hit.depth, height, width), resize(hit.inside, height, width))


def render_head(
    rng: Random, person: Person, light: Light, centre: tuple[float, float], face_height: float,
    pose: tuple[float, float, float], faceless: bool = False,
) -> Patch:  # fmt: skip
    """Render a head whose middle (between the eyes and ears) is at `centre` of the picture.

    `face_height` is in pixels, `pose` is (yaw, pitch, roll) in degrees.
    """
    wanted = face_height / FACE
    times = max(1, min(12, int(np.ceil(FINEST / wanted))))
    scale = wanted * times
    size = int(min(320, max(64, scale * 2.1)))
    head = build_head(person, size, rng)
    if faceless:
        head.bumps *= f32(0.1)
        head.slope_x *= f32(0.1)
        head.slope_y *= f32(0.1)
    paint = paint_face(person, size, rng)
    if faceless:
        paint.colour[:] = person.skin
    else:
        paint_mask(paint, person, rng)
        paint_glasses(paint, person, rng)
    shell = build_shell(rng, person)
    hidden = shell is not None and person.cover in ("scarf", "hood")
    turn = rotation(*pose)
    bend = float(rng.uniform(0.02, 0.1))
    left, top, right, bottom, near = _bounds(turn, shell, bend)
    ears = 0.0 if hidden else 0.745 * person.width
    solids = Solids(head, shell, ears, 0.44 if person.male else 0.38)
    # whole output pixels, `times` render pixels each
    cx, cy = centre
    px0, py0 = int(np.floor(cx + left * wanted)) - 1, int(np.floor(cy + top * wanted)) - 1
    px1, py1 = int(np.ceil(cx + right * wanted)) + 1, int(np.ceil(cy + bottom * wanted)) + 1
    width, height = (px1 - px0) * times, (py1 - py0) * times
    at_x = (np.arange(width, dtype=np.float32) + f32(0.5)) * f32(1 / times)
    at_y = (np.arange(height, dtype=np.float32) + f32(0.5)) * f32(1 / times)
    x, y = (at_x + f32(px0 - cx)) * f32(1 / wanted), (at_y + f32(py0 - cy)) * f32(1 / wanted)
    rays = Rays(turn, x[None, :], y[:, None], bend)
    ratio = min(1.0, COARSE / scale)
    low_h, low_w = max(2, round(height * ratio)), max(2, round(width * ratio))
    coarse = rays
    if ratio < 1:
        coarse = Rays(turn, resize(x[None, :], 1, low_w), resize(y[:, None], low_h, 1), bend)
    hit, hair = march(coarse, solids, near, -0.55)
    reach = blur(shadow(coarse, solids, hit.depth, light.direction, light.softness), 0.7)
    kinds = parts(coarse, solids, hit.depth)
    if ratio < 1:
        hit = _enlarge(hit, height, width)
        reach = resize(reach, height, width)
        kinds = (resize(kinds[0], height, width), resize(kinds[1], height, width))
        hair = None if hair is None else _enlarge(hair, height, width)
    patch = _shade(rng, person, head, paint, shell, rays, solids, hit, hair, reach, light, scale,
                   kinds)  # fmt: skip
    colour, alpha, face = (_shrink(part, times) for part in patch)
    colour = f32(colour / np.maximum(alpha, f32(1e-4))[..., None])
    edges = face_box(head, rays, _hair_edge(shell), 1.0 + person.chin)
    box = (cx + edges[0] * wanted, cy + edges[1] * wanted,
           cx + edges[2] * wanted, cy + edges[3] * wanted)  # fmt: skip
    return Patch(px0, py0, colour, alpha, face, box)


def _shade(
    rng: Random, person: Person, head: Head, paint: Paint, shell: Shell | None, rays: Rays,
    solids: Solids, hit: Hit, hair: Hit | None, reach: Field, light: Light, scale: float,
    kinds: tuple[Field, Field],
) -> tuple[Field, Field, Field]:  # fmt: skip
    """Premultiplied colour, alpha and bare face of every ray."""
    shape = hit.depth.shape
    skin_there = np.clip(f32(0.5) - hit.inside * f32(0.65 * scale), 0, 1)
    hair_there = np.zeros(shape, np.float32)
    if hair is not None and shell is not None:
        ragged = np.zeros(shape, np.float32)
        if shell.fuzzy > 0:
            grain = max(1.5, 0.035 * scale)
            ragged = noise(rng, shape[0], shape[1], 2.5 * grain, grain) * f32(0.7)
            ragged += noise(rng, shape[0], shape[1], 2.0, 1.5) * f32(0.3)
            ragged *= f32(shell.fuzzy)
        inside = hair.inside + ragged
        crisp = 0.65 * scale if shell.fuzzy == 0 else min(0.65 * scale, 24.0)
        hair_there = np.clip(f32(0.5) - inside * f32(crisp), 0, 1)
        ahead = np.clip(
            f32(0.5) + (hair.depth - hit.depth + f32(0.04) + ragged) * f32(0.35 * scale), 0, 1
        )
        hair_there = hair_there * np.maximum(ahead, f32(1) - skin_there)
    colour = np.zeros((*shape, 3), np.float32)
    face = np.zeros(shape, np.float32)
    skin_weight = skin_there * (f32(1) - hair_there)
    rows, columns = np.nonzero(skin_weight > 0.004)
    if rows.size:
        sub = Rays(rays.turn, rays.x[0, columns], rays.y[rows, 0], rays.bend)
        px, py, pz, vx, vy = sub.at(hit.depth[rows, columns])
        lit, is_face = _skin_light(person, head, paint, (px, py, pz), rays.turn, light,
                                   reach[rows, columns], solids, (vx, vy),
                                   (kinds[0][rows, columns], kinds[1][rows, columns]))  # fmt: skip
        weight = skin_weight[rows, columns]
        colour[rows, columns] = lit * weight[:, None]
        face[rows, columns] = weight * is_face
    rows, columns = np.nonzero(hair_there > 0.004)
    if rows.size and hair is not None and shell is not None:
        sub = Rays(rays.turn, rays.x[0, columns], rays.y[rows, 0], rays.bend)
        px, py, pz, _, _ = sub.at(hair.depth[rows, columns])
        lit = _hair_light(
            shell, (px, py, pz), rays.turn, light, np.maximum(reach[rows, columns], 0.5)
        )
        colour[rows, columns] += lit * hair_there[rows, columns][:, None]
    return colour, np.maximum(skin_weight + hair_there, 0), face


def _shrink(values: Field, times: int) -> Field:
    """Average blocks of times x times pixels."""
    if times == 1:
        return values
    height, width = values.shape[0] // times, values.shape[1] // times
    blocks = values.reshape(height, times, width, times, *values.shape[2:])
    total = blocks[:, 0, :, 0]
    for i in range(times):
        for j in range(times):
            if i or j:
                total = total + blocks[:, i, :, j]
    return total * f32(1 / (times * times))
