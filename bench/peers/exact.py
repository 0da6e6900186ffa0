"""Labelled occupancy with exact free space in numba: one voxel step after the other, after Amanatides & Woo 1987."""

import numpy as np
from numba import njit


@njit
def trace(points, lidar, offset_ns, m, t, places, first_ns, step_ns):
    """Rays in the frame, float32 (N, 3): from where each point's LiDAR stood, to the point."""
    count = len(points)
    start = np.empty((count, 3), np.float32)
    end = np.empty((count, 3), np.float32)
    steps = places.shape[1] - 1
    for p in range(count):
        along = (offset_ns[p] - first_ns) / step_ns
        step = min(int(along), steps - 1)
        share = along - step
        x, y, z = np.float64(points[p, 0]), np.float64(points[p, 1]), np.float64(points[p, 2])
        for axis in range(3):
            a = places[lidar[p], step, axis]
            start[p, axis] = a + share * (places[lidar[p], step + 1, axis] - a)
            end[p, axis] = m[3 * axis] * x + m[3 * axis + 1] * y + m[3 * axis + 2] * z + t[axis]
    return start, end


@njit
def clip(s, e, size, enter, leave):
    """Narrows the shares at which a ray enters and leaves the grid by one axis; coordinates in voxels."""
    if e < 0:
        leave = min(leave, -s / (e - s))
    elif e >= size:
        leave = min(leave, (size - s) / (e - s))
    if s < 0:
        enter = max(enter, -s / (e - s))
    elif s >= size:
        enter = max(enter, (size - s) / (e - s))
    return enter, leave


@njit
def cast(start, end, origin, voxel_m, dims, passed):
    """Sets `passed` in every voxel that a ray goes through, without the voxel that it ends in."""
    X, Y, Z = dims
    per_m = 1 / voxel_m
    for p in range(len(start)):
        s0, s1, s2 = (start[p, 0] - origin[0]) * per_m, (start[p, 1] - origin[1]) * per_m, (start[p, 2] - origin[2]) * per_m
        e0, e1, e2 = (end[p, 0] - origin[0]) * per_m, (end[p, 1] - origin[1]) * per_m, (end[p, 2] - origin[2]) * per_m
        enter, leave = clip(s0, e0, X, 0.0, 2.0)
        enter, leave = clip(s1, e1, Y, enter, leave)
        enter, leave = clip(s2, e2, Z, enter, leave)
        if not enter < min(leave, 1.0):
            continue
        inside = leave == 2.0
        d0, d1, d2 = e0 - s0, e1 - s1, e2 - s2
        i, j, k = min(X - 1, int(s0 + d0 * enter)), min(Y - 1, int(s1 + d1 * enter)), min(Z - 1, int(s2 + d2 * enter))
        if not inside:
            e0, e1, e2 = s0 + d0 * leave, s1 + d1 * leave, s2 + d2 * leave
        ni, nj, nk = abs(min(X - 1, int(e0)) - i), abs(min(Y - 1, int(e1)) - j), abs(min(Z - 1, int(e2)) - k)
        ti = (i + 1 - s0 if d0 > 0 else s0 - i) / abs(d0) if ni else np.inf
        tj = (j + 1 - s1 if d1 > 0 else s1 - j) / abs(d1) if nj else np.inf
        tk = (k + 1 - s2 if d2 > 0 else s2 - k) / abs(d2) if nk else np.inf
        wi, wj, wk = 1 / abs(d0) if ni else 0.0, 1 / abs(d1) if nj else 0.0, 1 / abs(d2) if nk else 0.0
        at = (i * Y + j) * Z + k
        to_i, to_j, to_k = Y * Z if d0 > 0 else -Y * Z, Z if d1 > 0 else -Z, 1 if d2 > 0 else -1
        for _ in range(ni + nj + nk):
            passed[at] = 1
            if ti < tj:
                if ti < tk:
                    at += to_i
                    ti += wi
                else:
                    at += to_k
                    tk += wk
            elif tj < tk:
                at += to_j
                tj += wj
            else:
                at += to_k
                tk += wk
        if not inside:
            passed[at] = 1


@njit
def vote(end, classes, origin, voxel_m, dims, weights, slot_of, voxels, votes, passed, semantics):
    """The class of every hit voxel: greatest weighted number of points, then weight, then lowest index."""
    X, Y, Z = dims
    per_m = 1 / voxel_m
    used = 0
    for p in range(len(end)):
        i = int(np.floor((end[p, 0] - origin[0]) * per_m))
        j = int(np.floor((end[p, 1] - origin[1]) * per_m))
        k = int(np.floor((end[p, 2] - origin[2]) * per_m))
        if classes[p] < 0 or i < 0 or j < 0 or k < 0 or i >= X or j >= Y or k >= Z:
            continue
        voxel = (i * Y + j) * Z + k
        if slot_of[voxel] < 0:
            slot_of[voxel] = used
            voxels[used] = voxel
            votes[used] = 0
            used += 1
        votes[slot_of[voxel], classes[p]] += 1
    for slot in range(used):
        best, most = 0, -1.0
        for c in range(len(weights)):
            weighted = votes[slot, c] * weights[c]
            if votes[slot, c] > 0 and (weighted > most or (weighted == most and weights[c] > weights[best])):
                best, most = c, weighted
        voxel = voxels[slot]
        semantics[voxel] = best
        passed[voxel] = 1
        slot_of[voxel] = -1


class Exact:
    """Buffers for one grid. Calling it gives (semantics uint8 a voxel, observed bit a voxel)."""

    def __init__(self, grid, free, weights):
        self.origin = np.array(grid["originM"], np.float64)
        self.voxel_m = float(grid["voxelM"])
        self.dims = tuple(grid["dims"])
        self.free = free
        self.weights = np.array(weights, np.float64)
        count = int(np.prod(self.dims))
        self.slot_of = np.full(count, -1, np.int32)
        self.voxels = np.empty(count, np.int32)
        self.votes = np.empty((count // 4, len(weights)), np.uint16)
        self.passed = np.empty(count, np.uint8)

    def __call__(self, log, sweep, classes):
        start, end = trace(sweep["points"], sweep["lidar"], sweep["offset_ns"], *log.placing(sweep))
        end[classes < 0] = start[classes < 0]
        self.passed.fill(0)
        semantics = np.full(len(self.passed), self.free, np.uint8)
        at = (self.origin, self.voxel_m, self.dims)
        cast(start, end, *at, self.passed)
        vote(end, classes, *at, self.weights, self.slot_of, self.voxels, self.votes, self.passed, semantics)
        return semantics, np.packbits(self.passed, bitorder="little")
