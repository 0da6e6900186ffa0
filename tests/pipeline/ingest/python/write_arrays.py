"""Writes arrays of many types and shapes with NumPy, and prints what is in them.

usage: write_arrays.py FOLDER
"""

import json
import sys
from pathlib import Path

import numpy as np

folder = Path(sys.argv[1])
types = ["?", "u1", "i1", "<u2", "<i2", "<f2", "<u4", "<i4", "<f4", "<u8", "<i8", "<f8"]
types += [">u2", ">i2", ">f2", ">u4", ">i4", ">f4", ">u8", ">i8", ">f8"]
shapes = [(), (0,), (1,), (7,), (2, 3), (3, 0, 2), (2, 3, 4), (1, 5, 1, 2)]


def filled(dtype, shape):
    """Values over the type's whole range, the same at every run."""
    count = int(np.prod(shape))
    kind = np.dtype(dtype)
    if kind.kind == "b":
        values = np.arange(count) % 3 == 0
    elif kind.kind == "f":
        values = (np.arange(count) - 2) * 1.25
    else:
        limits = np.iinfo(kind)
        values = [[limits.min, limits.max, 1, limits.max - 1][i % 4] + (i // 4 if i % 4 == 0 else 0) for i in range(count)]
    return np.array(values, dtype=kind).reshape(shape)


def told(name, array):
    if array.dtype.kind == "f":
        values = [float(v) for v in array.ravel(order="C")]
    else:
        values = [str(int(v)) for v in array.ravel(order="C")]
    return {"name": name, "shape": list(array.shape), "values": values}


arrays = {}
for t, dtype in enumerate(types):
    for s, shape in enumerate(shapes):
        array = filled(dtype, shape)
        arrays[f"{dtype.replace('<', 'l').replace('>', 'b').replace('?', 'bool')}-{s}-rows"] = array
        if len(shape) > 1:
            arrays[f"{dtype.replace('<', 'l').replace('>', 'b').replace('?', 'bool')}-{s}-columns"] = np.asfortranarray(array)

for name, array in arrays.items():
    np.save(folder / f"{name}.npy", array)
np.savez(folder / "stored.npz", **arrays)
np.savez_compressed(folder / "deflated.npz", **arrays)

for version in [(1, 0), (2, 0), (3, 0)]:
    with open(folder / f"version{version[0]}.npy", "wb") as file:
        np.lib.format.write_array(file, np.arange(6, dtype="<i2").reshape(2, 3), version=version)

refused = {
    "objects": np.array([{"a": 1}, None], dtype=object),
    "records": np.zeros(3, dtype=[("x", "<f4"), ("label", "u1")]),
    "text": np.array(["ab", "c"]),
    "byte-strings": np.array([b"ab", b"c"]),
    "complex": np.zeros(2, dtype="<c8"),
    "dates": np.array(["2020-01-01"], dtype="<M8[ns]"),
    "durations": np.array([1], dtype="<m8[s]"),
}
for name, array in refused.items():
    np.save(folder / f"{name}.npy", array)
np.savez(folder / "mixed.npz", annotations=refused["objects"], occ_label=np.arange(8, dtype="u1").reshape(2, 2, 2))

print(json.dumps([told(name, array) for name, array in arrays.items()]))
