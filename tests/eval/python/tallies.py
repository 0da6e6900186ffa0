"""Reads a table of tallies as any Python user would, and says what it holds as JSON."""

import json
import sys

import numpy as np
import pyarrow as pa

table = pa.ipc.open_file(sys.argv[1]).read_all()
about = json.loads(table.schema.metadata[b"evaluation"])
sums = np.stack(table.column("sums").to_numpy(zero_copy_only=False))
print(
    json.dumps(
        {
            "types": {field.name: str(field.type) for field in table.schema},
            "nullable": [field.name for field in table.schema if field.nullable],
            "part": about["part"],
            "logs": table.column("log_id").to_pylist(),
            "horizons": table.column("horizon_s").to_pylist(),
            "frames": table.column("frames").to_pylist(),
            "sums": sums.sum(axis=1).tolist(),
        }
    )
)
