"""Writes a drive through a bend as the drivers and stacks of the field record it, and what must come out of it.

`write_drivers.py DRIVER DIR OPTIONS` writes a bag below DIR, `expected.f32` (sweeps × points × 3: metres in the ego frame of
each sweep's time, from the closed formulas below), and prints the bag's path as JSON. The ego turns at 0.3 rad/s with 6 m/s,
nods and rolls; the LiDAR hangs upside down at the end of three fixed transforms, none of them the identity.
"""

import json
import sys
from pathlib import Path

import numpy as np
import write_bag as ros

START_NS = 1_700_000_000_000_000_000
SWEEPS, POINTS = 12, 240


def product(a, b):
    """Of quaternions w x y z."""
    (w, x, y, z), (W, X, Y, Z) = a, b
    return np.array([
        w * W - x * X - y * Y - z * Z, w * X + x * W + y * Z - z * Y,
        w * Y - x * Z + y * W + z * X, w * Z + x * Y - y * X + z * W,
    ])  # fmt: skip


def euler(yaw, pitch, roll):
    about = lambda angle, axis: np.array([np.cos(angle / 2), *(np.sin(angle / 2) * np.eye(3)[axis])])
    return product(product(about(yaw, 2), about(pitch, 1)), about(roll, 0))


def matrix(q):
    w, x, y, z = q
    return np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ])  # fmt: skip


def ego(s):
    """Place and attitude in the city, s seconds after the start."""
    yaw = 0.3 * s
    place = np.array([20 * np.sin(yaw) + 100, 20 * (1 - np.cos(yaw)) - 50, 3 + 0.1 * np.sin(s)])
    return place, euler(yaw, 0.02 * np.sin(2 * s), 0.03 * np.cos(s))


MOUNTINGS = [
    ('base_link', 'mast', np.array([0.5, 0.1, 1.2]), euler(0.2, 0, 0)),
    ('mast', 'plate', np.array([0.1, 0, 0.6]), euler(0, 0.1, -0.05)),
    ('plate', 'lidar', np.array([0, 0.02, 0.1]), euler(1.4, 0.02, 3.0)),
]


def mounting():
    place, turn = np.zeros(3), np.array([1.0, 0, 0, 0])
    for _, _, step, rotation in MOUNTINGS:
        place, turn = place + matrix(turn) @ step, product(turn, rotation)
    return place, turn


def sweep(number, s, offsets_s, in_base):
    """Points as the LiDAR met them, each at its own time, and as of the sweep's time on the ego."""
    rng = np.random.default_rng(number)
    city = np.stack([rng.uniform(90, 130, POINTS), rng.uniform(-65, -35, POINTS), rng.uniform(0, 6, POINTS)], 1)
    place, turn = mounting()
    met = np.zeros((POINTS, 3))
    for p, offset in enumerate(offsets_s):
        at, attitude = ego(s + offset)
        on_ego = matrix(attitude).T @ (city[p] - at)
        met[p] = on_ego if in_base else matrix(turn).T @ (on_ego - place)
    at, attitude = ego(s)
    return met, (city - at) @ matrix(attitude)


XYZ = [('x', '<f4', 0), ('y', '<f4', 4), ('z', '<f4', 8)]
# By driver: fields, bytes of a point, times of the points after the stamp (s), the field of times and what stands in it.
DRIVERS = {
    'velodyne': ([*XYZ, ('intensity', '<f4', 12), ('ring', '<u2', 16), ('time', '<f4', 18)], 22, (0, 0.0995), 'time', lambda ns, s: s),
    'velodyne stamped at the end': ([*XYZ, ('time', '<f4', 18)], 22, (-0.0995, 0), 'time', lambda ns, s: s),
    'ouster': ([*XYZ, ('t', '<u4', 20), ('reflectivity', '<u2', 24), ('range', '<u4', 32)], 48, (0, 0.0995), 't', lambda ns, s: s * 1e9),
    'hesai': ([*XYZ, ('timestamp', '<f8', 24), ('ring', '<u2', 32)], 48, (0, 0.0995), 'timestamp', lambda ns, s: ns / 1e9 + s),
    'livox': ([*XYZ, ('timestamp', '<f8', 18)], 26, (0, 0.0995), 'timestamp', lambda ns, s: ns + s * 1e9),
    'aeva': ([*XYZ, ('time_offset_ns', '<i4', 12)], 16, (-0.05, 0.0495), 'time_offset_ns', lambda ns, s: s * 1e9),
    'big endian': ([('x', '>f8', 0), ('y', '>f8', 8), ('z', '>f8', 16), ('t', '>i4', 24)], 28, (0, 0.0995), 't', lambda ns, s: s * 1e6),
}  # fmt: skip


def cloud(ns, frame, array, options):
    height, padding = options.get('height', 1), options.get('row_padding', 0)
    rows = array.reshape(height, -1)
    width = rows.shape[1]
    fields = sorted(array.dtype.fields.items(), key=lambda field: field[1][1])
    return {
        'header': ros.header(ns, frame),
        'height': height,
        'width': width,
        'fields': [
            {'name': name, 'offset': offset, 'datatype': ros.POINT_TYPES[kind.str[1:]], 'count': 1}
            for name, (kind, offset) in fields
        ],
        'is_bigendian': any(kind.str[0] == '>' for _, (kind, _) in fields),
        'point_step': array.dtype.itemsize,
        'row_step': options.get('row_step', width * array.dtype.itemsize + padding),
        'data': np.frombuffer(b''.join(row.tobytes() + b'\xee' * padding for row in rows), np.uint8),
        'is_dense': True,
    }


