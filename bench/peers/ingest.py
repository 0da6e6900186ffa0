"""What `npm run bench -- ingest` asks of Python: sweeps to occupancy, sweeps to a dataset, frames as compressed npz."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
from argoverse import Log
from exact import Exact
from sampled import Sampled
from serve import serve

pa.set_cpu_count(1)
kernels = {"numba": Exact, "numpy": Sampled}
held = {}


def classes_of(sweep, table, others):
    """Class of each point; −1 for what is left out."""
    codes = np.array([table.get(name, others) for name in sweep["names"]], np.int16)
    return codes[sweep["code"]]


def open_log(folder, grid, free, weights, table, others):
    """Keeps a log, its first sweep and its labels, and the kernels, for the jobs that follow."""
    log = Log(folder)
    sweep = log.read(0)
    held.update(log=log, sweep=sweep, table=table, others=others, grid=grid, classes=classes_of(sweep, table, others))
    held.update({name: kernel(grid, free, weights) for name, kernel in kernels.items()})
    return len(sweep["points"])


def occupancy(kernel, save=None):
    """One frame from the decoded sweep; `save` names a file for its semantics and observed bits."""
    semantics, observed = held[kernel](held["log"], held["sweep"], held["classes"])
    if save:
        Path(save).write_bytes(semantics.tobytes() + observed.tobytes())


FRAME = pa.schema([
    ("log_id", pa.dictionary(pa.int32(), pa.string())),
    ("frame_index", pa.int32()),
    ("timestamp_ns", pa.int64()),
    ("city_from_ego", pa.struct([("q", pa.list_(pa.float64(), 4)), ("t", pa.list_(pa.float64(), 3))])),
    ("semantics", pa.binary()),
    ("observed", pa.binary()),
    ("lidar_points", pa.int32()),
    ("source", pa.string()),
])  # fmt: skip


def check(sweep, lidars):
    """What ingest looks at in each sweep: finite points, points of every LiDAR that are no zeros; counts of the categories."""
    if not np.isfinite(sweep["points"]).all():
        raise ValueError("coordinates are not finite")
    far = sweep["lidar"][np.square(sweep["points"]).sum(axis=1) > 40.0**2]
    if len(np.unique(far)) < lidars:
        raise ValueError("a LiDAR of zeros")
    return np.bincount(sweep["code"], minlength=256)


def dataset(folder, out):
    """
    The whole way: hash, read and check each feather sweep, build its frame, write all as one ZSTD Arrow file, bring it to
    the disk, and hash it.
    """
    log, build = Log(folder), held["numba"]
    counts, categories = np.zeros(256, np.int64), np.zeros(256, np.int64)
    options = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", 3), use_threads=False)
    with pa.ipc.new_file(out, FRAME, options=options) as writer:
        for index, path in enumerate(log.sweeps):
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            sweep = log.read(index)
            categories += check(sweep, len(log.lidars))
            semantics, observed = build(log, sweep, classes_of(sweep, held["table"], held["others"]))
            counts += np.bincount(semantics[np.unpackbits(observed, bitorder="little").view(bool)], minlength=256)
            q, t = log.city_from_ego(sweep["time_ns"])
            row = {
                **{"log_id": log.folder.name, "frame_index": index, "timestamp_ns": int(path.stem)},
                **{"city_from_ego": {"q": q, "t": t}, "lidar_points": len(sweep["points"])},
                **{"semantics": semantics.tobytes(), "observed": observed.tobytes()},
                "source": f"{path.name} sha256:{sha256}",
            }
            writer.write_batch(pa.RecordBatch.from_pylist([row], FRAME))
    with open(out, "rb") as written:
        os.fsync(written.fileno())
    sha256 = hashlib.sha256(Path(out).read_bytes()).hexdigest()
    totals = {"categories": categories.tolist(), "counts": counts.tolist()}
    return {"frames": len(log.sweeps), "sha256": sha256, **totals}


def save_npz(frames, out):
    """Every frame of an occlab frames file as compressed npz: for reading (a byte a voxel), and as Occ3D stores it."""
    dims = held["grid"]["dims"]
    unpack = lambda bits: np.unpackbits(bits, bitorder="little", count=int(np.prod(dims))).reshape(dims)  # noqa: E731
    Path(out).mkdir(parents=True)
    table = pa.ipc.open_file(frames).read_all()
    occ3d_bytes = 0
    for n, row in enumerate(table.select(["semantics", "observed", "observed_by"]).to_pylist()):
        semantics = np.frombuffer(row["semantics"], np.uint8).reshape(dims)
        masks = {name: unpack(np.frombuffer(bits, np.uint8)) for name, bits in row["observed_by"] or []}
        np.savez_compressed(f"{out}/{n}.npz", semantics=semantics, observed=unpack(np.frombuffer(row["observed"], np.uint8)))
        if masks:
            occ3d = f"{out}/occ3d.npz"
            np.savez_compressed(occ3d, semantics=semantics, mask_lidar=masks["lidar"], mask_camera=masks["camera"])
            occ3d_bytes += Path(occ3d).stat().st_size
    return {"frames": table.num_rows, "occ3dBytes": occ3d_bytes}


def load_npz(folder, numbers):
    """Reads frames at random, both arrays whole; returns a checksum that our reader's must equal."""
    total = 0
    for n in numbers:
        with np.load(f"{folder}/{n}.npz") as frame:
            voxel = 17_000 * n + 150_000
            total += int(frame["semantics"].flat[voxel]) + int(frame["observed"].flat[voxel])
    return total


def unpack_occ3d(npz, out):
    """The arrays of an Occ3D file as raw bytes, one after the other."""
    with np.load(npz) as frame:
        arrays = [frame[name].astype(np.uint8) for name in ("semantics", "mask_lidar", "mask_camera")]
    Path(out).write_bytes(b"".join(a.tobytes() for a in arrays))


serve({f.__name__: f for f in (open_log, occupancy, dataset, save_npz, load_npz, unpack_occ3d)})
