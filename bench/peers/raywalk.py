"""RayIoU in numba: one ray after the other, voxel by voxel, until something is met. See raymarch.py for the definition."""

import numpy as np
from numba import njit


@njit
def end_of(labels, free, ox, oy, oz, dx, dy, dz):
    """Label of the voxel in which a ray ends and the distance, in voxels, at which it leaves it."""
    X, Y, Z = labels.shape
    i, j, k = int(np.floor(ox)), int(np.floor(oy)), int(np.floor(oz))
    step_x, step_y, step_z = (1 if dx >= 0 else -1), (1 if dy >= 0 else -1), (1 if dz >= 0 else -1)
    next_x = (i + (dx > 0) - ox) / dx if dx != 0 else np.inf
    next_y = (j + (dy > 0) - oy) / dy if dy != 0 else np.inf
    next_z = (k + (dz > 0) - oz) / dz if dz != 0 else np.inf
    per_x = step_x / dx if dx != 0 else np.inf
    per_y = step_y / dy if dy != 0 else np.inf
    per_z = step_z / dz if dz != 0 else np.inf
    label, depth = free, 0.0
    while 0 <= i < X and 0 <= j < Y and 0 <= k < Z:
        label = labels[i, j, k]
        if next_x < next_y and next_x < next_z:
            depth = next_x
            i += step_x
            next_x += per_x
        elif next_y < next_z and next_x >= next_y:
            depth = next_y
            j += step_y
            next_y += per_y
        else:
            depth = next_z
            k += step_z
            next_z += per_z
        if label != free:
            break
    return label, depth


@njit
def counts(truth, predicted, free, classes, origin, rays, voxel_m):
    """[5, K]: rays by true class, by predicted class, and hits under 1, 2 and 4 m."""
    counted = np.zeros((5, classes), np.int64)
    ox, oy, oz = origin
    for ray in range(len(rays)):
        dx, dy, dz = rays[ray]
        label, true_depth = end_of(truth, free, ox, oy, oz, dx, dy, dz)
        if label == free:
            continue
        guess, depth = end_of(predicted, free, ox, oy, oz, dx, dy, dz)
        counted[0, label] += 1
        counted[1, guess] += 1
        if guess == label:
            error_m = abs(true_depth - depth) * voxel_m
            for t in range(3):
                if error_m < (1, 2, 4)[t]:
                    counted[2 + t, label] += 1
    return counted
