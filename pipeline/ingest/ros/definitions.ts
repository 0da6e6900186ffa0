/**
 * ROS 2 message definitions for bags that carry none (sqlite3 bags from before Iron), only of the types that ingest reads:
 * https://github.com/ros2/common_interfaces, https://github.com/ros2/geometry2 and, in its version 4 (Humble and later),
 * https://github.com/ros-perception/vision_msgs. Each holds the types it is made of, as recorders write them.
 */
const rule = `\n${'='.repeat(80)}\n`
const part = (type: string, fields: string) => `MSG: ${type}\n${fields}`
const joined = (fields: string, ...parts: string[]) => [fields, ...parts].join(rule)

const header = [
  part('std_msgs/Header', 'builtin_interfaces/Time stamp\nstring frame_id'),
  part('builtin_interfaces/Time', 'int32 sec\nuint32 nanosec'),
]
const vector = part('geometry_msgs/Vector3', 'float64 x\nfloat64 y\nfloat64 z')
const quaternion = part('geometry_msgs/Quaternion', 'float64 x\nfloat64 y\nfloat64 z\nfloat64 w')
const pose = [
  part('geometry_msgs/Pose', 'geometry_msgs/Point position\ngeometry_msgs/Quaternion orientation'),
  part('geometry_msgs/Point', 'float64 x\nfloat64 y\nfloat64 z'),
  quaternion,
]
const poseWithCovariance = [
  part('geometry_msgs/PoseWithCovariance', 'geometry_msgs/Pose pose\nfloat64[36] covariance'),
  ...pose,
]
const cloudFields = [
  'std_msgs/Header header',
  'uint32 height',
  'uint32 width',
  'sensor_msgs/PointField[] fields',
  'bool is_bigendian',
  'uint32 point_step',
  'uint32 row_step',
  'uint8[] data',
  'bool is_dense',
]
const detectionFields = [
  'std_msgs/Header header',
  'vision_msgs/ObjectHypothesisWithPose[] results',
  'vision_msgs/BoundingBox3D bbox',
  'string id',
]

export const ros2Definitions = {
  'sensor_msgs/PointCloud2': joined(
    cloudFields.join('\n'),
    ...header,
    part('sensor_msgs/PointField', 'string name\nuint32 offset\nuint8 datatype\nuint32 count'),
  ),
  'tf2_msgs/TFMessage': joined(
    'geometry_msgs/TransformStamped[] transforms',
    part(
      'geometry_msgs/TransformStamped',
      'std_msgs/Header header\nstring child_frame_id\ngeometry_msgs/Transform transform',
    ),
    ...header,
    part('geometry_msgs/Transform', 'geometry_msgs/Vector3 translation\ngeometry_msgs/Quaternion rotation'),
    vector,
    quaternion,
  ),
  'nav_msgs/Odometry': joined(
    [
      'std_msgs/Header header',
      'string child_frame_id',
      'geometry_msgs/PoseWithCovariance pose',
      'geometry_msgs/TwistWithCovariance twist',
    ].join('\n'),
    ...header,
    ...poseWithCovariance,
    part('geometry_msgs/TwistWithCovariance', 'geometry_msgs/Twist twist\nfloat64[36] covariance'),
    part('geometry_msgs/Twist', 'geometry_msgs/Vector3 linear\ngeometry_msgs/Vector3 angular'),
    vector,
  ),
  'geometry_msgs/PoseStamped': joined('std_msgs/Header header\ngeometry_msgs/Pose pose', ...header, ...pose),
  'geometry_msgs/PoseWithCovarianceStamped': joined(
    'std_msgs/Header header\ngeometry_msgs/PoseWithCovariance pose',
    ...header,
    ...poseWithCovariance,
  ),
  'vision_msgs/Detection3DArray': joined(
    'std_msgs/Header header\nvision_msgs/Detection3D[] detections',
    part('vision_msgs/Detection3D', detectionFields.join('\n')),
    ...header,
    part(
      'vision_msgs/ObjectHypothesisWithPose',
      'vision_msgs/ObjectHypothesis hypothesis\ngeometry_msgs/PoseWithCovariance pose',
    ),
    part('vision_msgs/ObjectHypothesis', 'string class_id\nfloat64 score'),
    ...poseWithCovariance,
    part('vision_msgs/BoundingBox3D', 'geometry_msgs/Pose center\ngeometry_msgs/Vector3 size'),
    vector,
  ),
} satisfies Record<string, string>
