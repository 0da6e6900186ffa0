"""Writes a small folder in the layout of nuScenes with json and NumPy.

usage: write_nuscenes.py FOLDER [map] [occ3d] [lidarseg] [two] [wrong]
       write_nuscenes.py FOLDER alone

A scene of two keyframes half a second apart, with nine turns of the LiDAR between them. The car drives north (along +y
of the map) at 10 m/s from (100, 200); the LiDAR stands 1 m before the rear axle and 2 m up, its x to the right and its
y ahead. A car of 4 x 2 x 1.6 m is parked with its middle at (98, 220); a child walks east at 1 m/s from (103, 212).
`two` adds a second scene of the same drive, of one keyframe, by rain and night. `wrong` has a label that
Occ3D does not know in the first of its grids, and half of the second. `alone` writes Occ3D-nuScenes as it is
published, without nuScenes: its `annotations.json` and `gts` of the first scene. Prints the folder's path as JSON.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np

folder, parts = Path(sys.argv[1]), sys.argv[2:]
version = "v1.0-mini"
start_us = 1532402927600000
drive = "n015-2018-07-24-11-22-45+0800"

CATEGORIES = {
    "noise": 0,
    "human.pedestrian.child": 3,
    "vehicle.car": 17,
    "flat.driveable_surface": 24,
    "static.manmade": 28,
    "vehicle.ego": 31,
}


def token(name):
    return hashlib.md5(name.encode()).hexdigest()


def quaternion(yaw):
    return [float(np.cos(yaw / 2)), 0.0, 0.0, float(np.sin(yaw / 2))]


def grid_of(xs, ys, zs):
    return np.array(np.meshgrid(xs, ys, zs, indexing="ij"), dtype=np.float64).reshape(3, -1).T


def world(seconds):
    """Points in the map's frame and the name of what each lies on."""
    walk = seconds * 1.0
    things = [
        ("flat.driveable_surface", grid_of(np.arange(96.1, 105), np.arange(205.5, 226), [0.0])),
        ("vehicle.car", grid_of(np.linspace(97.3, 98.7, 5), np.linspace(218.2, 221.8, 8), [0.4, 0.8, 1.2])),
        ("human.pedestrian.child", grid_of([103.0 + walk], [212.0], [0.3, 0.6, 0.9, 1.2])),
        ("static.manmade", grid_of([90.1], np.arange(205.5, 226), [0.5, 1.5, 2.5])),
    ]
    return np.concatenate([p for _, p in things]), [name for name, p in things for _ in p]


def lidar_points(us):
    """float32 x y z intensity ring, and a code a point; the last one is the car's own roof, half a metre behind."""
    seconds = (us - start_us) / 1e6
    points, names = world(seconds)
    ahead, left, up = points[:, 1] - (200 + 10 * seconds), 100 - points[:, 0], points[:, 2]
    sensor = np.stack([-left, ahead - 1.0, up - 2.0], axis=1)
    sensor = np.concatenate([sensor, [[0.0, -0.5, -0.4]]])
    rows = np.zeros((len(sensor), 5), dtype="<f4")
    rows[:, :3] = sensor
    rows[:, 3] = 7
    rows[:, 4] = np.arange(len(rows)) % 32
    return rows, np.array([CATEGORIES[name] for name in [*names, "vehicle.ego"]], dtype=np.uint8)


class Tables:
    def __init__(self):
        names = "scene log map sample sample_data ego_pose calibrated_sensor sensor sample_annotation instance"
        self.rows = {name: [] for name in [*names.split(), "category", "attribute", "visibility"]}
        self.labels = []

    def add(self, table, name, /, **columns):
        self.rows[table].append({"token": token(name), **columns})
        return token(name)

    def write(self, root):
        root.mkdir(parents=True)
        rows = {**self.rows, "lidarseg": self.labels} if "lidarseg" in parts else self.rows
        for table, content in rows.items():
            (root / f"{table}.json").write_text(json.dumps(content, indent=0))


tables = Tables()


def mount():
    for channel, modality in [("LIDAR_TOP", "lidar"), ("CAM_FRONT", "camera")]:
        sensor = tables.add("sensor", channel, channel=channel, modality=modality)
        place = [1.0, 0.0, 2.0] if modality == "lidar" else [1.5, 0.0, 1.5]
        turn = quaternion(-np.pi / 2) if modality == "lidar" else [0.5, -0.5, 0.5, -0.5]
        tables.add("calibrated_sensor", f"m{channel}", sensor_token=sensor, translation=place, rotation=turn)


def sensor_file(scene, sample, channel, us, filename, key):
    name = f"{scene}{channel[0]}{us % 10**7}"
    seconds = (us - start_us) / 1e6
    pose = tables.add(
        "ego_pose", f"p{name}", timestamp=us, rotation=quaternion(np.pi / 2), translation=[100.0, 200 + 10 * seconds, 0.0]
    )
    mounting = token(f"m{channel}")
    columns = {"sample_token": sample, "ego_pose_token": pose, "calibrated_sensor_token": mounting, "timestamp": us}
    return tables.add("sample_data", f"d{name}", **columns, is_key_frame=key, filename=filename)


