"""The README of the sample county: what it is, how it is made, the table of oddities."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources


def readme(table: str, counts: Mapping[str, int]) -> str:
    """The whole README: ``readme.md`` with ``counts`` and ``table`` filled in."""
    text = resources.files("fpm.sample").joinpath("readme.md").read_text("utf-8")
    return text.format(table=table, **counts)
