"""A drive of two seconds that every bag sample records: the same numbers whatever the container.

The ego drives along x of `map` at 5 m/s. One LiDAR, 1 m ahead of `base_link`, 2 m up and turned by 90 degrees, sends ten
clouds a second (another behind it can be asked for): flat ground, a wall at y = 6 m, and the rear of a car that stands at x = 30 m. Every point is taken at its
own time within 90 ms, from where the LiDAR is at that time.
"""

import numpy as np

START_NS = 1_700_000_000_000_000_000
SPEED_MPS = 5.0
# Where each stands on the ego, metres, and how it is turned: x y z w; the first by 90 degrees about z.
LIDARS = {
    'lidar_top': ((1.0, 0.0, 2.0), (0.0, 0.0, np.sqrt(0.5), np.sqrt(0.5))),
    'lidar_rear': ((-1.0, 0.5, 1.0), (0.0, 0.0, 0.0, 1.0)),
}
CAR_CENTRE_M = (30.0, 0.5, 0.75)
CAR_SIZE_M = (4.0, 2.0, 1.5)


def sweep_times_ns():
    return [START_NS + i * 100_000_000 for i in range(21)]


def pose_times_ns():
    return [START_NS + i * 50_000_000 for i in range(-2, 46)]


def ego_x(stamp_ns):
    return SPEED_MPS * (stamp_ns - START_NS) / 1e9


def world_points(stamp_ns):
    """City coordinates of what a sweep sees, metres; rows are points."""
    x0 = np.floor(ego_x(stamp_ns))
    gx, gy = np.meshgrid(np.arange(-12.13, 20, 1.0) + x0, np.arange(-5.07, 6, 1.0))
    ground = np.stack([gx.ravel(), gy.ravel(), np.full(gx.size, 0.05)], 1)
    wx, wz = np.meshgrid(np.arange(-10.31, 20, 0.7) + x0, np.arange(0.3, 2.5, 0.5))
    wall = np.stack([wx.ravel(), np.full(wx.size, 6.03), wz.ravel()], 1)
    cy, cz = np.meshgrid(np.arange(-0.4, 1.45, 0.3), np.arange(0.2, 1.45, 0.3))
    car = np.stack([np.full(cy.size, 28.02), cy.ravel(), cz.ravel()], 1)
    return np.concatenate([ground, wall, car])


def sweep(stamp_ns, lidar):
    """Points in the LiDAR's frame (float32, metres) and their times after the stamp (ns)."""
    city = world_points(stamp_ns)
    offset_ns = np.linspace(0, 90_000_000, len(city)).astype(np.int64)
    at = LIDARS[lidar][0]
    ahead = city[:, 0] - SPEED_MPS * (stamp_ns - START_NS + offset_ns) / 1e9 - at[0]
    left, up = city[:, 1] - at[1], city[:, 2] - at[2]
    # The upper one's x looks left of the ego, its y looks back.
    points = np.stack([left, -ahead, up] if lidar == 'lidar_top' else [ahead, left, up], 1)
    return points.astype(np.float32), offset_ns


def point_dtype(options):
    """Names and types of a point: padded, and x y z neither first nor together."""
    order = '>' if options.get('bigendian') else '<'
    number = 'f8' if options.get('double') else 'f4'
    time = {'t': 'u4', 'time': 'f4', 'timestamp': 'f8', 'offset_time': 'u4', 'time_stamp': 'f8'}
    fields = [('intensity', 'u1'), ('x', order + number), ('y', order + number), ('ring', order + 'u2'), ('z', order + number)]
    for name in options.get('time', ['t']):
        fields.append((name, order + time[name]))
    names, types = zip(*fields)
    offsets = np.cumsum([0] + [np.dtype(t).itemsize for t in types])
    # Three bytes of padding behind every point, so that nothing is aligned.
    return np.dtype({'names': names, 'formats': types, 'offsets': offsets[:-1], 'itemsize': int(offsets[-1]) + 3})


def cloud(stamp_ns, options, lidar='lidar_top'):
    """A sweep as an array of `point_dtype`."""
    points, offset_ns = sweep(stamp_ns, lidar)
    out = np.zeros(len(points), point_dtype(options))
    for axis, name in enumerate('xyz'):
        out[name] = points[:, axis]
    for name in options.get('time', ['t']):
        scale = options.get('time_scale', {'t': 1, 'offset_time': 1, 'time': 1e-9}.get(name, 1e-9))
        epoch = name in ('timestamp', 'time_stamp')
        value = (stamp_ns + offset_ns) * 1e-9 if epoch else offset_ns * scale + options.get('time_shift', 0)
        out[name] = np.round(value) if out.dtype[name].kind == 'u' else value
    return out
