"""Losses as their papers define them, set by set: python3 definitions.py CASES.json prints one object a case.

A case: probabilities [N][K], labels [N], counted [N] of 0 or 1, gamma. Written from the definitions alone, to hold
occlab's against: Jaccard losses of explicit sets of rows, no sort order shared, no cumulative sums.
"""

import json
import sys

import numpy as np


def jaccard_loss(rows_of_class, wrong):
    """1 - |truth and prediction| / |truth or prediction| when exactly the rows in `wrong` are mispredicted."""
    predicted = rows_of_class ^ wrong
    return 1 - len(rows_of_class & predicted) / len(rows_of_class | predicted)


def lovasz_softmax(p, labels):
    """Mean over the classes of the truth of the Lovasz extension of the Jaccard loss (Berman et al. 2018, eq. 6 to 8)."""
    losses = []
    for k in sorted(set(labels)):
        own = {i for i, label in enumerate(labels) if label == k}
        errors = [1 - p[i][k] if i in own else p[i][k] for i in range(len(labels))]
        order = sorted(range(len(labels)), key=lambda i: -errors[i])
        loss, wrong, before = 0.0, set(), 0.0
        for i in order:
            wrong = wrong | {i}
            after = jaccard_loss(own, wrong)
            loss += errors[i] * (after - before)
            before = after
        losses.append(loss)
    return float(np.mean(losses)) if losses else 0.0


def focal(p, labels, gamma):
    """(1 - p)^gamma * -log p of the true class (Lin et al. 2017, eq. 4)."""
    true = [p[i][label] for i, label in enumerate(labels)]
    return [float((1 - t) ** gamma * -np.log(t)) for t in true]


def main():
    with open(sys.argv[1]) as file:
        cases = json.load(file)
    answers = []
    for case in cases:
        keep = [i for i, counts in enumerate(case["counted"]) if counts]
        p = np.array(case["probabilities"], dtype=np.float64)[keep] if keep else np.zeros((0, 1))
        labels = [case["labels"][i] for i in keep]
        answers.append({"lovasz": lovasz_softmax(p, labels), "focal": focal(p, labels, case["gamma"])})
    json.dump(answers, sys.stdout)


main()
