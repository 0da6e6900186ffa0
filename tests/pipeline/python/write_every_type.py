"""Writes a table of two batches with a column of every layout that Arrow has: write_every_type.py FILE zstd|lz4|uncompressed."""

import sys

import pyarrow as pa

path, codec = sys.argv[1:]
rows = 50


def column(make, kind=None, every=None):
    return pa.array([None if every and i % every == 0 else make(i) for i in range(rows)], kind)


def union(mode):
    types = pa.array([i % 2 for i in range(rows)], pa.int8())
    numbers, words = column(lambda i: i, pa.int32()), column(lambda i: f"word {i}")
    if mode == "sparse":
        return pa.UnionArray.from_sparse(types, [numbers, words])
    return pa.UnionArray.from_dense(types, pa.array([i // 2 for i in range(rows)], pa.int32()), [numbers, words])


text = lambda i: "é" * (i % 20)  # noqa: E731
table = pa.table(
    {
        "null": pa.nulls(rows),
        "flag": column(lambda i: i % 3 == 0, pa.bool_(), 7),
        "small": column(lambda i: i - 25, pa.int8()),
        "big": column(lambda i: 2**40 * i, pa.uint64(), 5),
        "half": column(lambda i: i / 4, pa.float16()),
        "single": column(lambda i: i / 4, pa.float32(), 11),
        "utf8": column(text, pa.utf8(), 4),
        "binary": column(lambda i: bytes([i]) * i, pa.binary()),
        "large_utf8": column(text, pa.large_utf8(), 9),
        "utf8_view": column(text, pa.string_view(), 6),
        "binary_view": column(lambda i: bytes([i]) * i, pa.binary_view()),
        "fixed": column(lambda i: bytes([i, i]), pa.binary(2), 3),
        "time": column(lambda i: 1000 * i, pa.timestamp("us")),
        "list": column(lambda i: list(range(i % 4)), pa.list_(pa.int32()), 8),
        "lists": column(lambda i: [[text(i)], []], pa.list_(pa.list_(pa.utf8()))),
        "triple": column(lambda i: [i, 2 * i, 3 * i], pa.list_(pa.float64(), 3), 10),
        "map": column(lambda i: [("a", i), ("b", -i)], pa.map_(pa.utf8(), pa.int64()), 12),
        "struct": column(lambda i: {"n": i, "t": text(i)}, pa.struct([("n", pa.int16()), ("t", pa.utf8())]), 13),
        "dictionary": column(lambda i: f"name {i % 3}", None, 14).dictionary_encode(),
        "dictionaries": column(lambda i: [f"name {i % 4}"], pa.list_(pa.dictionary(pa.int8(), pa.utf8()))),
        "dense_union": union("dense"),
        "sparse_union": union("sparse"),
        "last": column(lambda i: i, pa.int32()),
    }
)
options = pa.ipc.IpcWriteOptions(compression=None if codec == "uncompressed" else codec)
with pa.OSFile(path, "wb") as sink, pa.ipc.new_file(sink, table.schema, options=options) as writer:
    writer.write_table(table, max_chunksize=30)
print("{}")
