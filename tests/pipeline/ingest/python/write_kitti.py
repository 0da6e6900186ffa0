"""Writes a KITTI log as its papers and readmes describe it: write_kitti.py raw|odometry FOLDER

`odometry`: a sequence of six scans, 0.1 s apart, straight ahead at 5 m/s, its poses beside `sequences/`.
`raw`: a drive of six scans at 10 m/s, heading 0.3 rad north of east and turning left at 0.2 rad/s; each point is where
the scanner, turning clockwise from the rear, met it.
In both, in the frame of the first scan: a wall at y = 8.5 from x = 5 to 25, one at y = -8.5, and a car that stands at
x = 10 to 14, y = 3 to 5.
"""

import json
import sys
from pathlib import Path

import numpy as np

DT = 0.1
ROW = "{:.9e}"


def row(matrix):
    return " ".join(ROW.format(value) for value in np.asarray(matrix).reshape(-1))


def plate(x, y, z, step):
    axes = [np.arange(low, high + 1e-9, step) for low, high in (x, y, z)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)


def scene():
    walls = [plate((5, 25), (y, y), (-1.5, 1.5), 0.5) for y in (8.5, -8.5)]
    return np.concatenate([*walls, plate((10, 14), (3, 5), (-1.5, -0.5), 0.5)])


def write_scan(file, points):
    file.write_bytes(np.hstack([points, np.full((len(points), 1), 0.25)]).astype("<f4").tobytes())


def write_odometry(root):
    sequence = root / "sequences" / "04"
    (sequence / "velodyne").mkdir(parents=True)
    (root / "poses").mkdir()
    camera_from_lidar = np.array([[0, -1, 0, 0.1], [0, 0, -1, -0.2], [1, 0, 0, -0.3], [0, 0, 0, 1.0]])
    poses = []
    for n in range(6):
        first_from_now = np.eye(4)
        first_from_now[0, 3] = 5 * DT * n
        poses.append(row((camera_from_lidar @ first_from_now @ np.linalg.inv(camera_from_lidar))[:3]))
        write_scan(sequence / "velodyne" / f"{n:06d}.bin", scene() - first_from_now[:3, 3])
    (root / "poses" / "04.txt").write_text("\n".join(poses) + "\n")
    (sequence / "times.txt").write_text("".join(f"{n * DT:.6e}\n" for n in range(6)))
    (sequence / "calib.txt").write_text(f"P0: {row(np.eye(4)[:3])}\nTr: {row(camera_from_lidar[:3])}\n")
    return sequence


# The drive, in metres east and north of 49 N 8.4 E along circles of latitude, at the IMU.
YAW, TURN, SPEED, ALTITUDE = 0.3, 0.2, 10.0, 115.0
START = np.array([1000.0, 2000.0])
VELO_FROM_IMU_T = np.array([-0.81, 0.32, -0.8])
EARTH = 6378137.0


def turned(yaw):
    c, s = np.cos(yaw), np.sin(yaw)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])


def city_from_velo(t):
    """Rotation and translation of the scanner at t s."""
    yaw = YAW + TURN * t
    # The arc of a constant speed and turn rate.
    arc = SPEED / TURN * np.array([np.sin(yaw) - np.sin(YAW), np.cos(YAW) - np.cos(yaw)])
    imu = np.array([*(START + arc), ALTITUDE])
    return turned(yaw), imu - turned(yaw) @ VELO_FROM_IMU_T


def seen(points, forward, start, end):
    """Where the turning scanner meets each point, in its own frame then."""
    out = np.empty_like(points)
    for p, point in enumerate(points):
        t = forward
        for _ in range(20):
            rotation, place = city_from_velo(t)
            here = rotation.T @ (point - place)
            azimuth = np.arctan2(here[1], here[0])
            t = forward + (start if azimuth > 0 else -end) * azimuth / np.pi
        out[p] = here
    return out


