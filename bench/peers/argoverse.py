"""A log in the Argoverse 2 layout whose points carry labels: poses, the LiDARs' places, sweeps."""

import json
import math
from pathlib import Path

import numpy as np
import pyarrow.feather as feather
from rigid import compose, interpolate, invert, matrix, normalise, transform

UPPER_LASERS = 32
MAX_STEP_NS = 5e6


def column(table, name):
    return table.column(name).to_numpy()


class Log:
    def __init__(self, folder):
        self.folder = Path(folder)
        poses = feather.read_table(self.folder / "city_SE3_egovehicle.feather")
        times = column(poses, "timestamp_ns")
        self.start_ns = int(times[0])
        self.times_ns = (times - times[0]).astype(np.float64)
        self.q = np.stack([column(poses, n) for n in ("qw", "qx", "qy", "qz")], axis=1)
        self.t = np.stack([column(poses, n) for n in ("tx_m", "ty_m", "tz_m")], axis=1)
        mounts = feather.read_table(self.folder / "calibration" / "egovehicle_SE3_sensor.feather").to_pylist()
        lidars = sorted((m for m in mounts if "lidar" in m["sensor_name"]), key=lambda m: m["sensor_name"] != "up_lidar")
        self.lidars = [(m["tx_m"], m["ty_m"], m["tz_m"]) for m in lidars]
        self.sweeps = sorted((self.folder / "sensors" / "lidar").glob("*.feather"), key=lambda p: int(p.stem))

    def pose(self, row):
        return normalise(tuple(map(float, self.q[row]))), tuple(map(float, self.t[row]))

    def city_from_ego(self, time_ns):
        after = int(np.searchsorted(self.times_ns, time_ns, side="right"))
        if after == 0:
            return self.pose(0)
        if after == len(self.times_ns):
            return self.pose(after - 1)
        low, high = self.times_ns[after - 1], self.times_ns[after]
        return interpolate(self.pose(after - 1), self.pose(after), float((time_ns - low) / (high - low)))

    def read(self, index):
        """One decoded sweep: what a kernel gets, points as float32 in the ego frame of the sweep's time."""
        path = self.sweeps[index]
        table = feather.read_table(path, use_threads=False)
        points = np.stack([column(table, n).astype(np.float32) for n in ("x", "y", "z")], axis=1)
        laser = column(table, "laser_number")
        names = json.loads(table.schema.metadata[b"semantic_names"])
        return {
            "time_ns": float(int(path.stem) - self.start_ns),
            "points": points,
            "lidar": (laser >= UPPER_LASERS).astype(np.uint8) if len(self.lidars) == 2 else np.zeros_like(laser),
            "offset_ns": column(table, "offset_ns"),
            "code": column(table, "semantic"),
            "names": names,
        }

    def placing(self, sweep):
        """The frame of the sweep's own time: its matrix, and where each LiDAR stood, step by step (lidars, steps + 1, 3)."""
        time_ns = sweep["time_ns"]
        city_from_frame = self.city_from_ego(time_ns)
        frame_from_city = invert(city_from_frame)
        q, t = compose(frame_from_city, city_from_frame)
        first = min(0, int(sweep["offset_ns"].min()))
        last = max(0, int(sweep["offset_ns"].max()))
        steps = max(1, math.ceil((last - first) / MAX_STEP_NS))
        places = np.empty((len(self.lidars), steps + 1, 3))
        for step in range(steps + 1):
            ego = compose(frame_from_city, self.city_from_ego(time_ns + first + ((last - first) * step) / steps))
            for n, mount in enumerate(self.lidars):
                places[n, step] = transform(ego, mount)
        return matrix(q), np.array(t), places, float(first), max(1.0, (last - first) / steps)
