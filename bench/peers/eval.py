"""What `npm run bench -- eval` asks of Python: mIoU by NumPy and torchmetrics, RayIoU by NumPy and numba."""

from pathlib import Path

import numpy as np
import raymarch
import raywalk
from serve import serve

DIMS = (200, 200, 16)
held = {}


def open_frames(folder, classes):
    """Semantics, prediction and camera mask in memory, as an evaluation of Occ3D has them."""
    for name in ("truth", "predicted", "camera"):
        held[name] = np.fromfile(Path(folder) / f"{name}.bin", np.uint8).reshape(-1, *DIMS)
    held["camera"] = held["camera"].astype(bool)
    held["classes"] = classes


def frames(masked, repeats):
    for _ in range(repeats):
        for truth, predicted, camera in zip(held["truth"], held["predicted"], held["camera"]):
            yield (truth[camera], predicted[camera]) if masked else (truth.ravel(), predicted.ravel())


def mean_iou(hist):
    iou = np.diag(hist) / (hist.sum(1) + hist.sum(0) - np.diag(hist))
    return float(np.nanmean(iou[:-1]))


def numpy_miou(masked, repeats):
    """A histogram a frame over class · n + prediction of the labelled voxels, as users of Occ3D count."""
    n = held["classes"]
    hist = np.zeros((n, n))
    for truth, predicted in frames(masked, repeats):
        known = (truth >= 0) & (truth < n)
        pairs = n * truth[known].astype(int) + predicted[known].astype(int)
        hist += np.bincount(pairs, minlength=n**2).reshape(n, n)
    return mean_iou(hist)


def torch_version():
    try:
        import torch
        import torchmetrics
    except ImportError:
        return None
    torch.set_num_threads(1)
    return torchmetrics.__version__


def torch_miou(masked, repeats):
    """`MulticlassJaccardIndex`, fed frame by frame; `free` is left out of the mean afterwards."""
    import torch
    from torchmetrics.classification import MulticlassJaccardIndex

    metric = MulticlassJaccardIndex(held["classes"], average=None, validate_args=False)
    for truth, predicted in frames(masked, repeats):
        metric.update(torch.from_numpy(predicted), torch.from_numpy(truth))
    return float(metric.compute()[:-1].double().mean())


def open_rays(origin_m, grid_origin_m, voxel_m, free):
    held["rays"] = raymarch.directions()
    held["origin"] = (np.array(origin_m) - grid_origin_m) / voxel_m
    held["voxel_m"], held["free"] = voxel_m, free


def ray_counts(kernel, first, count):
    """[5, K] over some frames, one origin."""
    counts = {"numpy": raymarch.counts, "numba": raywalk.counts}[kernel]
    of = (held["free"], held["classes"], held["origin"], held["rays"], held["voxel_m"])
    return sum(counts(held["truth"][n], held["predicted"][n], *of) for n in range(first, first + count)).ravel().tolist()


serve(
    {
        "open_frames": open_frames,
        "numpy_miou": numpy_miou,
        "torch_version": torch_version,
        "torch_miou": torch_miou,
        "open_rays": open_rays,
        "ray_counts": ray_counts,
    }
)
