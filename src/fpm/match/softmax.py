"""Probabilities of the alternatives of each query, and the fit of their weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

_STEPS: Final = 12
_ENOUGH: Final = 1e-3
"""A step that moves no weight by more ends the fit."""

_BLOCK: Final = 48
"""Rows a block of the Gram matrix: small enough that BLAS does not start its threads, which spin
beside polars' own and cost many times the work."""


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


def gram(matrix: Floats) -> Floats:
    """``matrixᵀ · matrix`` in blocks."""
    columns = matrix.shape[1]
    padded = np.concatenate([matrix, np.zeros((-len(matrix) % _BLOCK, columns))])
    blocks = padded.reshape(-1, _BLOCK, columns)
    return np.asarray((blocks.transpose(0, 2, 1) @ blocks).sum(axis=0))


@dataclass(frozen=True, slots=True)
class Training:
    """Queries with a known answer.

    Attributes:
        matrix: (n, d) one row an alternative; "nobody" is an alternative like any other.
        group: (n,) number of the query, from 0, non-decreasing.
        target: (queries,) row of the true alternative.
        offset: (n,) fixed part of the score.
    """

    matrix: Floats
    group: Ints
    target: Ints
    offset: Floats


def fit_weights(data: Training, start: Floats, precision: Floats) -> Floats:
    """Weights of a conditional logit with a Gaussian prior around ``start``, by Newton's method.

    Args:
        data: queries with a known answer.
        start: (d,) prior means.
        precision: (d,) inverse prior variances.
    """
    # A level that no training pair shows keeps its start weight.
    used = np.flatnonzero(data.matrix.any(axis=0))
    matrix, group = data.matrix[:, used], data.group
    all_weights, weights = start.copy(), start[used]
    start, precision = start[used], precision[used]
    seen = matrix[data.target].sum(axis=0)
    alone = np.full(len(data.target), -np.inf)
    for _ in range(_STEPS):
        chance, _ = shares(data.offset + np.einsum("ij,j->i", matrix, weights), group, alone)
        slope = seen - np.einsum("ij,i->j", matrix, chance) - precision * (weights - start)
        step = np.linalg.solve(gram(_spread(matrix, chance, group)) + np.diag(precision), slope)
        largest = float(np.abs(step).max())
        weights = weights + step * min(1.0, 4.0 / max(largest, 1e-9))
        if largest < _ENOUGH:
            break
    all_weights[used] = weights
    return all_weights


def _spread(matrix: Floats, chance: Floats, group: Ints) -> Floats:
    """What bends the likelihood: undecided rows of the matrix, less the mean of their query.

    A query with one alternative left bends nothing.
    """
    undecided = (chance > 1e-9) & (chance < 1 - 1e-9)
    rows = np.flatnonzero((np.bincount(group, weights=undecided) > 0)[group])
    begins = np.diff(group[rows], prepend=-1) > 0
    near = matrix[rows]
    mean = np.add.reduceat(near * chance[rows, None], np.flatnonzero(begins), axis=0)
    kept = undecided[rows]
    apart: Floats = near[kept] - mean[np.cumsum(begins)[kept] - 1]
    return np.sqrt(chance[rows[kept]])[:, None] * apart
