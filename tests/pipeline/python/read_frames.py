"""Prints everything that pyarrow finds in an Arrow IPC file, as JSON: read_frames.py FILE."""

import base64
import json
import sys

import pyarrow as pa


def plain(value):
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return value


def text(metadata):
    return {key.decode(): value.decode() for key, value in (metadata or {}).items()}


with pa.OSFile(sys.argv[1]) as source:
    reader = pa.ipc.open_file(source)
    table = reader.read_all()
    table.validate(full=True)
    json.dump(
        {
            "batches": reader.num_record_batches,
            "types": {field.name: str(field.type) for field in table.schema},
            "nullable": {field.name: field.nullable for field in table.schema},
            "units": {field.name: text(field.metadata) for field in table.schema if field.metadata},
            "metadata": text(table.schema.metadata),
            # 64-bit integers as text: JSON's numbers end at 2^53.
            "rows": [
                {name: str(value) if name == "timestamp_ns" else plain(value) for name, value in row.items()}
                for row in table.to_pylist()
            ],
        },
        sys.stdout,
    )
