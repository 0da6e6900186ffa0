"""Rigid transforms (q, t): unit quaternion w x y z and metres; the arithmetic of pipeline/pose.ts, step by step."""

import math

import numpy as np


def normalise(q):
    n = math.sqrt(sum(v * v for v in q))
    return tuple(v / n for v in q)


def matrix(q):
    """Row-major 3×3 rotation, nine numbers."""
    w, x, y, z = q
    return np.array([
        1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
        2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
        2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
    ])  # fmt: skip


def rotate(q, v):
    m = matrix(q)
    x, y, z = v
    return tuple(float(m[r] * x + m[r + 1] * y + m[r + 2] * z) for r in (0, 3, 6))


def transform(pose, point):
    return tuple(r + t for r, t in zip(rotate(pose[0], point), pose[1]))


def product(a, b):
    return (
        a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3],
        a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
        a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1],
        a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0],
    )


def compose(a_from_b, b_from_c):
    return normalise(product(a_from_b[0], b_from_c[0])), transform(a_from_b, b_from_c[1])


def invert(pose):
    w, x, y, z = pose[0]
    inverse = (w, -x, -y, -z)
    return inverse, tuple(-v for v in rotate(inverse, pose[1]))


def interpolate(a, b, share):
    """Spherical for the rotation, linear for the translation."""
    dot = sum(p * q for p, q in zip(a[0], b[0]))
    sign = -1 if dot < 0 else 1
    angle = math.acos(min(1, abs(dot)))
    if angle < 1e-6:
        wa, wb = 1 - share, share
    else:
        wa, wb = math.sin((1 - share) * angle) / math.sin(angle), math.sin(share * angle) / math.sin(angle)
    q = normalise(tuple(wa * p + sign * wb * r for p, r in zip(a[0], b[0])))
    return q, tuple(p + (r - p) * share for p, r in zip(a[1], b[1]))
