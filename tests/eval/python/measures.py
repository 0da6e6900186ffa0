"""Every measure of occupancy in NumPy, each written from its definition, on the cases of a JSON file (see reference.test.ts)."""

import json
import sys
import warnings
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[3] / "bench" / "peers"))
import raymarch

RAYS = raymarch.directions()
warnings.filterwarnings("ignore", message="Mean of empty slice")


def number(value):
    return None if value is None or not np.isfinite(value) else float(value)


def histogram(frames, classes, where):
    """Confusion [K, K], truth by prediction, of the voxels that `where(frame)` keeps, summed over the frames."""
    total = np.zeros((classes, classes), np.int64)
    for frame in frames:
        kept = where(frame)
        truth, predicted = frame["truth"][kept].astype(np.int64), frame["predicted"][kept].astype(np.int64)
        total += np.bincount(classes * truth + predicted, minlength=classes**2).reshape(classes, classes)
    return total


def each_iou(hist):
    with np.errstate(invalid="ignore"):
        return np.diag(hist) / (hist.sum(0) + hist.sum(1) - np.diag(hist))


def occ3d(hist, case):
    """nanmean over the classes but free; a class that was never there and never said is NaN."""
    scored = np.arange(case["classes"]) != case["free"]
    iou = each_iou(hist)
    return number(np.nanmean(iou[scored])), [number(v) for v in iou[scored]], occupied_iou(hist, case["free"])


def occupied_iou(hist, free):
    """|both occupied| / |either|."""
    occupied = np.arange(len(hist)) != free
    both = hist[np.ix_(occupied, occupied)].sum()
    return number(both / (hist.sum() - hist[free, free])) if hist.sum() > hist[free, free] else None


def occworld(frames, case, where):
    """Seen, correct and positive voxels of each class; what was never seen has IoU 1, occupied voxels as a class too."""

    def iou(is_of):
        seen = correct = positive = 0
        for frame in frames:
            kept = where(frame)
            truth, predicted = is_of(frame["truth"][kept]), is_of(frame["predicted"][kept])
            seen, positive = seen + truth.sum(), positive + predicted.sum()
            correct += (truth & predicted).sum()
        return 1.0 if seen == 0 else correct / (seen + positive - correct)

    scored = [k for k in range(case["classes"]) if k != case["free"]]
    each = [iou(lambda labels, k=k: labels == k) for k in scored]
    return float(np.mean(each)), each, float(iou(lambda labels: labels != case["free"]))


def semantickitti(hist, case):
    """Intersection / (union + 1e-15), zero for what is absent; the mean leaves free and `others` out."""
    union = hist.sum(0) + hist.sum(1) - np.diag(hist)
    iou = np.diag(hist) / (union + 1e-15)
    scored = [k for k in range(case["classes"]) if k not in (case["free"], case["others"])]
    return float(iou[scored].mean()), [float(v) for v in iou[scored]], occupied_iou(hist, case["free"])


def present(hist, case):
    """Classes of the truth alone, zeros kept."""
    there = [k for k in range(case["classes"]) if k != case["free"] and hist[k].sum() > 0]
    iou = each_iou(hist)
    mean = number(np.mean(iou[there])) if there else None
    each = [number(iou[k]) if k in there else None for k in range(case["classes"]) if k != case["free"]]
    return mean, each, occupied_iou(hist, case["free"])


MASKS = {
    "occlab": lambda f: f["observed"],
    "occ3d": lambda f: f["camera"],
    "occ3d-lidar": lambda f: f["lidar"],
    "occworld": lambda f: np.ones_like(f["observed"]),
    "semantickitti": lambda f: f["observed"] & ~f["ignored"],
    "present-classes": lambda f: np.ones_like(f["observed"]),
}


def scores(policy, frames, case, part=lambda frame: True):
    """(mIoU, IoU of each scored class, IoU of occupied) under a policy, of the voxels that `part(frame)` keeps."""
    where = lambda frame: MASKS[policy](frame) & part(frame)
    if policy == "occworld":
        return occworld(frames, case, where)
    hist = histogram(frames, case["classes"], where)
    rule = {"occ3d": occ3d, "occ3d-lidar": occ3d, "semantickitti": semantickitti}.get(policy, present)
    return rule(hist, case)


def group(policy, frames, case, members):
    """(mIoU of the members, IoU of the members taken as one class)."""
    one = [{**f, "truth": np.isin(f["truth"], members), "predicted": np.isin(f["predicted"], members)} for f in frames]
    hist = histogram(one, 2, MASKS[policy])
    both, either = hist[1, 1], hist.sum() - hist[0, 0]
    absent = policy == "occworld" and hist[1].sum() == 0
    merged = 1.0 if absent else number(both / either) if either else None
    scored = [k for k in range(case["classes"]) if k not in (case["free"], case["others"] if policy == "semantickitti" else -1)]
    each = scores(policy, frames, case)[1]
    values = [each[scored.index(k)] for k in members if k in scored]
    there = [v for v in values if v is not None]
    return [float(np.mean(there)) if there else None, merged]


