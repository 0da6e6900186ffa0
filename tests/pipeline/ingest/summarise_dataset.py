"""Reads every Arrow file of a dataset folder with pyarrow and prints what it found as JSON."""

import json
import sys
from pathlib import Path

import pyarrow as pa


def text(metadata):
    return {key.decode(): value.decode() for key, value in (metadata or {}).items()}


def summary(path):
    with pa.memory_map(str(path)) as source:
        reader = pa.ipc.open_file(source)
        table = reader.read_all()
    table.validate(full=True)
    facts = {
        "rows": table.num_rows,
        "columns": table.column_names,
        "units": {field.name: text(field.metadata).get("unit") for field in table.schema},
        "metadata": text(table.schema.metadata),
    }
    if "semantics" in table.column_names:
        facts["bytes"] = sorted({(len(s.as_py()), len(o.as_py())) for s, o in zip(table["semantics"], table["observed"])})
        labels = [0] * 256
        for grid in table["semantics"]:
            for label in grid.as_py():
                labels[label] += 1
        facts["labels"] = labels
        plain = table.drop_columns(["semantics", "observed"])
        facts["first"] = plain.slice(0, 2).to_pylist()
    else:
        facts["first"] = table.to_pylist()
    return facts


folder = Path(sys.argv[1])
print(json.dumps({path.name: summary(path) for path in sorted(folder.glob("*.arrow"))}))
