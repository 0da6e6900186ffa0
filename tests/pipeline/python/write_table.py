"""Writes a table of two batches with every kind of column we read: write_table.py FILE zstd|lz4|uncompressed."""

import sys

import numpy as np
import pyarrow as pa

path, codec = sys.argv[1:]
rows = 3000
struct = pa.struct([("q", pa.list_(pa.float64(), 4)), ("t", pa.list_(pa.float64(), 3))])
batch = pa.table(
    {
        "name": pa.array([None if i % 7 == 0 else f"name {i % 3}" for i in range(rows)]).dictionary_encode(),
        "text": [None if i % 5 == 0 else f"text {i}" for i in range(rows)],
        "time_ns": pa.array([1_700_000_000_000_000_001 + i for i in range(rows)], pa.int64()),
        "half": pa.array(np.arange(rows, dtype=np.float16) / 8),
        "double": pa.array([None if i % 11 == 0 else i / 3 for i in range(rows)]),
        "small": pa.array([i % 256 for i in range(rows)], pa.uint8()),
        "flag": pa.array([i % 2 == 0 for i in range(rows)]),
        "bytes": pa.array([bytes([i % 251]) * (i % 40) for i in range(rows)], pa.binary()),
        "pose": pa.array([{"q": [1.0, 0.0, 0.0, 0.0], "t": [float(i), -1.0, 0.5]} for i in range(rows)], struct),
        # Random bytes do not shrink: such a buffer is stored plain inside a compressed file.
        "noise": pa.array([np.random.default_rng(i).bytes(64) for i in range(rows)], pa.binary(64)),
    },
    metadata={"made": "by pyarrow"},
)
options = pa.ipc.IpcWriteOptions(compression=None if codec == "uncompressed" else codec)
with pa.OSFile(path, "wb") as sink, pa.ipc.new_file(sink, batch.schema, options=options) as writer:
    writer.write_table(batch, max_chunksize=2000)
print("{}")
