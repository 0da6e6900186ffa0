"""Reads a table of metrics with DuckDB and with pandas, and says what each finds as JSON."""

import json
import sys

import duckdb
import pandas as pd

path = sys.argv[1]
query = """
    select metric, slice, policy, value, count, low, high, interval, p, dataset
    from read_parquet(?) where model = 'dynamics' order by metric, slice, policy, horizon_s, class_name
"""
by_duckdb = duckdb.execute(query, [path]).fetchall()
frame = pd.read_parquet(path)
ours = frame[frame.model == "dynamics"]
print(
    json.dumps(
        {
            "duckdb": by_duckdb,
            "nulls": int(duckdb.execute("select count(*) from read_parquet(?) where value is null", [path]).fetchone()[0]),
            "pandas": {
                "rows": len(frame),
                "mean": float(ours.value.mean()),
                "nulls": int(frame.value.isna().sum()),
                "types": {name: str(kind) for name, kind in frame.dtypes.items() if name in ("value", "count")},
            },
        }
    )
)
