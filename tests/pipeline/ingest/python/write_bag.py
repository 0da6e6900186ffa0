"""Writes the drive of `drive.py` into one container, with writers that occlab has nothing to do with.

`write_bag.py KIND DIR OPTIONS` prints the path that a user would name, as JSON. Options are a JSON object; see `drive.py`
and the functions below.
"""

import json
import sqlite3
import sys
from pathlib import Path

import drive
import numpy as np

VISION = 'vision_msgs/msg/'
VISION_TYPES = {
    'Detection3DArray': 'std_msgs/Header header\nvision_msgs/Detection3D[] detections',
    'Detection3D': 'std_msgs/Header header\nvision_msgs/ObjectHypothesisWithPose[] results\n'
    'vision_msgs/BoundingBox3D bbox\nstring id',
    'ObjectHypothesisWithPose': 'vision_msgs/ObjectHypothesis hypothesis\ngeometry_msgs/PoseWithCovariance pose',
    'ObjectHypothesis': 'string class_id\nfloat64 score',
    'BoundingBox3D': 'geometry_msgs/Pose center\ngeometry_msgs/Vector3 size',
}
POINT_TYPES = {'i1': 1, 'u1': 2, 'i2': 3, 'u2': 4, 'i4': 5, 'u4': 6, 'f4': 7, 'f8': 8}


