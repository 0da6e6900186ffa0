"""RayIoU in NumPy, written from its definition: all rays step together from voxel to voxel until each has met something.

SparseOcc, https://arxiv.org/abs/2312.17118. Rays of every degree at pitches that first meet a ground 1 m below at 1 to 10 m
and then go on evenly to 0.21 rad; where a ray ends is its first voxel that is not free, or the grid's last; its depth is where
it leaves that voxel; rays whose true end is free do not count.
"""

import numpy as np

THRESHOLDS_M = (1, 2, 4)


def directions():
    """[R, 3] unit vectors."""
    pitches = [np.arctan(n + 1) - np.pi / 2 for n in range(10)]
    while pitches[-1] < 0.21:
        pitches.append(2 * pitches[-1] - pitches[-2])
    pitch, azimuth = (a.ravel() for a in np.meshgrid(pitches, np.deg2rad(np.arange(360)), indexing="ij"))
    return np.stack([np.cos(pitch) * np.cos(azimuth), np.cos(pitch) * np.sin(azimuth), np.sin(pitch)], axis=1)


def cast(occupied, origin, rays):
    """Index [R, 3] of the voxel where each ray ends, and its depth [R] in voxels; `origin` in voxels."""
    dims = np.array(occupied.shape)
    step = np.where(rays >= 0, 1, -1)
    at = np.tile(np.floor(origin).astype(np.int64), (len(rays), 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        to_next = np.where(rays == 0, np.inf, (at + (rays > 0) - origin) / rays)
        per_voxel = np.where(rays == 0, np.inf, step / rays)
    ends, depths = at.copy(), np.zeros(len(rays))
    going = np.arange(len(rays))
    while len(going):
        here, ahead = at[going], to_next[going]
        x, y, z = ahead.T
        axis = np.where(x < y, np.where(x < z, 0, 2), np.where(y < z, 1, 2))
        ends[going], depths[going] = here, ahead[np.arange(len(going)), axis]
        on = ~occupied[here[:, 0], here[:, 1], here[:, 2]]
        going, axis = going[on], axis[on]
        at[going, axis] += step[going, axis]
        to_next[going, axis] += per_voxel[going, axis]
        inside = ((at[going] >= 0) & (at[going] < dims)).all(axis=1)
        going = going[inside]
    return ends, depths


def counts(truth, predicted, free, classes, origin, rays, voxel_m):
    """[5, K]: rays by true class, by predicted class, and hits at each threshold."""
    (true_end, true_depth), (end, depth) = (cast(grid != free, origin, rays) for grid in (truth, predicted))
    label, guess = truth[tuple(true_end.T)], predicted[tuple(end.T)]
    valid = label != free
    same = valid & (label == guess)
    error_m = np.abs(true_depth - depth) * voxel_m
    hits = [np.bincount(label[same & (error_m < most)], minlength=classes) for most in THRESHOLDS_M]
    return np.stack([np.bincount(label[valid], minlength=classes), np.bincount(guess[valid], minlength=classes), *hits])


def ray_iou(counted, free):
    """The mean over thresholds and classes, and each class's."""
    truth, predicted, *hits = np.delete(counted, free, axis=1).astype(np.float64)
    with np.errstate(invalid="ignore"):
        iou = np.stack([hit / (truth + predicted - hit) for hit in hits])
    return (np.nanmean(iou) if np.isfinite(iou).any() else None), iou
