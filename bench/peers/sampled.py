"""Labelled occupancy in plain NumPy: free space by samples along each ray, as public dataset scripts make it."""

import numpy as np

REACH_M = 60.0  # beyond the corners of the grid


class Sampled:
    """Samples half a voxel apart. It misses voxels whose corners a ray cuts: not exact."""

    def __init__(self, grid, free, weights):
        self.origin = np.array(grid["originM"], np.float32)
        self.voxel_m = np.float32(grid["voxelM"])
        self.dims = np.array(grid["dims"])
        self.free = free
        self.weights = np.array(weights, np.float64)

    def voxels(self, points):
        """Flat index of the voxel of each point (N, 3), and which of the points lie in the grid."""
        ijk = np.floor((points - self.origin) / self.voxel_m).astype(np.int32)
        inside = ((ijk >= 0) & (ijk < self.dims)).all(axis=1)
        return np.ravel_multi_index(ijk[inside].T, self.dims), inside

    def rays(self, log, sweep):
        m, t, places, first_ns, step_ns = log.placing(sweep)
        along = (sweep["offset_ns"] - first_ns) / step_ns
        step = np.minimum(along.astype(np.int64), places.shape[1] - 2)
        a, b = places[sweep["lidar"], step], places[sweep["lidar"], step + 1]
        start = (a + (along - step)[:, None] * (b - a)).astype(np.float32)
        return start, (sweep["points"] @ m.reshape(3, 3).T + t).astype(np.float32)

    def passed(self, start, end):
        passed = np.zeros(int(np.prod(self.dims)), np.uint8)
        length = np.linalg.norm(end - start, axis=1)
        counts = np.ceil(length / (self.voxel_m / 2)).astype(np.int64)
        within = np.minimum(counts, int(REACH_M / (self.voxel_m / 2)))
        for first in range(0, len(start), 8192):
            part = slice(first, first + 8192)
            ray = np.repeat(np.arange(len(within[part])), within[part])
            number = np.arange(len(ray)) - np.repeat(np.cumsum(within[part]) - within[part], within[part])
            share = (number / counts[part][ray]).astype(np.float32)[:, None]
            passed[self.voxels(start[part][ray] + share * (end[part] - start[part])[ray])[0]] = 1
        return passed

    def __call__(self, log, sweep, classes):
        start, end = self.rays(log, sweep)
        end[classes < 0] = start[classes < 0]
        passed = self.passed(start, end)
        kept = end[classes >= 0]
        voxel, inside = self.voxels(kept)
        pairs, points = np.unique(voxel * len(self.weights) + classes[classes >= 0][inside], return_counts=True)
        voxel, label = np.divmod(pairs, len(self.weights))
        weight = self.weights[label]
        order = np.lexsort((-label, weight, points * weight))
        semantics = np.full(len(passed), self.free, np.uint8)
        semantics[voxel[order]] = label[order]
        passed[voxel] = 1
        return semantics, np.packbits(passed, bitorder="little")