def turn(scene, sample, us, key):
    file = f"{'samples' if key else 'sweeps'}/LIDAR_TOP/{drive}__LIDAR_TOP__{us}.pcd.bin"
    data = sensor_file(scene, sample, "LIDAR_TOP", us, file, key)
    points, codes = lidar_points(us)
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    points.tofile(folder / file)
    if key and "lidarseg" in parts:
        labels = f"lidarseg/{version}/{data}_lidarseg.bin"
        (folder / labels).parent.mkdir(parents=True, exist_ok=True)
        codes.tofile(folder / labels)
        tables.labels.append({"token": data, "sample_data_token": data, "filename": labels})


def annotate(sample, us):
    seconds = (us - start_us) / 1e6
    boxes = [
        ("parked", "vehicle.car", [98.0, 220.0, 0.9], [2.0, 4.0, 1.6], 120),
        ("child", "human.pedestrian.child", [103.0 + seconds, 212.0, 0.7], [0.5, 0.6, 1.4], 4),
    ]
    for name, category, middle, size, points in boxes:
        if token(name) not in [row["token"] for row in tables.rows["instance"]]:
            tables.add("instance", name, category_token=token(f"c{category}"))
        tables.add(
            "sample_annotation",
            f"a{name}{us % 10**7}",
            sample_token=sample,
            instance_token=token(name),
            translation=middle,
            size=size,
            rotation=quaternion(np.pi / 2),
            num_lidar_pts=points,
        )


def write_voxels(scene, sample):
    """In the ego frame: road around z = 0, a car 8 m ahead, something without a name, and a voxel only the LiDAR saw."""
    semantics = np.full((200, 200, 16), 17, dtype=np.uint8)
    semantics[:, 95:105, 2] = 11
    semantics[120:130, 98:103, 3:6] = 4
    semantics[150, 100, 3] = 0
    camera, lidar = np.zeros_like(semantics), np.zeros_like(semantics)
    camera[100:, :, :8] = 1
    lidar[100:, 90:110, :] = 1
    wrong = "wrong" in parts
    if wrong and not list(folder.glob("occ3d/gts/*/*")):
        semantics[0, 0, 7] = 18
    elif wrong:
        semantics = semantics[:100]
    place = folder / ("gts" if "alone" in parts else "occ3d/gts") / scene / sample
    place.mkdir(parents=True)
    np.savez_compressed(place / "labels.npz", semantics=semantics, mask_lidar=lidar, mask_camera=camera)


def write_scene(name, description, first_us, turns):
    scene = tables.add("scene", name, name=name, log_token=token("drive"), description=description, nbr_samples=2)
    sample = ""
    for n in range(turns):
        us = first_us + 50000 * n
        key = n % 10 == 0
        if key:
            sample = tables.add("sample", f"s{name}{n}", timestamp=us, scene_token=scene)
            annotate(sample, us)
            sensor_file(name, sample, "CAM_FRONT", us + 12000, f"samples/CAM_FRONT/{us}.jpg", True)
            if "occ3d" in parts:
                write_voxels(name, sample)
        turn(name, sample, us, key)


def write_map():
    """A road of x from 90 to 110 and y from 190 to 240 with an island of 98 to 100 and 208 to 210."""
    corners = [(90, 190), (110, 190), (110, 240), (90, 240), (98, 208), (100, 208), (100, 210), (98, 210)]
    nodes = [{"token": f"n{i}", "x": float(x), "y": float(y)} for i, (x, y) in enumerate(corners)]
    road = {"exterior_node_tokens": ["n0", "n1", "n2", "n3"], "holes": [{"node_tokens": ["n4", "n5", "n6", "n7"]}]}
    layers = {"version": "1.3", "node": nodes, "polygon": [{"token": "road", **road}]}
    layers["drivable_area"] = [{"token": "area", "polygon_tokens": ["road"]}]
    (folder / "maps" / "expansion").mkdir(parents=True)
    (folder / "maps" / "expansion" / "singapore-onenorth.json").write_text(json.dumps(layers))


def write_alone():
    infos = {}
    for n in range(2):
        sample = token(f"alone{n}")
        write_voxels("scene-0001", sample)
        pose = {"translation": [100.0, 200.0 + 5 * n, 0.0], "rotation": quaternion(np.pi / 2)}
        path = f"gts/scene-0001/{sample}/labels.npz"
        infos[sample] = {"timestamp": str(start_us + 500000 * n), "camera_sensor": {}, "ego_pose": pose, "gt_path": path}
    scenes = {"scene-0001": infos, "scene-0002": {}}
    content = {"train_split": ["scene-0001"], "val_split": ["scene-0002"], "scene_infos": scenes}
    (folder / "annotations.json").write_text(json.dumps(content))


if "alone" in parts:
    write_alone()
    print(json.dumps(str(folder)))
    sys.exit()

for category, index in CATEGORIES.items():
    columns = {"index": index} if "lidarseg" in parts else {}
    tables.add("category", f"c{category}", name=category, description="", **columns)
log = tables.add(
    "log", "drive", logfile=drive, vehicle="n015", date_captured="2018-07-24", location="singapore-onenorth"
)
tables.add("map", "map", log_tokens=[log], category="semantic_prior", filename="maps/53992ee3023e5494b90c316c183be829.png")
mount()
write_scene("scene-0001", "Parked truck, night club, after rain", start_us, 11)
if "two" in parts:
    write_scene("scene-0002", "Night, rain, {brace} \"quote\"", start_us + 1000000, 1)
tables.write(folder / version)
if "map" in parts:
    write_map()
print(json.dumps(str(folder)))
