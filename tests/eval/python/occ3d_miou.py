"""mIoU as users of Occ3D count it: usage occ3d_miou.py PREDICTIONS LABELS.NPZ… Prints {mask name: mIoU} as JSON.

PREDICTIONS holds one uint8 grid of 200×200×16 a label file, in the order of their timestamps.
"""

import json
import sys

import numpy as np

K = 18
predictions = np.fromfile(sys.argv[1], np.uint8).reshape(-1, 200, 200, 16)
found = {}
for name in ("mask_camera", "mask_lidar"):
    hist = np.zeros((K, K))
    for predicted, file in zip(predictions, sys.argv[2:], strict=True):
        labels = np.load(file)
        mask = labels[name].astype(bool)
        truth = labels["semantics"][mask].astype(int)
        hist += np.bincount(K * truth + predicted[mask], minlength=K**2).reshape(K, K)
    with np.errstate(invalid="ignore"):
        iou = np.diag(hist) / (hist.sum(1) + hist.sum(0) - np.diag(hist))
    found[name] = float(np.nanmean(iou[: K - 1]))
print(json.dumps(found))
