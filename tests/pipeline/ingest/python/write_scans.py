"""Writes one small log of LiDAR scans in each of the formats: write_scans.py FORMAT[,FORMAT] DIR.

Prints, as JSON, the folder of each format and what is in all of them.

The same cloud in every format: coordinates are multiples of 1/64 m and times of 65,536 ns, which float32, LAS with that
scale, and decimal text all hold exactly. PCD is written by its specification
(https://pointclouds.org/documentation/tutorials/pcd_file_format.html), LAS and LAZ by laspy and lazrs.
"""
import json
import os
import sys

import numpy as np

START_NS = 1_700_000_000_000_000_000
POINTS = 400
SCANS = 3
SCAN_TIMES = [START_NS + i * 500_000_000 for i in range(SCANS)]
LABELS = {"1": "ROAD", "2": "CAR", "5": "BUILDING"}


def cloud(scan):
    """x y z in m, intensity, label, ring, and ns after the scan."""
    random = np.random.default_rng(scan)
    spread = np.array([20, 20, 2])
    xyz = np.round(random.uniform(-spread, spread, (POINTS, 3)) * 64) / 64 + np.array([0, 0, 1])
    label = np.array([1, 2, 5])[random.integers(0, 3, POINTS)]
    return {
        "xyz": xyz,
        "intensity": random.integers(0, 256, POINTS),
        "label": label,
        "ring": np.arange(POINTS) % 32,
        "t": (np.arange(POINTS) * 1500 // POINTS) * 65536,
    }


def write_pcd(path, c, data):
    fields = [("x", "<f4"), ("y", "<f4"), ("z", "<f4"), ("_", "u1", 4), ("intensity", "<f4"),
              ("label", "u1"), ("ring", "<u2"), ("t", "<u4")]
    records = np.zeros(POINTS, dtype=fields)
    records["x"], records["y"], records["z"] = c["xyz"].T
    for name in ("intensity", "label", "ring", "t"):
        records[name] = c[name]
    write_records(path, records, data)


def write_wide_pcd(path, c, scan_ns):
    """Doubles, several numbers in a field, and absolute times as integers of 8 bytes."""
    records = np.zeros(POINTS, dtype=[("stamp", "<u8"), ("normal", "<f4", 3), ("z", "<f8"), ("y", "<f8"), ("x", "<f8"),
                                      ("label", "<i8")])
    records["x"], records["y"], records["z"] = c["xyz"].T
    records["label"] = c["label"]
    records["normal"] = 0.5
    records["stamp"] = scan_ns + c["t"].astype(np.uint64)
    write_records(path, records, "binary")


def write_records(path, records, data):
    names = records.dtype.names
    bases = [records.dtype[name].base for name in names]
    counts = [int(np.prod(records.dtype[name].shape, dtype=int)) for name in names]
    words = {"f": "F", "u": "U", "i": "I"}
    header = "\n".join([
        "# .PCD v0.7 - Point Cloud Data file format", "VERSION 0.7", "FIELDS " + " ".join(names),
        "SIZE " + " ".join(str(b.itemsize) for b in bases), "TYPE " + " ".join(words[b.kind] for b in bases),
        "COUNT " + " ".join(map(str, counts)), f"WIDTH {POINTS}", "HEIGHT 1", "VIEWPOINT 0 0 0 1 0 0 0",
        f"POINTS {POINTS}", "DATA " + ("binary_compressed" if data.startswith("lzf") else data), ""])
    if data == "ascii":
        rows = [" ".join(repr(v.item()) for name in names for v in np.ravel(record[name])) for record in records]
        body = ("\n".join(rows) + "\n").encode()
    elif data == "binary":
        body = records.tobytes()
    else:
        plain = b"".join(np.ascontiguousarray(records[name]).tobytes() for name in names)
        packed = lzf_literal(plain) if data == "lzf_literal" else lzf(plain)
        body = len(packed).to_bytes(4, "little") + len(plain).to_bytes(4, "little") + packed
    with open(path, "wb") as f:
        f.write(header.encode() + body)


def lzf_literal(data):
    return b"".join(bytes([len(data[i:i + 32]) - 1]) + data[i:i + 32] for i in range(0, len(data), 32))


def lzf(data):
    """Greedy: the last place where the same three bytes stood, if it is at most 8 KiB back."""
    out, run, seen, i = bytearray(), bytearray(), {}, 0

    def flush():
        out.extend(lzf_literal(bytes(run)))
        run.clear()

    while i < len(data):
        key = data[i:i + 3]
        start = seen.get(key) if len(key) == 3 else None
        seen[key] = i
        if start is None or i - start > 8192:
            run.append(data[i])
            i += 1
            continue
        length = 3
        while length < 264 and i + length < len(data) and data[start + length] == data[i + length]:
            length += 1
        flush()
        back, code = i - start - 1, length - 2
        if code < 7:
            out.extend([(code << 5) | (back >> 8), back & 255])
        else:
            out.extend([(7 << 5) | (back >> 8), code - 7, back & 255])
        i += length
    flush()
    return bytes(out)


def write_npy_records(path, c):
    """A structured array with C's padding, in a grid of 20 rows as an organised cloud has."""
    fields = np.dtype([("x", "<f4"), ("label", "u1"), ("y", "<f8"), ("normal", "<f4", (3,)), ("name", "U3"),
                       ("when", "<M8[ns]"), ("t", "<u8"), ("z", "<f2")], align=True)
    records = np.zeros((20, POINTS // 20), dtype=fields)
    for name, values in (("x", c["xyz"][:, 0]), ("y", c["xyz"][:, 1]), ("label", c["label"]), ("t", c["t"]),
                         ("z", c["xyz"][:, 2])):
        records[name] = values.reshape(records.shape)
    np.save(path, records)


def write_las(path, c, scan_ns, point_format, version):
    import laspy
    header = laspy.LasHeader(version=version, point_format=point_format)
    header.scales, header.offsets = [1 / 64] * 3, [0, 0, -8]
    las = laspy.LasData(header)
    las.x, las.y, las.z = c["xyz"].T
    las.classification = c["label"]
    las.intensity = c["intensity"]
    if "gps_time" in las.point_format.dimension_names:
        # Seconds that a double holds to the ns: what a receiver counts within its week.
        las.gps_time = (scan_ns - START_NS + c["t"]) / 1e9 + 1000
    las.write(path)


def write_scan(kind, folder, scan, scan_ns):
    c = cloud(scan)
    name = os.path.join(folder, f"scan_{scan + 8}")  # scan_8, scan_9, scan_10: not in the order of their letters
    columns = [c["xyz"], c["intensity"][:, None], c["label"][:, None], c["t"][:, None]]
    if kind == "plain":
        write_pcd(os.path.join(folder, f"{scan_ns}.pcd"), c, "binary")
    elif kind.startswith("pcd_wide"):
        write_wide_pcd(name + ".pcd", c, scan_ns)
    elif kind.startswith("pcd_"):
        write_pcd(name + ".pcd", c, kind[4:])
    elif kind == "bin":
        np.hstack(columns).astype("<f4").tofile(name + ".bin")
    elif kind == "npy":
        np.save(name + ".npy", np.asfortranarray(np.hstack(columns)))
    elif kind == "npyrecords":
        write_npy_records(name + ".npy", c)
    else:
        ending, point_format, version = kind.split("_")
        write_las(f"{name}.{ending}", c, scan_ns, int(point_format), version)


def description(kind):
    times = {"field": "t", "unit": "ns", "from": "scan"}
    said = {"labels": {"names": LABELS, "vocabulary": "occlab-sim"}, "point_time": times}
    if kind in ("bin", "npy"):
        said["columns"] = ["x", "y", "z", "intensity", "label", "t"]
    if kind == "pcd_wide":
        said["point_time"] = {"field": "stamp", "unit": "ns", "from": "clock"}
    if kind.startswith("la"):
        has_time = kind.split("_")[1] not in ("0", "2")
        said["point_time"] = {"field": "gps_time", "unit": "s", "from": "earliest"} if has_time else None
    return said


def write_log(kind, parent):
    folder = os.path.join(parent, kind)
    os.makedirs(folder, exist_ok=True)
    for scan, scan_ns in enumerate(SCAN_TIMES):
        write_scan(kind, folder, scan, scan_ns)
    with open(os.path.join(folder, "poses.tum"), "w") as f:
        f.write("# timestamp tx ty tz qx qy qz qw\n")
        for i in range(13):
            ns = START_NS + i * 100_000_000
            f.write(f"{ns // 10**9}.{ns % 10**9:09d} {0.25 * i} {0.5 * i} 0 0 0 0 1\n")
    if kind != "plain":
        with open(os.path.join(folder, "times.csv"), "w") as f:
            f.write("timestamp_ns\n" + "".join(f"{ns}\n" for ns in SCAN_TIMES))
        with open(os.path.join(folder, "scans.json"), "w") as f:
            json.dump(description(kind), f)
        # One name in every format, so that the formats alone may make a difference.
        with open(os.path.join(folder, "log.json"), "w") as f:
            json.dump({"log_id": "drive"}, f)
    return folder


def main():
    kinds, parent = sys.argv[1].split(","), sys.argv[2]
    clouds = [cloud(scan) for scan in range(SCANS)]
    print(json.dumps({
        "dirs": {kind: write_log(kind, parent) for kind in kinds},
        "timesNs": [str(ns) for ns in SCAN_TIMES],
        "scans": [{key: c[key].tolist() for key in ("xyz", "label", "t")} for c in clouds],
    }))


main()
