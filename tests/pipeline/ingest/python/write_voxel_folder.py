"""Writes one log of a voxel-folder layout with NumPy. In each a car stands on a road and a wall beside it.

usage: write_voxel_folder.py uniocc|openoccupancy|voxels FOLDER

Prints the path of the log's folder as JSON.
"""

import json
import sys
from pathlib import Path

import numpy as np

layout, folder = sys.argv[1], Path(sys.argv[2])


def street(shape, free, road, car, wall):
    """Voxels 0.4 m wide, origin (-40, -40, -1): road from z = -0.2 to 0.2, car from x = 8 to 12, wall from y = 6 on."""
    labels = np.full(shape, free, dtype=np.uint8)
    labels[:, 90:110, 2] = road
    labels[120:130, 98:102, 3:7] = car
    labels[:, 115:117, 2:12] = wall
    return labels


def uniocc():
    scene = folder / "Carla-2Hz-mini" / "scene_001"
    scene.mkdir(parents=True)
    for n in range(4):
        labels = street((200, 200, 16), free=10, road=7, car=1, wall=9)
        mask = np.zeros((200, 200, 16), dtype=np.uint8)
        mask[100:, :, :] = 1
        pose = np.eye(4)
        pose[0, 3] = 1.5 * n
        np.savez_compressed(
            scene / f"{n}.npz",
            occ_label=labels,
            occ_mask_camera=mask,
            occ_flow_forward=np.zeros((200, 200, 16, 3), dtype=np.float16),
            ego_to_world_transformation=pose,
            annotations=np.array([{"token": "car", "category_id": 1}], dtype=object),
            cameras=np.array([{"name": "CAM_FRONT"}], dtype=object),
        )
    (scene.parent / "scene_infos.pkl").write_bytes(b"not read")
    return scene


def openoccupancy():
    """The LiDAR stands 1.8 m above the ego and 1 m before it; its x axis points right and its y axis forward."""
    scene = folder / ("scene_" + "0" * 32)
    (scene / "occupancy").mkdir(parents=True)
    frames, poses = ["frame,timestamp_ns"], ["timestamp_ns,tx,ty,tz,qw,qx,qy,qz"]
    for n in range(3):
        token = f"{9 - n:032x}"
        rows = []
        # Ego x = 9 to 11, y = -1 to 1, z = 0.2 to 1: LiDAR y = 8 to 10, x = -1 to 1, z = -1.6 to -0.8.
        for z in range(17, 21):
            for y in range(296, 306):
                for x in range(251, 261):
                    rows.append((z, y, x, 4))
        rows.append((30, 400, 100, 0))
        np.save(scene / "occupancy" / f"{token}.npy", np.array(rows, dtype=np.int64))
        time = 1_531_000_000_000_000_000 + n * 500_000_000
        frames.append(f"{token},{time}")
        poses.append(f"{time},{2.0 * n},0,0,1,0,0,0")
    (scene / "frames.csv").write_text("\n".join(frames) + "\n")
    (scene / "poses.csv").write_text("\n".join(poses) + "\n")
    half = float(np.sqrt(0.5))
    mounting = {"LIDAR_TOP": {"q": [half, 0.0, 0.0, -half], "t": [1.0, 0.0, 1.8]}}
    (scene / "sensors.json").write_text(json.dumps(mounting))
    return scene


def voxels():
    """Arrays z, y, x of uint16 in Fortran order, 255 unknown, times in the names, poses beside."""
    log = folder / "lab-7"
    (log / "frames").mkdir(parents=True)
    poses = ["timestamp_ns,x,y,z,roll,pitch,yaw"]
    for n in range(3):
        labels = street((200, 200, 16), free=0, road=40, car=10, wall=50).astype(np.uint16)
        labels[:10] = 255
        seen = np.ones(labels.shape, dtype=bool)
        seen[:, :, 15] = False
        time = 1_600_000_000_000_000_000 + n * 500_000_000
        arrays = {"labels": labels, "seen": seen}
        ordered = {name: np.asfortranarray(array.transpose(2, 1, 0)) for name, array in arrays.items()}
        np.savez(log / "frames" / f"{time}.npz", **ordered)
        poses.append(f"{time},{1.0 * n},0,0,0,0,0")
    (log / "poses.csv").write_text("\n".join(poses) + "\n")
    description = {
        "grid": {"originM": [-40, -40, -1], "voxelM": 0.4, "dims": [200, 200, 16]},
        "folder": "frames",
        "array": "labels",
        "axes": "zyx",
        "classes": {"0": "free", "10": "car", "40": "driveable_surface", "50": "manmade"},
        "unknown": [255],
        "masks": {"lidar": "seen"},
        "times": {"names": "timestamp_ns"},
        "poses": {"file": "poses.csv"},
        "vocabulary": "openoccupancy",
    }
    (log / "voxels.json").write_text(json.dumps(description))
    (log / "log.json").write_text(json.dumps({"rig_id": "rig", "site_id": "lab", "route_id": "loop"}))
    return log


print(json.dumps(str({"uniocc": uniocc, "openoccupancy": openoccupancy, "voxels": voxels}[layout]())))
