"""Precision, recall, F1, recall at a stated precision and calibration of a set of links."""

from __future__ import annotations

import numpy as np
import polars as pl


def is_confirmed(links: pl.DataFrame, accept: float = 0.9) -> pl.Series:
    """Which links a method takes for certain."""
    by_chance = pl.col("probability") >= accept
    decided = pl.col("status") == "confirmed" if "status" in links.columns else None
    sure = by_chance if decided is None else pl.coalesce(decided, by_chance)
    return links.select(
        (sure & pl.col("person_id").is_not_null()).fill_null(value=False)
    ).to_series()


def judge(links: pl.DataFrame, accept: float = 0.9) -> dict[str, float]:
    """Measures of links.

    Args:
        links: one row a record: ``person_id`` (proposed or null), ``probability``, ``truth``, and
            where a method decides itself ``status``.
        accept: without ``status``, links at or above count as confirmed.
    """
    proposed = links.filter(pl.col("person_id").is_not_null())
    right = (proposed["person_id"] == proposed["truth"]).fill_null(value=False).to_numpy()
    chance = proposed["probability"].to_numpy()
    true_links = links["truth"].is_not_null().sum()
    order = np.argsort(-chance, kind="stable")
    hits = np.cumsum(right[order])
    said = np.arange(1, len(order) + 1)
    last = np.append(np.diff(chance[order]) != 0, True)
    hits, said, levels = hits[last], said[last], chance[order][last]
    precision, recall = hits / said, hits / max(true_links, 1)
    f1 = 2 * hits / (said + true_links)
    enough = precision >= 0.999
    sure = is_confirmed(proposed, accept).to_numpy()
    best = int(np.argmax(f1)) if len(f1) else 0
    return {
        "precision": float(right[sure].mean()) if sure.any() else float("nan"),
        "recall": float(right[sure].sum() / max(true_links, 1)),
        "f1": float(2 * right[sure].sum() / (sure.sum() + true_links)),
        "best_f1": float(f1[best]) if len(f1) else 0.0,
        "best_at": float(levels[best]) if len(f1) else 0.0,
        "recall_999": float(recall[enough].max()) if enough.any() else 0.0,
        "expected_false": float((1 - chance[sure]).sum()),
        "false": float((~right[sure]).sum()),
    }
