"""Probabilities of the alternatives of each query, and the fit of their weights."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

_STEPS: Final = 12
_BLOCK: Final = 48
"""Rows a block of the Gram matrix: small enough that BLAS does not start its threads."""


def shares(score: Floats, group: Ints, nobody: Floats) -> tuple[Floats, Floats]:
    """Probability of each pair and of "nobody" in its group.

    Args:
        score: log weight of each pair.
        group: number of the pair's group, 0 to len(nobody) - 1.
        nobody: log weight of "nobody" in each group.
    """
    top = nobody.copy()
    np.maximum.at(top, group, score)
    weight = np.exp(score - top[group])
    alone = np.exp(nobody - top)
    total = alone + np.bincount(group, weights=weight, minlength=len(nobody))
    return weight / total[group], alone / total


def gram(matrix: Floats, weight: Floats) -> Floats:
    """``matrixᵀ · diag(weight) · matrix`` in blocks."""
    columns = matrix.shape[1]
    padding = -len(matrix) % _BLOCK
    padded = np.concatenate([matrix, np.zeros((padding, columns))])
    blocks = padded.reshape(-1, _BLOCK, columns)
    weighted = (padded * np.append(weight, np.zeros(padding))[:, None]).reshape(blocks.shape)
    return np.asarray((weighted.transpose(0, 2, 1) @ blocks).sum(axis=0))


def fit_weights(
    matrix: Floats, group: Ints, target: Ints, offset: Floats, start: Floats, precision: Floats
) -> Floats:
    """Weights of a conditional logit with a Gaussian prior around ``start``, by Newton's method.

    Args:
        matrix: (n, d) one row an alternative; "nobody" is an alternative like any other.
        group: (n,) number of the query, from 0, non-decreasing.
        target: (queries,) row of the true alternative.
        offset: (n,) fixed part of the score.
        start: (d,) prior means.
        precision: (d,) inverse prior variances.
    """
    weights = start.copy()
    first = np.flatnonzero(np.diff(group, prepend=-1))
    queries = np.full(len(first), -np.inf)
    for _ in range(_STEPS):
        score = offset + (matrix * weights).sum(axis=1)
        chance, _ = shares(score, group, queries)
        weighted = matrix * chance[:, None]
        mean = np.add.reduceat(weighted, first, axis=0)
        slope = matrix[target].sum(axis=0) - mean.sum(axis=0) - precision * (weights - start)
        bend = gram(matrix, chance) - gram(mean, np.ones(len(mean))) + np.diag(precision)
        step = np.linalg.solve(bend, slope)
        largest = np.abs(step).max()
        weights = weights + step * min(1.0, 4.0 / max(largest, 1e-9))
        if largest < 1e-4:
            break
    return weights
