"""What chance would bring: exact tails, and their correction for how many places were looked at."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


def upper_tails(households: Counts, cases: Counts) -> Numbers:
    """How likely each place has its cases or more if all cases fell on households at random.

    With all N households and all K cases given, the cases of a place of n households are
    hypergeometric (Fisher's exact test, one-sided; R. A. Fisher, Statistical Methods for Research
    Workers, 1934, §21.02). Unlike the Poisson or binomial tail against the county rate it needs
    no estimate of that rate and holds for few households too.

    Args:
        households: n of each place, at least 1.
        cases: of each place, from 0 to n.

    Returns:
        Probabilities in (0, 1].
    """
    if not len(households):
        return np.empty(0)
    total, found = int(households.sum()), int(cases.sum())
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, total + 1)))])
    most = np.minimum(households, found)
    lengths = most - cases + 1
    place = np.repeat(np.arange(len(cases)), lengths)
    first = np.cumsum(lengths) - lengths
    drawn = np.arange(len(place)) - first[place] + cases[place]
    n = households[place]
    # n - drawn non-cases must exist; more cases than that make it impossible
    possible = n - drawn <= total - found
    rest = np.where(possible, n - drawn, 0)
    ways = _choose(logs, found, drawn) + _choose(logs, total - found, rest)
    terms = np.where(possible, np.exp(ways - _choose(logs, total, n)), 0.0)
    return np.minimum(np.add.reduceat(terms, first), 1.0)


def _choose(logs: Numbers, of: int, taken: Counts) -> Numbers:
    """Logarithm of the number of ways to take ``taken`` out of ``of``."""
    ways: Numbers = logs[of] - logs[taken] - logs[of - taken]
    return ways


def corrected(chances: Numbers) -> Numbers:
    """Chances corrected so that keeping those up to q leaves at most a share q of false ones.

    Benjamini and Hochberg, Controlling the false discovery rate, J. R. Stat. Soc. B 57 (1995).

    Args:
        chances: of independent or positively dependent tests.

    Returns:
        The least false discovery rate at which each would be kept, in the same order.
    """
    order = np.argsort(chances, kind="stable")
    tests = len(chances)
    raised = chances[order] * tests / np.arange(1, tests + 1)
    kept = np.minimum.accumulate(raised[::-1])[::-1]
    result = np.empty(tests)
    result[order] = np.minimum(kept, 1.0)
    return result