def centres(case):
    index = np.moveaxis(np.indices(case["dims"]), 0, -1)
    return np.array(case["originM"]) + (index + 0.5) * case["voxelM"]


def shifted(array, axis, by, fill):
    """array[v + by] along an axis, `fill` beyond the border."""
    rolled = np.roll(array, -by, axis)
    edge = [slice(None)] * 3
    edge[axis] = slice(-by, None) if by > 0 else slice(0, -by)
    rolled[tuple(edge)] = fill
    return rolled


def seen_share(observed):
    """The part of each voxel's neighbours in the grid that were observed."""

    def around(values):
        wide = np.pad(values.astype(np.int64), 1)
        X, Y, Z = values.shape
        return sum(
            wide[1 + i : 1 + i + X, 1 + j : 1 + j + Y, 1 + k : 1 + k + Z]
            for i in (-1, 0, 1)
            for j in (-1, 0, 1)
            for k in (-1, 0, 1)
            if (i, j, k) != (0, 0, 0)
        )

    return around(observed) / around(np.ones_like(observed))


def visibility(frame, part):
    if "share" not in frame:
        frame["share"] = seen_share(frame["observed"])
    share, observed = frame["share"], frame["observed"]
    return [observed & (share < 0.35), observed & (share >= 0.35) & (share < 0.65), observed & (share >= 0.65), ~observed][
        part
    ]


def surface(of_class):
    """Voxels of a boolean grid with a face neighbour, inside the grid, that is not."""
    out = np.zeros_like(of_class)
    for axis in range(3):
        for by in (-1, 1):
            out |= ~shifted(of_class, axis, by, True)
    return out & of_class


def near(voxels):
    """Grown by one voxel through faces."""
    out = voxels.copy()
    for axis in range(3):
        for by in (-1, 1):
            out |= shifted(voxels, axis, by, False)
    return out


def boundary_counts(policy, frames, of):
    """Predicted surface voxels, those near a true one, true ones, those near a predicted one."""
    total = np.zeros(4, np.int64)
    for frame in frames:
        kept = MASKS[policy](frame)
        truth, predicted = surface(of(frame["truth"])), surface(of(frame["predicted"]))
        sides = [predicted & kept, predicted & kept & near(truth), truth & kept, truth & kept & near(predicted)]
        total += [int(side.sum()) for side in sides]
    return total


def f1(counted):
    said, said_near, true, true_near = (float(v) for v in counted)
    if said + true == 0:
        return None
    p, r = said_near / said if said else 0.0, true_near / true if true else 0.0
    return 0.0 if p + r == 0 else 2 * p * r / (p + r)


def boundary(policy, frames, case):
    scored = [k for k in range(case["classes"]) if k not in (case["free"], case["others"] if policy == "semantickitti" else -1)]
    each = {k: boundary_counts(policy, frames, lambda labels, k=k: labels == k) for k in scored}
    present = [f1(c) for c in each.values() if c[2] > 0]
    occupied = boundary_counts(policy, frames, lambda labels: labels != case["free"])
    return {
        "f1": f1(occupied),
        "mean": float(np.mean(present)) if present else None,
        "each": [f1(c) for c in each.values()],
    }


def rays(frames, case):
    """From one origin, and at every depth."""
    origin = (np.array(case["rayOriginM"]) - case["originM"]) / case["voxelM"]
    free, K = case["free"], case["classes"]
    total = sum(
        raymarch.counts(f["truth"], f["predicted"], free, K, origin, RAYS, case["voxelM"]) for f in frames
    )
    mean, by_depth = raymarch.ray_iou(total, free)
    return {"counts": total.ravel().tolist(), "mean": number(mean), "each": [number(v) for v in by_depth.mean(axis=0)]}


def answer(case):
    dims = case["dims"]
    grid = lambda values, dtype: np.array(values, dtype).reshape(dims)
    frames = [
        {
            name: grid(frame[name], np.uint8 if name in ("truth", "predicted") else bool)
            for name in ("truth", "predicted", "observed", "camera", "lidar")
        }
        for frame in case["frames"]
    ]
    for frame in frames:
        frame["ignored"] = frame["truth"] == case["others"]
    centre = centres(case)
    squared, height = centre[..., 0] ** 2 + centre[..., 1] ** 2, centre[..., 2]
    between = lambda values, low, high: lambda frame: (values >= low) & (values < high)
    every = lambda part: {policy: scores(policy, frames, case, part) for policy in MASKS}
    return {
        "all": every(lambda frame: True),
        "slices": {
            **{name: every(between(squared, low**2, high**2)) for name, (low, high) in case["rings"].items()},
            **{name: every(between(height, low, high)) for name, (low, high) in case["heights"].items()},
            **{name: every(lambda f, n=n: visibility(f, n)) for n, name in enumerate(case["visibility"])},
        },
        "groups": {
            name: {policy: group(policy, frames, case, members) for policy in MASKS}
            for name, members in case["groups"].items()
        },
        "boundary": {policy: boundary(policy, frames, case) for policy in MASKS},
        "rays": rays(frames, case) if case["castsRays"] else None,
    }


cases = json.loads(Path(sys.argv[1]).read_text())
print(json.dumps([answer(case) for case in cases]))
