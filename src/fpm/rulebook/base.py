"""What every rule-book model shares: frozen, and an unknown key is a fault."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""A name used in conditions: lower-case ASCII letters, digits and underscores."""

PeriodText = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
"""A month such as ``2026-10``; months compare correctly as text."""

Title = Annotated[str, StringConstraints(min_length=1)]


class Spec(BaseModel):
    """Base of all specs."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _freeze_lists(cls, table: Any) -> Any:
        """TOML knows only lists; frozen specs hold tuples, and strict mode does not convert."""
        return frozen(table)


class _Frozen(dict[str, Any]):
    """A table without lists: what is nested in it need not be gone through once more."""


def frozen(value: Any) -> Any:
    """``value`` with every list in it, at any depth, turned into a tuple."""
    kind = type(value)
    if kind is dict:
        return _Frozen({key: frozen(part) for key, part in value.items()})
    if kind is list or kind is tuple:
        return tuple([frozen(part) for part in value])
    return value
