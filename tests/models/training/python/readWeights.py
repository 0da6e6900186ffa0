"""Prints what Python's safetensors reads in a file: metadata, and type, shape, first, last and sum of each tensor."""
import json
import sys

import numpy as np
from safetensors import safe_open

with safe_open(sys.argv[1], "np") as file:
    tensors = {name: file.get_tensor(name) for name in file.keys()}
    metadata = file.metadata()
facts = {
    name: {
        "dtype": str(t.dtype),
        "shape": list(t.shape),
        "first": float(t.reshape(-1)[0]),
        "last": float(t.reshape(-1)[-1]),
        "sum": float(t.astype(np.float64).sum()),
    }
    for name, t in tensors.items()
}
print(json.dumps({"metadata": metadata, "tensors": facts}))