def clock(t):
    ns = round(t * 1e9)
    return f"2011-09-26 13:02:{25 + ns // 10**9:02d}.{ns % 10**9:09d}\n"


def fix(t):
    yaw = YAW + TURN * t
    arc = SPEED / TURN * np.array([np.sin(yaw) - np.sin(YAW), np.cos(YAW) - np.cos(yaw)])
    east, north = START + arc
    # Mercator, scaled by the cosine of the drive's first latitude, which depends on the scale: a few rounds settle it.
    first = 49.0
    for _ in range(50):
        scale = np.cos(np.radians(first)) * EARTH
        base = np.log(np.tan(np.pi / 4 + np.radians(49) / 2))
        inverse = lambda m: np.degrees(2 * np.arctan(np.exp(m / scale + base)) - np.pi / 2)
        first = inverse(START[1] + FIRST_NORTH)
    return [inverse(north), 8.4 + np.degrees(east / scale), ALTITUDE, 0, 0, yaw] + [0.0] * 24


# The first record is 3 ms after the first scan: that far north of the start.
FIRST_NORTH = SPEED / TURN * (np.cos(YAW) - np.cos(YAW + TURN * 0.003))

ITEM = """<item class_id="1" tracking_level="0" version="1">
<objectType>{kind}</objectType><h>{h}</h><w>{w}</w><l>{l}</l><first_frame>0</first_frame>
<poses class_id="2" tracking_level="0" version="0"><count>{count}</count><item_version>2</item_version>
{poses}</poses><finished>1</finished></item>
"""
POSE = "<item><tx>{0}</tx><ty>{1}</ty><tz>{2}</tz><rx>0</rx><ry>0</ry><rz>{3}</rz><state>2</state></item>\n"


def write_raw(root):
    drive = root / "2011_09_26" / "2011_09_26_drive_0005_sync"
    scans, oxts = drive / "velodyne_points", drive / "oxts"
    (scans / "data").mkdir(parents=True)
    (oxts / "data").mkdir(parents=True)
    calib = f"calib_time: 25-May-2012 16:47:16\nR: {row(np.eye(3))}\nT: {row(VELO_FROM_IMU_T)}\n"
    (root / "2011_09_26" / "calib_imu_to_velo.txt").write_text(calib)
    first, at = city_from_velo(0)
    in_city = scene() @ first.T + at
    centre = first @ np.array([12, 4, -1.5]) + at
    poses = []
    for n in range(6):
        t = n * DT
        write_scan(scans / "data" / f"{n:010d}.bin", seen(in_city, t, -0.0516, 0.0519))
        values = " ".join(repr(float(value)) for value in fix(t + 0.003))
        (oxts / "data" / f"{n:010d}.txt").write_text(values + "\n")
        now, place = city_from_velo(t)
        poses.append(POSE.format(*(now.T @ (centre - place)), -TURN * t))
    # Times count from half a second after the full one, so that the first turn's start has the same second.
    for name, shift in (("", 0), ("_start", -0.0516), ("_end", 0.0519)):
        (scans / f"timestamps{name}.txt").write_text("".join(clock(0.5 + n * DT + shift) for n in range(6)))
    (oxts / "timestamps.txt").write_text("".join(clock(0.503 + n * DT) for n in range(6)))
    item = ITEM.format(kind="Car", h=1.5, w=2, l=4, count=6, poses="".join(poses))
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>\n<!DOCTYPE boost_serialization>\n'
    body = f"<tracklets class_id=\"0\"><count>1</count><item_version>1</item_version>\n{item}</tracklets>"
    (drive / "tracklet_labels.xml").write_text(f"{head}<boost_serialization>\n{body}\n</boost_serialization>\n")
    return drive


kind, folder = sys.argv[1], Path(sys.argv[2])
print(json.dumps(str(write_raw(folder) if kind == "raw" else write_odometry(folder))))
