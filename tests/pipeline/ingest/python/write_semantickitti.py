"""Writes one SemanticKITTI sequence as its paper and its tools describe it: write_semantickitti.py FOLDER [shifted]

The car drives straight ahead at 5 m/s for six scans, 0.1 s apart. In the frame of the first scan: a road at z = -1.73, a wall
at y = 8 from x = 5 to 25, a ditch of z = -1.9 at x = 20 to 22, y = -9 to -8, a car that stands at x = 10 to 14, y = 3 to 5, and one that drives ahead at 10 m/s from
x = 20 to 24, y = -1 to 1. Voxels come with scans 0 and 5; `shifted` writes them as the makers' tool did before its correction in 2020,
which counted a voxel before it wrote it.
"""

import json
import sys
from pathlib import Path

import numpy as np

DT, SPEED, LEADER = 0.1, 5.0, 10.0
ROAD, BUILDING, TERRAIN, CAR, MOVING_CAR, OUTLIER = 40, 50, 72, 10, 252, 1
ORIGIN, VOXEL, DIMS = np.array([0, -25.6, -2]), 0.2, (256, 256, 32)


def plate(x, y, z, step):
    axes = [np.arange(low, high + 1e-9, step) for low, high in (x, y, z)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)


def scene(n):
    """Points in the frame of scan 0 at scan n, with class and instance."""
    ahead = LEADER * DT * n
    parts = [
        (plate((-5, 40), (-6, 6), (-1.73, -1.73), 0.5), ROAD, 0),
        (plate((5, 25), (8, 8), (-1.5, 1.5), 0.5), BUILDING, 0),
        (plate((10, 14), (3, 5), (-1.5, -0.5), 0.5), CAR, 3),
        (plate((20 + ahead, 24 + ahead), (-1, 1), (-1.5, -0.5), 0.5), MOVING_CAR, 7),
        (plate((20, 22), (-9, -8), (-1.9, -1.9), 0.5), TERRAIN, 0),
        (np.array([[6.0, -9.0, 3.0]]), OUTLIER, 0),
    ]
    points = np.concatenate([p for p, _, _ in parts])
    labels = np.concatenate([np.full(len(p), label | instance << 16, "<u4") for p, label, instance in parts])
    return points, labels


def to_scan(points, n):
    return points - [SPEED * DT * n, 0, 0]


def voxels_of(points):
    cells = np.floor((points - ORIGIN) / VOXEL).astype(int)
    inside = ((cells >= 0) & (cells < DIMS)).all(1)
    return tuple(cells[inside].T), inside


def in_file(voxels):
    flat = voxels.reshape(-1)
    return np.concatenate([np.zeros(1, flat.dtype), flat[:-1]]) if "shifted" in sys.argv[2:] else flat


def pack(mask):
    return np.packbits(in_file(mask.astype(np.uint8))).tobytes()


def write_voxels(folder, n):
    points, labels = scene(n)
    cells, inside = voxels_of(to_scan(points, n))
    occupied = np.zeros(DIMS, bool)
    occupied[cells] = True
    semantics = np.zeros(DIMS, "<u2")
    semantics[cells] = (labels & 0xFFFF)[inside]
    # What the scene's later scans would have completed: the wall's foot.
    foot, _ = voxels_of(to_scan(plate((5, 25), (8, 8), (-1.7, -1.7), 0.1), n))
    semantics[foot] = BUILDING
    x = (np.arange(DIMS[0]) + 0.5) * VOXEL
    far = np.broadcast_to((x > 40)[:, None, None], DIMS)
    hidden = np.broadcast_to((x > 30)[:, None, None], DIMS)
    # Below the road nothing sees anything.
    buried = np.broadcast_to(np.arange(DIMS[2]) == 0, DIMS)
    stem = folder / f"{n:06d}"
    stem.with_suffix(".bin").write_bytes(pack(occupied))
    stem.with_suffix(".invalid").write_bytes(pack((far | buried) & (semantics == 0)))
    stem.with_suffix(".occluded").write_bytes(pack(hidden | occupied))
    stem.with_suffix(".label").write_bytes(in_file(semantics).tobytes())


def row(matrix):
    return " ".join(f"{value:.9e}" for value in matrix[:3].reshape(-1))


def main():
    sequence = Path(sys.argv[1]) / "sequences" / "07"
    for folder in ("velodyne", "labels", "voxels"):
        (sequence / folder).mkdir(parents=True)
    # Camera 0 looks ahead, x to the right and y down.
    camera_from_lidar = np.array([[0, -1, 0, 0.1], [0, 0, -1, -0.2], [1, 0, 0, -0.3], [0, 0, 0, 1.0]])
    projection = np.array([[700.0, 0, 600, 0], [0, 700, 180, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    calib = [f"P{n}: {row(projection)}\n" for n in range(4)] + [f"Tr: {row(camera_from_lidar)}\n"]
    (sequence / "calib.txt").write_text("".join(calib))
    poses = []
    for n in range(6):
        first_from_now = np.eye(4)
        first_from_now[0, 3] = SPEED * DT * n
        poses.append(row(camera_from_lidar @ first_from_now @ np.linalg.inv(camera_from_lidar)))
        points, labels = scene(n)
        reflectance = np.full((len(points), 1), 0.5)
        scan = np.hstack([to_scan(points, n), reflectance]).astype("<f4")
        (sequence / "velodyne" / f"{n:06d}.bin").write_bytes(scan.tobytes())
        (sequence / "labels" / f"{n:06d}.label").write_bytes(labels.tobytes())
    (sequence / "poses.txt").write_text("\n".join(poses) + "\n")
    (sequence / "times.txt").write_text("".join(f"{n * DT:.6e}\n" for n in range(6)))
    for n in (0, 5):
        write_voxels(sequence / "voxels", n)
    print(json.dumps(str(sequence)))


main()
