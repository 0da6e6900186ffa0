"""What `npm run bench -- splits` asks of Python: the nearest training frame by SciPy, groups to folds by scikit-learn."""

from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree
from serve import serve
from sklearn.model_selection import StratifiedGroupKFold

held = {}


def column(folder, name, dtype):
    return np.fromfile(Path(folder) / name, dtype)


def open_places(folder):
    """Frames as a training set and a set of questions for each town, for `nearest`."""
    places = np.stack([column(folder, name, np.float64) for name in ("x", "y")], axis=1)
    town, train = column(folder, "town", np.int32), column(folder, "train", np.int32) == 1
    towns = [town == number for number in np.unique(town)]
    held["towns"] = [(places[here & train], places[here & ~train]) for here in towns]


def nearest():
    """Sum over the questions of the distance to the nearest training frame."""
    return sum(float(cKDTree(train).query(asked, workers=1)[0].sum()) for train, asked in held["towns"])


def open_groups(folder):
    held["group"], held["class"] = column(folder, "group", np.int32), column(folder, "class", np.int32)


def group():
    """Number of frames of the first of four folds, whole groups each, classes spread evenly."""
    folds = StratifiedGroupKFold(n_splits=4, shuffle=True, random_state=1)
    _, test = next(folds.split(held["class"], held["class"], held["group"]))
    return len(test)


serve({"open_places": open_places, "nearest": nearest, "open_groups": open_groups, "group": group})