def time(stamp_ns):
    return {'sec': stamp_ns // 10**9, 'nanosec': stamp_ns % 10**9}


def header(stamp_ns, frame):
    return {'stamp': time(stamp_ns), 'frame_id': frame}


def vec(x, y, z):
    return {'x': float(x), 'y': float(y), 'z': float(z)}


def quat(x=0.0, y=0.0, z=0.0, w=1.0):
    return {'x': float(x), 'y': float(y), 'z': float(z), 'w': float(w)}


def transform(stamp_ns, parent, child, translation, rotation):
    return {
        'header': header(stamp_ns, parent),
        'child_frame_id': child,
        'transform': {'translation': vec(*translation), 'rotation': quat(*rotation)},
    }


def cloud(stamp_ns, options, lidar='lidar_top'):
    array = drive.cloud(stamp_ns, options, lidar)
    dtype, count = array.dtype, len(array)
    width, height, padding = count, 1, 0
    data = array.tobytes()
    if options.get('organised'):
        # Two rows, the second cut short by points that did not return, and eight bytes behind each row.
        width, height, padding = count // 2 + 1, 2, 8
        grid = np.zeros(width * height, dtype)
        grid[:count] = array
        grid['x'][count:] = np.nan
        data = b''.join(row.tobytes() + b'\xff' * padding for row in grid.reshape(height, width))
    fields = [
        {'name': name, 'offset': offset, 'datatype': POINT_TYPES[kind.str[1:]], 'count': 1}
        for name, (kind, offset) in dtype.fields.items()
    ]
    return {
        'header': header(0 if options.get('no_stamp') else stamp_ns, lidar),
        'height': height,
        'width': width,
        'fields': sorted(fields, key=lambda field: field['offset']),
        'is_bigendian': bool(options.get('bigendian')),
        'point_step': dtype.itemsize,
        'row_step': width * dtype.itemsize + padding,
        'data': np.frombuffer(data, np.uint8),
        'is_dense': not options.get('organised'),
    }


def odometry(stamp_ns, said_ns=None):
    pose = {'position': vec(drive.ego_x(stamp_ns), 0, 0), 'orientation': quat()}
    none = vec(0, 0, 0)
    return {
        'header': header(stamp_ns if said_ns is None else said_ns, 'map'),
        'child_frame_id': 'base_link',
        'pose': {'pose': pose, 'covariance': np.zeros(36)},
        'twist': {'twist': {'linear': none, 'angular': none}, 'covariance': np.zeros(36)},
    }


def detections(stamp_ns, count=1):
    pose = {'position': vec(*drive.CAR_CENTRE_M), 'orientation': quat()}
    posed = {'pose': {'position': vec(0, 0, 0), 'orientation': quat()}, 'covariance': np.zeros(36)}
    results = [
        {'hypothesis': {'class_id': name, 'score': score}, 'pose': posed}
        for name, score in [('vehicle.truck', 0.2), ('vehicle.car', 0.7)]
    ]
    car = {
        'header': header(stamp_ns, 'map'),
        'results': results,
        'bbox': {'center': pose, 'size': vec(*drive.CAR_SIZE_M)},
        'id': 'car-1',
    }
    return {'header': header(stamp_ns, 'map'), 'detections': [car] * count}


def messages(options):
    """(time, topic, type, message) in the order of recording."""
    left_out = options.get('without', [])
    rows = []
    tf, cloud_type = 'tf2_msgs/msg/TFMessage', 'sensor_msgs/msg/PointCloud2'
    if 'tf_static' not in left_out:
        scale = options.get('mount_scale', 1)
        mounts = {name: (at, [scale * part for part in q]) for name, (at, q) in drive.LIDARS.items()}
        edges = [transform(0, 'base_link', name, *where) for name, where in mounts.items()]
        rows.append((drive.START_NS - 200_000_000, '/tf_static', tf, {'transforms': edges}))
    until_ns = drive.START_NS + round(1e9 * options.get('poses_until_s', 10))
    for stamp_ns in drive.pose_times_ns():
        log_ns = stamp_ns + 1_000_000
        if stamp_ns > until_ns:
            continue
        if options.get('poses') == 'tf':
            edge = transform(stamp_ns, 'map', 'base_link', (drive.ego_x(stamp_ns), 0, 0), (0, 0, 0, 1))
            rows.append((log_ns, '/tf', tf, {'transforms': [edge]}))
        elif 'odometry' not in left_out:
            # What a clock that is set back a second after the start writes, and one that counts microseconds.
            said_ns = stamp_ns - (options.get('set_back_ns', 0) if stamp_ns > drive.START_NS + 10**9 else 0)
            said_ns //= options.get('pose_stamp_divisor', 1)
            rows.append((log_ns, '/odom', 'nav_msgs/msg/Odometry', odometry(stamp_ns, said_ns)))
    for stamp_ns in drive.sweep_times_ns():
        log_ns = stamp_ns if options.get('no_stamp') else stamp_ns + 95_000_000
        rows.append((log_ns, '/lidar/points', cloud_type, cloud(stamp_ns, options)))
        if options.get('second_lidar'):
            later_ns = stamp_ns + 30_000_000
            rows.append((log_ns, '/rear/points', cloud_type, cloud(later_ns, options, 'lidar_rear')))
        if options.get('twin_topic'):
            rows.append((log_ns, '/lidar/again', cloud_type, cloud(stamp_ns, options)))
        if 'boxes' not in left_out:
            for _ in range(options.get('box_messages', 1)):
                boxes = detections(stamp_ns, options.get('cars', 1))
                rows.append((log_ns + 2_000_000, '/boxes', VISION + 'Detection3DArray', boxes))
    return sorted(rows, key=lambda row: row[0])


def typestore(store):
    from rosbags.typesys import Stores, get_types_from_msg, get_typestore

    types = get_typestore(getattr(Stores, store))
    for name, text in VISION_TYPES.items():
        types.register(get_types_from_msg(text, VISION + name))
    if 'tf2_msgs/msg/TFMessage' not in types.types:
        types.register(get_types_from_msg('geometry_msgs/TransformStamped[] transforms', 'tf2_msgs/msg/TFMessage'))
    return types


def built(types, name, value):
    """A plain dictionary as the typestore's class of that name."""
    from rosbags.interfaces import Nodetype

    def field(kind, what, given):
        if kind == Nodetype.NAME:
            return built(types, what, given)
        if kind in (Nodetype.ARRAY, Nodetype.SEQUENCE):
            (inner, inner_what), _ = what
            return [built(types, inner_what, one) for one in given] if inner == Nodetype.NAME else given
        return given

    given = {**value, 'seq': 0} if 'stamp' in value else value
    return types.types[name](**{key: field(*desc, given[key]) for key, desc in types.fielddefs[name][1]})


def write_rosbag2(path, options, storage='SQLITE3'):
    from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer

    types = typestore('ROS2_JAZZY')
    writer = Writer(path, version=9, storage_plugin=StoragePlugin[storage])
    if options.get('packed'):
        writer.set_compression(CompressionMode.MESSAGE, CompressionFormat.ZSTD)
    with writer:
        connections = {}
        for log_ns, topic, kind, message in messages(options):
            if topic not in connections:
                connections[topic] = writer.add_connection(topic, kind, typestore=types)
            writer.write(connections[topic], log_ns, types.serialize_cdr(built(types, kind, message), kind))
    if options.get('old'):
        with sqlite3.connect(path / f'{path.name}.db3') as database:
            database.execute('DROP TABLE message_definitions')
    if options.get('wal'):
        with sqlite3.connect(path / f'{path.name}.db3') as database:
            database.execute('PRAGMA journal_mode=WAL')


def split(path):
    """Cuts a sqlite3 bag in two parts, as a recorder with a size limit does: both have all topics."""
    whole = path / f'{path.name}.db3'
    parts = [path / f'{path.name}_{number}.db3' for number in (0, 1)]
    for number, part in enumerate(parts):
        part.write_bytes(whole.read_bytes())
        with sqlite3.connect(part) as database:
            (middle,) = database.execute('SELECT max(id) / 2 FROM messages').fetchone()
            database.execute(f'DELETE FROM messages WHERE id {"><"[number]}= {middle + 1 - number}')
    whole.unlink()
    metadata = path / 'metadata.yaml'
    one, two = (f'  - {part.name}' for part in parts)
    metadata.write_text(metadata.read_text().replace(f'  - {whole.name}', f'{one}\n{two}'))


def write_rosbag1(path, options):
    from rosbags.rosbag1 import Writer

    types = typestore('ROS1_NOETIC')
    writer = Writer(path)
    writer.chunk_threshold = 1 << 16
    if 'compression' in options:
        writer.set_compression(Writer.CompressionFormat[options['compression']])
    with writer:
        connections = {}
        for log_ns, topic, kind, message in messages(options):
            if topic not in connections:
                connections[topic] = writer.add_connection(topic, kind, typestore=types)
            writer.write(connections[topic], log_ns, types.serialize_ros1(built(types, kind, message), kind))


def write_mcap(path, options):
    from mcap.writer import CompressionType, IndexType, Writer

    types = typestore('ROS2_JAZZY')
    with open(path, 'wb') as stream:
        writer = Writer(
            stream,
            chunk_size=1 << 16,
            compression=CompressionType[options.get('compression', 'ZSTD')],
            use_chunking=not options.get('unchunked'),
            index_types=IndexType.NONE if options.get('unchunked') else IndexType.ALL,
            enable_data_crcs=True,
        )
        writer.start(profile='ros2', library='test')
        if 'metadata' in options:
            writer.add_metadata('occlab', options['metadata'])
        channels = {}
        for log_ns, topic, kind, message in messages(options):
            if topic not in channels:
                text = types.generate_msgdef(kind, ros_version=2)[0]
                schema = writer.register_schema(kind, 'ros2msg', text.encode())
                channels[topic] = writer.register_channel(topic, 'cdr', schema)
            data = types.serialize_cdr(built(types, kind, message), kind)
            writer.add_message(channels[topic], log_ns, bytes(data), log_ns)
        writer.finish()


def main(kind, folder, options):
    folder = Path(folder)
    named = folder
    log = {'site_id': 'site', 'route_id': 'route', 'rig_id': 'rig', 'vocabulary': 'nuscenes', **options.get('log', {})}
    if kind == 'mcap':
        write_mcap(folder / 'drive.mcap', options)
        named = folder / 'drive.mcap'
    elif kind == 'rosbag1':
        write_rosbag1(folder / 'drive.bag', options)
        named = folder / 'drive.bag'
    elif kind in ('rosbag2', 'rosbag2-mcap'):
        named = folder / 'drive'
        write_rosbag2(named, options, 'MCAP' if kind == 'rosbag2-mcap' else 'SQLITE3')
        if options.get('split'):
            split(named)
        if options.get('without_metadata'):
            (named / 'metadata.yaml').unlink()
    else:
        from foxglove import write_foxglove

        write_foxglove(folder / 'drive.mcap', kind, options)
        named = folder / 'drive.mcap'
    beside = named if named.is_dir() else folder
    if not options.get('no_log'):
        (beside / 'log.json').write_text(json.dumps({key: value for key, value in log.items() if value is not None}))
    print(json.dumps(str(named)))


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]) if len(sys.argv) > 3 else {})