def wxyz(q):
    w, x, y, z = q
    return x, y, z, w


def rows_of(driver, options):
    """(time of recording, topic, type, message), and the points that must come out."""
    start_ns, slash = options.get('start_ns', START_NS), '/' if options.get('slashes') else ''
    later_ns = START_NS - start_ns if 'start_ns' in options else 0
    tf, rows, expected = 'tf2_msgs/msg/TFMessage', [], []
    static = [ros.transform(0, slash + a, slash + b, t, wxyz(q)) for a, b, t, q in MOUNTINGS]
    if options.get('negated'):
        static += [ros.transform(0, slash + a, slash + b, t, wxyz(-q)) for a, b, t, q in MOUNTINGS]
    rows.append((start_ns - 150_000_000, '/tf_static', tf, {'transforms': static}))
    lost = range(*options.get('lost_poses', (0, 0)))
    for k in range(-9, 10 * SWEEPS + 40):
        if k in lost and not options.get('by_odom'):
            continue
        ns = start_ns + k * 10_000_000
        place, attitude = ego(k / 100)
        if options.get('twist_only'):
            message = ros.odometry(ns)
            message['pose']['pose']['position'] = ros.vec(0, 0, 0)
            message['twist']['twist'] = {'linear': ros.vec(6, 0, 0), 'angular': ros.vec(0, 0, 0)}
            rows.append((ns, '/odom', 'nav_msgs/msg/Odometry', message))
            continue
        edges = [ros.transform(ns, f'{slash}map', f'{slash}base_link', place, wxyz(attitude))]
        if options.get('by_odom'):
            # Odometry that drifts, and a localisation that says at 20 Hz how far.
            drift, turned = np.array([0.5 + 0.2 * k / 100, -0.003 * k, 0.1]), euler(0.05 + 0.0002 * k, 0, 0)
            moved, heading = matrix(turned).T @ (place - drift), product(turned * np.array([1, -1, -1, -1]), attitude)
            edges = [ros.transform(ns, 'odom', 'base_link', moved, wxyz(heading))]
            if k % 5 == 0 and k not in lost:
                edges.append(ros.transform(ns, 'map', 'odom', drift, wxyz(turned)))
        if options.get('two_parents'):
            edges.append(ros.transform(ns, 'odom', 'base_link', place - 100, wxyz(attitude)))
        rows.append((ns + 3_000_000, '/tf', tf, {'transforms': edges}))
    fields, step, (first, last), time_field, value = DRIVERS[driver]
    names, formats, offsets = zip(*fields)
    dtype = np.dtype({'names': names, 'formats': formats, 'offsets': offsets, 'itemsize': step})
    frame = slash + ('base_link' if options.get('in_base') else 'lidar')
    for number in range(SWEEPS):
        ns, offsets_s = start_ns + number * 100_000_000, np.linspace(first, last, POINTS)
        met, on_ego = sweep(number, number / 10, offsets_s, options.get('in_base'))
        array = np.zeros(POINTS, dtype)
        array['x'], array['y'], array['z'] = met.T
        times = value(ns, offsets_s)
        array[time_field] = np.round(times) if dtype[time_field].kind in 'ui' else times
        if options.get('stray'):
            array[time_field][0] = np.iinfo(np.uint32).max
            on_ego = on_ego[1:]
        if 'rcs' in options:
            array = np.lib.recfunctions.append_fields(array, 'rcs', np.zeros(POINTS, 'f4'), usemask=False)
        rows.append((ns + 100_000_000, '/points', 'sensor_msgs/msg/PointCloud2', cloud(ns, frame, array, options)))
        if options.get('empty'):
            rows.append((ns, '/points', 'sensor_msgs/msg/PointCloud2', cloud(ns + 50_000_000, frame, array[:0], {})))
        expected.append(on_ego)
    if options.get('unset_stamps'):
        rows.append((start_ns - 100_000_000, '/points', 'sensor_msgs/msg/PointCloud2', cloud(0, frame, array, options)))
    rows = [(log_ns + later_ns, *row) for log_ns, *row in rows]
    return sorted(rows, key=lambda row: row[0]), np.array(expected)


def main(driver, folder, options):
    rows, expected = rows_of(driver, options)
    folder = Path(folder)
    expected.astype('<f4').tofile(folder / 'expected.f32')
    ros.messages = lambda _: rows
    if options.get('ros1'):
        path, beside = folder / 'drive.bag', folder
        ros.write_rosbag1(path, options)
    else:
        path = beside = folder / 'drive'
        ros.write_rosbag2(path, options)
    log = {'site_id': 'site', 'route_id': 'route', 'rig_id': 'rig', 'vocabulary': 'nuscenes', **options.get('log', {})}
    (beside / 'log.json').write_text(json.dumps(log))
    print(json.dumps(str(path)))


if __name__ == '__main__':
    import numpy.lib.recfunctions  # noqa: F401

    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
