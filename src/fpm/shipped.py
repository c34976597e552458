"""Where the rules and the sample county that come with fpm lie: in the wheel, or in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _shipped(name: str) -> Path:
    inside_wheel = _PACKAGE / "_data" / name
    return inside_wheel if inside_wheel.is_dir() else _PACKAGE.parent.parent / name


def shipped_rules() -> Path:
    """The ``rules/`` folder that ``fpm init`` copies into a workspace."""
    return _shipped("rules")


def shipped_sample() -> Path:
    """The ``sample_data/`` folder that ``fpm demo`` runs."""
    return _shipped("sample_data")
