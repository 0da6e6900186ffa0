"""The drive as Foxglove messages, in protobuf or JSON: https://docs.foxglove.dev/docs/visualization/message-schemas"""

import base64
import json

import drive

POINT_TYPES = {'u1': 1, 'i1': 2, 'u2': 3, 'i2': 4, 'u4': 5, 'i4': 6, 'f4': 7, 'f8': 8}
# Fields by number: (name, type, repeated). A type of capital letters is a scalar.
MESSAGES = {
    'Vector3': {1: ('x', 'DOUBLE'), 2: ('y', 'DOUBLE'), 3: ('z', 'DOUBLE')},
    'Quaternion': {1: ('x', 'DOUBLE'), 2: ('y', 'DOUBLE'), 3: ('z', 'DOUBLE'), 4: ('w', 'DOUBLE')},
    'Pose': {1: ('position', 'Vector3'), 2: ('orientation', 'Quaternion')},
    'PackedElementField': {1: ('name', 'STRING'), 2: ('offset', 'FIXED32'), 3: ('type', 'INT32')},
    'PointCloud': {
        1: ('timestamp', 'Timestamp'),
        2: ('frame_id', 'STRING'),
        3: ('pose', 'Pose'),
        4: ('point_stride', 'FIXED32'),
        5: ('fields', 'PackedElementField', True),
        6: ('data', 'BYTES'),
    },
    'FrameTransform': {
        1: ('timestamp', 'Timestamp'),
        2: ('parent_frame_id', 'STRING'),
        3: ('child_frame_id', 'STRING'),
        4: ('translation', 'Vector3'),
        5: ('rotation', 'Quaternion'),
    },
    'KeyValuePair': {1: ('key', 'STRING'), 2: ('value', 'STRING')},
    'CubePrimitive': {1: ('pose', 'Pose'), 2: ('size', 'Vector3')},
    'SceneEntity': {
        1: ('timestamp', 'Timestamp'),
        2: ('frame_id', 'STRING'),
        3: ('id', 'STRING'),
        4: ('lifetime', 'Duration'),
        5: ('frame_locked', 'BOOL'),
        6: ('metadata', 'KeyValuePair', True),
        8: ('cubes', 'CubePrimitive', True),
    },
    'SceneEntityDeletion': {1: ('timestamp', 'Timestamp'), 2: ('type', 'INT32'), 3: ('id', 'STRING')},
    'SceneUpdate': {1: ('deletions', 'SceneEntityDeletion', True), 2: ('entities', 'SceneEntity', True)},
}


def vec(x, y, z):
    return {'x': float(x), 'y': float(y), 'z': float(z)}


def quat(x=0.0, y=0.0, z=0.0, w=1.0):
    return {'x': float(x), 'y': float(y), 'z': float(z), 'w': float(w)}


def messages(options):
    """(time, topic, type, message) with times in ns and data as bytes."""
    rows = []
    mounting = {'timestamp': drive.START_NS, 'parent_frame_id': 'base_link', 'child_frame_id': 'lidar_top'}
    mounting |= {'translation': vec(*drive.LIDARS['lidar_top'][0]), 'rotation': quat(*drive.LIDARS['lidar_top'][1])}
    rows.append((drive.START_NS - 200_000_000, '/tf', 'FrameTransform', mounting))
    for stamp_ns in drive.pose_times_ns():
        edge = {'timestamp': stamp_ns, 'parent_frame_id': 'map', 'child_frame_id': 'base_link'}
        edge |= {'translation': vec(drive.ego_x(stamp_ns), 0, 0), 'rotation': quat()}
        rows.append((stamp_ns + 1_000_000, '/tf', 'FrameTransform', edge))
    for stamp_ns in drive.sweep_times_ns():
        array = drive.cloud(stamp_ns, options)
        fields = [
            {'name': name, 'offset': offset, 'type': POINT_TYPES[kind.str[1:]]}
            for name, (kind, offset) in array.dtype.fields.items()
        ]
        turn = quat(w=0) if options.get('no_turn') else quat()
        cloud = {'timestamp': stamp_ns, 'frame_id': 'lidar_top', 'pose': {'position': vec(0, 0, 0), 'orientation': turn}}
        cloud |= {'point_stride': array.dtype.itemsize, 'fields': fields, 'data': array.tobytes()}
        rows.append((stamp_ns + 95_000_000, '/lidar', 'PointCloud', cloud))
        cube = {'pose': {'position': vec(*drive.CAR_CENTRE_M), 'orientation': quat()}, 'size': vec(*drive.CAR_SIZE_M)}
        metadata = [{'key': 'category', 'value': 'vehicle.car'}]
        car = {'timestamp': stamp_ns, 'frame_id': 'map', 'id': 'car-1', 'metadata': metadata, 'cubes': [cube]}
        update = {'entities': [car]}
        if options.get('said_once') and stamp_ns > drive.START_NS:
            update = {'deletions': [{'timestamp': stamp_ns, 'type': 0, 'id': 'another'}], 'entities': []}
        rows.append((stamp_ns + 97_000_000, '/boxes', 'SceneUpdate', update))
        # As converters of datasets draw the ego and the lanes: entities without a cube.
        ego = {'timestamp': stamp_ns, 'frame_id': 'base_link', 'id': 'ego', 'metadata': [], 'cubes': []}
        rows.append((stamp_ns + 97_000_000, '/ego', 'SceneUpdate', {'entities': [ego]}))
    return sorted(rows, key=lambda row: row[0])


def classes():
    """Message classes made from descriptors, without a compiler."""
    from google.protobuf import descriptor_pb2, descriptor_pool, duration_pb2, message_factory, timestamp_pb2

    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name='foxglove.proto', package='foxglove', syntax='proto3')
    file.dependency.extend(['google/protobuf/timestamp.proto', 'google/protobuf/duration.proto'])
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for number, (field, kind, *repeated) in fields.items():
            label = kinds.LABEL_REPEATED if repeated else kinds.LABEL_OPTIONAL
            one = message.field.add(name=field, number=number, label=label)
            if kind.isupper():
                one.type = getattr(kinds, f'TYPE_{kind}')
            else:
                one.type = kinds.TYPE_MESSAGE
                one.type_name = f'.google.protobuf.{kind}' if kind in ('Timestamp', 'Duration') else f'.foxglove.{kind}'
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(timestamp_pb2.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(duration_pb2.DESCRIPTOR.serialized_pb)
    pool.Add(file)
    made = message_factory.GetMessageClassesForFiles(['foxglove.proto'], pool)
    return {name: made[f'foxglove.{name}'] for name in MESSAGES}


def with_times(value, time):
    """The message with every `timestamp` as the encoding writes it."""
    if isinstance(value, dict):
        return {key: time(one) if key == 'timestamp' else with_times(one, time) for key, one in value.items()}
    return [with_times(one, time) for one in value] if isinstance(value, list) else value


def write_foxglove(path, kind, options):
    if kind == 'foxglove-json':
        write_json(path, options)
        return
    from mcap_protobuf.writer import Writer

    made = classes()
    with open(path, 'wb') as stream, Writer(stream, chunk_size=1 << 16) as writer:
        for log_ns, topic, name, message in messages(options):
            timed = with_times(message, lambda ns: {'seconds': ns // 10**9, 'nanos': ns % 10**9})
            writer.write_message(topic, made[name](**timed), log_ns, log_ns)


def write_json(path, options):
    from mcap.writer import Writer

    with open(path, 'wb') as stream:
        writer = Writer(stream, chunk_size=1 << 16)
        writer.start(profile='', library='test')
        channels = {}
        for log_ns, topic, name, message in messages(options):
            if topic not in channels:
                schema = writer.register_schema(f'foxglove.{name}', 'jsonschema', b'{"type": "object"}')
                channels[topic] = writer.register_channel(topic, 'json', schema)
            timed = with_times(message, lambda ns: {'sec': ns // 10**9, 'nsec': ns % 10**9})
            text = json.dumps(timed, default=lambda data: base64.b64encode(data).decode())
            writer.add_message(channels[topic], log_ns, text.encode(), log_ns)
        writer.finish()
